"""Filters and tags that every template may use without loading them: names, numbers, days, icons, small parts."""

import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from evergrow.customers.models import Account
from evergrow.lib import bilingual as names
from evergrow.lib import clock, moments, numerals
from evergrow.lib.numerals import Number
from evergrow.web import icons, navigation

register = template.Library()


def language() -> str:
    return get_language() or "en"


def here(moment: datetime) -> datetime:
    """The moment in the workspace's zone, which the gate made the current one."""
    return timezone.localtime(moment)


def today() -> date:
    return here(clock.now()).date()


def as_day(value: date | datetime | None) -> date | None:
    return here(value).date() if isinstance(value, datetime) else value


@register.filter
def bilingual(name: names.Name | str | None) -> str:
    """The part of a two-language name for the reader."""
    return names.pick(name, language())


@register.filter
def initials(name: object) -> str:
    """Two Latin initials, or the first character of a Chinese name."""
    shown = str(name).split("@")[0].strip()
    if shown and not shown.isascii():
        return shown[0]
    return "".join(part[0] for part in shown.replace(".", " ").split()[:2]).upper() or "?"


@register.filter
def called(account: Account) -> str:
    """An account's name in the reader's language."""
    return account.called(language())


@register.simple_tag(takes_context=True)
def account_url(context: template.Context, account: Account) -> str:
    """The address of an account's page."""
    return navigation.address("customers:account", context["workspace"].slug, number=account.number)


@register.filter
def number(value: Number | None, decimals: int | None = None) -> str:
    return numerals.number(value, language(), decimals)


@register.filter
def short_number(value: Number | None) -> str:
    return numerals.short_number(value, language())


@register.filter
def money(value: Number | None, currency: str = "") -> str:
    return numerals.money(value, currency, language())


@register.filter
def short_money(value: Number | None, currency: str = "") -> str:
    return numerals.short_money(value, currency, language())


@register.filter
def gain(value: Number | None, currency: str = "") -> str:
    """Short money with the sign of what was won or lost: +¥9.8万."""
    return numerals.short_money(value, currency, language(), plus=True)


@register.filter
def currency_sign(currency: str) -> str:
    return numerals.symbol(currency).strip()


@register.filter
def percent(share: Number | None, decimals: int = 0) -> str:
    return numerals.percent(share, language(), decimals)


@register.filter
def points(difference: Number | None) -> str:
    return numerals.points(difference, language())


@register.filter
def signed(value: Number | None, decimals: int | None = None) -> str:
    return numerals.signed(value, language(), decimals)


@register.filter
def day(value: date | datetime | None) -> str:
    return moments.day_text(as_day(value), today(), language())


@register.filter
def weekday_day(value: date | datetime | None) -> str:
    return moments.day_text(as_day(value), today(), language(), with_weekday=True)


@register.filter
def month(value: date | datetime | None) -> str:
    return moments.month_text(as_day(value), language())


@register.filter
def moment(value: datetime | None) -> str:
    return moments.moment_text(value and here(value), today(), language())


@register.filter
def moment_seconds(value: datetime | None) -> str:
    """The time to the second where it was today, else with its day."""
    if value is None:
        return numerals.UNKNOWN
    shown = f"{here(value):%H:%M:%S}"
    return shown if here(value).date() == today() else f"{day(value)} {shown}"


@register.filter
def time_of_day(value: datetime | None) -> str:
    return f"{here(value):%H:%M}" if value else numerals.UNKNOWN


@register.filter
def ago(value: date | datetime | None) -> str:
    if isinstance(value, datetime):
        return moments.ago(here(value), here(clock.now()), language())
    return moments.in_days(value, today(), language())


@register.filter
def in_days(value: date | datetime | None) -> str:
    return moments.in_days(as_day(value), today(), language())


@register.filter
def due(value: date | datetime | None) -> str:
    return moments.due(as_day(value), today(), language())


@register.filter
def short_moment(value: datetime) -> str:
    """The time where it was today, else the day."""
    return f"{here(value):%H:%M}" if here(value).date() == today() else day(value)


@register.filter
def duration(seconds: float | None) -> str:
    return moments.duration(seconds, language())


@register.simple_tag(takes_context=True)
def title_again(context: template.Context) -> SafeString:
    """What the page wrote into its ``title`` block, for the heading."""
    block = context.render_context["block_context"].get_block("title")
    return block.nodelist.render(context) if block else SafeString("")


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "", extra: str = "") -> SafeString:
    """A Tabler outline icon; an unknown name is refused loudly."""
    return icons.svg(name, size=size, label=label, extra=extra)


@register.inclusion_tag("web/parts/health.html")
def health(band: str | None, score: Number | None = None) -> dict[str, Any]:
    """Shape, word and score of a health band, in that order; colour is only the third cue.

    The score is shown rounded down, so that 49.6 does not read as the first score of the next band.
    """
    known = band or "insufficient"
    words = {
        "healthy": gettext("Healthy"),
        "watch": gettext("Watch"),
        "risk": gettext("At risk"),
        "insufficient": gettext("Insufficient"),
    }
    if known not in words:
        raise template.TemplateSyntaxError(f"“{known}” is no health band. Use one of: {', '.join(words)}.")
    shown = None if known == "insufficient" else score
    return {"band": known, "word": words[known], "score": shown if shown is None else math.floor(shown)}


@register.filter
def whole_score(score: Number | None) -> str:
    """A health score alone, rounded down like ``health`` shows it."""
    return numerals.UNKNOWN if score is None else str(math.floor(score))


@register.inclusion_tag("web/parts/glyph.html")
def glyph(band: str | None) -> dict[str, Any]:
    """The shape of a health band alone; put its word beside it."""
    return {"band": band or "insufficient"}


@register.inclusion_tag("web/parts/delta.html")
def delta(change: Number | None, epsilon: Number = 0, decimals: int = 0, good: str = "up") -> dict[str, Any]:
    """``↑ 4`` or ``↓ 17``; grey with → where the change is within ``epsilon``. ``good="down"`` turns the colours."""
    return _toned(numerals.change(change, language(), epsilon=epsilon, decimals=decimals), good)


@register.inclusion_tag("web/parts/delta.html")
def share_delta(change: float, good: str = "up") -> dict[str, Any]:
    """``↑ 0.6%``: a change given as a share of what was before."""
    shown = numerals.change(change, language(), epsilon=Decimal("0.0005"))
    return _toned(shown._replace(text=numerals.percent(abs(change), language(), 1)), good)


@register.inclusion_tag("web/parts/delta.html")
def money_delta(change: Number, currency: str, good: str = "up") -> dict[str, Any]:
    """``↑ ¥4.1万``: a change of money."""
    shown = numerals.change(change, language())
    return _toned(shown._replace(text=numerals.short_money(abs(numerals.exact(change)), currency, language())), good)


def _toned(shown: numerals.Change, good: str) -> dict[str, Any]:
    tones = {"up": "good", "down": "bad"} if good == "up" else {"up": "bad", "down": "good"}
    return {"change": shown, "tone": tones.get(shown.direction, "same")}


@register.inclusion_tag("web/parts/coverage.html")
def coverage(share: float | None, minimum: float = 0.5) -> dict[str, Any]:
    """How much of a score rests on data: a 28 px bar, with the percentage only under the minimum."""
    known = max(0.0, min(1.0, share or 0.0))
    return {"share": known, "width": round(28 * known, 1), "is_low": known < minimum}


@register.inclusion_tag("web/parts/empty.html")
def empty(title: str, text: str = "", url: str = "", label: str = "", example: str = "") -> dict[str, Any]:
    """A place that has nothing yet: what it answers, one button, one example."""
    return {"title": title, "text": text, "url": url, "label": label, "example": example}


@register.simple_block_tag
def definition(content: str, title: str = "") -> SafeString:
    """A ⓘ that opens what a number means: formula with the real numbers, window, time zone."""
    return render_to_string("web/parts/definition.html", {"content": content, "title": title})


@register.inclusion_tag("web/parts/pager.html", takes_context=True)
def pager(context: template.Context, page: Any, param: str = "page") -> dict[str, Any]:
    """Range, previous and next of a ``Page``; the other parameters of the address stay."""
    query = context["request"].GET.copy()

    def address(to: int) -> str:
        query[param] = str(to)
        return f"?{query.urlencode()}"

    return {
        "page": page,
        "before": address(page.previous_page_number()) if page.has_previous() else "",
        "after": address(page.next_page_number()) if page.has_next() else "",
    }
