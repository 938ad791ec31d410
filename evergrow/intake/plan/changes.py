"""What one edition of a plan changes in another, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from evergrow.intake.models.plan import Mode
from evergrow.intake.plan import kinds
from evergrow.intake.plan.definition import LISTS, PropertyPlan, read_property

PLACES = {
    "mode": gettext_lazy("Events against the plan"),
    "unplanned": gettext_lazy("Unplanned properties"),
    "unplanned_events": gettext_lazy("Unplanned events"),
    "unplanned_properties": gettext_lazy("Unplanned properties"),
    "ip": gettext_lazy("IP addresses"),
    "email": gettext_lazy("Emails in values"),
    "phone": gettext_lazy("Phone numbers in values"),
    "allow": gettext_lazy("Only these properties"),
    "deny": gettext_lazy("Properties left out"),
    "mask": gettext_lazy("Masked properties"),
    "hash": gettext_lazy("Hashed properties"),
    "description": gettext_lazy("Description"),
    "owner": gettext_lazy("Owner"),
    "tags": gettext_lazy("Tags"),
    "deprecated": gettext_lazy("Deprecated"),
    "hidden": gettext_lazy("Hidden from pickers"),
}
WAYS = {
    **{str(mode.value): mode.label for mode in Mode},
    "truncate": gettext_lazy("Shorten"),
    "drop": gettext_lazy("Leave out"),
    "mask": gettext_lazy("Mask"),
    "hash": gettext_lazy("Hash"),
    "": pgettext_lazy("plan", "As everywhere"),
    "True": gettext_lazy("yes"),
    "False": gettext_lazy("no"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One place that differs. ``before`` is empty for what is added, ``after`` for what is removed."""

    kind: str
    place: str
    before: str
    after: str
    is_property: bool = False


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What differs between two definitions in their JSON form, rules first, then properties by name."""
    old, new = dict(_places(before)), dict(_places(after))
    found = []
    for key in [*old, *(key for key in new if key not in old)]:
        then, now = old.get(key, ""), new.get(key, "")
        if then != now:
            kind = "added" if key not in old else "removed" if key not in new else "changed"
            is_property = key[0] == "properties"
            found.append(Change(kind, key[1] if is_property else str(PLACES[key[0]]), then, now, is_property))
    return sorted(found, key=lambda change: (change.is_property, change.place if change.is_property else ""))


def _places(definition: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, value in definition.items():
        if key == "properties":
            for name, rule in value.items():
                yield ("properties", name), rule_words(read_property(rule))
        elif key in LISTS and isinstance(value, list):
            yield (key,), ", ".join(value)
        elif isinstance(value, dict):
            yield (key,), " / ".join(value[part] for part in ("zh", "en") if value.get(part))
        elif isinstance(value, list):
            yield (key,), ", ".join(str(each) for each in value)
        else:
            yield (key,), str(WAYS.get(str(value), value))


def rule_words(rule: PropertyPlan) -> str:
    """A property's plan in a line: ``Number · required · ≥ 0``."""
    parts = [str(kinds.KINDS[rule.type])]
    if rule.required:
        parts.append(pgettext("property", "required"))
    if rule.values:
        shown = ", ".join(rule.values[:8])
        parts.append(_("one of %(values)s") % {"values": shown + ("…" if len(rule.values) > 8 else "")})
    if rule.pattern:
        parts.append(_("pattern %(pattern)s") % {"pattern": rule.pattern})
    if rule.min is not None:
        parts.append(f"≥ {rule.min:g}")
    if rule.max is not None:
        parts.append(f"≤ {rule.max:g}")
    return " · ".join(parts)
