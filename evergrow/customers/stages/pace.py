"""Conditions on the days in a stage, for lists: asked of the store, those who ever paused counted one by one."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from math import ceil, floor

from django.db.models import Q

from evergrow.customers.models import Lifecycle, StageStay
from evergrow.customers.stages import days
from evergrow.customers.stages.definition import PAUSED, TERMINAL, Definition
from evergrow.customers.stages.standing import Standing, open_stays, standings
from evergrow.lib.ranges import Range

Test = Callable[[Standing], bool]


def in_status(lifecycle: Lifecycle, definition: Definition, wanted: list[str]) -> Q:
    """Accounts whose time in their stage has one of these statuses, as a condition on accounts."""
    found = Q(pk__in=[])
    for stage in definition.stages:
        if not stage.is_on_the_way:
            continue
        behind = stage.expected if stage.expected is not None else stage.stuck
        bounds = {
            days.STUCK: (None if stage.stuck is None else stage.stuck + 1, None),
            days.BEHIND: (None if stage.expected is None else stage.expected + 1, stage.stuck),
            days.ON_TRACK: (0, behind),
        }
        for status in wanted:
            low, high = bounds.get(status, (None, None))
            if low is not None:
                found |= Q(stage=stage.key) & _entered(lifecycle, low, high)
    kinds = [kind for status, kind in ((days.RESTING, PAUSED), (days.ENDED, TERMINAL)) if status in wanted]
    found |= Q(kind__in=kinds)
    return _on_accounts(lifecycle, definition, found, lambda each: each.status in wanted)


def in_ranges(lifecycle: Lifecycle, definition: Definition, values: list[str]) -> Q:
    """Accounts whose days in their stage lie in one of the ranges, as a condition on accounts; ends count none."""
    ranges = [Range.parse(value) for value in values]
    found = Q(pk__in=[])
    for low, high in ranges:
        found |= _entered(lifecycle, ceil(low or 0), None if high is None else floor(high)) & ~Q(kind=TERMINAL)

    def fits(each: Standing) -> bool:
        return each.stay.kind != TERMINAL and any(
            (low is None or each.days >= low) and (high is None or each.days <= high) for low, high in ranges
        )

    return _on_accounts(lifecycle, definition, found, fits)


def _on_accounts(lifecycle: Lifecycle, definition: Definition, condition: Q, test: Test) -> Q:
    rested = StageStay.objects.filter(lifecycle=lifecycle, kind=PAUSED).exclude(left_at=None)
    paused = list(rested.exclude(account=None).values_list("account", flat=True).distinct())
    plain = open_stays(lifecycle).filter(condition).exclude(account__in=paused)
    counted = [key for key, each in standings(lifecycle, definition, paused).items() if test(each)]
    return Q(pk__in=plain.values("account")) | Q(pk__in=counted)


def _entered(lifecycle: Lifecycle, low: int, high: int | None) -> Q:
    """Entered at least ``low`` and at most ``high`` midnights ago."""
    workspace = lifecycle.workspace

    def midnight(ago: int) -> datetime:
        return datetime.combine(workspace.today() - timedelta(days=min(ago, 36_500)), time(), workspace.tz)

    found = Q(entered_at__lt=midnight(max(low, 0) - 1))
    return found if high is None else found & Q(entered_at__gte=midnight(high))
