"""What starts playbooks by itself: triggers with their versions, where each account stands, and every firing."""

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Account
from evergrow.lib import bilingual, clock
from evergrow.success.models.playbooks import Playbook, VersionState
from evergrow.success.models.runs import Run
from evergrow.workspaces.models import Member, Workspace


class TriggerKind(models.TextChoices):
    ENTER = "enter", _("An account comes to meet the criteria")
    EXIT = "exit", _("An account meets the criteria no more")
    WHILE = "while", _("Every so many days while it meets the criteria")
    DATE = "date", _("Some days before or after a date")
    EVENT = "event", _("An event arrives")


TRIGGER_ICONS = {
    TriggerKind.ENTER: "login-2",
    TriggerKind.EXIT: "logout",
    TriggerKind.WHILE: "repeat",
    TriggerKind.DATE: "calendar-due",
    TriggerKind.EVENT: "bolt",
}


class Trigger(models.Model):
    """A rule that starts a playbook, over all its versions. ``key`` is what it goes by in files."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="triggers")
    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="triggers")
    key = models.SlugField(max_length=60)
    name = models.JSONField(_("name"))
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="trigger_key")]

    def __str__(self) -> str:
        return bilingual.pick(self.name, get_language() or "en")


class TriggerVersion(models.Model):
    """One edition of a trigger's rule; ``definition`` is read by ``triggers.definition``.

    ``began_at`` is when it first looked at everybody: who met the criteria then is an existing member. ``arrived_at``
    is the event store's clock at the last look. ``members`` and ``unknown`` are counts of the last look; ``problem``
    says why that could not be taken.
    """

    trigger = models.ForeignKey(Trigger, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    definition = models.JSONField(default=dict)
    needed = models.JSONField(default=dict)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_on = models.DateField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    members = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trigger", "number"], name="trigger_version_number"),
            models.UniqueConstraint(
                fields=["trigger", "state"],
                condition=models.Q(state__in=["draft", "published"]),
                name="one_draft_and_one_published_trigger",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trigger} v{self.number}"


class TriggerState(models.Model):
    """Where an account stands with a trigger. Accounts that never met its criteria have no row.

    ``spell`` counts how often it came in; ``turn`` is the last repetition that fell due while it stays, and
    ``next_on`` the day of the next. ``count`` and ``last_fired_at`` are of firings that were not suppressed.
    """

    trigger = models.ForeignKey(Trigger, on_delete=models.CASCADE, related_name="states")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="trigger_states")
    is_member = models.BooleanField(default=False)
    since = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    spell = models.PositiveIntegerField(default=0)
    turn = models.IntegerField(default=-1)
    next_on = models.DateField(null=True)
    count = models.PositiveIntegerField(default=0)
    last_fired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trigger", "account"], name="one_state_per_trigger")]
        indexes = [
            models.Index(fields=["trigger", "account"], condition=models.Q(is_member=True), name="members_of_triggers"),
            models.Index(fields=["trigger", "next_on"], condition=models.Q(is_member=True), name="turns_of_triggers"),
        ]

    def __str__(self) -> str:
        return f"{self.trigger_id} {self.account_id}"


class FiringState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("firing", "Waiting")
    STARTED = "started", pgettext_lazy("firing", "Started")
    HELD_OUT = "held_out", pgettext_lazy("firing", "Held out")
    SUPPRESSED = "suppressed", pgettext_lazy("firing", "Suppressed")


COUNTED = [FiringState.WAITING, FiringState.STARTED, FiringState.HELD_OUT]


class FiringReason(models.TextChoices):
    REENTRY = "reentry", _("came back too soon after leaving")
    FREQUENCY = "frequency", _("fired often enough for this account")
    RUNNING = "running", _("the playbook runs there already")
    CAPACITY = "capacity", _("the day's starts were used up")
    LEFT = "left", _("left again while it waited")
    LATE = "late", _("waited too long")
    NO_ANCHOR = "no_anchor", _("the account has no date to count from")
    UNPUBLISHED = "unpublished", _("the playbook was not published")
    STOPPED = "stopped", _("the trigger was retired while it waited")


class Firing(models.Model):
    """A trigger's condition came true for an account, once: (version, account, occurrence) is never there twice.

    It waits to be started, was started, held out or suppressed for ``reason``. ``score_then``, ``band_then`` and
    ``mrr_then`` are the account's at that moment, to compare with what became of it.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="firings")
    trigger = models.ForeignKey(Trigger, on_delete=models.CASCADE, related_name="firings")
    version = models.ForeignKey(TriggerVersion, on_delete=models.CASCADE, related_name="firings")
    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="firings")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="firings")
    occurrence = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=FiringState.choices)
    reason = models.CharField(max_length=12, choices=FiringReason.choices, blank=True)
    priority = models.SmallIntegerField(default=2)
    at = models.DateTimeField(default=clock.now)
    started_on = models.DateField(null=True)
    settled_at = models.DateTimeField(null=True)
    run = models.OneToOneField(Run, on_delete=models.SET_NULL, null=True, related_name="firing")
    score_then = models.FloatField(null=True)
    band_then = models.CharField(max_length=20, blank=True)
    mrr_then = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "account", "occurrence"], name="firing_once"),
        ]
        indexes = [
            models.Index(fields=["trigger", "state", "reason"], name="firings_of_a_trigger"),
            models.Index(fields=["playbook", "state", "-priority", "at"], name="firings_to_start"),
            models.Index(fields=["playbook", "started_on"], name="firings_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.trigger_id} {self.account_id} {self.occurrence}"


class StartRules(models.Model):
    """How a playbook's triggers are held in check: a share that is held out, and so many starts a day.

    ``salt`` decides who is held out; as long as it stays, so does the group. ``capacity`` None is without limit.
    """

    class WhenFull(models.TextChoices):
        WAIT = "wait", _("wait for the next day")
        SUPPRESS = "suppress", _("do not start at all")

    playbook = models.OneToOneField(Playbook, on_delete=models.CASCADE, related_name="start_rules")
    held_out_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    salt = models.CharField(max_length=40)
    capacity = models.PositiveIntegerField(null=True, default=20)
    when_full = models.CharField(max_length=8, choices=WhenFull.choices, default=WhenFull.WAIT)
    keep_days = models.PositiveIntegerField(default=7)
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.playbook)
