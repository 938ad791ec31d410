"""Comparing the editions of a playbook, and what keeps a draft from being published."""

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from evergrow.success.engine.sub_runs import cycle
from evergrow.success.models import (
    DueFrom,
    OwnerRule,
    Playbook,
    PlaybookVersion,
    Roll,
    Step,
    StepKind,
    Unit,
    VersionState,
)

SHOWN = {
    "name": gettext_lazy("name"),
    "kind": gettext_lazy("kind"),
    "owner": gettext_lazy("assigned to"),
    "due": gettext_lazy("due"),
    "after": gettext_lazy("after"),
    "required": gettext_lazy("required"),
    "evidence": gettext_lazy("evidence needed"),
    "instructions": gettext_lazy("what to do"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two editions; ``fields`` names what of a changed step differs."""

    way: Literal["added", "removed", "changed", "moved"]
    name: dict[str, str]
    fields: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        return {"way": self.way, "name": self.name, "fields": list(self.fields)}

    @property
    def labels(self) -> list[str]:
        """The differing facts, in the reader's words."""
        return [str(SHOWN[field]) for field in self.fields]


def diff(before: PlaybookVersion | None, after: PlaybookVersion) -> list[Change]:
    """What ``after`` changes against ``before``: steps added, removed, changed, moved, in the new order."""
    old = {step.key: step for step in before.steps.all()} if before else {}
    new = {step.key: step for step in after.steps.all()}
    changes = [Change("removed", step.name) for key, step in old.items() if key not in new]
    kept_order = [key for key in old if key in new]
    order_now = [key for key in new if key in old]
    for key, step in new.items():
        if key not in old:
            changes.append(Change("added", step.name))
        elif fields := _differing(old[key], step):
            changes.append(Change("changed", step.name, tuple(fields)))
        elif kept_order.index(key) != order_now.index(key):
            changes.append(Change("moved", step.name))
    return changes


def told(data: list[dict[str, Any]]) -> list[Change]:
    """The changes that a published version remembers of itself."""
    return [Change(row["way"], row["name"], tuple(row["fields"])) for row in data]


def _differing(old: Step, new: Step) -> list[str]:
    facts = {field: (_fact(old, field), _fact(new, field)) for field in SHOWN}
    return [field for field, (before, after) in facts.items() if before != after]


def _fact(step: Step, field: str) -> object:
    if field == "owner":
        return step.owner_rule, step.member_id if step.owner_rule == OwnerRule.MEMBER else None
    if field == "due":
        return step.due_from, step.offset, step.unit, step.roll
    value = getattr(step, field)
    return sorted(value) if field == "after" else value


def problems(draft: PlaybookVersion) -> list[str]:
    """Why a draft cannot be published, as sentences for the reader; empty when it can."""
    steps = list(draft.steps.all())
    found = []
    if not any(step.required for step in steps):
        found.append(_("It has no required step, so a run would be complete at once. Add one."))
    for step in steps:
        number = {"number": step.position}
        if not any(step.name.values()):
            found.append(_("Step %(number)s has no name.") % number)
        if step.due_from == DueFrom.ANCHOR and not draft.playbook.anchor:
            found.append(_("Step %(number)s counts from a date, but the playbook hangs on none.") % number)
        if step.owner_rule == OwnerRule.MEMBER and (step.member is None or step.member.left_at is not None):
            found.append(_("Step %(number)s names a colleague who is not here. Choose another.") % number)
        earlier = {other.key for other in steps if other.position < step.position}
        if not earlier.issuperset(step.after):
            found.append(_("Step %(number)s waits for a step that does not come before it.") % number)
    if way := cycle(draft):
        found.append(_("It would start itself again: %(way)s. Take one of these steps out.") % {"way": " → ".join(way)})
    if draft.state != VersionState.DRAFT:
        found.append(_("It is not a draft any more."))
    return found


def due_words(step: Step) -> str:
    """When a step is due, as a short phrase: “2 working days after step 3”, “45 days before the renewal date”."""
    days = abs(step.offset)
    if step.unit == Unit.WORKDAYS:
        length = ngettext("%(n)s working day", "%(n)s working days", days) % {"n": days}
    else:
        length = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    base = {
        DueFrom.START: _("the start"),
        DueFrom.ANCHOR: _("the renewal date"),
        DueFrom.PREVIOUS: _("the steps before it") if step.after else _("the start"),
    }[DueFrom(step.due_from)]
    if step.offset == 0:
        return _("on the day of %(base)s") % {"base": base}
    words = _("%(length)s before %(base)s") if step.offset < 0 else _("%(length)s after %(base)s")
    return words % {"length": length, "base": base}


def owner_words(step: Step) -> str:
    """Who gets a step, in short."""
    if step.owner_rule == OwnerRule.MEMBER and step.member is not None:
        return str(step.member)
    return str(SHORT_OWNERS[OwnerRule(step.owner_rule)])


SHORT_OWNERS = {
    OwnerRule.CSM: gettext_lazy("Success manager"),
    OwnerRule.SALES: gettext_lazy("Sales"),
    OwnerRule.EXPERT: gettext_lazy("Expert"),
    OwnerRule.STARTER: gettext_lazy("Whoever starts it"),
    OwnerRule.MEMBER: gettext_lazy("A named colleague"),
}
CHOICES = {
    "kinds": StepKind.choices,
    "owners": OwnerRule.choices,
    "units": Unit.choices,
    "rolls": Roll.choices,
    "anchors": Playbook.Anchor.choices,
}
