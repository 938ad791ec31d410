"""The form of one step, read into its facts."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.customers.criteria import as_data, posted
from evergrow.lib.digits import row_id
from evergrow.success.editor import details
from evergrow.success.editor.layout import LANE
from evergrow.success.models import DueFrom, EvidenceKind, OwnerRule, Roll, Step, StepKind, Unit
from evergrow.success.views.answers import Unreadable
from evergrow.workspaces.models import Workspace

Facts = dict[str, Any]
MOST_DAYS, MOST_HOURS = 730, 24 * 730
MOST_FALLBACKS = 3
MEMBER = "member:"
ANCHOR = "anchor:"


def read(post: QueryDict, step: Step, workspace: Workspace, members: Iterable[int]) -> Facts:
    """What the form says of the step. Raises Unreadable, ``criteria.CriteriaError``."""
    earlier = {other.key for other in step.version.steps.filter(position__lt=step.position)}
    kind = choice(post, "kind", StepKind.values, step.kind)
    known = set(members)
    return {
        "name": words(post, "name"),
        "instructions": words(post, "instructions"),
        "kind": kind,
        **_owner(post, step, known),
        **_due(post, step),
        "required": "required" in post,
        "evidence": "evidence" in post,
        "evidence_kind": choice(post, "evidence_kind", EvidenceKind.values, step.evidence_kind),
        "after": [key for key in post.getlist("after") if key in earlier],
        "condition": _condition(post, step, workspace),
        "on_branches": _branches(post, earlier) if "has_branches" in post else step.on_branches,
        **_variants(post, step),
        "details": details.read(post, kind, step, workspace, known),
    }


def words(post: QueryDict, name: str) -> dict[str, str]:
    """A text in both languages, from the fields ``name_zh`` and ``name_en``; line ends as we keep them."""
    return {language: post.get(f"{name}_{language}", "").replace("\r\n", "\n") for language in ("zh", "en")}


def choice(post: QueryDict, name: str, known: Iterable[str], default: str) -> str:
    """One of ``known``, else ``default``."""
    asked = post.get(name, default)
    return asked if asked in set(known) else default


def _owner(post: QueryDict, step: Step, members: set[int]) -> Facts:
    rule, member = _who(post.get("owner_rule", ""), post.get("member", ""), members)
    if rule is None:
        rule, member = {"rule": step.owner_rule}, step.member_id
    fallbacks = step.fallbacks
    if "fallback" in post:
        chosen = [_who(each, "", members)[0] for each in post.getlist("fallback")[:MOST_FALLBACKS]]
        fallbacks = [each for each in chosen if each is not None]
    return {"owner_rule": rule["rule"], "member_id": member, "fallbacks": fallbacks}


def _who(given: str, named: str, members: set[int]) -> tuple[dict[str, Any] | None, int | None]:
    """A rule from ``csm``, ``member:12``, or ``member`` with the colleague in a field of their own."""
    if given == OwnerRule.MEMBER:
        given = f"{MEMBER}{named}"
    if given.startswith(MEMBER):
        member = row_id(given.removeprefix(MEMBER))
        if member not in members:
            raise Unreadable(sentence=_("Choose a colleague who may work in this workspace."))
        return {"rule": OwnerRule.MEMBER.value, "member": member}, member
    return ({"rule": given}, None) if given in OwnerRule.values else (None, None)


def _due(post: QueryDict, step: Step) -> Facts:
    unit = choice(post, "unit", Unit.values, step.unit)
    base, _colon, anchor = post.get("due_from", step.due_from).partition(":")
    if base not in DueFrom.values:
        base, anchor = step.due_from, step.anchor
    return {
        "due_from": base,
        "anchor": anchor[:220] if base == DueFrom.ANCHOR else "",
        "offset": _offset(post.get("offset", "0"), unit),
        "unit": unit,
        "at_time": _time(post.get("at_time", "")),
        "roll": choice(post, "roll", Roll.values, step.roll),
    }


def _offset(text: str, unit: str) -> int:
    try:
        found = int(text.replace("−", "-"))
    except ValueError:
        raise Unreadable(sentence=_("Write the days as a whole number, like 2 or −45.")) from None
    if abs(found) > (MOST_HOURS if unit in (Unit.HOURS, Unit.WORKHOURS) else MOST_DAYS):
        raise Unreadable(sentence=_("That is more than two years away. Use a smaller number of days."))
    return found


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        raise Unreadable(sentence=_("Write a time of day, like 09:30.")) from None


def _condition(post: QueryDict, step: Step, workspace: Workspace) -> Facts:
    if "condition" not in post and "condition_text" not in post:
        return dict(step.condition)
    found = as_data(posted.read(post, "account", workspace, "condition"))
    return {} if found == {"all": []} else found


def _branches(post: QueryDict, earlier: set[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in post.getlist("branch"):
        decision, _slash, way = each.partition(LANE)
        if decision in earlier and way:
            found.setdefault(decision, []).append(way)
    return found


def _variants(post: QueryDict, step: Step) -> Facts:
    if "has_variants" not in post:
        return {"products": step.products, "industries": step.industries}
    return {name: list(dict.fromkeys(filter(None, post.getlist(name))))[:50] for name in ("products", "industries")}
