"""The account list's filter “did”: accounts that did an event between two days, ``login@2026-03-16..2026-03-22``."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow import warehouse
from evergrow.customers import registry
from evergrow.insight.conditions import Check, Condition
from evergrow.insight.period import Bucket
from evergrow.insight.statement import Statement, run
from evergrow.insight.trend.question import FIRST, Measure, TrendQuestion
from evergrow.insight.trend.result import Part
from evergrow.workspaces.models import Member

MOST_ACCOUNTS = 30_000
LISTED = {"tier", "status", "plan", "country", "industry", "size", "channel"}


@dataclass(frozen=True, slots=True)
class Did:
    """An event and the days in which it was done."""

    event: str
    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.event}@{self.first}..{self.last}"

    @classmethod
    def parse(cls, text: str) -> "Did":
        """Read ``event@first..last``. Raises ValueError with a sentence for anything else."""
        found = re.fullmatch(r"(.+)@(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", text, re.DOTALL | re.ASCII)
        try:
            if found:
                return cls(found[1], date.fromisoformat(found[2]), date.fromisoformat(found[3]))
        except ValueError:
            pass
        raise ValueError(
            _("“%(text)s” cannot be read. Write an event and two days: login@2026-03-16..2026-03-22.")
            % {"text": text[:80]}
        )


def condition(member: Member, values: list[str]) -> Q:
    """Accounts that did any of these. Raises ValueError with a sentence for what cannot be read or is too many."""
    numbers: set[int] = set()
    for did in map(Did.parse, values):
        numbers.update(_accounts(member.workspace_id, did))
    if len(numbers) > MOST_ACCOUNTS:
        raise ValueError(_("More than %(most)s accounts did this. Choose fewer days.") % {"most": f"{MOST_ACCOUNTS:,}"})
    return Q(number__in=sorted(numbers))


def as_criteria(member: Member, values: list[str]) -> dict[str, Any]:
    """The same as criteria of a segment; the days stay those that were chosen."""
    parts = [
        {"did": did.event, "within": {"from": did.first.isoformat(), "to": did.last.isoformat()}}
        for did in map(Did.parse, values)
    ]
    return parts[0] if len(parts) == 1 else {"any": parts}


def _accounts(workspace_id: int, did: Did) -> list[int]:
    params = {"workspace": workspace_id, "event": did.event, "first": did.first, "last": did.last}
    sql = warehouse.statement("insight", "accounts_that_did")
    found = Statement("accounts_that_did", sql, params | {"limit": MOST_ACCOUNTS + 1})
    return [int(number) for (number,) in run(found, warehouse.version(workspace_id))]


def list_query(question: TrendQuestion, bucket: Bucket, part: Part, place: int = 0) -> str:
    """The account list's query that shows who is behind a point of the series at ``place``; "" where the list cannot
    say it exactly."""
    asked = question.series[place]
    filters = (*question.filters, *asked.filters)
    is_exact = asked.measure not in FIRST and asked.measure is not Measure.PROPERTY and bucket.at is None
    if not is_exact or not asked.event or not all(map(_is_listed, filters)):
        return ""
    pairs = [(each.topic.key, value) for each in filters for value in each.values]
    if part.kind == "value" and question.split and len(question.split.by) == 1:
        (topic,) = question.split.by
        if topic.kind != "account" or topic.key not in LISTED or topic.key in dict(pairs):
            return ""
        pairs.append((topic.key, part.value))
    elif part.kind != "whole":
        return ""
    if len({each.topic.key for each in filters}) < len(filters):
        return ""
    return urlencode([("did", str(Did(asked.event, bucket.first, bucket.last))), *pairs])


def _is_listed(each: Condition) -> bool:
    return each.topic.kind == "account" and each.topic.key in LISTED and each.test is Check.IS


registry.add(
    registry.Filter(
        "did",
        gettext_lazy("Did an event"),
        condition,
        kind="text",
        hint=gettext_lazy("An event and two days: login@2026-03-16..2026-03-22."),
        position=130,
        criteria=as_criteria,
    )
)
