"""Customers who are being saved while no task or playbook is under way for them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from evergrow.lib import clock
from evergrow.success.day.kinds.renewals import idle
from evergrow.success.day.rank import Fact
from evergrow.success.day.sources import Ask, Row, Source
from evergrow.success.day.sources import register as put
from evergrow.success.models import Rescue, Severity, StepKind
from evergrow.success.models.risks import OPEN_RESCUES
from evergrow.success.risks import queries
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member

MOST = 1000


def unattended(member: Member, whose: str) -> QuerySet[Rescue]:
    """Open rescues whose next step nobody has: where work has begun, its tasks stand in the list instead."""
    return queries.rescues(member).filter(_whose(member, whose), idle("account"), stage__in=OPEN_RESCUES)


def _whose(member: Member, whose: str) -> Q:
    if whose == "all":
        return Q()
    if whose == "team" and member.team:
        return Q(owner__team=member.team)
    return Q(owner=member)


def facts(ask: Ask) -> Iterable[Fact]:
    """It wants a next step today."""
    for pk, account, mrr, tier, band, renews_on in _open(ask.member, prepared.Word(ask.whose)):
        points = ask.rule.of(StepKind.CALL, tier)
        yield Fact(f"rescue:{pk}", ask.today, account, float(mrr), band or "", renews_on, Severity.HIGH, points)


@prepared.rows
def _open(member: Member, whose: str) -> QuerySet[Rescue, tuple[Any, ...]]:
    names = ("pk", "account_id", "account__mrr", "account__tier", "account__health_state__band", "account__renews_on")
    return unattended(member, whose).order_by("pk").values_list(*names)[:MOST]


def rows(ask: Ask, keys: Sequence[int]) -> Mapping[int, Row]:
    return {rescue.pk: _row(ask.member, rescue) for rescue in queries.rescues(ask.member).filter(pk__in=keys)}


def _row(member: Member, rescue: Rescue) -> Row:
    days = (clock.now() - rescue.stage_since).days
    since = ngettext("%(stage)s for %(n)s day", "%(stage)s for %(n)s days", days)
    return Row(
        rescue,
        _("Take the next step to save them"),
        reverse("success:rescue", args=[member.workspace.slug, rescue.pk]),
        "lifebuoy",
        rescue.account,
        rescue.owner,
        badge=str(rescue.get_stage_display()),
        tone="accent",
        why=[since % {"stage": rescue.get_stage_display(), "n": days}, _("nothing is under way")],
    )


def register() -> None:
    put(
        Source(
            "rescue",
            gettext_lazy("Rescues"),
            "lifebuoy",
            facts,
            rows,
            detail="success/day/details/rescue.html",
            acts="success/day/acts/rescue.html",
            position=25,
        )
    )
