"""Comparing the editions of a playbook, and saying who has a step and when it is due."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from evergrow.success.models import (
    DueFrom,
    OwnerRule,
    Playbook,
    PlaybookVersion,
    Step,
    Unit,
)
from evergrow.success.models.playbooks import date_label

SHOWN = {
    "name": gettext_lazy("name"),
    "kind": gettext_lazy("kind"),
    "owner": gettext_lazy("assigned to"),
    "due": gettext_lazy("due"),
    "after": gettext_lazy("what it waits for"),
    "required": gettext_lazy("required"),
    "evidence": gettext_lazy("evidence needed"),
    "instructions": gettext_lazy("what to do"),
    "condition": gettext_lazy("only if"),
    "on_branches": gettext_lazy("on the branch"),
    "variants": gettext_lazy("only for products or industries"),
    "details": gettext_lazy("what its kind needs"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two editions; ``fields`` names what of a changed step differs, ``words`` says some of
    them before and after in the reader's language.
    """

    way: Literal["added", "removed", "changed", "moved"]
    name: dict[str, str]
    fields: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        return {"way": self.way, "name": self.name, "fields": list(self.fields)}

    @property
    def labels(self) -> list[str]:
        """The differing facts, in the reader's words."""
        return [self._label(field) for field in self.fields]

    def _label(self, field: str) -> str:
        if field not in self.words:
            return str(SHOWN[field])
        before, after = self.words[field]
        return _("%(fact)s (%(before)s → %(after)s)") % {"fact": SHOWN[field], "before": before, "after": after}


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
            changes.append(Change("changed", step.name, tuple(fields), _words(fields, old[key], step)))
        elif kept_order.index(key) != order_now.index(key):
            changes.append(Change("moved", step.name))
    return changes


def told(data: list[dict[str, Any]]) -> list[Change]:
    """The changes that a published version remembers of itself."""
    return [Change(row["way"], row["name"], tuple(row["fields"])) for row in data]


def _differing(old: Step, new: Step) -> list[str]:
    facts = {field: (_fact(old, field), _fact(new, field)) for field in SHOWN}
    return [field for field, (before, after) in facts.items() if before != after]


def _words(fields: list[str], old: Step, new: Step) -> dict[str, tuple[str, str]]:
    """Before and after of what is said in a few words."""
    pairs = {field: (TOLD[field](old), TOLD[field](new)) for field in fields if field in TOLD}
    return {field: (before, after) for field, (before, after) in pairs.items() if before != after}


def _fact(step: Step, field: str) -> object:
    if field == "owner":
        return step.owner_rule, step.member_id if step.owner_rule == OwnerRule.MEMBER else None, step.fallbacks
    if field == "due":
        return step.due_from, step.offset, step.unit, step.roll, step.anchor, step.at_time
    if field == "evidence":
        return step.evidence, step.evidence_kind
    if field == "variants":
        return sorted(step.products), sorted(step.industries)
    value = getattr(step, field)
    return sorted(value) if field == "after" else value


def due_words(step: Step) -> str:
    """When a step is due, as a short phrase: “2 working days after step 3”, “45 days before the renewal date”."""
    base = {
        DueFrom.START: _("the start"),
        DueFrom.ANCHOR: date_label(step.anchor or step.version.playbook.anchor or Playbook.Anchor.RENEWAL),
        DueFrom.PREVIOUS: _("the steps before it") if step.after else _("the start"),
    }[DueFrom(step.due_from)]
    at = _(", %(time)s") % {"time": step.at_time.strftime("%H:%M")} if step.at_time else ""
    if step.offset == 0:
        return _("on the day of %(base)s") % {"base": base} + at
    words = _("%(length)s before %(base)s") if step.offset < 0 else _("%(length)s after %(base)s")
    return words % {"length": _length(abs(step.offset), step.unit), "base": base} + at


def _length(n: int, unit: str) -> str:
    words = {
        Unit.WORKDAYS: ngettext("%(n)s working day", "%(n)s working days", n),
        Unit.DAYS: ngettext("%(n)s day", "%(n)s days", n),
        Unit.WORKHOURS: ngettext("%(n)s working hour", "%(n)s working hours", n),
        Unit.HOURS: ngettext("%(n)s hour", "%(n)s hours", n),
    }[Unit(unit)]
    return words % {"n": n}


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
    OwnerRule.PREVIOUS: gettext_lazy("As the step before"),
    OwnerRule.QUEUE: gettext_lazy("Queue"),
}

TOLD: dict[str, Callable[[Step], str]] = {
    "name": str,
    "kind": lambda step: str(step.get_kind_display()),
    "owner": owner_words,
    "due": due_words,
}
