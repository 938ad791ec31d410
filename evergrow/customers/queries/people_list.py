"""The list of people: search, order, page."""

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, Prefetch, Q, QuerySet

from evergrow.customers import access
from evergrow.customers.models import Affiliation, Person
from evergrow.customers.privacy.masking import Mask
from evergrow.customers.segments.chosen import condition
from evergrow.lib.listing import ListState, Shape
from evergrow.workspaces.models import Member

PER_PAGE = 50
PLACES: str = "places"
SHAPE = Shape(
    filters=["kind", "influence", "segment"], sorts=["name", "email", "title", "last_seen"], default_sort="-last_seen"
)
ORDERS = {"name": "name", "email": "email", "title": "title", "last_seen": "last_seen_at"}


class PeopleList:
    """One reading of the list for a member; ``kind`` is known, anonymous or key, ``influence`` a role at an account,
    ``segment`` the key of a segment."""

    def __init__(self, member: Member, state: ListState) -> None:
        self.member, self.state = member, state
        self.problem = ""

    @cached_property
    def rows(self) -> QuerySet[Person]:
        found = access.people(self.member)
        for word in self.state.search.split()[:8]:
            somewhere = Q(title__icontains=word) | Q(pk__in=self._by_account(word))
            found = found.filter(somewhere | Mask(self.member).named(word))
        kinds = {"known": Q(is_anonymous=False), "anonymous": Q(is_anonymous=True), "key": self._placed(is_key=True)}
        chosen = [kinds[kind] for kind in self.state.filters.get("kind", ()) if kind in kinds]
        for kind in chosen:
            found = found.filter(kind)
        if "segment" in self.state.filters:
            found = found.filter(self._in_segments(list(self.state.filters["segment"])))
        influences = self.state.filters.get("influence", ())
        return found.filter(self._placed(influence__in=influences)) if influences else found

    def _in_segments(self, keys: list[str]) -> Q:
        try:
            return condition("person")(self.member, keys)
        except ValueError as error:
            self.problem = str(error)
            return Q(pk__in=[])

    def _by_account(self, word: str) -> QuerySet[Affiliation, Any]:
        seen = access.accounts(self.member).filter(Q(name__icontains=word) | Q(other_name__icontains=word))
        return Affiliation.objects.filter(account__in=seen.values("pk")).values("person")

    def _placed(self, **place: object) -> Q:
        seen = access.accounts(self.member).values("pk")
        return Q(pk__in=Affiliation.objects.filter(account__in=seen, ended_on=None, **place).values("person"))

    @cached_property
    def ordered(self) -> QuerySet[Person]:
        by = F(ORDERS[self.state.sort_key])
        order = by.desc(nulls_last=True) if self.state.is_descending else by.asc(nulls_last=True)
        places = Affiliation.objects.filter(access.visible(self.member, "account__"))
        shown = Prefetch("affiliations", places.select_related("account").order_by("ended_on", "pk"), PLACES)
        return self.rows.order_by(order, "number").prefetch_related(shown)

    @cached_property
    def page(self) -> Page[Person]:
        return Paginator(self.ordered, PER_PAGE).get_page(self.state.page)
