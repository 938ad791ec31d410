"""Versions of products on the calendar: each of their dates, for their owner, product manager and product owner."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy

from evergrow.success.day import sources
from evergrow.success.day.rank import Fact
from evergrow.success.day.sources import Ask, Entry, Row, Source
from evergrow.success.releases import access
from evergrow.success.releases.models import DATES

KIND, ICON = "productversion", "package"


def _facts(ask: Ask) -> Iterable[Fact]:
    """Nothing of a version waits in the list; what is to be done about it is a step of a plan."""
    return ()


def _rows(ask: Ask, keys: Sequence[int]) -> Mapping[int, Row]:
    return {}


def _entries(ask: Ask, start: date, end: date) -> Iterable[Entry]:
    """The dates of the versions that are the member's, or those of the team or of all."""
    rows = access.versions(ask.member).filter(product__retired_at=None)
    if ask.whose == "team" and ask.member.team:
        rows = rows.filter(owner__team=ask.member.team)
    elif ask.whose != "all":
        mine = Q(owner=ask.member) | Q(product_manager=ask.member) | Q(product_owner=ask.member)
        rows = rows.filter(mine)
    inside = Q()
    for name in DATES:
        inside |= Q(**{f"{name}__range": (start, end)})
    for version in rows.filter(inside).select_related(*access.RELATED).order_by("pk"):
        url, owner = access.page_of(version), str(version.owner or "")
        for name, day in version.dates().items():
            if day is not None and start <= day <= end:
                yield Entry(f"{KIND}:{version.pk}:{name}", day, str(version), url, ICON, str(DATES[name]), owner)


def register() -> None:
    """Put versions of products on the calendar."""
    label = gettext_lazy("Product versions")
    sources.register(Source(KIND, label, ICON, _facts, _rows, position=90, between=_entries))
