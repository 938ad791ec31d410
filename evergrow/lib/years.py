"""Steps of a year in the calendar."""

from datetime import date


def year_before(day: date) -> date:
    """The same day a year earlier: 28 February where that is a leap day."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
