"""The form of the contact rules: what it shows, and what was typed as plain data for ``policy.read``."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.success.contact.policy import DEFAULTS, PolicyUnreadable
from evergrow.success.models.contact import ContactChannel, ContactPolicy

SPARE_LIMITS, SPARE_HOURS, MOST_ROWS = 2, 1, 40


def read(post: QueryDict) -> dict[str, Any]:
    """The rules as they were typed; rows that are empty are left out. Raises PolicyUnreadable."""
    when = post.get("when_quiet", "")
    return {
        "is_on": "is_on" in post,
        "limits": _limits(post),
        "quiet": hours(post, "quiet"),
        "quiet_channels": [key for key in post.getlist("quiet_channels") if key in ContactChannel.values],
        "when_quiet": when if when in ContactPolicy.WhenQuiet.values else DEFAULTS["when_quiet"],
        "sending": hours(post, "sending"),
        "sending_on_workdays": "sending_on_workdays" in post,
        "same_hours": _whole(post.get("same_hours", "")),
    }


def _limits(post: QueryDict) -> list[dict[str, Any]]:
    columns = (post.getlist(f"limit_{name}") for name in ("channel", "most", "days", "window"))
    return [
        {"channel": channel, "most": _whole(most), "days": _whole(days), "is_calendar": window == "calendar"}
        for channel, most, days, window in list(zip(*columns, strict=False))[:MOST_ROWS]
        if most.strip()
    ]


def hours(post: QueryDict, name: str) -> list[dict[str, Any]]:
    """Stretches of the day from the fields ``<name>_from``, ``<name>_to`` and ``<name>_days_<row>``."""
    begins, ends = post.getlist(f"{name}_from"), post.getlist(f"{name}_to")
    return [
        {
            "days": [int(day) for day in post.getlist(f"{name}_days_{row}") if day.isdecimal() and len(day) < 3],
            "from": begin,
            "to": end,
        }
        for row, (begin, end) in enumerate(list(zip(begins, ends, strict=False))[:MOST_ROWS])
        if begin.strip() or end.strip()
    ]


def _whole(text: str) -> int:
    if not text.strip().isdecimal() or len(text) > 6:
        raise PolicyUnreadable(problem=_("“%(text)s” is no whole number.") % {"text": text})
    return int(text)


def rows(data: Mapping[str, Any]) -> dict[str, Any]:
    """Rules as the form shows them, with empty rows to write more."""
    blank = {"channel": "", "most": "", "days": 7, "is_calendar": False}
    return {
        **data,
        "limits": [*data["limits"], *([blank] * SPARE_LIMITS)],
        "quiet": stretches(data["quiet"]),
        "sending": stretches(data["sending"]),
    }


def stretches(data: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Stretches of the day with an empty row to write one more, each with its place."""
    blank = {"days": list(range(7)), "from": "", "to": ""}
    return [{**each, "row": n} for n, each in enumerate([*data, *([blank] * SPARE_HOURS)])]


def choices() -> dict[str, Any]:
    return {
        "channels": [("", _("All channels together")), *ContactChannel.choices],
        "each_channel": ContactChannel.choices,
        "whens": ContactPolicy.WhenQuiet.choices,
        "windows": [("rolling", _("in any so many days")), ("calendar", _("in so many calendar days, today included"))],
    }
