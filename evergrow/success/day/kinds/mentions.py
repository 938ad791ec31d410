"""Colleagues who named the member with @ and were not read yet."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from evergrow.customers.visits.mentions import MENTIONED, sentence
from evergrow.success.day.rank import Fact
from evergrow.success.day.sources import Ask, Row, Source
from evergrow.success.day.sources import register as put
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member
from evergrow.workspaces.notices.models import Notice

MOST = 200
MEDIUM = 2


def facts(ask: Ask) -> Iterable[Fact]:
    """Due on the day it was said: somebody waits. It is the member's own, whoever's list is asked for."""
    zone = ask.member.workspace.tz
    for pk, created_at in _unread(ask.member):
        yield Fact(f"mention:{pk}", created_at.astimezone(zone).date(), severity=MEDIUM)


@prepared.rows
def _unread(member: Member) -> QuerySet[Notice, tuple[int, datetime]]:
    found = Notice.objects.filter(member=member, kind=MENTIONED, read_at=None).order_by("-pk")
    return found.values_list("pk", "created_at")[:MOST]


def rows(ask: Ask, keys: Sequence[int]) -> Mapping[int, Row]:
    found = Notice.objects.filter(member=ask.member, kind=MENTIONED, read_at=None, pk__in=keys)
    return {notice.pk: _row(ask, notice) for notice in found.select_related("by__user")}


def _row(ask: Ask, notice: Notice) -> Row:
    return Row(notice, sentence(notice), notice.url, "at", owner=ask.member)


def register() -> None:
    put(
        Source(
            "mention",
            gettext_lazy("Mentions"),
            "at",
            facts,
            rows,
            detail="success/day/details/empty.html",
            acts="success/day/acts/mention.html",
            position=17,
        )
    )
