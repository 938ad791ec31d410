"""What a trend says, in one or two sentences. Only full periods are compared; a running one is said to be running."""

from collections.abc import Callable, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Interval
from evergrow.insight.trend import words
from evergrow.insight.trend.measure_words import amount, cell, is_counted
from evergrow.insight.trend.question import DIFFERENT, FIRST, Asked, Comparison, Measure
from evergrow.insight.trend.result import Series, TrendResult, Value
from evergrow.lib import numerals


def reading(result: TrendResult, names: EventNames, language: str) -> SafeString:
    """The sentences above the chart, the answer in bold."""
    drawn = [result.wholes[place] for place in result.drawn_places]
    if not any(series.total or any(series.values) for series in drawn):
        days = words.span(result.days.first, result.days.last, result.today, language)
        is_formula = bool(result.question.formulas)
        sentence = _("<b>No value</b> from {days}.") if is_formula else _("<b>Nobody did this</b> from {days}.")
        said = [format_html(sentence, days=days)]
    elif not result.complete:
        said = [_short(result, language)]
    elif len(drawn) > 1:
        said = [_each(result, drawn, names, language)]
    else:
        said = [_latest(result, language), _against(result, language), _leader(result, names, language)]
    joint = "" if numerals.is_chinese(language) else " "
    return mark_safe(joint.join(sentence for sentence in said if sentence))  # noqa: S308 - each is formatted above


def _short(result: TrendResult, language: str) -> SafeString:
    """Everything of a range in which no period is full."""
    if result.question.smoothing:
        return format_html("{}", _("No moving average is over a full window yet. Choose a longer range."))
    now = _amount(result, result.whole.total, language)
    if result.buckets[-1].short == "running":
        return format_html(_("<b>{now}</b> so far; no period is complete yet."), now=now)
    days = words.span(result.days.first, result.days.last, result.today, language)
    return format_html(_("<b>{now}</b> in {days}; the range holds no full period."), now=now, days=days)


def _amount(result: TrendResult, value: Value, language: str) -> str:
    return amount(result.made_of(result.whole.place), value, language)


def _when(result: TrendResult, place: int, language: str) -> str:
    return words.bucket_words(result.buckets[place], result.question.interval, result.today, language)


def _each(result: TrendResult, drawn: Sequence[Series], names: EventNames, language: str) -> SafeString:
    """What every series or formula came to in the last full period."""
    last = result.complete[-1]
    is_chinese = numerals.is_chinese(language)
    told = [
        format_html(
            "{name} <b>{value}</b>",
            name=words.made_of(series.place, result.question, names, language),
            value=amount(result.made_of(series.place), series.values[last], language),
        )
        for series in drawn
    ]
    joined = mark_safe(("；" if is_chinese else "; ").join(told))  # noqa: S308 - each is formatted above
    return format_html(_("{when}: {told}."), when=_when(result, last, language), told=joined)


def _latest(result: TrendResult, language: str) -> SafeString:
    """The last full period against the full one right before it."""
    last = result.complete[-1]
    now = result.whole.values[last]
    said = {"when": _when(result, last, language), "now": _amount(result, now, language)}
    before = result.whole.values[last - 1] if last - 1 in result.complete else None
    if not before or now is None or before < 0:
        return format_html(_("{when}: <b>{now}</b>."), **said)
    made = result.made_of(result.whole.place)
    said |= {"before": cell(made, before, language), "change": _change(result, now, before, language)}
    sentence = {
        Interval.HOUR: _("{when}: <b>{now}, {change}</b> the hour before ({before})."),
        Interval.DAY: _("{when}: <b>{now}, {change}</b> the day before ({before})."),
        Interval.WEEK: _("{when}: <b>{now}, {change}</b> the week before ({before})."),
        Interval.MONTH: _("{when}: <b>{now}, {change}</b> the month before ({before})."),
        Interval.QUARTER: _("{when}: <b>{now}, {change}</b> the quarter before ({before})."),
        Interval.YEAR: _("{when}: <b>{now}, {change}</b> the year before ({before})."),
    }[result.question.interval]
    return format_html(sentence, **said)


def _change(result: TrendResult, now: float, before: float, language: str) -> str:
    counted = is_counted(result.made_of(result.whole.place))
    if now == before:
        return _("as many as") if counted else _("the same as")
    share = numerals.percent(abs(now - before) / before, language, 1)
    if now > before:
        return _("{share} more than").format(share=share)
    return (_("{share} fewer than") if counted else _("{share} less than")).format(share=share)


def _against(result: TrendResult, language: str) -> SafeString:
    """The mean of the full periods against the mean of those they are compared with."""
    if not result.question.compare or result.question.is_cumulative:
        return SafeString("")
    known: Callable[[int], bool] = lambda place: (  # noqa: E731
        result.compared_buckets[place].is_complete
        and result.whole.values[place] is not None
        and result.whole.compared[place] is not None
    )
    places = [place for place in result.complete if known(place)]
    before = _mean([result.whole.compared[place] for place in places])
    if not before or before < 0:
        return format_html("{}", _("There is nothing to compare with: nobody did this in the earlier days."))
    now = _mean([result.whole.values[place] for place in places])
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
    made = result.made_of(result.whole.place)
    digits = 1 if is_counted(made) else 4
    now, before = round(now, digits), round(before, digits)
    return format_html(
        sentence,
        count=len(places),
        change=_change(result, now, before, language) if before else "",
        now=cell(made, now, language),
        before=cell(made, before, language),
    )


def _mean(values: Sequence[Value]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / max(1, len(known))


def _leader(result: TrendResult, names: EventNames, language: str) -> SafeString:
    """The largest named part and its size over the whole range, where sizes are counted."""
    made = result.made_of(result.whole.place)
    is_sized = isinstance(made, Asked) and (made.measure is Measure.COUNT or made.measure in DIFFERENT | FIRST)
    named = [series for series in result.series if series.part.kind in ("value", "not_set")]
    whole = result.whole.total
    if not is_sized or not named or not whole:
        return SafeString("")
    first = max(named, key=lambda series: series.total or 0)
    said = {
        "part": words.part(first.part, result, names, language),
        "value": amount(made, first.total, language),
        "share": numerals.percent((first.total or 0) / whole, language, 1),
    }
    if isinstance(made, Asked) and made.measure is Measure.COUNT:
        return format_html(_("Largest over the whole range: {part}, {value} ({share})."), **said)
    return format_html(_("Largest over the whole range: {part}, {value} ({share} of all who did it)."), **said)
