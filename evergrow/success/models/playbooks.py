from typing import Any

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Member, Workspace


class Playbook(models.Model):
    """Steps that colleagues take for a customer, over all its versions. ``key`` is stable and readable."""

    class Anchor(models.TextChoices):
        NONE = "", _("none")
        RENEWAL = "renews_on", _("renewal date")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="playbooks")
    key = models.SlugField(max_length=60)
    name = models.JSONField(_("name"))
    purpose = models.JSONField(_("purpose"), default=dict)
    icon = models.CharField(max_length=40, default="route")
    anchor = models.CharField(_("date it hangs on"), max_length=20, choices=Anchor.choices, blank=True)
    is_built_in = models.BooleanField(default=False)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="playbook_key")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return bilingual.pick(self.name, get_language() or "en")


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


STEP_ICONS = {
    StepKind.TASK: "checkbox",
    StepKind.CALL: "phone",
    StepKind.MEETING: "users",
    StepKind.MESSAGE: "mail",
    StepKind.APPROVAL: "rosette-discount-check",
    StepKind.WAIT: "hourglass",
}


class OwnerRule(models.TextChoices):
    """Who gets a step; where nobody holds the role, the success manager, then whoever starts the run."""

    CSM = "csm", _("Success manager of the account")
    SALES = "sales", _("Sales of the account")
    EXPERT = "expert", _("Expert of the account")
    STARTER = "starter", _("Whoever starts it")
    MEMBER = "member", _("A named colleague")


class DueFrom(models.TextChoices):
    START = "start", pgettext_lazy("due counted from", "from the start")
    ANCHOR = "anchor", pgettext_lazy("due counted from", "from the renewal date")
    PREVIOUS = "previous", pgettext_lazy("due counted from", "after the steps before it are done")


class Unit(models.TextChoices):
    WORKDAYS = "workdays", _("working days")
    DAYS = "days", _("days")


class Roll(models.TextChoices):
    NEXT = "next", _("next working day")
    PREVIOUS = "previous", _("previous working day")
    NONE = "none", _("stay on that day")


class Step(models.Model):
    """A step of a version. ``key`` stays the same from version to version, so that editions can be compared.

    ``after`` lists the keys of the steps it waits for; an empty list means ready at the start.
    ``offset`` counts ``unit`` from ``due_from`` and may be negative before an anchor.
    """

    version = models.ForeignKey(PlaybookVersion, on_delete=models.CASCADE, related_name="steps")
    key = models.SlugField(max_length=60)
    position = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=StepKind.choices, default=StepKind.TASK)
    name = models.JSONField(_("name"))
    instructions = models.JSONField(_("what to do"), default=dict)
    owner_rule = models.CharField(_("assigned to"), max_length=10, choices=OwnerRule.choices, default=OwnerRule.CSM)
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    due_from = models.CharField(max_length=10, choices=DueFrom.choices, default=DueFrom.PREVIOUS)
    offset = models.IntegerField(_("due after"), default=1)
    unit = models.CharField(max_length=10, choices=Unit.choices, default=Unit.WORKDAYS)
    roll = models.CharField(_("on a day off"), max_length=10, choices=Roll.choices, default=Roll.NEXT)
    required = models.BooleanField(_("required"), default=True)
    evidence = models.BooleanField(_("evidence needed"), default=False)
    after = models.JSONField(_("after"), default=list)

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
        names = "kind name instructions owner_rule member_id due_from offset unit roll required evidence after"
        return {name: getattr(self, name) for name in names.split()}
