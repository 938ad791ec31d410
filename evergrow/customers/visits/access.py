"""Which activities, points and lines of a story a member may see."""

from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404

from evergrow.customers import access
from evergrow.customers.models import Account, Point, TeamSeat, TimelineEntry, Visibility, Visit, VisitState
from evergrow.workspaces.models import Member

Row = TypeVar("Row", bound=Model)


def shown_to(member: Member, path: str = "", author: str = "author", account: str = "account") -> Q:
    """The rows whose visibility lets the member read them; their accounts are a matter of ``customers.access``.

    ``path`` leads from the row to what has the visibility (``"visit__"``).
    """
    mine = Q(**{f"{path}{author}": member})
    seats = TeamSeat.objects.filter(account=OuterRef(f"{path}{account}"), member=member, ended_on=None)
    team = Q(**{f"{path}visibility": Visibility.TEAM}) & Q(Exists(seats))
    return Q(**{f"{path}visibility": Visibility.ACCOUNT}) | mine | team


def visits(member: Member) -> QuerySet[Visit]:
    """What the member may see; drafts are their author's alone."""
    found = Visit.everything.filter(access.visible(member, "account__"), account__workspace_id=member.workspace_id)
    return found.filter(shown_to(member)).exclude(~Q(author=member), state=VisitState.DRAFT)


def visits_of(member: Member, account: Account) -> QuerySet[Visit]:
    """What took place at an account, as far as the member may see it, the latest first."""
    return visits(member).filter(account=account, state=VisitState.LOGGED).order_by("-happened_on", "-pk")


def visit_or_404(member: Member, account: Account, pk: int) -> Visit:
    """The activity of the account with this key, or 404 when it is not there or not for this member."""
    visit = visits(member).filter(account=account, pk=pk).select_related("person", "author__user").first()
    if visit is None:
        raise Http404
    visit.account = account
    return visit


def points(member: Member) -> QuerySet[Point]:
    """The points that the member may see: those of records they may read."""
    found = Point.objects.filter(access.visible(member, "account__"), workspace_id=member.workspace_id)
    return found.filter(Q(visit=None) | shown_to(member, "visit__"))


def point_or_404(member: Member, pk: int) -> Point:
    """The point with this key, or 404."""
    point = points(member).filter(pk=pk).select_related("account__workspace", "visit", "owner__user").first()
    if point is None:
        raise Http404
    return point


def entries(member: Member, found: QuerySet[TimelineEntry]) -> QuerySet[TimelineEntry]:
    """The lines of stories that the member may read."""
    return found.filter(shown_to(member, author="by"))
