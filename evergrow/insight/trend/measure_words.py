"""How measures are said: what is counted, amounts with their units, what a total is."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from evergrow.insight.trend.question import (
    ACTIVE,
    DIFFERENT,
    OF_ACCOUNTS,
    OF_PEOPLE,
    PER,
    Asked,
    Formula,
    Measure,
    Statistic,
    Unit,
)
from evergrow.insight.trend.result import Value
from evergrow.lib import numerals

Words = str | Promise

MEASURES: dict[Measure, Words] = {
    Measure.ACCOUNTS: pgettext_lazy("trend measure", "Accounts"),
    Measure.PEOPLE: pgettext_lazy("trend measure", "People"),
    Measure.SESSIONS: pgettext_lazy("trend measure", "Sessions"),
    Measure.COUNT: pgettext_lazy("trend measure", "Times"),
    Measure.ACTIVE_ACCOUNTS: pgettext_lazy("trend measure", "Active accounts"),
    Measure.ACTIVE_PEOPLE: pgettext_lazy("trend measure", "Active people"),
    Measure.FIRST_ACCOUNTS: pgettext_lazy("trend measure", "Accounts, first time"),
    Measure.FIRST_PEOPLE: pgettext_lazy("trend measure", "People, first time"),
    Measure.PER_ACCOUNT: pgettext_lazy("trend measure", "Times per account"),
    Measure.PER_PERSON: pgettext_lazy("trend measure", "Times per person"),
    Measure.PER_SESSION: pgettext_lazy("trend measure", "Times per session"),
    Measure.PROPERTY: pgettext_lazy("trend measure", "Numbers of a property"),
}
STATISTICS: dict[Statistic, Words] = {
    Statistic.SUM: pgettext_lazy("statistic", "Sum"),
    Statistic.AVERAGE: pgettext_lazy("statistic", "Average"),
    Statistic.MIN: pgettext_lazy("statistic", "Smallest"),
    Statistic.MEDIAN: pgettext_lazy("statistic", "Median"),
    Statistic.P75: pgettext_lazy("statistic", "75th percentile"),
    Statistic.P90: pgettext_lazy("statistic", "90th percentile"),
    Statistic.P95: pgettext_lazy("statistic", "95th percentile"),
    Statistic.P99: pgettext_lazy("statistic", "99th percentile"),
    Statistic.MAX: pgettext_lazy("statistic", "Largest"),
}
GROUPS: tuple[tuple[Words, tuple[Measure, ...]], ...] = (
    ("", (Measure.ACCOUNTS, Measure.PEOPLE, Measure.SESSIONS, Measure.COUNT)),
    (gettext_lazy("Active in the last days"), (Measure.ACTIVE_ACCOUNTS, Measure.ACTIVE_PEOPLE)),
    (gettext_lazy("For the first time"), (Measure.FIRST_ACCOUNTS, Measure.FIRST_PEOPLE)),
    (gettext_lazy("How often each"), (Measure.PER_ACCOUNT, Measure.PER_PERSON, Measure.PER_SESSION)),
    (gettext_lazy("Numbers"), (Measure.PROPERTY,)),
)


def measure(asked: Asked) -> str:
    """``Accounts``, ``Active people, 7 days``, ``Median · Times per person``, ``Sum · amount``."""
    label = str(MEASURES[asked.measure])
    if asked.measure in ACTIVE:
        return _("%(who)s, %(days)s days") % {"who": label, "days": asked.days} if asked.days > 1 else label
    if asked.measure in PER:
        return f"{STATISTICS[asked.statistic]} · {label}"
    if asked.measure is Measure.PROPERTY:
        return f"{STATISTICS[asked.statistic]} · {asked.property}"
    return label


def amount(made: Asked | Formula, value: Value, language: str) -> str:
    """A value with its unit: ``1,204 accounts``, ``1,204 家客户``, ``2.5 times``, ``42%``."""
    if isinstance(made, Formula) or made.measure is Measure.PROPERTY or value is None:
        return cell(made, value, language)
    shown, whole = numerals.number(value, language), round(value)
    if value != whole:
        whole = 2
    if made.measure in OF_ACCOUNTS and made.measure not in PER:
        return ngettext("%(n)s account", "%(n)s accounts", whole) % {"n": shown}
    if made.measure in OF_PEOPLE and made.measure not in PER:
        return ngettext("%(n)s person", "%(n)s people", whole) % {"n": shown}
    if made.measure is Measure.SESSIONS:
        return ngettext("%(n)s session", "%(n)s sessions", whole) % {"n": shown}
    return ngettext("%(n)s time", "%(n)s times", whole) % {"n": shown}


def cell(made: Asked | Formula, value: Value, language: str) -> str:
    """A value alone, as tables have it; — for none."""
    if isinstance(made, Formula) and made.unit is Unit.PERCENT:
        return numerals.percent(value, language, 1)
    return numerals.number(value, language)


def is_counted(made: Asked | Formula) -> bool:
    """Whether a value counts things, so that there are more or fewer of them and not just more or less of it."""
    return isinstance(made, Asked) and made.measure not in PER and made.measure is not Measure.PROPERTY


def total_words(made: Asked | Formula) -> str:
    """What a total is: a sum, how many different ones over the whole range, or the same over the whole range."""
    if isinstance(made, Asked):
        if made.measure is Measure.COUNT or (made.measure, made.statistic) == (Measure.PROPERTY, Statistic.SUM):
            return pgettext("trend", "Sum")
        if made.measure in DIFFERENT | ACTIVE:
            return _("Different ones in the whole range")
    return _("Over the whole range")
