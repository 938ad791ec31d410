"""When an event really happened, although the client's clock may be wrong.

Corrected = received − (sent − original): the client's own clock measures how long the event waited, ours says when it
arrived (Segment, RudderStack, Snowplow and PostHog all do this). More than 23 hours in the future or unreadable:
the time of arrival (PostHog's rule). Milliseconds since 1970 throughout.
"""

from datetime import UTC, datetime
from typing import Any

HOUR = 3_600_000
FUTURE = 23 * HOUR
EARLIEST = 0
_read = datetime.fromisoformat
LATEST = 4_102_444_800_000  # 2100-01-01


def milliseconds(value: Any) -> int | None:
    """A moment as clients write it: ISO 8601 with or without offset (then UTC), or seconds or milliseconds as a number.

    None where it cannot be read.
    """
    if isinstance(value, str):
        try:
            moment = _read(value.strip())
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            return round(moment.timestamp() * 1000)
        except (ValueError, OverflowError):
            return None
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e17:
        return round(value if abs(value) >= 1e11 else value * 1000)
    return None


def correct(original: int | None, sent: int | None, received: int) -> int:
    """The corrected time. Without ``sent`` the client's word counts; before 1970 becomes 1970."""
    if original is None:
        return received
    found = original if sent is None else received - (sent - original)
    if found > received + FUTURE:
        return received
    return found if found > EARLIEST else EARLIEST
