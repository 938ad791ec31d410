"""One signal as its page and the inbox show it: its rule, its history, the work on it, what can be done."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from evergrow.customers.criteria import CriteriaError, parse, sentence
from evergrow.success import access
from evergrow.success.models import Run, Signal, SignalKind, SignalMove, Task
from evergrow.success.risks import rescuing
from evergrow.success.rules import EVERY_RULE
from evergrow.success.signals import ours, standing, suggesting
from evergrow.workspaces import prepared
from evergrow.workspaces.access import GatedRequest, may

OWNER_CHOICES, MOVES_SHOWN = 200, 30


def pane(request: GatedRequest, row: Signal) -> dict[str, Any]:
    """Everything that is shown of a signal."""
    today = request.workspace.today()
    return {
        "signal": row,
        "rule": _rule_of(row),
        "precision": standing.precision_of_rule(row),
        "rule_key": _key_of(row),
        "moves": _moves(row),
        "runs": _runs(row),
        "tasks": _tasks(row),
        "rescue": rescuing.open_rescue(row.account) if row.account else None,
        "book": suggesting.suggested(request.workspace, [row]).get(row.pk),
        "colleagues": access.here_on(request.member, today)[:OWNER_CHOICES],
        "waits_for": _waits_for(row),
        "next_week": today + timedelta(days=7),
        "today": today,
        "can_work": may(request.member, "work"),
    }


@prepared.rows
def _moves(row: Signal) -> QuerySet[SignalMove]:
    return SignalMove.objects.filter(signal=row).select_related("by__user").order_by("-pk")[:MOVES_SHOWN]


@prepared.rows
def _runs(row: Signal) -> QuerySet[Run]:
    return Run.objects.filter(signal=row).select_related("playbook")


@prepared.rows
def _tasks(row: Signal) -> QuerySet[Task]:
    return Task.objects.filter(signal=row, run=None)


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
