"""Activities and points across accounts: filters held in the address, counts, files."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow.customers.models import (
    ActivityKind,
    Importance,
    Point,
    PointKind,
    PointState,
    Visit,
    VisitState,
)
from evergrow.customers.privacy.masking import Mask
from evergrow.customers.visits import access
from evergrow.lib.digits import small
from evergrow.workspaces.models import Member

PER_PAGE = 50
POINT_FILTERS = ("kind", "state", "importance", "product", "owner", "account", "q")
OPEN = [PointState.OPEN, PointState.ANSWERED]


class PointList:
    """One reading of the points for a member. ``asked`` may name the keys of ``POINT_FILTERS`` and a ``page``.

    Without a state the open ones and the answered ones are listed.
    """

    def __init__(self, member: Member, asked: Mapping[str, str]) -> None:
        self.member, self.asked = member, asked
        self.chosen = {name: asked.get(name, "").strip()[:120] for name in POINT_FILTERS}
        self.seen = access.points(member)

    def narrowed(self, without: str = "") -> QuerySet[Point]:
        """The rows, as if the filter ``without`` were not set."""
        found = self.seen
        for name, value in self.chosen.items():
            if name != without and (condition := self._condition(name, value)) is not None:
                found = found.filter(condition)
        return found

    def _condition(self, name: str, value: str) -> Q | None:
        if name == "state":
            return Q(state=value) if value in PointState.values else None if value == "all" else Q(state__in=OPEN)
        if not value:
            return None
        if name == "kind":
            return Q(kind=value) if value in PointKind.values else None
        if name == "importance":
            return Q(importance=int(value)) if value in map(str, Importance.values) else None
        if name == "account":
            return Q(account__number=small(value)) if small(value) else None
        if name == "owner":
            return Q(owner=self.member) if value == "me" else Q(owner=None) if value == "none" else None
        if name == "product":
            return Q(product=value)
        return Q(words__icontains=value) | Q(answer__icontains=value)

    @property
    def rows(self) -> QuerySet[Point]:
        related = ("account", "person", "owner__user", "visit", "workspace")
        return self.narrowed().select_related(*related).order_by("-importance", "-created_at", "-pk")

    def counts(self, name: str) -> dict[Any, int]:
        """How many rows there are for each value of a filter, the other filters kept."""
        found = self.narrowed(without=name).order_by().values(name).annotate(n=Count("pk"))
        return {row[name]: row["n"] for row in found}

    def context(self) -> dict[str, Any]:
        """What the page shows."""
        kinds, states, levels = self.counts("kind"), self.counts("state"), self.counts("importance")
        products = sorted(self.counts("product").items(), key=lambda pair: (-pair[1], pair[0]))
        return {
            "page": Paginator(self.rows, PER_PAGE).get_page(self.asked.get("page")),
            "chosen": self.chosen,
            "kinds": _counted(PointKind.choices, kinds),
            "states": _counted(PointState.choices, states),
            "levels": _counted(Importance.choices, levels),
            "products": [(name, count) for name, count in products if name][:30],
            "accounts": self.narrowed().order_by().values("account").distinct().count(),
            "query": "&".join(f"{name}={value}" for name, value in self.chosen.items() if value),
        }

    def table(self) -> tuple[list[str], Iterable[Sequence[Any]]]:
        """The rows for a file: heads, and cells."""
        heads = [
            _("Account"), _("Kind"), _("Words"), _("Product"), _("Importance"), _("State"), _("Answer"), _("Contact"),
            _("Owner"), _("Said on"), _("Followed by"),
        ]  # fmt: skip
        language, mask = get_language() or "en", Mask(self.member)
        rows = (
            [
                point.account.called(language),
                str(point.get_kind_display()),
                point.words,
                point.product,
                str(point.get_importance_display()),
                str(point.get_state_display()),
                point.answer,
                mask.called(point.person) if point.person else "",
                str(point.owner or ""),
                point.visit.happened_on if point.visit else point.created_at.astimezone(point.workspace.tz).date(),
                str(point.followed.get("name", "")),
            ]
            for point in self.rows.iterator(chunk_size=500)
        )
        return heads, rows


def _counted(choices: list[tuple[Any, Any]], counts: Mapping[Any, int]) -> list[tuple[str, Any, int]]:
    return [(str(value), label, counts[value]) for value, label in choices if counts.get(value)]


SHOWN = {
    "planned": (VisitState.PLANNED, ("starts_at", "pk")),
    "logged": (VisitState.LOGGED, ("-happened_on", "-pk")),
    "drafts": (VisitState.DRAFT, ("-edited_at", "pk")),
    "cancelled": (VisitState.CANCELLED, ("-starts_at", "-pk")),
}


def _shown(found: QuerySet[Visit], show: str) -> QuerySet[Visit]:
    state, order = SHOWN[show]
    return found.filter(state=state).order_by(*order)


class VisitList:
    """One reading of the activities for a member: ``show`` a state, ``whose``, ``kind``, ``q``, ``page``."""

    def __init__(self, member: Member, asked: Mapping[str, str]) -> None:
        self.member, self.asked = member, asked
        self.show = asked.get("show", "") if asked.get("show", "") in SHOWN else "planned"
        self.whose = "mine" if asked.get("whose") == "mine" else "all"
        self.kind = asked.get("kind", "") if asked.get("kind", "") in ActivityKind.values else ""
        self.search = asked.get("q", "").strip()[:120]

    def _found(self, *, of_kind: bool = True) -> QuerySet[Visit]:
        found = access.visits(self.member)
        if self.whose == "mine":
            mine = Q(author=self.member) | Q(pk__in=_taking_part(self.member))
            found = found.filter(mine)
        if self.search:
            words = Q(title__icontains=self.search) | Q(account__name__icontains=self.search)
            found = found.filter(words | Q(account__other_name__icontains=self.search))
        return found.filter(kind=self.kind) if of_kind and self.kind else found

    def rows(self) -> QuerySet[Visit]:
        related = ("account__workspace", "person", "author__user")
        return _shown(self._found(), self.show).select_related(*related).annotate(said=Count("points"))

    def context(self) -> dict[str, Any]:
        """What the page shows."""
        counts = {show: _shown(self._found(), show).count() for show in SHOWN}
        here = _shown(self._found(of_kind=False), self.show).order_by().values("kind")
        kinds = {row["kind"]: row["n"] for row in here.annotate(n=Count("pk"))}
        return {
            "page": Paginator(self.rows(), PER_PAGE).get_page(self.asked.get("page")),
            "show": self.show,
            "whose": self.whose,
            "kind": self.kind,
            "search": self.search,
            "counts": counts,
            "kinds": _counted(ActivityKind.choices, kinds),
        }


def _taking_part(member: Member) -> QuerySet[Any, Any]:
    return Visit.everything.filter(guests__member=member).values("pk")
