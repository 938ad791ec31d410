"""The cost guard: how many events criteria make the store read, worked out from day counts before they are asked."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers.criteria.bound import Bound
from evergrow.customers.criteria.compile_events import EventSql, stopped_days
from evergrow.customers.criteria.errors import CostError
from evergrow.customers.criteria.limits import MOST_CONDITIONS, MOST_STEPS
from evergrow.customers.criteria.tree import (
    NEVER,
    ONCE,
    All,
    AnyOf,
    AtAccount,
    Criteria,
    Did,
    Doing,
    First,
    Node,
    Not,
    People,
    Sequence,
    Stopped,
)
from evergrow.customers.criteria.windows import EVER, Days, Instants, Now, Stretch, resolve


def limits() -> tuple[float, int]:
    """Seconds and bytes that one question may take."""
    return float(settings.CRITERIA_SECONDS), settings.CRITERIA_MEMORY_MIB << 20


def check(many: Iterable[Criteria], at: datetime | None = None) -> None:
    """Raise CostError where criteria of one workspace would read more events than the setting allows."""
    stored: int | None = None
    for criteria in many:
        if stored is None:
            stored = _stored(criteria.workspace.pk)
        # Where even everything, read by each part, is little, nothing has to be worked out.
        if stored * MOST_CONDITIONS * MOST_STEPS > settings.CRITERIA_EVENTS:
            _check(criteria, at)


def _stored(workspace_id: int) -> int:
    sql = "select sum(count) from activity where workspace_id = {workspace:UInt32}"
    return int(warehouse.scalar(sql, workspace=workspace_id) or 0)


def _check(criteria: Criteria, at: datetime | None) -> None:
    rows, most = estimate(criteria, at), settings.CRITERIA_EVENTS
    if rows > most:
        sentence = _(
            "These criteria would read %(rows)s events; at most %(most)s are allowed. Shorten the time they look at, or"
            " name an event instead of “any event”."
        )
        raise CostError(sentence % {"rows": f"{rows:,}", "most": f"{most:,}"})


def estimate(criteria: Criteria, at: datetime | None = None) -> int:
    """Events to be read one by one; what day bitmaps answer costs nothing here."""
    now = Now.of(criteria.workspace, at)
    asked = set(_reads(criteria.root, now))
    return sum(_rows(criteria, now, event, stretch) for event, stretch in asked)


def _reads(node: Node, now: Now) -> list[tuple[str, Stretch]]:
    match node:
        case All(parts) | AnyOf(parts):
            return [each for part in parts for each in _reads(part, now)]
        case Not(part) | AtAccount(part) | People(_, part):
            return _reads(part, now)
        case Did(doing):
            stretch = resolve(node.within, now)
            if node.measure is None and node.bounds in (ONCE, NEVER) and _is_light(doing, stretch):
                return []
            return [(doing.event, stretch)]
        case First(doing, within):
            return [] if _is_light(doing, resolve(within, now)) else [(doing.event, EVER)]
        case Stopped(doing):
            if node.times == 1 and not doing.where:
                return []
            return [(doing.event, days) for days in stopped_days(node, now)]
        case Sequence(steps, _, within):
            return [(step.event, resolve(within, now)) for step in steps]
        case _:
            return []


def _is_light(doing: Doing, stretch: Stretch) -> bool:
    return not doing.where and isinstance(stretch, Days)


def _rows(criteria: Criteria, now: Now, event: str, stretch: Stretch) -> int:
    if isinstance(stretch, Instants):
        stretch = Days(stretch.since // 86_400_000 - 1, None)
    bound = Bound({"workspace": criteria.workspace.pk})
    where = EventSql(criteria.kind, bound, now).when(Doing(event), stretch)
    return int(warehouse.scalar(f"SELECT sum(count) FROM activity WHERE {where}", **bound.params) or 0)  # noqa: S608
