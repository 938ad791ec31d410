"""A tier by hand where rules decide: somebody asks with a reason and a last day, another manager approves."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from evergrow.customers.models import Account, AccountTier, TierBasis, TierRequest
from evergrow.customers.tiers import moves, rules
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.tiers.moves import Move
from evergrow.customers.tiers.rules import Answers
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

MOST_DAYS = 731


class NotATier(ValidationError):
    """The scheme has no such tier."""


class NeedsReason(ValidationError):
    """An exception without a reason cannot be judged by anybody."""


class BadLastDay(ValidationError):
    """An exception ends on a day ahead, two years from now at the latest."""


class AlreadyAsked(ValidationError):
    """A request for this account waits for approval."""


class SameTier(ValidationError):
    """The account stands in that tier."""


class NotYourOwn(ValidationError):
    """Nobody approves what they asked for themselves."""


class AlreadyDecided(ValidationError):
    """The request was approved, refused or withdrawn meanwhile."""


@transaction.atomic
def ask(*, account: Account, tier: str, reason: str, until: date, by: Member) -> TierRequest:
    """Ask that an account stand in a tier until a day (the last on which it does).

    Raises NotATier, SameTier, NeedsReason, BadLastDay, AlreadyAsked.
    """
    require(by, "work")
    _check(account, tier, reason, until)
    try:
        with transaction.atomic():
            made = TierRequest.objects.create(
                account=account, tier=tier, reason=reason.strip(), until=until, asked_by=by
            )
    except IntegrityError:
        raise AlreadyAsked(_("A request for %(name)s waits for approval already.") % {"name": account}) from None
    data = {"tier": tier, "until": until.isoformat(), "reason": made.reason}
    audit.record(account.workspace, "tier.asked", account, by=by, data=data)
    return made


def ask_for_all(*, accounts: Iterable[Account], tier: str, reason: str, until: date, by: Member) -> int:
    """Ask for several accounts; those already there or already asked for are passed over. How many requests."""
    made = 0
    for account in accounts:
        try:
            ask(account=account, tier=tier, reason=reason, until=until, by=by)
        except (AlreadyAsked, SameTier):
            continue
        made += 1
    return made


@transaction.atomic
def approve(*, request: TierRequest, answer: str = "", by: Member) -> TierRequest:
    """Let the exception begin today. Raises NotYourOwn, AlreadyDecided, and what ``ask`` raises of the last day."""
    require(by, "manage")
    if by.pk == request.asked_by_id:
        raise NotYourOwn(_("You asked for this yourself. Another manager has to approve it."))
    account = request.account
    workspace = account.workspace
    scheme = schemes.of(workspace)
    if request.until < workspace.today():
        raise BadLastDay(_("Its last day is over. Refuse it, or ask anew with a later day."))
    if request.tier not in scheme.by_key:
        raise NotATier(_("The scheme has no such tier any more. Refuse the request."))
    standing = moves.standings(workspace, [account], scheme)[account.pk]
    running = TierRequest.objects.filter(account=account, state=TierRequest.State.APPROVED).exclude(pk=request.pk)
    running.update(state=TierRequest.State.ENDED)
    _decided(request, TierRequest.State.APPROVED, answer, by)
    moves.carry_out(
        [Move(account, standing, request.tier, TierBasis.MANUAL, request)], scheme=scheme, on=workspace.today(), by=by
    )
    audit.record(workspace, "tier.approved", account, by=by, data=_told(request))
    return request


@transaction.atomic
def refuse(*, request: TierRequest, answer: str, by: Member) -> TierRequest:
    """Say no, and why. Raises NeedsReason, AlreadyDecided."""
    require(by, "manage")
    if not answer.strip():
        raise NeedsReason({"answer": _("Say why, so that the colleague who asked can do something about it.")})
    _decided(request, TierRequest.State.REFUSED, answer, by)
    audit.record(request.account.workspace, "tier.refused", request.account, by=by, data=_told(request))
    return request


@transaction.atomic
def withdraw(*, request: TierRequest, by: Member) -> TierRequest:
    """Take an own request back. Raises NotYourOwn (it is somebody else's), AlreadyDecided."""
    require(by, "work")
    if by.pk != request.asked_by_id:
        raise NotYourOwn(_("Only who asked can take the request back."))
    _decided(request, TierRequest.State.WITHDRAWN, "", by)
    audit.record(request.account.workspace, "tier.withdrawn", request.account, by=by, data=_told(request))
    return request


@transaction.atomic
def end(*, account: Account, by: Member) -> AccountTier:
    """End a running exception today: back to the rule, or without one to the tier before. Raises AlreadyDecided."""
    require(by, "manage")
    workspace = account.workspace
    scheme = schemes.of(workspace)
    standing = moves.standings(workspace, [account], scheme)[account.pk]
    if standing.basis != TierBasis.MANUAL:
        raise AlreadyDecided(_("No exception runs for %(name)s.") % {"name": account})
    before = standing.before if standing.before in scheme.by_key else scheme.rest.key
    answers = rules.ask(workspace, scheme) if scheme.has_rules else Answers(scheme)
    to = answers.ruled(account.number, before) if scheme.has_rules else before
    running = TierRequest.objects.filter(account=account, state=TierRequest.State.APPROVED)
    request = running.first()
    running.update(state=TierRequest.State.ENDED)
    moves.carry_out(
        [Move(account, standing, to, TierBasis.EXPIRY, request)], scheme=scheme, on=workspace.today(), by=by
    )
    audit.record(workspace, "tier.ended", account, by=by, data={"to": to})
    return standing


def check_tier(workspace: Workspace, tier: str) -> str:
    """The key, where the scheme has it. Raises NotATier."""
    scheme = schemes.of(workspace)
    if tier not in scheme.by_key:
        known = ", ".join(scheme.by_key)
        raise NotATier(
            {"tier": _("There is no tier “%(tier)s”. Use one of: %(known)s.") % {"tier": tier, "known": known}}
        )
    return tier


def _check(account: Account, tier: str, reason: str, until: date) -> None:
    check_tier(account.workspace, tier)
    if account.tier == tier:
        raise SameTier({"tier": _("%(name)s stands in that tier.") % {"name": account}})
    if not reason.strip():
        raise NeedsReason({"reason": _("Give the reason, so that the approver can judge it.")})
    today = account.workspace.today()
    if not today < until or (until - today).days > MOST_DAYS:
        raise BadLastDay({"until": _("Choose a day after today, within two years.")})


def _decided(request: TierRequest, state: TierRequest.State, answer: str, by: Member) -> None:
    now = clock.now()
    took = TierRequest.objects.filter(pk=request.pk, state=TierRequest.State.ASKED).update(
        state=state, answer=answer.strip(), decided_by=by, decided_at=now
    )
    if not took:
        raise AlreadyDecided(_("This request was decided meanwhile."))
    request.refresh_from_db(fields=["state", "answer", "decided_by", "decided_at"])


def _told(request: TierRequest) -> dict[str, str]:
    return {"tier": request.tier, "until": request.until.isoformat(), "answer": request.answer}
