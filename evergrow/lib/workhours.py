"""Hours of work: adding them to a moment, over breaks, nights, weekends and holidays of a working calendar."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from evergrow.lib import local_time, workdays

DAY = timedelta(days=1)
MOST_HOURS = 20_000


@dataclass(frozen=True, slots=True)
class Hours:
    """When people work on a working day, by the clock of ``zone``; ``pause`` is (from, to), or None."""

    opens: time
    closes: time
    pause: tuple[time, time] | None
    calendar: workdays.AnyCalendar
    zone: tzinfo

    def stretches(self, day: date) -> list[tuple[datetime, datetime]]:
        """From when to when people work on ``day``, as moments in UTC; none on a day off."""
        if not workdays.is_workday(day, self.calendar):
            return []
        edges = [self.opens, *(self.pause or ()), self.closes]
        at = [local_time.moment(day, edge, self.zone) for edge in edges]
        return [pair for pair in zip(at[::2], at[1::2], strict=True) if pair[0] < pair[1]]


def add(start: datetime, hours: float, by: Hours) -> datetime:
    """The moment that lies ``hours`` of work after ``start`` (before it, when negative), in UTC.

    Zero gives ``start`` itself. Work that ends with a stretch ends there, not at the beginning of the next one. Raises
    ValueError beyond ten years of work, or where nobody ever works.
    """
    if abs(hours) > MOST_HOURS:
        raise ValueError(f"{hours} hours of work is too far. Use at most {MOST_HOURS}.")
    left, is_back, day = timedelta(hours=abs(hours)), hours < 0, local_time.day_of(start, by.zone)
    if not left:
        return start
    for _ in range(MOST_HOURS):
        found = by.stretches(day)
        for begins, ends in reversed(found) if is_back else found:
            begins, ends = (begins, min(ends, start)) if is_back else (max(begins, start), ends)
            if ends <= begins:
                continue
            if ends - begins >= left:
                return ends - left if is_back else begins + left
            left -= ends - begins
        day += -DAY if is_back else DAY
    raise ValueError("There are no hours of work to count with.")
