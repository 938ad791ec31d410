"""What this room holds about an account, and how two of a kind get along."""

from django.utils.translation import gettext_lazy as _

from evergrow.customers.account_merges.record import Record
from evergrow.customers.account_merges.registry import add, leave
from evergrow.customers.models import (
    Account,
    AccountFit,
    AccountTier,
    Affiliation,
    MailFiling,
    TeamSeat,
    TierRequest,
)
from evergrow.lib import clock

State = TierRequest.State


def _places(kept: Account, merged: Account, record: Record) -> None:
    """Who is at both now is there once: since the earlier day, with what only the other place says."""
    open_ones = Affiliation.objects.filter(ended_on=None)
    ours = {place.person_id: place for place in open_ones.filter(account=kept)}
    for place in open_ones.filter(account=merged, person__in=list(ours)):
        own = ours[place.person_id]
        begun = None if None in (own.started_on, place.started_on) else min(own.started_on, place.started_on)  # type: ignore[type-var]
        record.change(own, started_on=begun, title=own.title or place.title, is_key=own.is_key or place.is_key)
        record.drop(place)


def _team(kept: Account, merged: Account, record: Record) -> None:
    """A role has one holder: the one at the account that is kept goes on, the other's time ends today."""
    open_ones = TeamSeat.objects.filter(ended_on=None)
    taken = open_ones.filter(account=kept).values("role")
    today = kept.workspace.today()
    for seat in open_ones.filter(account=merged, role__in=taken):
        record.change(seat, ended_on=max(today, seat.started_on))


def _requests(kept: Account, merged: Account, record: Record) -> None:
    """The tier of the account that is kept stands; what was asked or granted for the other one is over."""
    for request in TierRequest.objects.filter(account=merged, state__in=[State.ASKED, State.APPROVED]):
        over = State.WITHDRAWN if request.state == State.ASKED else State.ENDED
        record.change(request, state=over, decided_at=request.decided_at or clock.now())


def _standing(kept: Account, merged: Account, record: Record) -> None:
    for row in AccountTier.objects.filter(account=merged):
        record.drop(row)


def _fit(kept: Account, merged: Account, record: Record) -> None:
    for row in AccountFit.objects.filter(account=merged):
        record.drop(row)


def _mails(kept: Account, merged: Account, record: Record) -> None:
    """A mail at both accounts stays a mail at the one that is kept; the other activity is one without its head."""
    there = MailFiling.objects.filter(account=kept).values("message_id")
    for row in MailFiling.objects.filter(account=merged, message_id__in=there):
        record.drop(row)


add("customers.Affiliation", _("People"), _places)
add("customers.Subscription", _("Subscriptions"))
add("customers.Invoice", _("Invoices"))
add("customers.Ticket", _("Tickets"))
add("customers.Visit", _("Visits"))
add("customers.SearchEntry")
add("customers.Point", _("Needs and issues"))
add("customers.Attachment", _("Files"))
add("customers.MailFiling", settle=_mails)
add("customers.Note", _("Notes"))
add("customers.Touch", _("Touches"))
add("customers.TeamSeat", _("Seats of the team"), _team)
add("customers.TierRequest", _("Requests for another tier"), _requests)
add("customers.TierChange", _("Moves between tiers"))
add("customers.TierReview", _("Reviews of the tier"))
add("customers.EntitlementUse", _("Uses of entitlements"))
add("customers.TimelineEntry", _("Lines of the story"))
add("customers.AccountTier", settle=_standing)
add("customers.AccountFit", settle=_fit)
leave("customers.Trashed", "an account in the trash is not merged")
leave("customers.AccountMerge", "the log says what was")
leave("customers.Account", "parents and merges before are settled by the merge itself")
