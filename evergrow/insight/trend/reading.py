"""What a trend says, in one or two sentences. Only full periods are compared; a running one is said to be running."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Interval
from evergrow.insight.trend import words
from evergrow.insight.trend.question import Comparison, Measure
from evergrow.insight.trend.result import TrendResult
from evergrow.lib import numerals


def reading(result: TrendResult, names: EventNames, language: str) -> SafeString:
    """The sentences above the chart, the answer in bold."""
    if not result.whole.total:
        days = words.span(result.days.first, result.days.last, result.today, language)
        said = [format_html(_("<b>Nobody did this</b> from {days}."), days=days)]
    elif not result.complete:
        said = [_short(result, language)]
    else:
        said = [_latest(result, language), _against(result, language), _leader(result, names, language)]
    joint = "" if numerals.is_chinese(language) else " "
    return mark_safe(joint.join(sentence for sentence in said if sentence))  # noqa: S308 - each is formatted above


def _short(result: TrendResult, language: str) -> SafeString:
    """Everything of a range in which no period is full."""
    now = words.amount(result.question.measure, result.whole.total, language)
    if result.buckets[-1].short == "running":
        return format_html(_("<b>{now}</b> so far; no period is complete yet."), now=now)
    days = words.span(result.days.first, result.days.last, result.today, language)
    return format_html(_("<b>{now}</b> in {days}; the range holds no full period."), now=now, days=days)


def _latest(result: TrendResult, language: str) -> SafeString:
    """The last full period against the full one right before it."""
    last = result.complete[-1]
    now = result.whole.values[last]
    said = {
        "when": words.bucket_words(result.buckets[last], result.question.interval, result.today, language),
        "now": words.amount(result.question.measure, now, language),
    }
    if last == 0 or not result.buckets[last - 1].is_complete or not result.whole.values[last - 1]:
        return format_html(_("{when}: <b>{now}</b>."), **said)
    before = result.whole.values[last - 1]
    said |= {"before": numerals.number(before, language), "change": _change(now, before, language)}
    sentence = {
        Interval.DAY: _("{when}: <b>{now}, {change}</b> the day before ({before})."),
        Interval.WEEK: _("{when}: <b>{now}, {change}</b> the week before ({before})."),
        Interval.MONTH: _("{when}: <b>{now}, {change}</b> the month before ({before})."),
    }[result.question.interval]
    return format_html(sentence, **said)


def _change(now: float, before: float, language: str) -> str:
    if now == before:
        return _("as many as")
    share = numerals.percent(abs(now - before) / before, language, 1)
    return (_("{share} more than") if now > before else _("{share} fewer than")).format(share=share)


def _against(result: TrendResult, language: str) -> SafeString:
    """The mean of the full periods against the mean of those they are compared with."""
    if not result.question.compare:
        return SafeString("")
    places = [place for place in result.complete if result.compared_buckets[place].is_complete]
    before = sum(result.whole.compared[place] for place in places) / max(1, len(places))
    if not before:
        return format_html("{}", _("There is nothing to compare with: nobody did this in the earlier days."))
    now = sum(result.whole.values[place] for place in places) / len(places)
    is_year = result.question.compare is Comparison.YEAR
    sentence = (
        ngettext(
            "Over {count} full period: {change} a year before (mean {now} against {before}).",
            "Over {count} full periods: {change} a year before (mean {now} against {before}).",
            len(places),
        )
        if is_year
        else ngettext(
            "Over {count} full period: {change} in the period before (mean {now} against {before}).",
            "Over {count} full periods: {change} in the periods before (mean {now} against {before}).",
            len(places),
        )
    )
    return format_html(
        sentence,
        count=len(places),
        change=_change(round(now, 1), round(before, 1), language),
        now=numerals.number(round(now, 1), language),
        before=numerals.number(round(before, 1), language),
    )


def _leader(result: TrendResult, names: EventNames, language: str) -> SafeString:
    """The largest named part and its size over the whole range."""
    named = [series for series in result.series if series.part.kind in ("value", "not_set")]
    if not named or not result.whole.total:
        return SafeString("")
    first = max(named, key=lambda series: series.total)
    said = {
        "part": words.part(first.part, result, names, language),
        "value": words.amount(result.question.measure, first.total, language),
        "share": numerals.percent(first.total / result.whole.total, language, 1),
    }
    if result.question.measure is Measure.COUNT:
        return format_html(_("Largest over the whole range: {part}, {value} ({share})."), **said)
    return format_html(_("Largest over the whole range: {part}, {value} ({share} of all who did it)."), **said)
