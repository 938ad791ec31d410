"""What a rule would do if it were published now: whom it would fire for, and what would become of each. No effect."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from evergrow.customers import access as customers
from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success.models import Playbook
from evergrow.success.models.triggers import FiringReason, FiringState, Trigger, TriggerKind, TriggerVersion
from evergrow.success.triggers import candidates, judging, looking, start_rules, states, writing
from evergrow.success.triggers.candidates import Look
from evergrow.success.triggers.definition import Definition, check
from evergrow.success.triggers.judging import Judged
from evergrow.success.triggers.looking import NOBODY, Accounts, Ids
from evergrow.workspaces.models import Member

SHOWN, AHEAD = 12, 30


@dataclass(frozen=True, slots=True)
class Shown:
    """One account that it would fire for; ``says`` is what would become of it, in words."""

    account: Account
    state: str
    reason: str

    @property
    def says(self) -> str:
        return str(FiringReason(self.reason).label if self.reason else FiringState(self.state).label)


@dataclass(slots=True)
class Preview:
    """Of the accounts the member sees: ``members`` meet the criteria, of ``unknown`` ones nothing can be said.

    ``states`` and ``reasons`` count the firings of now. ``days`` is how many days their starts would take at
    ``capacity`` a day (None: without limit; 0: none would start), ``ahead`` how many dates fall due in the next 30
    days.
    """

    members: int = 0
    unknown: int = 0
    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    sample: Sequence[Shown] = ()
    days: int = 0
    capacity: int | None = None
    ahead: int | None = None

    @property
    def fires(self) -> int:
        """Firings in all, whatever would become of them."""
        return self.states.total()

    @property
    def why_not(self) -> list[tuple[str, int]]:
        """Reasons of suppression in words with their counts, the most frequent first."""
        return [(str(FiringReason(key).label), n) for key, n in self.reasons.most_common()]


def preview(member: Member, playbook: Playbook, rule: Definition, trigger: Trigger | None = None) -> Preview:
    """Look as the first look of a version of ``trigger``, or of a new one, would; nothing is written.

    Raises NotReadable, CostError, BadQuery, StoreUnavailable.
    """
    workspace = playbook.workspace
    check(rule, workspace)
    version = TriggerVersion(trigger=trigger or Trigger(workspace=workspace, playbook=playbook))
    accounts = Accounts.read(workspace)
    (seen,) = looking.look(workspace, [rule], accounts)
    before = states.members([trigger.pk])[trigger.pk] if trigger else NOBODY
    look = Look(workspace, version, rule, accounts, before, seen, clock.now())
    found = candidates.find(look).candidates
    known = writing.against(version, rule, {each.account for each in found}, look.now)
    judged = judging.judge(rule, found, known)
    visible = _visible(member, np.concatenate([seen.possible, np.array([each.account for each in found], np.int64)]))
    made = _counted([each for each in judged if each.candidate.account in visible])
    made.members = sum(int(key) in visible for key in seen.certain)
    made.unknown = sum(int(key) in visible for key in seen.possible) - made.members
    made.capacity = start_rules.current(playbook).capacity
    made.days = -(-made.states[FiringState.WAITING] // made.capacity) if made.capacity else 0
    if rule.kind == TriggerKind.DATE:
        made.ahead = _ahead(look, visible)
    return made


def _visible(member: Member, keys: Ids) -> set[int]:
    """Those of these row keys whose accounts the member sees."""
    return set(customers.accounts(member).values_list("pk", flat=True)) & {int(key) for key in keys}


def _counted(judged: Sequence[Judged]) -> Preview:
    return Preview(
        states=Counter(each.state for each in judged),
        reasons=Counter(each.reason for each in judged if each.reason),
        sample=_sample(judged),
    )


def _sample(judged: Sequence[Judged]) -> list[Shown]:
    """A few of each kind of outcome, those that would start first."""
    order = {FiringState.WAITING: 0, FiringState.HELD_OUT: 1, FiringState.SUPPRESSED: 2}
    by_outcome: dict[tuple[str, str], list[Judged]] = {}
    for each in judged:
        by_outcome.setdefault((each.state, each.reason), []).append(each)
    each_most = max(3, SHOWN // max(1, len(by_outcome)))
    chosen = [each for rows in by_outcome.values() for each in rows[:each_most]]
    chosen.sort(key=lambda each: order[each.state])
    rows = Account.objects.filter(pk__in=[each.candidate.account for each in chosen]).select_related("health_state")
    found = {row.pk: row for row in rows}
    return [Shown(found[each.candidate.account], each.state, each.reason) for each in chosen[: SHOWN + 4]]


def _ahead(look: Look, visible: set[int]) -> int:
    """How many dates of accounts that meet the criteria fall due after today, within 30 days."""
    keys, days = looking.dates(look.workspace, look.rule.trait, look.accounts)
    due = looking.due_days(look.rule, days, look.workspace.workdays)
    falls = (due > look.today) & (due <= look.today + AHEAD) & np.isin(keys, look.seen.certain)
    return sum(int(key) in visible for key in keys[falls])
