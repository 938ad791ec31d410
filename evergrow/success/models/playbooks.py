from typing import Any

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Member, Workspace

TRAIT = "trait:"


class Playbook(models.Model):
    """Steps that colleagues take for a customer, over all its versions. ``key`` is stable and readable."""

    class Anchor(models.TextChoices):
        """Dates of every account; ``trait:<key>`` is a date that the account carries as a trait."""

        NONE = "", _("none")
        RENEWAL = "renews_on", _("renewal date")
        CONTRACT = "customer_since", _("contract start")
        CREATED = "created_at", _("day the account was created")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="playbooks")
    key = models.SlugField(max_length=60)
    name = models.JSONField(_("name"))
    purpose = models.JSONField(_("purpose"), default=dict)
    icon = models.CharField(max_length=40, default="route")
    anchor = models.CharField(_("date it hangs on"), max_length=220, blank=True)
    is_built_in = models.BooleanField(default=False)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="playbook_key")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return bilingual.pick(self.name, get_language() or "en")

    def get_anchor_display(self) -> str:
        """The date it hangs on, in words; a trait goes by its key."""
        return date_label(self.anchor)


def date_label(field: str) -> str:
    """A date that steps may count from, in words: ``renews_on`` is “renewal date”; a trait goes by its key."""
    return str(dict(Playbook.Anchor.choices).get(field, field.removeprefix(TRAIT)))


class VersionState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("playbook version", "Draft")
    PUBLISHED = "published", pgettext_lazy("playbook version", "Published")
    RETIRED = "retired", pgettext_lazy("playbook version", "Retired")


class PlaybookVersion(models.Model):
    """One edition of a playbook's steps. Runs pin theirs, so a published one never changes again."""

    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    changes = models.JSONField(default=list)
    note = models.CharField(_("what changed and why"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["playbook", "number"], name="playbook_version_number"),
            models.UniqueConstraint(
                fields=["playbook", "state"],
                condition=models.Q(state__in=["draft", "published"]),
                name="one_draft_and_one_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.playbook} v{self.number}"


class StepKind(models.TextChoices):
    TASK = "task", pgettext_lazy("step kind", "Task")
    CALL = "call", pgettext_lazy("step kind", "Call")
    MEETING = "meeting", pgettext_lazy("step kind", "Meeting")
    MESSAGE = "message", pgettext_lazy("step kind", "Message")
    APPROVAL = "approval", pgettext_lazy("step kind", "Approval")
    WAIT = "wait", pgettext_lazy("step kind", "Wait")
    SURVEY = "survey", pgettext_lazy("step kind", "Survey link")
    DECISION = "decision", pgettext_lazy("step kind", "Decision")
    WEBHOOK = "webhook", pgettext_lazy("step kind", "Webhook")
    PLAYBOOK = "playbook", pgettext_lazy("step kind", "Another playbook")


STEP_ICONS = {
    StepKind.TASK: "checkbox",
    StepKind.CALL: "phone",
    StepKind.MEETING: "users",
    StepKind.MESSAGE: "mail",
    StepKind.APPROVAL: "rosette-discount-check",
    StepKind.WAIT: "hourglass",
    StepKind.SURVEY: "clipboard-list",
    StepKind.DECISION: "git-branch",
    StepKind.WEBHOOK: "webhook",
    StepKind.PLAYBOOK: "route",
}
BY_ITSELF = [StepKind.WAIT, StepKind.WEBHOOK, StepKind.PLAYBOOK]
"""Kinds that Evergrow takes itself; a person is asked only when something is in the way."""


class OwnerRule(models.TextChoices):
    """Who gets a step. Where a rule finds nobody, the step's ``fallbacks`` are asked in their order.

    Without any: the success manager, then whoever starts the run. ``queue`` leaves it unassigned, for anybody to take.
    """

    CSM = "csm", _("Success manager of the account")
    SALES = "sales", _("Sales of the account")
    EXPERT = "expert", _("Expert of the account")
    STARTER = "starter", _("Whoever starts it")
    MEMBER = "member", _("A named colleague")
    PREVIOUS = "previous", _("Whoever did the step before")
    QUEUE = "queue", _("Nobody yet: the team's queue")


class DueFrom(models.TextChoices):
    START = "start", pgettext_lazy("due counted from", "from the start")
    ANCHOR = "anchor", pgettext_lazy("due counted from", "from a date of the account")
    PREVIOUS = "previous", pgettext_lazy("due counted from", "after the steps before it are done")


class Unit(models.TextChoices):
    WORKDAYS = "workdays", _("working days")
    DAYS = "days", _("days")
    WORKHOURS = "workhours", _("working hours")
    HOURS = "hours", _("hours")


class Roll(models.TextChoices):
    NEXT = "next", _("next working day")
    PREVIOUS = "previous", _("previous working day")
    NONE = "none", _("stay on that day")


class EvidenceKind(models.TextChoices):
    ANY = "", pgettext_lazy("evidence", "words, a link or a file")
    TEXT = "text", pgettext_lazy("evidence", "words")
    LINK = "link", pgettext_lazy("evidence", "a link")
    FILE = "file", pgettext_lazy("evidence", "a file")


class Step(models.Model):
    """A step of a version. ``key`` stays the same from version to version, so that editions can be compared.

    ``after`` lists the keys of the steps it waits for; an empty list means ready at the start.
    ``offset`` counts ``unit`` from ``due_from`` and may be negative before an anchor; ``anchor`` names a date of the
    account (see ``Playbook.Anchor``), blank is the playbook's own. ``at_time`` is the time of day, in the workspace's
    zone, at which a wait of days ends and a step is due; None is the beginning of the day for waits.
    ``fallbacks``: ``[{"rule": "sales"}, {"rule": "member", "member": 12}, {"rule": "queue"}]``, asked in order.
    ``condition``: criteria over the account, looked at when the step becomes ready; not met, it is skipped.
    ``on_branches``: ``{"size": ["big", "middle"]}``, the branches of earlier decisions on which it hangs (of each
    decision one of the listed; it waits for that decision); on another branch it is skipped.
    ``products`` (codes) and ``industries``: when any is named, the step is for accounts of these alone.
    ``details`` is what its kind needs; ``engine.details`` says the form of each and reads it.
    """

    version = models.ForeignKey(PlaybookVersion, on_delete=models.CASCADE, related_name="steps")
    key = models.SlugField(max_length=60)
    position = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=StepKind.choices, default=StepKind.TASK)
    name = models.JSONField(_("name"))
    instructions = models.JSONField(_("what to do"), default=dict)
    owner_rule = models.CharField(_("assigned to"), max_length=10, choices=OwnerRule.choices, default=OwnerRule.CSM)
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    fallbacks = models.JSONField(_("else"), default=list, blank=True)
    due_from = models.CharField(max_length=10, choices=DueFrom.choices, default=DueFrom.PREVIOUS)
    offset = models.IntegerField(_("due after"), default=1)
    unit = models.CharField(max_length=10, choices=Unit.choices, default=Unit.WORKDAYS)
    anchor = models.CharField(_("counted from"), max_length=220, blank=True)
    at_time = models.TimeField(_("time of day"), null=True, blank=True)
    roll = models.CharField(_("on a day off"), max_length=10, choices=Roll.choices, default=Roll.NEXT)
    required = models.BooleanField(_("required"), default=True)
    evidence = models.BooleanField(_("evidence needed"), default=False)
    evidence_kind = models.CharField(_("kind of evidence"), max_length=5, choices=EvidenceKind.choices, blank=True)
    after = models.JSONField(_("after"), default=list)
    condition = models.JSONField(_("only if"), default=dict, blank=True)
    on_branches = models.JSONField(_("on the branch"), default=dict, blank=True)
    products = models.JSONField(_("only for products"), default=list, blank=True)
    industries = models.JSONField(_("only for industries"), default=list, blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="step_key")]
        ordering = ["position"]

    def __str__(self) -> str:
        return bilingual.pick(self.name, get_language() or "en")

    @property
    def icon(self) -> str:
        return STEP_ICONS[StepKind(self.kind)]

    def facts(self) -> dict[str, Any]:
        """What defines the step, for copying it into a draft and for comparing editions."""
        return {name: getattr(self, name) for name in FACTS}


FACTS = (
    *("kind", "name", "instructions", "owner_rule", "member_id", "fallbacks", "due_from", "offset", "unit", "anchor"),
    *("at_time", "roll", "required", "evidence", "evidence_kind", "after", "condition", "on_branches", "products"),
    *("industries", "details"),
)
