"""What the groups and the moves between them say, in two sentences."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from evergrow.insight.engagement import words
from evergrow.insight.engagement.result import EngagementResult
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Bucket
from evergrow.lib import numerals


def reading(result: EngagementResult, names: EventNames, language: str) -> SafeString:
    """The sentences above the charts, the answer in bold."""
    if not any(map(sum, result.sizes)) and not result.moves:
        days = words.span(result.days.first, result.days.last, result.today, language)
        return format_html(_("<b>Nobody did this</b> from {days}."), days=days)
    joint = "" if numerals.is_chinese(language) else " "
    said = [sizes(result, language), moves(result, language)]
    return mark_safe(joint.join(sentence for sentence in said if sentence))  # noqa: S308 - each is formatted below


def sizes(result: EngagementResult, language: str) -> SafeString:
    """How many are in each group in the period that movement leads into, the narrowest first."""
    place = result.buckets.index(result.until)
    everybody = sum(result.sizes[place])
    when = _period(result, result.until, language)
    if not everybody:
        return format_html(_("{when}: nobody was there."), when=when)
    levels = range(len(result.definition.groups), 0, -1)
    counted = [_counted(result, place, level, everybody, language) for level in levels]
    return format_html(
        _("{when}: <b>{first}</b>{rest}, of {everybody} who were there."),
        when=when,
        first=counted[0],
        rest="".join(("，" if numerals.is_chinese(language) else ", ") + each for each in counted[1:]),
        everybody=words.amount(result.question.subject, everybody, language),
    )


def moves(result: EngagementResult, language: str) -> SafeString:
    """Who rose and fell since the period before, who came and who stayed away."""
    since = _period(result, Bucket(result.since.first, result.since.last), language)
    said = {
        name: numerals.number(value, language)
        for name, value in (
            ("rose", result.rose),
            ("fell", result.fell),
            ("new", result.came_new),
            ("back", result.came_back),
            ("left", result.left),
        )
    }
    rose_and_fell = (
        _("Since {since} <b>{rose} rose and {fell} fell</b>;")
        if result.until.is_complete
        else _("Since {since} <b>{rose} rose and {fell} fell</b> so far;")
    )
    others = (
        _("{new} came for the first time, {back} came back, {left} stayed away.")
        if result.until.is_complete
        else _("{new} came for the first time, {back} came back, {left} are not here yet.")
    )
    joint = "" if numerals.is_chinese(language) else " "
    return format_html(f"{rose_and_fell}{joint}{others}", since=since, **said)


def _counted(result: EngagementResult, place: int, level: int, everybody: int, language: str) -> str:
    count = result.within(place, level)
    return _("{group} {count} ({share})").format(
        group=words.level(result.definition, level, language),
        count=numerals.number(count, language),
        share=numerals.percent(count / everybody, language, 1),
    )


def _period(result: EngagementResult, bucket: Bucket, language: str) -> str:
    return words.bucket_words(bucket, result.definition.period, result.today, language)
