"""What a retention table says, in one or two sentences, over complete cells only."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from evergrow.customers.portrait.statistics import Estimate, share_difference
from evergrow.insight.event_names import EventNames
from evergrow.insight.retention import words
from evergrow.insight.retention.result import Cell, Cohort, Mean, RetentionResult, Series
from evergrow.insight.trend import words as trend
from evergrow.lib import numerals

# Differences between cohorts or parts are told from this many subjects on either side
FEWEST = 20


@dataclass(frozen=True, slots=True)
class Outlier:
    """A cohort that differs from all others together in a column by more than chance."""

    cohort: Cohort
    column: int
    cell: Cell
    others: float


def reading(result: RetentionResult, names: EventNames, language: str) -> SafeString:
    """The sentences above the chart, the answer in bold."""
    told = places(result)
    if not result.whole.size:
        days = trend.span(result.days.first, result.days.last, result.today, language)
        said = [format_html(_("<b>Nobody began</b> from {days}."), days=days)]
    elif not told:
        began = words.amount(result.question.subject, result.whole.size, language)
        said = [format_html(_("<b>{began}</b> began so far; no period is complete yet."), began=began)]
    elif result.series:
        said = [_main(result, told, language), _between_parts(result, told[-1], language)]
    else:
        said = [_main(result, told, language), _between_cohorts(result, language)]
    joint = "" if numerals.is_chinese(language) else " "
    return mark_safe(joint.join(sentence for sentence in said if sentence))  # noqa: S308 - each is formatted above


def places(result: RetentionResult) -> list[int]:
    """The columns that are told: one in the middle and the last one that has a mean; the start's own only if alone."""
    found = [place for place, mean in enumerate(result.whole.means) if mean is not None]
    later = [place for place in found if result.columns[place].first > 0] or found
    return sorted({later[(len(later) - 1) // 2], later[-1]}) if later else []


def _main(result: RetentionResult, told: list[int], language: str) -> SafeString:
    means = [(place, mean) for place in told if (mean := result.whole.means[place]) is not None]
    joint = "、" if numerals.is_chinese(language) else _(" and ")
    shares = joint.join(_share(result, place, mean, language) for place, mean in means)
    last = means[-1][1]
    if last.low is None or last.high is None:
        return format_html(_("<b>{shares}</b> of what came in the first column."), shares=shares)
    return format_html(
        _("<b>{shares}</b> came back (the last: 95% CI {low} to {high}, n = {n})."),
        shares=shares,
        low=numerals.percent(last.low, language, 1),
        high=numerals.percent(last.high, language, 1),
        n=numerals.number(last.size, language),
    )


def _share(result: RetentionResult, place: int, mean: Mean, language: str) -> str:
    return _("{share} {when}").format(
        share=numerals.percent(mean.share, language, 1),
        when=words.in_column(result.columns[place], result.question.interval),
    )


def outlier(result: RetentionResult, place: int) -> Outlier | None:
    """The cohort that differs most from all others together in a column.

    None where no difference passes the 95 % level divided by the number of comparisons (Bonferroni).
    """
    cells = [(cohort, cell) for cohort in result.whole.cohorts if (cell := cohort.cells[place]) and cell.is_complete]
    size, came = sum(cell.size for _cohort, cell in cells), sum(cell.came for _cohort, cell in cells)
    found: list[tuple[Estimate, Cohort, Cell]] = [
        (share_difference(cell.came, cell.size, came - cell.came, size - cell.size), cohort, cell)
        for cohort, cell in cells
        if cell.size >= FEWEST and size - cell.size >= FEWEST
    ]
    clear = [each for each in found if each[0].p * len(found) < 0.05]
    if not clear:
        return None
    _gap, cohort, cell = max(clear, key=lambda each: abs(each[0].value))
    return Outlier(cohort, place, cell, (came - cell.came) / (size - cell.size))


def compared_column(result: RetentionResult) -> int | None:
    """The column in which cohorts are compared: the first after the start that has a mean, since most have reached it.

    None where there is none, and for sums, of which it is not known what chance does.
    """
    later = [at for at, mean in enumerate(result.whole.means) if mean and result.columns[at].first > 0]
    return later[0] if later and not result.question.sum_of else None


def _between_cohorts(result: RetentionResult, language: str) -> SafeString:
    place = compared_column(result)
    if place is None:
        return SafeString("")
    found = outlier(result, place)
    when = words.in_column(result.columns[place], result.question.interval)
    if found is None:
        if sum(cohort.size >= FEWEST for cohort in result.whole.cohorts) < 3:
            return SafeString("")
        return format_html(_("No cohort differs from the others {when} by more than chance."), when=when)
    said = {
        "cohort": words.cohort(found.cohort, result, language),
        "share": numerals.percent(found.cell.share, language, 1),
        "others": numerals.percent(found.others, language, 1),
        "when": when,
    }
    is_better = (found.cell.share or 0) > found.others
    sentence = (
        _("The cohort of {cohort} came back more than the others {when}: {share} against {others}.")
        if is_better
        else _("The cohort of {cohort} came back less than the others {when}: {share} against {others}.")
    )
    return format_html(sentence, **said)


def _between_parts(result: RetentionResult, place: int, language: str) -> SafeString:
    """The part that keeps most against the one that keeps least, and whether that may be chance."""
    found = [
        (mean.share, series, mean)
        for series in result.series
        if series.part.kind != "other" and (mean := series.means[place]) is not None and mean.size >= FEWEST
    ]
    if len(found) < 2 or result.question.sum_of:
        return SafeString("")
    _least, low, low_mean = min(found, key=lambda each: each[0])
    _most, high, high_mean = max(found, key=lambda each: each[0])
    gap = share_difference(high_mean.came, high_mean.size, low_mean.came, low_mean.size)
    said = {
        "most": _named(high, high_mean, result, language),
        "least": _named(low, low_mean, result, language),
        "when": words.in_column(result.columns[place], result.question.interval),
    }
    if gap.is_open:
        return format_html(
            _("{when}, {most} came back most and {least} least; that may be chance."), **_begun(said, language)
        )
    return format_html(_("{when}, {most} came back most and {least} least."), **_begun(said, language))


def _named(series: Series, mean: Mean, result: RetentionResult, language: str) -> str:
    share = numerals.percent(mean.share, language, 1)
    return _("{part} ({share})").format(part=words.part(series, result, language), share=share)


def _begun(said: dict[str, str], language: str) -> dict[str, str]:
    """``when`` at the beginning of a sentence."""
    return said | {"when": said["when"][:1].upper() + said["when"][1:]}
