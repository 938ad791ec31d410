"""Renewals that come near while nothing is under way for them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from evergrow.customers import access as customers
from evergrow.customers.models import Account, AccountStatus, TeamRole, TeamSeat
from evergrow.success.day.rank import Fact
from evergrow.success.day.sources import Ask, Entry, Row, Source, asking
from evergrow.success.day.sources import register as put
from evergrow.success.models import Rescue, Run, Signal, SignalKind, StepKind, Task
from evergrow.success.models.risks import OPEN_RESCUES
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.models.tasks import OPEN
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member

DAYS = 45
MOST = 1000


def held(ask: Ask) -> QuerySet[Account]:
    """The paying accounts that the list is about: of the member, the team, or all that the member sees."""
    rows = customers.accounts(ask.member).filter(status=AccountStatus.ACTIVE, mrr__gt=0)
    if ask.whose == "all":
        return rows
    seats = TeamSeat.objects.filter(role=TeamRole.CSM, ended_on=None)
    team = ask.member.team
    mine = seats.filter(member__team=team, member__workspace_id=ask.member.workspace_id)
    return rows.filter(
        pk__in=(mine if ask.whose == "team" and team else seats.filter(member=ask.member)).values("account")
    )


def unattended(ask: Ask, until: date) -> QuerySet[Account]:
    """Accounts that renew until a day without an open task, run, rescue or renewal signal."""
    of_account = {"account": OuterRef("pk")}
    seen = Exists(Signal.objects.filter(**of_account, kind=SignalKind.RENEWAL_NEAR, state__in=OPEN_SIGNALS))
    saved = Exists(Rescue.objects.filter(**of_account, stage__in=OPEN_RESCUES))
    return held(ask).filter(Q(renews_on__range=(ask.today, until)) & idle("pk") & ~seen & ~saved)


def idle(account: str) -> Q:
    """That no task and no run is open for an account, whose key is in the field named."""
    of_account = {"account": OuterRef(account)}
    busy = Exists(Task.objects.filter(**of_account, state__in=OPEN).exclude(kind=StepKind.WAIT))
    running = Exists(Run.objects.filter(**of_account, state__in=OPEN_RUN_STATES))
    return Q(~busy & ~running)


def facts(ask: Ask) -> Iterable[Fact]:
    """The day of the renewal is its due date."""
    until = ask.today + timedelta(days=DAYS)
    for pk, renews_on, mrr, tier, band in _near(ask.member, prepared.Word(ask.whose), ask.today, until):
        points = ask.rule.of(StepKind.CALL, tier)
        yield Fact(f"renewal:{pk}", renews_on, pk, float(mrr), band or "", renews_on, 0, points)


@prepared.rows
def _near(member: Member, whose: Any, today: date, until: date) -> QuerySet[Account, tuple[Any, ...]]:
    found = unattended(asking(member, whose, today), until).order_by("renews_on", "pk")
    return found.values_list("pk", "renews_on", "mrr", "tier", "health_state__band")[:MOST]


def rows(ask: Ask, keys: Sequence[int]) -> Mapping[int, Row]:
    found = customers.accounts(ask.member).filter(pk__in=keys).select_related("health_state", "workspace")
    owners = _owners(ask.member, keys)
    return {account.pk: _row(ask.member, account, owners.get(account.pk)) for account in found}


def _row(member: Member, account: Account, owner: Member | None) -> Row:
    return Row(
        account,
        _("Prepare the renewal"),
        reverse("customers:account", args=[member.workspace.slug, account.number]),
        "calendar-dollar",
        account,
        owner,
        why=[_("nothing is under way")],
    )


def _owners(member: Member, keys: Sequence[int]) -> dict[int, Member]:
    seats = TeamSeat.objects.filter(account__in=keys, role=TeamRole.CSM, ended_on=None).select_related("member__user")
    return {seat.account_id: seat.member for seat in seats}


def between(ask: Ask, start: date, end: date) -> Iterable[Entry]:
    """Every renewal, attended to or not. The contract says its day, so it is not moved here."""
    found = held(ask).filter(renews_on__range=(start, end)).select_related("health_state").defer("traits", "origins")
    for account in found.order_by("renews_on", "-mrr"):
        state, name = getattr(account, "health_state", None), account.called(get_language() or "en")
        assert account.renews_on is not None
        yield Entry(
            f"renewal:{account.pk}",
            account.renews_on,
            _("Renewal: %(account)s") % {"account": name},
            reverse("customers:account", args=[ask.member.workspace.slug, account.number]),
            "calendar-dollar",
            tone="risk" if state and state.band == "risk" else "renewal",
            changed_at=account.updated_at,
        )


def register() -> None:
    put(
        Source(
            "renewal",
            gettext_lazy("Renewals"),
            "calendar-dollar",
            facts,
            rows,
            detail="success/day/details/renewal.html",
            acts="success/day/acts/renewal.html",
            position=30,
            between=between,
        )
    )
