"""Visits, calls and meetings: planned ones that come near, those that are over and not written down, own drafts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.customers.models import ActivityKind, Visit, VisitGuest, VisitState
from evergrow.customers.privacy.masking import Mask
from evergrow.customers.visits import access
from evergrow.customers.visits.views import address
from evergrow.success.day.rank import Fact
from evergrow.success.day.sources import Ask, Entry, Row, Source, asking
from evergrow.success.day.sources import register as put
from evergrow.success.models import StepKind
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member

AHEAD = timedelta(days=14)
MOST = 500
WAITING = [VisitState.PLANNED, VisitState.DRAFT]
EFFORT = {ActivityKind.CALL: StepKind.CALL, ActivityKind.MAIL: StepKind.MESSAGE}


def held(ask: Ask) -> QuerySet[Visit]:
    """Activities of the member, the team, or all that the member may read: written by them, or with them in it."""
    rows = access.visits(ask.member).exclude(state=VisitState.CANCELLED)
    if ask.whose == "all":
        return rows
    team = ask.member.team if ask.whose == "team" else None
    who, is_in = ("author", Q(member=ask.member)) if team is None else ("author__team", Q(member__team=team))
    invited = Exists(VisitGuest.objects.filter(is_in, visit=OuterRef("pk")))
    return rows.filter(Q(**{who: ask.member if team is None else team}) | invited)


def facts(ask: Ask) -> Iterable[Fact]:
    """Its day is the due date: before it there is something to prepare, after it something to write down."""
    found = _waiting(ask.member, prepared.Word(ask.whose), ask.today + AHEAD)
    for pk, on, kind, account, tier, mrr, band, renews_on in found:
        points = ask.rule.of(EFFORT.get(kind, StepKind.MEETING), tier)
        yield Fact(f"visit:{pk}", on, account, float(mrr), band or "", renews_on, 0, points)


@prepared.rows
def _waiting(member: Member, whose: Any, until: date) -> QuerySet[Visit, tuple[Any, ...]]:
    found = held(asking(member, whose, until)).filter(state__in=WAITING, happened_on__lte=until)
    names = ("pk", "happened_on", "kind", "account", "account__tier", "account__mrr", "account__health_state__band")
    return found.order_by("happened_on", "pk").values_list(*names, "account__renews_on")[:MOST]


def rows(ask: Ask, keys: Sequence[int]) -> Mapping[int, Row]:
    related = ("account__workspace", "account__health_state", "author__user", "person")
    found = access.visits(ask.member).filter(pk__in=keys, state__in=WAITING).select_related(*related)
    return {visit.pk: _row(ask, visit) for visit in found}


def _row(ask: Ask, visit: Visit) -> Row:
    is_over, is_draft = visit.happened_on < ask.today, visit.state == VisitState.DRAFT
    return Row(
        visit,
        visit.called,
        address(visit),
        visit.icon,
        visit.account,
        visit.author,
        note=visit.place,
        badge=_("to be written down") if is_over else str(visit.get_state_display()),
        tone="watch" if is_over or is_draft else "",
        why=[_("with %(who)s") % {"who": Mask(ask.member).called(visit.person)}] if visit.person else (),
    )


def between(ask: Ask, start: date, end: date) -> Iterable[Entry]:
    """Planned ones and those that took place, at their time where one is known."""
    found = held(ask).exclude(state=VisitState.DRAFT).exclude(kind=ActivityKind.MAIL)
    for visit in found.filter(happened_on__range=(start, end)).select_related("account__workspace", "author__user"):
        is_planned = visit.state == VisitState.PLANNED
        yield Entry(
            f"visit:{visit.pk}",
            visit.happened_on,
            visit.called,
            address(visit),
            visit.icon,
            str(visit.account),
            str(visit.author or ""),
            ("late" if visit.happened_on < ask.today else "") if is_planned else "done",
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
            place=visit.place,
            changed_at=visit.edited_at or visit.created_at,
        )


def register() -> None:
    put(
        Source(
            "visit",
            gettext_lazy("Visits and meetings"),
            "users",
            facts,
            rows,
            detail="success/day/details/visit.html",
            acts="success/day/acts/visit.html",
            position=25,
            between=between,
        )
    )
