"""A funnel in a sentence or two: how many came through, where most were lost, what is not settled yet."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from evergrow.insight.event_names import EventNames
from evergrow.insight.funnel import words
from evergrow.insight.funnel.question import Order
from evergrow.insight.funnel.result import FunnelResult, difference
from evergrow.lib import numerals


def reading(result: FunnelResult, names: EventNames, language: str) -> SafeString:
    """The answer in words, in the language that is active and given."""
    if not result.whole.entered:
        return format_html("{}", _("Nobody did the first step in these days. Choose a longer time or another event."))
    said = [_whole(result, language), _loss(result, names, language), _against(result, language)]
    said.append(_versus(result, language))
    if result.is_open:
        said.append(format_html("{}", _("Some still have time to go on.")))
    space = "" if numerals.is_chinese(language) else " "
    return mark_safe(space.join(sentence for sentence in said if sentence))  # noqa: S308 - each was escaped


def _whole(result: FunnelResult, language: str) -> SafeString:
    whole = result.whole
    return format_html(
        _("<b>{share} of {entered} came through all {steps} steps</b> ({converted})."),
        share=words.share(whole.share, language),
        entered=words.amount(result.question, whole.entered, language),
        steps=len(whole.counts),
        converted=numerals.number(whole.converted, language),
    )


def _loss(result: FunnelResult, names: EventNames, language: str) -> SafeString:
    """The step before which most were lost."""
    losses = [(result.lost(result.whole, place), -place) for place in result.required[1:]]
    most, place = max(losses)
    if most <= 0:
        return SafeString("")
    before, place = result.whole.counts[result.before(-place)], -place
    if result.question.order is Order.ANY:
        return format_html(
            _("The largest loss: {lost} of {before} never did more than {n} of the steps."),
            lost=numerals.number(most, language),
            before=numerals.number(before, language),
            n=place,
        )
    return format_html(
        _("The largest loss is before “{step}”: {lost} of {before} did not come there."),
        step=words.step(result.question, place, names, language),
        lost=numerals.number(most, language),
        before=numerals.number(before, language),
    )


def _against(result: FunnelResult, language: str) -> SafeString:
    if result.against is None:
        return SafeString("")
    found = difference(result.whole, result.against)
    if found is None:
        return format_html("{}", _("Nobody of the group to compare with did the first step."))
    said = {
        "gap": numerals.points(found.value, language),
        "low": numerals.points(found.low, language),
        "high": numerals.points(found.high, language),
        "other": words.share(result.against.share, language),
    }
    if found.is_open:
        return format_html(
            _("Against the other group ({other}): {gap}, 95% CI {low} to {high}, so no clear difference."), **said
        )
    return format_html(_("Against the other group ({other}): <b>{gap}</b>, 95% CI {low} to {high}."), **said)


def _versus(result: FunnelResult, language: str) -> SafeString:
    """The two groups against each other, with the interval of their difference."""
    if result.versus is None:
        return SafeString("")
    versus, found = result.versus, result.versus.gap
    names = {
        name: words.compared(each, result, language) for name, each in (("one", versus.one), ("two", versus.other))
    }
    if found is None:
        return format_html(
            _("“{one}” and “{two}” cannot be compared: in one of them nobody did the first step."), **names
        )
    said = names | {
        "share": words.share(versus.one.branch.share, language),
        "other": words.share(versus.other.branch.share, language),
        "gap": numerals.points(found.value, language),
        "low": numerals.points(found.low, language),
        "high": numerals.points(found.high, language),
    }
    sentence = _("“{one}” ({share}) against “{two}” ({other}): <b>{gap}</b>, 95% CI {low} to {high}.")
    if found.is_open:
        sentence = _(
            "“{one}” ({share}) against “{two}” ({other}): {gap}, 95% CI {low} to {high}, so no clear difference."
        )
    both = SafeString("")
    if versus.overlap:
        count = numerals.number(versus.overlap, language)
        both = format_html(_("{count} are in both, so the interval is only roughly right."), count=count)
    space = "" if numerals.is_chinese(language) else " "
    return format_html("{}{}{}", format_html(sentence, **said), space if both else "", both)
