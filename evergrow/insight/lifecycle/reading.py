"""What a lifecycle says, in one or two sentences, of the last full period and of the mean of all full ones."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evergrow.insight.event_names import EventNames
from evergrow.insight.lifecycle import words
from evergrow.insight.lifecycle.result import LifecycleResult
from evergrow.lib import numerals


def reading(result: LifecycleResult, names: EventNames, language: str) -> SafeString:
    """The sentences above the chart, the answer in bold."""
    if not any(moves.active or moves.dormant for moves in result.moves):
        days = words.span(result.days.first, result.days.last, result.today, language)
        return format_html(_("<b>Nobody did this</b> from {days}."), days=days)
    if not result.complete:
        now = words.amount(result.question.subject, result.moves[-1].active, language)
        return format_html(_("<b>{now}</b> so far; no period is complete yet."), now=now)
    joint = "" if numerals.is_chinese(language) else " "
    said = [_latest(result, language), _over_all(result, language)]
    return mark_safe(joint.join(sentence for sentence in said if sentence))  # noqa: S308 - each is formatted above


def _latest(result: LifecycleResult, language: str) -> SafeString:
    """The last full period: gained and lost, and who of those before came again."""
    last = result.complete[-1]
    moves = result.moves[last]
    before = moves.returning + moves.dormant
    said = {
        "when": words.bucket_words(result.buckets[last], result.question.interval, result.today, language),
        "gained": numerals.number(moves.new + moves.resurrecting, language),
        "lost": numerals.number(moves.dormant, language),
        "new": numerals.number(moves.new, language),
        "back": numerals.number(moves.resurrecting, language),
    }
    gained = _("{when}: <b>{gained} gained</b> ({new} new, {back} back after a pause) <b>and {lost} lost</b>.")
    sentence = format_html(gained, **said)
    if not before:
        return sentence
    joint = "" if numerals.is_chinese(language) else " "
    share = numerals.percent(moves.returning / before, language, 1)
    kept = format_html(
        ngettext(
            "{share} of the {before} who was there before came again.",
            "{share} of the {before} who were there before came again.",
            before,
        ),
        share=share,
        before=numerals.number(before, language),
    )
    return mark_safe(sentence + joint + kept)  # noqa: S308 - both are formatted above


def _over_all(result: LifecycleResult, language: str) -> SafeString:
    """Gained for each one lost over all full periods together."""
    gained = sum(result.moves[place].new + result.moves[place].resurrecting for place in result.complete)
    lost = sum(result.moves[place].dormant for place in result.complete)
    if len(result.complete) < 2 or not lost:
        return SafeString("")
    ratio = gained / lost
    count, shown = len(result.complete), numerals.number(ratio, language, 2)
    if round(ratio, 2) == 1:
        return format_html(_("Over {count} full periods as many came as went."), count=count)
    if ratio > 1:
        return format_html(
            _("Over {count} full periods {ratio} came for each one that went: it grows."), count=count, ratio=shown
        )
    return format_html(
        _("Over {count} full periods {ratio} came for each one that went: it shrinks."), count=count, ratio=shown
    )
