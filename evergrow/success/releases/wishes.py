"""What somebody wants a version of a product to be, checked as a whole before it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from evergrow.customers import criteria
from evergrow.customers.models import Product
from evergrow.lib.bilingual import Name
from evergrow.success import errors as room
from evergrow.success.releases import errors
from evergrow.success.releases.models import DATES, ProductVersion
from evergrow.workspaces.access import may
from evergrow.workspaces.models import Member

NAME, NEWS, PERSON = 60, 4000, 120


@dataclass(frozen=True, slots=True)
class Wish:
    """A version as it should be; see ``releases.models.ProductVersion``. ``dates`` by field, those left out are none.

    Product manager and product owner are a colleague or a name.
    """

    product: Product
    name: str
    news: Name = field(default_factory=dict)
    owner: Member | None = None
    product_manager: Member | str = ""
    product_owner: Member | str = ""
    dates: Mapping[str, date | None] = field(default_factory=dict)
    used_by: dict[str, Any] | None = None


def checked(wish: Wish, by: Member, before: ProductVersion | None = None) -> dict[str, Any]:
    """The fields of the version as they are stored. ``owner`` None: whoever asks.

    Raises one of ``releases.errors`` with what to mend, NotAColleague.
    """
    for member in (wish.owner, wish.product_manager, wish.product_owner):
        _check_colleague(member, by)
    return {
        "product": _product(wish.product, by, before),
        "name": _name(wish, before),
        "news": _words(wish.news),
        "owner": wish.owner or by,
        **_person("product_manager", wish.product_manager),
        **_person("product_owner", wish.product_owner),
        **_dates(wish.dates),
        "used_by": _criteria(wish.used_by, by),
    }


def _product(product: Product, by: Member, before: ProductVersion | None) -> Product:
    if before is not None:
        if product.pk != before.product_id:
            raise errors.ProductStays()
        return before.product
    if product.workspace_id != by.workspace_id or product.retired_at is not None:
        raise errors.BadProduct()
    return product


def _name(wish: Wish, before: ProductVersion | None) -> str:
    name = wish.name.strip()[:NAME]
    if not name:
        raise errors.VersionNeedsName()
    others = ProductVersion.objects.filter(product=wish.product, name=name)
    if (others.exclude(pk=before.pk) if before else others).exists():
        raise errors.VersionNameTaken(name=name)
    return name


def _words(news: Name) -> dict[str, str]:
    found = {language: str(news.get(language, "")).strip()[:NEWS] for language in ("zh", "en")}
    return {language: text for language, text in found.items() if text}


def _person(field_name: str, who: Member | str) -> dict[str, Any]:
    if isinstance(who, Member):
        return {field_name: who, f"{field_name}_name": ""}
    return {field_name: None, f"{field_name}_name": who.strip()[:PERSON]}


def _dates(dates: Mapping[str, date | None]) -> dict[str, date | None]:
    """All of them. Each lies on or after those before it. Raises DatesDisagree."""
    found = {name: dates.get(name) for name in DATES}
    known = [(name, day) for name, day in found.items() if day is not None]
    for (first, first_day), (second, second_day) in pairwise(known):
        if first_day > second_day:
            raise errors.DatesDisagree(
                field=second, first=DATES[first], first_day=first_day, second=DATES[second], second_day=second_day
            )
    return found


def _criteria(used_by: Any, by: Member) -> dict[str, Any] | None:
    """As data, None without any condition. Raises CriteriaUnreadable."""
    if used_by in (None, {}, {"all": []}, {"any": []}):
        return None
    try:
        return criteria.as_data(criteria.parse(used_by, "account", by.workspace))
    except criteria.CriteriaError as error:
        raise errors.CriteriaUnreadable(why=str(error)) from error


def _check_colleague(member: Member | str | None, by: Member) -> None:
    if isinstance(member, Member) and (
        member.left_at is not None or member.workspace_id != by.workspace_id or not may(member, "view")
    ):
        raise room.NotAColleague()
