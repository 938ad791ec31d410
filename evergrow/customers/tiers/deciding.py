"""The nightly decision: exceptions that end, tiers written from outside, and what the rules say, in that order.

1. ``scheme.of`` reads what counts; ``rules.ask`` asks every rule once for all accounts.
2. Account by account in blocks: an exception past its last day ends; a tier that an import wrote is taken note of;
   then ``hysteresis.judge`` says whether the rule's answer takes effect today or waits.
3. ``moves.carry_out`` moves; everyone else's streak and waiting move are kept.
The same day twice changes nothing. When a store is away, nothing is judged and nobody moves.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from evergrow.customers.models import Account, AccountTier, TierBasis, TierChange, TierRequest
from evergrow.customers.tiers import hysteresis, moves, rules
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.tiers.evidence import Collector
from evergrow.customers.tiers.hysteresis import Standing, Verdict
from evergrow.customers.tiers.moves import Move
from evergrow.customers.tiers.rules import Answers
from evergrow.customers.tiers.scheme import Scheme
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.models import Workspace

BLOCK = 250
Evidence = list[dict[str, Any]]


@dataclass(slots=True)
class Decided:
    """What a run came to: accounts looked at, moved by rule, exceptions ended, moves that wait, falls held back."""

    accounts: int = 0
    moved: int = 0
    ended: int = 0
    waiting: int = 0
    held: int = 0


def decide(*, workspace: Workspace, on_progress: Callable[[int, int], None] | None = None) -> Decided:
    """Judge every account of a workspace for its today. Raises BadScheme and StoreUnavailable; then nobody moved."""
    schemes.forget(workspace)
    scheme = schemes.of(workspace)
    answers = rules.ask(workspace, scheme) if scheme.has_rules else Answers(scheme)
    keys = list(Account.objects.filter(workspace=workspace).order_by("pk").values_list("pk", flat=True))
    done = Decided()
    collector = Collector(workspace, scheme)
    for start in range(0, len(keys), BLOCK):
        part = keys[start : start + BLOCK]
        evidence = collector.of(_likely(workspace, answers, part))
        with transaction.atomic():
            _decide_block(workspace, answers, part, done, evidence)
        if on_progress:
            on_progress(min(start + BLOCK, len(keys)), len(keys))
    if done.moved or done.ended:
        data = {"moved": done.moved, "ended": done.ended, "scheme": scheme.version.number if scheme.version else 0}
        audit.record(workspace, "tiers.decided", workspace, by=None, data=data)
    return done


def _likely(workspace: Workspace, answers: Answers, keys: Sequence[int]) -> list[int]:
    """The numbers of the accounts that will move, found out before the store is locked for writing."""
    if not answers.scheme.has_rules:
        return []
    today = workspace.today()
    accounts = Account.objects.filter(pk__in=keys).select_related("tier_standing").order_by("pk")
    found = []
    for account in accounts:
        standing = getattr(account, "tier_standing", None) or AccountTier(account=account, tier=account.tier)
        if standing.tier != account.tier:
            standing = AccountTier(account=account, tier=account.tier)
        if standing.basis != TierBasis.MANUAL and _judged(account, standing, answers, today, []) is not None:
            found.append(account.number)
    return found


def _decide_block(
    workspace: Workspace, answers: Answers, keys: Sequence[int], done: Decided, evidence: Mapping[int, Evidence]
) -> None:
    scheme, today = answers.scheme, workspace.today()
    accounts = list(Account.objects.filter(pk__in=keys).order_by("pk"))
    stands = moves.standings(workspace, accounts, scheme)
    ends, ruled, noted, quiet = [], [], [], []
    for account in accounts:
        standing = stands[account.pk]
        before = standing.tier
        if before != account.tier:
            noted.append(_noted(account, standing, scheme, today))
        if standing.basis == TierBasis.MANUAL and standing.until and standing.until < today:
            ends.append(_ended(account, standing, answers))
        elif scheme.has_rules and (
            move := _judged(account, standing, answers, today, evidence.get(account.number, []))
        ):
            ruled.append(move)
        elif scheme.has_rules or standing.tier != before or _let_go(standing):
            quiet.append(standing)
        done.accounts += 1
        done.waiting += bool(standing.pending)
        done.held += bool(standing.held_by)
    TierChange.objects.bulk_create(noted)
    TierRequest.objects.filter(pk__in=[move.request.pk for move in ends if move.request]).update(
        state=TierRequest.State.ENDED
    )
    done.ended += moves.carry_out(ends, scheme=scheme, on=today, by=None)
    done.moved += moves.carry_out(ruled, scheme=scheme, on=today, by=None)
    moves.keep(quiet)


def _let_go(standing: AccountTier) -> bool:
    """Without rules nothing waits and nothing is held up any more; whether anything was."""
    had = bool(standing.pending or standing.held_by or standing.ruled)
    standing.ruled, standing.streaks, standing.held_by = "", {}, []
    standing.pending, standing.pending_since, standing.pending_on = "", None, None
    return had


def _noted(account: Account, standing: AccountTier, scheme: Scheme, today: date) -> TierChange:
    """An import or another program wrote the tier: it counts, its history is kept, and the streaks begin anew."""
    move = Move(account, standing, account.tier, TierBasis.GIVEN)
    before = standing.tier
    change = moves.change_of(move, before, scheme, today, None, clock.now())
    TierRequest.objects.filter(account=account, state=TierRequest.State.APPROVED).update(state=TierRequest.State.ENDED)
    moves.stand(move, before, scheme, today)
    return change


def _ended(account: Account, standing: AccountTier, answers: Answers) -> Move:
    """An exception past its last day goes back to the rule; without one, to the tier before it."""
    scheme = answers.scheme
    before = standing.before if standing.before in scheme.by_key else scheme.rest.key
    to = answers.ruled(account.number, before) if scheme.has_rules else before
    request = TierRequest.objects.filter(account=account, state=TierRequest.State.APPROVED).first()
    return Move(account, standing, to, TierBasis.EXPIRY, request)


def _judged(account: Account, standing: AccountTier, answers: Answers, today: date, evidence: Evidence) -> Move | None:
    """The move that takes effect today, if any; what waits is written onto the standing."""
    scheme = answers.scheme
    here = scheme.by_key.get(standing.tier)
    standing.ruled = answers.ruled(account.number, standing.tier)
    standing.held_by = answers.held_by(account.number, standing.tier)
    standing.scheme = scheme.version
    if standing.basis == TierBasis.MANUAL or (here and not here.has_rule and not here.is_rest):
        verdict = Verdict(standing.tier, {})
    else:
        since = Standing(standing.tier, standing.streaks, standing.checked_on)
        verdict = hysteresis.judge(scheme, since, standing.ruled, today)
    standing.streaks, standing.checked_on = verdict.streaks, today
    standing.pending, standing.pending_since, standing.pending_on = verdict.pending, verdict.since, verdict.on
    if not verdict.has_moved(standing.tier):
        return None
    return Move(account, standing, verdict.tier, TierBasis.RULE, evidence=evidence)
