"""What a draft would do in the end, before any wait: who would stand elsewhere. Nothing is stored."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from evergrow.customers import access
from evergrow.customers.models import Account, AccountTier, TierBasis
from evergrow.customers.tiers import rules
from evergrow.customers.tiers.rules import Answers
from evergrow.customers.tiers.scheme import Scheme
from evergrow.workspaces.models import Member

MOST_LISTED = 60


@dataclass(frozen=True, slots=True)
class Moving:
    account: Account
    to: str
    is_up: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """``moves[(now, under the draft)]`` counts accounts; ``listed`` are those that move, the largest MRR first.

    ``held``: accounts that would fall but for missing data; ``excepted``: those whose exception runs on.
    """

    accounts: int
    moves: Mapping[tuple[str, str], int]
    listed: list[Moving]
    up: int
    down: int
    mrr_up: Decimal
    mrr_down: Decimal
    held: int
    excepted: int

    @property
    def more(self) -> int:
        """How many more move than are listed."""
        return self.up + self.down - len(self.listed)


def preview(member: Member, scheme: Scheme) -> Preview:
    """The accounts a member may see, judged by a scheme. Raises BadScheme, StoreUnavailable."""
    workspace = member.workspace
    answers = rules.ask(workspace, scheme) if scheme.has_rules else Answers(scheme)
    rows = AccountTier.objects.filter(workspace=workspace, basis=TierBasis.MANUAL)
    excepted = set(rows.values_list("account", flat=True))
    moves: Counter[tuple[str, str]] = Counter()
    moving: list[Moving] = []
    held = stay = 0
    for account in access.accounts(member).order_by("-mrr", "number"):
        to = account.tier
        if account.pk in excepted:
            stay += 1
        else:
            to = target(scheme, answers, account)
            held += bool(scheme.has_rules and answers.held_by(account.number, account.tier))
        moves[account.tier, to] += 1
        if to != account.tier:
            moving.append(Moving(account, to, scheme.is_up(account.tier, to)))
    up, down = [m for m in moving if m.is_up], [m for m in moving if not m.is_up]
    return Preview(
        accounts=sum(moves.values()),
        moves=moves,
        listed=moving[:MOST_LISTED],
        up=len(up),
        down=len(down),
        mrr_up=sum((m.account.mrr for m in up), Decimal(0)),
        mrr_down=sum((m.account.mrr for m in down), Decimal(0)),
        held=held,
        excepted=stay,
    )


def target(scheme: Scheme, answers: Answers, account: Account) -> str:
    """The tier the scheme names for an account; tiers without a rule keep those whom people put there."""
    here = scheme.by_key.get(account.tier)
    if not scheme.has_rules or (here and not here.has_rule and not here.is_rest):
        return account.tier
    return answers.ruled(account.number, account.tier)
