"""A step read from a file: each field checked, and refused at its place with what is expected there."""

import re
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers.segments import portable
from evergrow.success.config.colleagues import Colleagues
from evergrow.success.config.details_in import details
from evergrow.success.config.step_out import DATE, DEFAULTS, STAY, Data, Facts
from evergrow.success.engine.details import FORMS
from evergrow.success.models import DueFrom, EvidenceKind, OwnerRule, Playbook, Roll, StepKind, Unit
from evergrow.success.models.playbooks import TRAIT
from evergrow.workspaces.configuration import BadObject, shapes
from evergrow.workspaces.configuration.registry import Path
from evergrow.workspaces.models import Workspace

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
LONGEST_NAME, LONGEST_TEXT = 120, 2000
MOST_DAYS, MOST_HOURS = 730, 24 * 730
RULES = [rule for rule in OwnerRule.values if rule != OwnerRule.MEMBER]
FIELDS = (
    *("key", "kind", "name", "what_to_do", "owner", "else_owner", "due", "after", "required", "evidence", "only_if"),
    *("on_branch", "products", "industries", *FORMS),
)


def take_in(data: Any, path: Path, workspace: Workspace, people: Colleagues) -> Facts:
    """What defines the step. Raises BadObject."""
    parts = shapes.mapping(data, path, FIELDS)
    key = parts.get("key")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        sentence = _("A step needs a key of small letters, digits and hyphens, for example: call-champion.")
        raise BadObject((*path, "key"), sentence)
    kind = shapes.choice(parts.get("kind"), (*path, "kind"), StepKind.values, StepKind.TASK)
    stray = next((form for form in FORMS if form in parts and form != kind), None)
    if stray:
        sentence = _("“%(form)s” belongs to steps of that kind; this one is a %(kind)s.")
        raise BadObject((*path, stray), sentence % {"form": stray, "kind": kind})
    return {
        "key": key,
        "kind": kind,
        "name": shapes.words(parts.get("name"), (*path, "name"), most=LONGEST_NAME, is_needed=True),
        "instructions": shapes.words(parts.get("what_to_do"), (*path, "what_to_do"), most=LONGEST_TEXT),
        **_owner(parts, path, people),
        **_due(parts.get("due"), (*path, "due")),
        "required": shapes.truth(parts.get("required"), (*path, "required"), True),
        **_evidence(parts.get("evidence"), (*path, "evidence")),
        "after": shapes.keys(parts.get("after"), (*path, "after"), most=100),
        "condition": _condition(parts.get("only_if"), (*path, "only_if"), workspace),
        "on_branches": _branches(parts.get("on_branch"), (*path, "on_branch")),
        "products": shapes.keys(parts.get("products"), (*path, "products"), most=50),
        "industries": shapes.keys(parts.get("industries"), (*path, "industries"), most=50),
        "details": details(kind, parts.get(kind), (*path, kind), workspace, people),
    }


def _owner(parts: Data, path: Path, people: Colleagues) -> Facts:
    rule, member = _who(parts.get("owner", DEFAULTS["owner_rule"]), (*path, "owner"), people)
    fallbacks = []
    for place, each in enumerate(shapes.listed(parts.get("else_owner"), (*path, "else_owner"), most=5), 1):
        other, named = _who(each, (*path, "else_owner", place), people)
        fallbacks.append({"rule": other, "member": named} if named else {"rule": other})
    return {"owner_rule": rule, "member_id": member, "fallbacks": fallbacks}


def _who(given: Any, path: Path, people: Colleagues) -> tuple[str, int | None]:
    if isinstance(given, str) and "@" in given:
        return OwnerRule.MEMBER.value, people.member(given, path)
    if given == "":
        return OwnerRule.MEMBER.value, None
    if given not in RULES:
        sentence = _("Write the email of a colleague, or one of: %(known)s.")
        raise BadObject(path, sentence % {"known": ", ".join(RULES)})
    return str(given), None


def _due(given: Any, path: Path) -> Facts:
    parts = shapes.mapping({} if given is None else given, path, (*Unit.values, "from", "at", "day_off"))
    units = [unit for unit in Unit.values if unit in parts]
    if len(units) > 1:
        raise BadObject((*path, units[1]), _("Count in one unit: either days, workdays, hours or workhours."))
    unit = units[0] if units else DEFAULTS["unit"]
    most = MOST_HOURS if unit in (Unit.HOURS, Unit.WORKHOURS) else MOST_DAYS
    offset = shapes.number(
        parts.get(unit), (*path, unit), least=-most, most=most, default=DEFAULTS["offset"] if not units else None
    )
    due_from, anchor = _base(parts.get("from"), (*path, "from"))
    rolls = {STAY: Roll.NONE.value, "next": Roll.NEXT.value, "previous": Roll.PREVIOUS.value}
    return {
        "due_from": due_from,
        "offset": offset,
        "unit": str(unit),
        "anchor": anchor,
        "at_time": _time(parts.get("at"), (*path, "at")),
        "roll": rolls[shapes.choice(parts.get("day_off"), (*path, "day_off"), rolls, "next")],
    }


def _base(given: Any, path: Path) -> tuple[str, str]:
    if given is None:
        return DueFrom.PREVIOUS.value, ""
    if given in (DueFrom.START, DueFrom.PREVIOUS):
        return str(given), ""
    return DueFrom.ANCHOR.value, "" if given == DATE else account_date(given, path)


def account_date(given: Any, path: Path) -> str:
    """A date of the account that steps may count from. Raises BadObject."""
    known = [value for value in Playbook.Anchor.values if value]
    if given in known or (isinstance(given, str) and given.startswith(TRAIT) and 0 < len(given) - len(TRAIT) <= 200):
        return str(given)
    sentence = _("“%(given)s” is no date of an account. Use one of %(known)s, or trait:<key>.")
    raise BadObject(path, sentence % {"given": given, "known": ", ".join(known)})


def _time(given: Any, path: Path) -> time | None:
    if given is None:
        return None
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", given) if isinstance(given, str) else None
    if found is None:
        raise BadObject(path, _("Write a time of day in quotes, like '09:30'."))
    return time(int(found[1]), int(found[2]))


def _evidence(given: Any, path: Path) -> Facts:
    if given in (None, False, True):
        return {"evidence": bool(given), "evidence_kind": ""}
    kinds = [kind for kind in EvidenceKind.values if kind]
    if given not in kinds:
        raise BadObject(path, _("Write true, text, link or file."))
    return {"evidence": True, "evidence_kind": str(given)}


def _condition(given: Any, path: Path, workspace: Workspace) -> dict[str, Any]:
    found: dict[str, Any] = portable.read(given, "account", workspace, path) if given else {}
    return {} if found == {"all": []} else found


def _branches(given: Any, path: Path) -> dict[str, list[str]]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise BadObject(path, _("Name the decision and its branches, for example: {size: [big]}."))
    return {key: shapes.keys(ways, (*path, key), most=20) for key, ways in given.items()}
