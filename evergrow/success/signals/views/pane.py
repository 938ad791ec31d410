"""One signal as its page and the inbox show it: its rule, its history, the work on it, what can be done."""

from datetime import timedelta
from typing import Any

from evergrow.customers.criteria import CriteriaError, parse, sentence
from evergrow.success import access
from evergrow.success.models import Signal, SignalKind
from evergrow.success.risks import rescuing
from evergrow.success.rules import EVERY_RULE
from evergrow.success.signals import ours, standing, suggesting
from evergrow.workspaces.access import GatedRequest, may

OWNER_CHOICES = 200


def pane(request: GatedRequest, row: Signal) -> dict[str, Any]:
    """Everything that is shown of a signal."""
    today = request.workspace.today()
    return {
        "signal": row,
        "rule": _rule_of(row),
        "precision": standing.precision_of_rule(row),
        "rule_key": _key_of(row),
        "moves": row.moves.select_related("by__user").order_by("-pk")[:30],
        "runs": row.runs.select_related("playbook"),
        "tasks": row.tasks.filter(run=None).select_related("owner__user"),
        "rescue": rescuing.open_rescue(row.account) if row.account else None,
        "book": suggesting.suggested(request.workspace, [row]).get(row.pk),
        "colleagues": access.colleagues(request.member)[:OWNER_CHOICES],
        "waits_for": _waits_for(row),
        "next_week": today + timedelta(days=7),
        "today": today,
        "can_work": may(request.member, "work"),
    }


def _rule_of(row: Signal) -> Any:
    """The rule that raised it, in words and with its limits."""
    version = row.rule.versions.filter(number=row.edition).first() if row.rule and row.edition else None
    delivered = next((rule for rule in EVERY_RULE if rule.kind == row.kind), None)
    if delivered is not None:
        return ours.tuned(delivered, row.rule, version) if row.rule else delivered
    if version is None:
        return None
    said = version.definition
    cool = said.get("cool_down", {})
    return {
        "words": standing.says(row.workspace, said),
        "clear_after": said.get("clear_after", 3),
        "cool_down_days": cool.get("days", 14),
        "false_positive_days": cool.get("false_positive_days", 60),
    }


def _key_of(row: Signal) -> str:
    if row.kind == SignalKind.CUSTOM:
        return row.rule.key if row.rule else ""
    return row.kind.replace("_", "-")


def _waits_for(row: Signal) -> str:
    if not row.snoozed_for:
        return ""
    try:
        return sentence(parse(row.snoozed_for, "account", row.workspace))
    except CriteriaError as error:
        return error.message
