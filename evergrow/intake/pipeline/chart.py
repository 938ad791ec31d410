"""What arrived over time as a stack of bars: counted, sent again, not taken; the running period is hatched."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.intake.pipeline import addresses
from evergrow.lib import clock, moments
from evergrow.workspaces.models import Workspace

By = Literal["hour", "day"]
HOURS, DAYS = 48, 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour or day: events counted, events that had been sent before, messages not taken."""

    label: str
    accepted: int
    duplicates: int
    bad: int


def bars(workspace: Workspace, by: By, key: int = 0) -> list[Bar]:
    """The last 48 hours or 30 days of all sources, or of one; the last bar is of a period not yet over."""
    return _hours(workspace, key) if by == "hour" else _days(workspace, key)


def options(workspace: Workspace, bars: list[Bar], source: str = "") -> dict[str, Any]:
    """The chart; what was not taken opens the list of it."""
    url = addresses.rejects(workspace, source=source)

    def stack(name: str, colour: str, values: list[int], **more: Any) -> dict[str, Any]:
        link = {"url": url} if more.get("dotted") else {}
        data = [{"value": value, **link} for value in values]
        if data:
            data[-1]["hatched"] = True
        return {"type": "bar", "stack": "all", "name": name, "itemStyle": {"color": colour}, "data": data, **more}

    return {
        "unit": "number",
        "legend": {},
        "xAxis": {"type": "category", "data": [bar.label for bar in bars]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            stack(_("Accepted"), "--series-1", [bar.accepted for bar in bars]),
            stack(pgettext("duplicates", "Sent again"), "--series-4", [bar.duplicates for bar in bars]),
            stack(_("Not taken"), "--risk-fill", [bar.bad for bar in bars], dotted=True),
        ],
    }


def _hours(workspace: Workspace, key: int) -> list[Bar]:
    now = clock.now().astimezone(workspace.tz)
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    found: dict[datetime, list[int]] = {}
    for _key, begins, *counts in _ask("pipeline_hours", workspace, key, first):
        row = found.setdefault(begins, [0, 0, 0])
        found[begins] = [have + more for have, more in zip(row, counts, strict=True)]
    language, today = get_language() or "en", now.date()
    bars = []
    for step in range(HOURS):
        begins = first + timedelta(hours=step)
        shown = f"{begins:%H:%M}"
        if begins.hour == 0 or not step:
            shown = f"{moments.day_text(begins.date(), today, language)} {shown}"
        bars.append(Bar(shown, *found.get(begins, [0, 0, 0])))
    return bars


def _days(workspace: Workspace, key: int) -> list[Bar]:
    today = workspace.today()
    first = today - timedelta(days=DAYS - 1)
    since = datetime.combine(first, datetime.min.time(), workspace.tz)
    found: dict[date, list[int]] = {day: counts for day, *counts in _ask("pipeline_days", workspace, key, since)}
    language = get_language() or "en"
    days = [first + timedelta(days=step) for step in range(DAYS)]
    return [Bar(moments.day_text(day, today, language), *found.get(day, [0, 0, 0])) for day in days]


def _ask(name: str, workspace: Workspace, key: int, since: datetime) -> list[tuple[Any, ...]]:
    return warehouse.rows(
        warehouse.statement("intake", name), workspace_id=workspace.pk, since=since, zone=workspace.zone, key=key
    )


def today(workspace: Workspace) -> Bar:
    """The counts of all sources since midnight in the workspace's zone."""
    day = workspace.today()
    since = datetime.combine(day, datetime.min.time(), workspace.tz)
    rows = _ask("pipeline_days", workspace, 0, since)
    return Bar("", *(rows[0][1:] if rows else (0, 0, 0)))
