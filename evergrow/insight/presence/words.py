"""How subjects, counts and days are said, alike for lifecycle, stickiness and engagement."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from evergrow.insight.period import Interval
from evergrow.insight.presence.source import Subject
from evergrow.insight.trend.words import axis_words as axis_words
from evergrow.insight.trend.words import bucket_words as bucket_words
from evergrow.insight.trend.words import condition as condition
from evergrow.insight.trend.words import range_words as range_words
from evergrow.insight.trend.words import short_words as short_words
from evergrow.insight.trend.words import span as span
from evergrow.lib import numerals

Words = str | Promise

SUBJECTS: dict[Subject, Words] = {
    Subject.ACCOUNT: pgettext_lazy("trend measure", "Accounts"),
    Subject.PERSON: pgettext_lazy("trend measure", "People"),
}
INTERVALS: dict[Interval, Words] = {
    Interval.DAY: gettext_lazy("Day"),
    Interval.WEEK: gettext_lazy("Week"),
    Interval.MONTH: gettext_lazy("Month"),
}
TABLES: dict[str, Words] = {
    "activity": gettext_lazy("day bitmaps"),
    "account_day": gettext_lazy("accounts by day"),
    "property_days": gettext_lazy("properties by day"),
    "person_accounts": gettext_lazy("day bitmaps by the accounts of people"),
    "property_people": gettext_lazy("bitmaps of a watched property"),
    "events": gettext_lazy("the events themselves"),
}


def amount(subject: Subject, value: int, language: str) -> str:
    """``1,204 accounts``, ``1,204 家客户``."""
    return {
        Subject.ACCOUNT: ngettext("%(n)s account", "%(n)s accounts", value),
        Subject.PERSON: ngettext("%(n)s person", "%(n)s people", value),
    }[subject] % {"n": numerals.number(value, language)}
