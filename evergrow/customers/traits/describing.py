"""Saying what a trait is, and setting values by hand."""

import re
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.customers.criteria import known_traits, providers
from evergrow.customers.models import ComputedTrait, Precedence, TraitDefinition, TraitType
from evergrow.customers.traits.learning import learn
from evergrow.customers.traits.precedence import can_be_kept, text_of
from evergrow.customers.traits.subjects import FIELDS, Kind, Subject, current, kind_of
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import Member, Workspace

EDIT, API = "edit", "api"
LONGEST_KEY, LONGEST_VALUE, MOST_SOURCES = 200, 4_000, 20
SOURCE = re.compile(r"[a-z0-9_.-]{1,40}(:[\w.-]{1,60})?")


@transaction.atomic
def describe(*, workspace: Workspace, kind: Kind, key: str, by: Member | None, **facts: Any) -> TraitDefinition:
    """Say what a trait is: ``type``, ``name``, ``description``, ``unit``, ``is_personal``, ``precedence``, ``order``.

    What is not given stays. Values known so far keep their place; the new precedence holds for those that come.
    Raises BadChoice.
    """
    require(by, "manage")
    if not key or len(key) > LONGEST_KEY or "\0" in key:
        raise BadChoice("key", _("A trait's key has 1 to %(most)d letters.") % {"most": LONGEST_KEY})
    if not can_be_kept([key, facts]):
        raise BadChoice("key", _("This value holds signs or numbers that cannot be kept."))
    known = _checked(facts)
    row, is_new = TraitDefinition.objects.get_or_create(
        workspace=workspace, kind=kind, key=key, defaults={"type": known.get("type", TraitType.TEXT), "changed_by": by}
    )
    before = {name: getattr(row, name) for name in known}
    changes = {name: [before[name], value] for name, value in known.items() if before[name] != value}
    if not changes and not is_new:
        return row
    for name, value in known.items():
        setattr(row, name, value)
    row.changed_at, row.changed_by = clock.now(), by
    row.save()
    audit.record(workspace, "trait.described", row, by=by, data={"kind": kind, **changes})
    return row


def _checked(facts: dict[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for name, value in facts.items():
        match name:
            case "type":
                known[name] = _one_of("type", value, TraitType.values)
            case "precedence":
                known[name] = _one_of("precedence", value, Precedence.values)
            case "name" | "description":
                most = 120 if name == "name" else 1_000
                known[name] = {code: str(value[code]).strip()[:most] for code in ("en", "zh") if value.get(code)}
            case "unit":
                known[name] = str(value).strip()[:40]
            case "is_personal":
                known[name] = bool(value)
            case "order":
                known[name] = _order(value)
            case _:
                raise TypeError(f"{name} is no part of what a trait is.")
    return known


def _one_of(name: str, value: Any, known: list[str]) -> str:
    if value not in known:
        raise BadChoice(name, _("Choose one of: %(known)s.") % {"known": ", ".join(known)})
    return str(value)


def _order(value: Any) -> list[str]:
    names = list(dict.fromkeys(str(each).strip().lower() for each in value if str(each).strip()))
    wrong = next((name for name in names if not SOURCE.fullmatch(name)), None)
    if wrong or len(names) > MOST_SOURCES:
        raise BadChoice("order", _("A source is called like “crm” or “crm:hubspot”; at most 20 of them."))
    return names


@transaction.atomic
def set_values(*, row: Subject, values: dict[str, Any], by: Member | None) -> bool:
    """Set traits of one person or account by hand; ``None`` forgets one. Whether something changed.

    A typed value counts from now on, until a newer or more trusted one comes. Raises BadChoice.
    """
    require(by, "work")
    kind = kind_of(row)
    for key, value in values.items():
        _check_value(row, kind, key, value)
    before = {key: current(row, key).value for key in values}
    source = API if by is not None and by.through else EDIT
    if not learn(row, values, source, clock.now(), by=str(by or "Evergrow")):
        return False
    changes = {key: [was, current(row, key).value] for key, was in before.items()}
    audit.record(row.workspace, f"{kind}.traits_set", row, by=by, data={"traits": changes})
    return True


def _check_value(row: Subject, kind: Kind, key: str, value: Any) -> None:
    if not key or len(key) > LONGEST_KEY or "\0" in key:
        raise BadChoice("key", _("A trait's key has 1 to %(most)d letters.") % {"most": LONGEST_KEY})
    if key in FIELDS[kind] or key in known_traits.built_in(kind):
        raise BadChoice("key", _("“%(key)s” is a field; change it where the %(kind)s is edited.") % {
            "key": key, "kind": _("person") if kind == "person" else _("account"),
        })  # fmt: skip
    is_computed = ComputedTrait.objects.filter(workspace=row.workspace, kind=kind, key=key).exists()
    if is_computed or key in providers.provided(kind):
        raise BadChoice("key", _("“%(key)s” is computed; it cannot be typed.") % {"key": key})
    if not can_be_kept([key, value]):
        raise BadChoice("value", _("This value holds signs or numbers that cannot be kept."))
    if len(text_of(value)) > LONGEST_VALUE + 2:
        raise BadChoice("value", _("A value has at most %(most)d letters.") % {"most": LONGEST_VALUE})


def read_typed(text: str, type_: str) -> Any:
    """What a colleague typed, as a value of the trait's type; an empty text forgets it. Raises BadChoice."""
    text = text.strip()
    if not text:
        return None
    try:
        return _READ[type_](text)
    except (ValueError, OverflowError):
        raise BadChoice("value", str(_HINTS[type_])) from None


def _number(text: str) -> int | float:
    plain = text.replace(",", "").replace("，", "")
    found = float(plain)
    if found != found or abs(found) == float("inf"):
        raise ValueError(text)
    return int(plain) if re.fullmatch(r"[+-]?\d{1,15}", plain) else found


def _truth(text: str) -> bool:
    if text.lower() in ("true", "yes", "1", "是"):
        return True
    if text.lower() in ("false", "no", "0", "否"):
        return False
    raise ValueError(text)


def _date(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).isoformat()


def _list(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,，、;；\n]", text) if part.strip()]


_READ: dict[str, Any] = {
    "text": str,
    "number": _number,
    "truth": _truth,
    "date": _date,
    "moment": _moment,
    "list": _list,
}
_HINTS = {
    "text": gettext_lazy("Type a text."),
    "number": gettext_lazy("Type a number, for example 12.5."),
    "truth": gettext_lazy("Type yes or no."),
    "date": gettext_lazy("Type a date as 2026-03-31."),
    "moment": gettext_lazy("Type a moment as 2026-03-31T09:30."),
    "list": gettext_lazy("Type values with commas between them."),
}
