"""Signals in the list of the day: mine, those escalated to me, and those of my accounts that nobody took yet."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from evergrow.customers.models import TeamRole, TeamSeat
from evergrow.lib import bilingual
from evergrow.success import access
from evergrow.success.actions.signals import snooze_signal
from evergrow.success.day.rank import Fact
from evergrow.success.day.sources import Ask, Row, Source, asking
from evergrow.success.day.sources import register as put
from evergrow.success.models import Signal, SignalKind, SignalState
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member

MOST = 3000
POINTS = 1.0


def open_signals(ask: Ask) -> QuerySet[Signal]:
    """Signals that want a decision or work: new ones, taken ones, and those that came back. Where work has begun, its
    tasks stand in the list instead."""
    again = Q(state=SignalState.SNOOZED, snoozed_until__lte=ask.today)
    open_now = access.signals(ask.member).filter(Q(state__in=[SignalState.NEW, SignalState.ACKNOWLEDGED]) | again)
    return open_now.filter(_whose(ask))


def _whose(ask: Ask) -> Q:
    if ask.whose == "all":
        return Q()
    seats = TeamSeat.objects.filter(role=TeamRole.CSM, ended_on=None)
    team = ask.member.team
    if ask.whose == "team" and team:
        held = seats.filter(member__team=team, member__workspace_id=ask.member.workspace_id)
        return Q(owner__team=team) | Q(owner=None, account__in=held.values("account"))
    mine = Q(owner=ask.member) | Q(escalated_to=ask.member)
    return mine | Q(owner=None, account__in=seats.filter(member=ask.member).values("account"))


def facts(ask: Ask) -> Iterable[Fact]:
    found = _open(ask.member, prepared.Word(ask.whose), ask.today)
    for pk, account, due_on, severity, mrr, band, renews_on in found:
        yield Fact(f"signal:{pk}", due_on, account, float(mrr or 0), band or "", renews_on, severity, POINTS)


@prepared.rows
def _open(member: Member, whose: Any, today: date) -> QuerySet[Signal, tuple[Any, ...]]:
    found = open_signals(asking(member, whose, today)).order_by("-severity", "due_on", "pk")
    names = ("pk", "account_id", "due_on", "severity", "account__mrr", "account__health_state__band")
    return found.values_list(*names, "account__renews_on")[:MOST]


def rows(ask: Ask, keys: Sequence[int]) -> Mapping[int, Row]:
    facts_of = ("account__health_state", "source", "product", "risk", "rule", "owner__user", "workspace")
    found = access.signals(ask.member).filter(pk__in=keys).select_related(*facts_of)
    return {signal.pk: _row(ask.member, signal) for signal in found}


def _row(member: Member, signal: Signal) -> Row:
    kind = signal.title_of_rule
    # The first evidence of a renewal at risk is the health that title and account say already.
    told = [] if signal.kind == SignalKind.RENEWAL_NEAR else signal.evidence[:1]
    why = [bilingual.pick(line, get_language() or "en") for line in told]
    if signal.escalated_to_id == member.pk:
        why.append(_("escalated to you"))
    return Row(
        signal,
        str(signal),
        reverse("success:signal", args=[member.workspace.slug, signal.pk]),
        signal.icon,
        signal.account,
        signal.owner,
        note=kind if signal.account else f"{kind} · {signal.about}",
        badge="" if signal.state == SignalState.NEW else signal.get_state_display(),
        tone="accent",
        why=why,
    )


def postpone(member: Member, signal: Any, until: date) -> object:
    return snooze_signal(signal=signal, by=member, until=until)


def register() -> None:
    put(
        Source(
            "signal",
            gettext_lazy("Signals"),
            "bell",
            facts,
            rows,
            detail="success/day/details/signal.html",
            acts="success/day/acts/signal.html",
            position=20,
            postpone=postpone,
        )
    )
