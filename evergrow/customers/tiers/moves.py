"""Putting accounts into another tier: the account, where it stands, the change that stays, and its story, together."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from evergrow.customers.models import Account, AccountTier, TierBasis, TierChange, TierRequest, TimelineEntry
from evergrow.customers.tiers.entitlement import add_months
from evergrow.customers.tiers.scheme import Scheme
from evergrow.lib import clock
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Member, Workspace

SIZE = 500


@dataclass(frozen=True, slots=True)
class Move:
    """One account's move. ``told_from`` is where it stood before, where the account itself says otherwise already."""

    account: Account
    standing: AccountTier
    to: str
    basis: TierBasis
    request: TierRequest | None = None
    evidence: list[dict[str, Any]] = field(default_factory=list)


def standings(workspace: Workspace, accounts: Iterable[Account], scheme: Scheme) -> dict[int, AccountTier]:
    """Where each of these accounts stands, by account id; one that has no record yet gets it as it is."""
    found: dict[int, AccountTier] = {}
    today = workspace.today()
    for part in batched(accounts, SIZE):
        rows = AccountTier.objects.filter(account__in=[a.pk for a in part]).select_for_update()
        here = {row.account_id: row for row in rows.order_by("pk")}
        new = [_first(account, scheme, today) for account in part if account.pk not in here]
        AccountTier.objects.bulk_create(new, ignore_conflicts=True)
        if new:
            made = AccountTier.objects.filter(account__in=[row.account_id for row in new])
            here |= {row.account_id: row for row in made}
        found |= here
    return found


def _first(account: Account, scheme: Scheme, today: date) -> AccountTier:
    return AccountTier(
        account_id=account.pk,
        workspace_id=account.workspace_id,
        tier=account.tier,
        since=today,
        review_on=next_review_of(scheme, account.tier, today),
    )


def next_review_of(scheme: Scheme, tier: str, since: date) -> date | None:
    """The day by which a colleague looks at an account of this tier again."""
    rule = scheme.by_key.get(tier)
    return add_months(since, rule.review_months) if rule and rule.review_months else None


def carry_out(moves: Sequence[Move], *, scheme: Scheme, on: date, by: Member | None) -> int:
    """Do moves inside the caller's transaction; how many. The standings given are changed and saved."""
    now = clock.now()
    for part in batched(moves, SIZE):
        changes, stories, by_tier = [], [], defaultdict(list)
        for move in part:
            before = move.standing.tier
            changes.append(change_of(move, before, scheme, on, by, now))
            stories.append(_story(move, before, by))
            by_tier[move.to].append(move.account.pk)
            stand(move, before, scheme, on)
        for tier, keys in by_tier.items():
            Account.everyone.filter(pk__in=keys).update(tier=tier, updated_at=now)
        keep([move.standing for move in part])
        TierChange.objects.bulk_create(changes)
        TimelineEntry.objects.bulk_create(stories)
    return len(moves)


def keep(standings: Sequence[AccountTier]) -> None:
    """Write standings that are there already: an upsert takes a tenth of the time of an update by cases."""
    AccountTier.objects.bulk_create(
        standings, update_conflicts=True, unique_fields=["id"], update_fields=CHANGED, batch_size=SIZE
    )


CHANGED = (
    "tier",
    "basis",
    "since",
    "before",
    "scheme",
    "ruled",
    "streaks",
    "pending",
    "pending_since",
    "pending_on",
    "held_by",
    "until",
    "checked_on",
    "review_on",
)


def change_of(move: Move, before: str, scheme: Scheme, on: date, by: Member | None, now: Any) -> TierChange:
    return TierChange(
        workspace_id=move.account.workspace_id,
        account=move.account,
        at=now,
        on=on,
        from_tier=before,
        to_tier=move.to,
        basis=move.basis,
        scheme=scheme.version,
        request=move.request,
        by=by,
        mrr=move.account.mrr,
        evidence=move.evidence,
    )


def _story(move: Move, before: str, by: Member | None) -> TimelineEntry:
    data = {"from": before, "to": move.to, "basis": str(move.basis)}
    return TimelineEntry(account=move.account, kind="account.tier", data=data, by=by)


def stand(move: Move, before: str, scheme: Scheme, on: date) -> None:
    standing = move.standing
    if not standing.basis == move.basis == TierBasis.MANUAL:  # one exception after another goes back behind the first
        standing.before = before
    standing.tier, standing.basis, standing.since = move.to, move.basis, on
    standing.scheme = scheme.version
    standing.until = move.request.until if move.request and move.basis == TierBasis.MANUAL else None
    standing.review_on = next_review_of(scheme, move.to, on)
    if move.basis != TierBasis.RULE:
        standing.streaks, standing.held_by = {}, []
        standing.pending, standing.pending_since, standing.pending_on = "", None, None
    move.account.tier = move.to
