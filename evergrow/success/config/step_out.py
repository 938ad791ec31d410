"""A step as it stands in a file: only what differs from the usual, in the order in which one would tell it."""

from datetime import time
from typing import Any

from evergrow.customers.segments import portable
from evergrow.success.config.colleagues import Colleagues
from evergrow.success.engine import details as forms
from evergrow.success.models import DueFrom, OwnerRule, Roll, Step, StepKind
from evergrow.workspaces.configuration import in_order
from evergrow.workspaces.models import Workspace

Facts = dict[str, Any]
Data = dict[str, Any]
STAY = "stay"
DATE = "date"
DEFAULTS = {field.name: field.get_default() for field in Step._meta.concrete_fields}


def facts_of(step: Step) -> Facts:
    """The step's key with what defines it."""
    return {"key": step.key, **step.facts()}


def out(facts: Facts, workspace: Workspace, people: Colleagues) -> Data:
    """The step for a file."""
    found: Data = {"key": facts["key"], "kind": facts["kind"], "name": words(facts["name"])}
    if any((facts["instructions"] or {}).values()):
        found["what_to_do"] = words(facts["instructions"])
    found |= _owner(facts, people) | {"due": _due(facts)}
    if facts["after"]:
        found["after"] = list(facts["after"])
    if not facts["required"]:
        found["required"] = False
    if facts["evidence"]:
        found["evidence"] = facts["evidence_kind"] or True
    if facts["condition"]:
        found["only_if"] = portable.portable(facts["condition"], "account", workspace)
    if facts["on_branches"]:
        found["on_branch"] = {key: list(facts["on_branches"][key]) for key in sorted(facts["on_branches"])}
    for field in ("products", "industries"):
        if facts[field]:
            found[field] = list(facts[field])
    return found | _details(facts, workspace, people)


def words(name: Any) -> dict[str, str]:
    """A text in both languages, in one order."""
    return {code: str((name or {}).get(code) or "") for code in ("en", "zh")}


def _owner(facts: Facts, people: Colleagues) -> Data:
    found: Data = {}
    if facts["owner_rule"] == OwnerRule.MEMBER:
        found["owner"] = people.email(facts["member_id"])
    elif facts["owner_rule"] != DEFAULTS["owner_rule"]:
        found["owner"] = str(facts["owner_rule"])
    if facts["fallbacks"]:
        found["else_owner"] = [_fallback(row, people) for row in facts["fallbacks"]]
    return found


def _fallback(row: dict[str, Any], people: Colleagues) -> str:
    return people.email(row.get("member")) if row["rule"] == OwnerRule.MEMBER else str(row["rule"])


def _due(facts: Facts) -> Data:
    found: Data = {str(facts["unit"]): facts["offset"]}
    if facts["due_from"] == DueFrom.ANCHOR:
        found["from"] = facts["anchor"] or DATE
    elif facts["due_from"] != DEFAULTS["due_from"]:
        found["from"] = str(facts["due_from"])
    if facts["at_time"]:
        at: time = facts["at_time"]
        found["at"] = at.strftime("%H:%M")
    if facts["roll"] != DEFAULTS["roll"]:
        found["day_off"] = STAY if facts["roll"] == Roll.NONE else str(facts["roll"])
    return found


def _details(facts: Facts, workspace: Workspace, people: Colleagues) -> Data:
    form = forms.FORMS.get(facts["kind"])
    given = dict(facts["details"] or {})
    if form is None or not given:
        return {}
    if facts["kind"] == StepKind.DECISION:
        return {"decision": _decision(given, workspace)}
    for field in ("members", "escalate"):
        if given.get(field):
            given[field] = [people.email(member) for member in given[field]]
    for field in ("subject", "body"):
        if field in given:
            given[field] = words(given[field])
    usual = forms.read(form, {})
    kept = {name: given[name] for name in form.__dataclass_fields__ if name in given}
    kept = {name: value for name, value in kept.items() if value != getattr(usual, name) and value != EMPTY}
    return {str(facts["kind"]): kept} if kept else {}


EMPTY = {"en": "", "zh": ""}


def _decision(given: dict[str, Any], workspace: Workspace) -> Data:
    branches = []
    for row in given.get("branches", []):
        one: Data = {"key": row["key"], "name": words(row.get("name"))}
        if row.get("criteria") is not None:
            one["criteria"] = in_order(portable.portable(row["criteria"], "account", workspace))
        branches.append(one)
    found: Data = {"branches": branches}
    if given.get("otherwise"):
        found["otherwise"] = {"key": given["otherwise"]["key"], "name": words(given["otherwise"].get("name"))}
    return found
