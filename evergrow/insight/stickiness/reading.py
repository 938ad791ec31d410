"""What an answer about stickiness says, in one or two sentences."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Interval
from evergrow.insight.stickiness import words
from evergrow.insight.stickiness.question import View
from evergrow.insight.stickiness.result import StickinessResult, at_least
from evergrow.lib import numerals


def reading(result: StickinessResult, names: EventNames, language: str) -> SafeString:
    """The sentences above the chart, the answer in bold."""
    if result.question.view is View.RATIO:
        return _ratio(result, language)
    days = words.span(result.days.first, result.days.last, result.today, language)
    if not result.total:
        return format_html(_("<b>Nobody did this</b> from {days}."), days=days)
    return _power(result, language) if result.question.view is View.POWER else _regular(result, language)


def _joined(said: list[SafeString], language: str) -> SafeString:
    joint = "" if numerals.is_chinese(language) else " "
    return mark_safe(joint.join(sentence for sentence in said if sentence))  # noqa: S308 - each is formatted before


def _regular(result: StickinessResult, language: str) -> SafeString:
    """The mean, and how many came in half of all intervals or more."""
    size, total = len(result.counts), result.total
    half = (size + 1) // 2
    regular = at_least(result.counts)[half - 1]
    mean = _mean(result.question.interval).format(
        who=words.amount(result.question.subject, total, language),
        mean=numerals.number(numerals.rounded(result.mean or 0, 1), language),
        size=size,
    )
    shares = format_html(
        _("<b>{share}</b> ({count}) came in at least half of them, {once} only in one."),
        share=numerals.percent(regular / total, language, 1),
        count=numerals.number(regular, language),
        once=numerals.percent(result.counts[0] / total, language, 1),
    )
    return _joined([format_html("{}", mean), shares] if size > 1 else [format_html("{}", mean)], language)


def _mean(interval: Interval) -> str:
    return {
        Interval.DAY: _("{who} came, on a mean of {mean} of {size} days."),
        Interval.WEEK: _("{who} came, in a mean of {mean} of {size} weeks."),
        Interval.MONTH: _("{who} came, in a mean of {mean} of {size} months."),
    }[interval]


def _power(result: StickinessResult, language: str) -> SafeString:
    """How many came on half of the days or more, now and before."""
    window = len(result.counts)
    line = (window + 1) // 2
    now, before = at_least(result.counts)[line - 1], at_least(result.before)[line - 1]
    said = {
        "count": words.amount(result.question.subject, now, language),
        "share": numerals.percent(now / result.total, language, 1),
        "line": line,
        "window": window,
        "before": numerals.number(before, language),
    }
    return format_html(
        _("<b>{count} ({share})</b> came on {line} or more of the last {window} days; before that {before} did."),
        **said,
    )


def _ratio(result: StickinessResult, language: str) -> SafeString:
    """The last day's DAU/MAU against that of the first day."""
    last, first = result.ratios[-1], result.ratios[0]
    if last.of_month is None:
        return format_html("{}", _("Nobody was there in the last 30 days."))
    sentence = format_html(
        _("<b>DAU/MAU is {now}</b>: on a mean day {daily} of {monthly} were there."),
        now=numerals.percent(last.of_month, language, 1),
        daily=numerals.number(round(last.mean_of_month, 1), language),
        monthly=words.amount(result.question.subject, last.monthly, language),
    )
    if first.of_month is None or first.day == last.day:
        return sentence
    points = (last.of_month - first.of_month) * 100
    change = format_html(
        _("On {day} it was {before} ({points} points)."),
        day=words.span(first.day, first.day, result.today, language),
        before=numerals.percent(first.of_month, language, 1),
        points=("+" if points > 0 else "") + numerals.number(points, language, 1),
    )
    return _joined([sentence, change], language)
