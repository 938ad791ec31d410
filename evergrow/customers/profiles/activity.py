"""What a person did by day, for the chart of their page."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers import registry
from evergrow.customers.profiles.whose import Whose
from evergrow.lib import clock
from evergrow.lib.moments import axis_day

DAYS, SHOWN_EVENTS = 90, 6


@dataclass(frozen=True, slots=True)
class Activity:
    """Events of each of the last 90 days up to today: ``counts[event][n]`` on the n-th day, the oldest first."""

    days: list[date]
    counts: dict[str, list[int]]

    @property
    def total(self) -> int:
        return sum(map(sum, self.counts.values()))

    @property
    def active_days(self) -> int:
        return sum(any(values) for values in zip(*self.counts.values(), strict=True))

    @property
    def ranked(self) -> list[str]:
        """Names of events, the most frequent first."""
        return sorted(self.counts, key=lambda name: (-sum(self.counts[name]), name))


def activity(of: Whose) -> Activity:
    """The last 90 days in the workspace's zone. Raises ``warehouse.StoreUnavailable``."""
    today = of.subject.workspace.today()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    rows = warehouse.rows(
        warehouse.statement("customers", "person_activity"),
        **of.asked,
        first_day=days[0],
        since=clock.now() - timedelta(days=DAYS + 1),
    )
    counts: dict[str, list[int]] = {}
    for day, event, events in rows:
        if day <= today:
            counts.setdefault(event, [0] * DAYS)[(day - days[0]).days] += events
    return Activity(days, counts)


def chart(found: Activity, of: Whose, language: str) -> dict[str, Any]:
    """Stacked bars: a bar a day, a colour an event; what is rare is drawn together."""
    called, ranked = registry.event_names(of.subject.workspace), found.ranked
    own = ranked if len(ranked) <= SHOWN_EVENTS else ranked[: SHOWN_EVENTS - 1]
    series = [_series(called(name, language), found.counts[name], n) for n, name in enumerate(own, 1)]
    if rest := ranked[len(own) :]:
        other = [sum(values) for values in zip(*(found.counts[name] for name in rest), strict=True)]
        series.append(_series(_("%(count)d other events") % {"count": len(rest)}, other, SHOWN_EVENTS))
    return {
        "grid": {"right": 16},
        "legend": {"show": True, "bottom": 0},
        "xAxis": {"type": "category", "data": [axis_day(day, language) for day in found.days]},
        "yAxis": {"type": "value", "min": 0, "minInterval": 1},
        "series": series,
    }


def _series(name: str, values: list[int], color: int) -> dict[str, Any]:
    return {
        "name": name,
        "type": "bar",
        "stack": "events",
        "data": values,
        "itemStyle": {"color": f"--series-{color}"},
    }
