"""Approvals that wait for the member's word."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.success.day.rank import Fact
from evergrow.success.day.sources import Ask, Row, Source
from evergrow.success.day.sources import register as put
from evergrow.success.models import StepKind, Task
from evergrow.success.queries import lists
from evergrow.workspaces import prepared
from evergrow.workspaces.access import may
from evergrow.workspaces.models import Member

MOST = 500


def facts(ask: Ask) -> Iterable[Fact]:
    """What waits for the member's vote; somebody waits for each, so they count as severe."""
    for pk, account, due_on, tier, mrr, band, renews_on in _waiting(ask.member):
        points = ask.rule.of(StepKind.APPROVAL, tier)
        yield Fact(f"approval:{pk}", due_on, account, float(mrr), band or "", renews_on, 3, points)


@prepared.rows
def _waiting(member: Member) -> QuerySet[Task, tuple[Any, ...]]:
    names = ("pk", "account_id", "due_on", "account__tier", "account__mrr", "account__health_state__band")
    return lists.to_approve(member).select_related(None).values_list(*names, "account__renews_on")[:MOST]


def rows(ask: Ask, keys: Sequence[int]) -> Mapping[int, Row]:
    if not may(ask.member, "manage"):
        return {}
    found = lists.to_approve(ask.member).filter(pk__in=keys).select_related(*lists.TASK_FACTS, "requested_by__user")
    return {task.pk: _row(ask, task) for task in found}


def _row(ask: Ask, task: Task) -> Row:
    return Row(
        task,
        str(task),
        reverse("success:task", args=[ask.member.workspace.slug, task.pk]),
        "rosette-discount-check",
        task.account,
        task.owner,
        note=str(task.run.playbook) if task.run else "",
        note_url=reverse("success:run", args=[ask.member.workspace.slug, task.run_id]) if task.run_id else "",
        badge=_("waits for you"),
        tone="watch",
        why=[_("asked by %(who)s") % {"who": task.requested_by or task.owner or "—"}],
    )


def register() -> None:
    put(
        Source(
            "approval",
            gettext_lazy("Approvals"),
            "rosette-discount-check",
            facts,
            rows,
            detail="success/day/details/approval.html",
            acts="success/day/acts/approval.html",
            position=15,
        )
    )
