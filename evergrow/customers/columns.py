"""This room's own columns of the account list."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Case, F, IntegerField, OuterRef, Subquery, When
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from evergrow.customers import last_contact, registry
from evergrow.customers.models import Account, TeamRole, TeamSeat
from evergrow.customers.registry import Column
from evergrow.customers.tiers import scheme as schemes
from evergrow.workspaces.models import Member, Workspace


def tier_rank(workspace: Workspace) -> Case:
    """The place of an account's tier in the scheme, the top one first."""
    rank = schemes.of(workspace).rank
    places = [When(tier=key, then=place) for key, place in rank.items()]
    return Case(*places, default=len(rank), output_field=IntegerField())


def managers(workspace: Workspace, accounts: Sequence[Account]) -> Mapping[int, Member]:
    """Who is accountable for each of these accounts now."""
    seats = TeamSeat.objects.filter(account__in=accounts, role=TeamRole.CSM, ended_on=None)
    return {seat.account_id: seat.member for seat in seats.select_related("member__user")}


def manager_names(workspace: Workspace) -> Subquery:
    seats = TeamSeat.objects.filter(account=OuterRef("pk"), role=TeamRole.CSM, ended_on=None)
    return Subquery(seats.values("member__user__name")[:1])


def last_contacts(workspace: Workspace, accounts: Sequence[Account]) -> Mapping[int, date]:
    return last_contact.days(workspace, [account.pk for account in accounts])


def _name(account: Account) -> str:
    return account.called(get_language() or "en")


def _fact(key: str) -> Any:
    return lambda account: account.facts.get(key)


def _plain(key: str, label: Any, position: int, **more: Any) -> Column:
    """A column of a text field."""
    return Column(
        key,
        label,
        "customers/cells/plain.html",
        lambda account: getattr(account, key),
        F(key),
        position=position,
        **{"is_default": False, **more},
    )


def _day(key: str, label: Any, position: int, **more: Any) -> Column:
    """A column of a date field."""
    return Column(
        key,
        label,
        f"customers/cells/{key}.html",
        lambda account: getattr(account, key),
        F(key),
        position=position,
        is_number=True,
        **more,
    )


registry.add(
    Column("name", _("Account"), "customers/cells/name.html", _name, F("name"), position=0),
    _plain("external_id", _("Id in your systems"), 2),
    Column(
        "parent",
        _("Parent account"),
        "customers/cells/plain.html",
        lambda a: a.parent.called(get_language() or "en") if a.parent else None,
        F("parent__name"),
        is_default=False,
        select_related=("parent",),
        position=4,
    ),
    Column("tier", _("Tier"), "customers/cells/tier.html", lambda a: a.get_tier_display(), tier_rank, position=10),
    Column(
        "status",
        _("Status"),
        "customers/cells/status.html",
        lambda a: a.get_status_display(),
        F("status"),
        is_default=False,
        position=12,
    ),
    _plain("plan", _("Plan"), 50),
    Column(
        "mrr",
        _("MRR"),
        "customers/cells/mrr.html",
        lambda a: a.mrr,
        F("mrr"),
        is_number=True,
        is_largest_first=True,
        position=60,
    ),
    Column(
        "seats",
        _("Seats"),
        "customers/cells/seats.html",
        lambda a: a.seats,
        F("seats"),
        is_default=False,
        is_number=True,
        is_largest_first=True,
        position=62,
    ),
    _day("renews_on", _("Renewal"), 70),
    Column(
        "csm",
        _("Success manager"),
        "customers/cells/csm.html",
        lambda a: str(a.facts["csm"]) if a.facts.get("csm") else None,
        F("csm"),
        annotate=manager_names,
        load=managers,
        is_default=False,
        position=80,
    ),
    Column(
        "last_contact",
        _("Last contact"),
        "customers/cells/last_contact.html",
        _fact("last_contact"),
        F("last_contact"),
        annotate=last_contact.day,
        load=last_contacts,
        is_number=True,
        is_default=False,
        position=82,
    ),
    _plain("country", _("Country"), 110),
    _plain("industry", _("Industry"), 112),
    _plain("size", _("Company size"), 114),
    _plain("channel", _("First touch"), 116),
    _day("signed_up_on", _("Signed up"), 118, is_default=False, is_largest_first=True),
    _day("customer_since", _("Customer since"), 120, is_default=False, is_largest_first=True),
)
