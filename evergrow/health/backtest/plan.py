"""What a back-test is asked: which outcome, within how many days, as of which past days, for how large a team."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import pgettext_lazy

from evergrow.health.backtest.outcomes import Outcome

YEAR_WEEKS, YEAR_MONTHS = 52, 12
HORIZONS = (30, 60, 90, 180)
MOST_CAPACITY = 1000


class Step(models.TextChoices):
    WEEKLY = "weekly", pgettext_lazy("back-test", "Every week")
    MONTHLY = "monthly", pgettext_lazy("back-test", "Every month")


@dataclass(frozen=True, slots=True)
class Plan:
    """``within``: days until the outcome counts; ``capacity``: accounts that the team can look at in a week."""

    outcome: Outcome = Outcome.LOST
    within: int = 90
    step: Step = Step.MONTHLY
    capacity: int = 10

    @property
    def per_day(self) -> int:
        """How many accounts the team takes at each of the days: its weekly capacity times the weeks between them."""
        return self.capacity if self.step == Step.WEEKLY else round(self.capacity * 365.25 / 7 / YEAR_MONTHS)

    def days(self, today: date) -> list[date]:
        """The past days, oldest first: a year of them, the last so early that its outcome is known in full.

        Yesterday is the last full day. Months step back to the same day of the month, or the last one it has.
        """
        last = today - timedelta(days=1 + self.within)
        if self.step == Step.WEEKLY:
            return [last - timedelta(weeks=back) for back in reversed(range(YEAR_WEEKS))]
        return [_months_back(last, back) for back in reversed(range(YEAR_MONTHS))]


def _months_back(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (after - timedelta(days=1)).day))
