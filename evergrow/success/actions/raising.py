"""The daily look at every customer, the frequent one at every source: raise, count repeats, let pass what is over.

Safe to run again.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from evergrow.customers.models import Account, AccountStatus, TeamRole, TeamSeat, TimelineEntry
from evergrow.lib import clock, workdays
from evergrow.lib.batches import batched
from evergrow.success.models import Severity, Signal, SignalAct, SignalKind, SignalState
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.rules import RULES, SOURCE_RULES, Finding, Rule, Seen, Watch
from evergrow.success.signals import capacity, history, ours
from evergrow.workspaces import audit
from evergrow.workspaces.models import Member, Workspace

DUE_IN = {Severity.HIGH: 1, Severity.MEDIUM: 3, Severity.LOW: 10}


def raise_signals(
    workspace: Workspace,
    *,
    by: Member | None = None,
    rules: Sequence[Rule] | None = None,
    beat: Callable[[], None] = lambda: None,
) -> Counter[str]:
    """Evaluate every rule for the customers; counts ``raised``, ``repeated``, ``suppressed``, ``expired``, ``held``.

    Running it twice on a day, or twice at once, changes nothing but the freshness of the evidence. A rule of the
    workspace that cannot be asked is passed over and says why. ``beat`` is called before each rule, to tell that the
    work goes on. Raises warehouse.StoreUnavailable.
    """
    counts: Counter[str] = Counter()
    accounts = paying(workspace)
    for rule in rules if rules is not None else ours.to_evaluate(workspace, RULES):
        beat()
        seen = ours.asked(rule, watch(workspace, rule, accounts))
        if seen is not None:
            with transaction.atomic():
                counts += _apply(workspace, rule, seen)
    audit.record(workspace, "signals.evaluated", workspace, by=by, data=dict(counts))
    return counts


def raise_source_signals(workspace: Workspace, *, rules: Sequence[Rule] | None = None) -> Counter[str]:
    """Evaluate every rule about sources of events; counts as ``raise_signals``. Raises warehouse.StoreUnavailable.

    Runs every few minutes, so that the audit trail tells only of evaluations that changed something.
    """
    counts: Counter[str] = Counter()
    for rule in rules if rules is not None else ours.switched_on(workspace, SOURCE_RULES):
        seen = rule.look(Watch(workspace, workspace.today(), {}, tuned=rule.tuned))
        with transaction.atomic():
            counts += _apply(workspace, rule, seen)
    if counts["raised"] or counts["expired"]:
        audit.record(workspace, "signals.sources_evaluated", workspace, by=None, data=dict(counts))
    return counts


def paying(workspace: Workspace) -> dict[int, Account]:
    """The customers that delivered rules look at, by id."""
    active = Account.objects.filter(workspace=workspace, status=AccountStatus.ACTIVE)
    return {account.pk: account for account in active.select_related("health_state", "workspace")}


def watch(workspace: Workspace, rule: Rule, accounts: Mapping[int, Account]) -> Watch:
    """What a rule is given to look at today."""
    worried = frozenset(_open(workspace, rule).exclude(account=None).values_list("account_id", flat=True))
    return Watch(workspace, workspace.today(), accounts, worried, rule.tuned)


def sorted_out(workspace: Workspace, rule: Rule, seen: Seen) -> "Sorted":
    """What of the findings is open already, rests after it was closed, would be opened again, or is new."""
    open_by_key = {signal.dedupe_key: signal for signal in _open(workspace, rule)}
    resting, closed = _in_cool_down(workspace, rule)
    found = Sorted(open=open_by_key)
    for finding in seen.found:
        key = _key(rule, finding)
        if key in open_by_key:
            found.repeated[key] = finding
        elif key in closed and rule.reopens:
            found.again[key] = (closed[key], finding)
        elif key in resting:
            found.resting[key] = finding
        else:
            found.new[key] = finding
    return found


@dataclass(slots=True)
class Sorted:
    """Findings by what becomes of them, each under its key; ``open`` are the signals that are open now."""

    open: dict[str, Signal]
    repeated: dict[str, Finding] = field(default_factory=dict)
    resting: dict[str, Finding] = field(default_factory=dict)
    again: dict[str, tuple[int, Finding]] = field(default_factory=dict)
    new: dict[str, Finding] = field(default_factory=dict)


def _apply(workspace: Workspace, rule: Rule, seen: Seen) -> Counter[str]:
    today = workspace.today()
    # One at a time for a workspace: two evaluations at once would both find the same matter new.
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
    list(_open(workspace, rule).select_for_update().values_list("pk"))
    found = sorted_out(workspace, rule, seen)
    held = capacity.hold(workspace, rule, len(found.new) + len(found.again))
    gone = [] if seen.is_blind else [one for key, one in found.open.items() if _is_gone(one, key, found, seen)]
    _save([_repeat(found.open[key], finding, rule, today) for key, finding in found.repeated.items()])
    if not held:
        _create(workspace, rule, list(found.new.items()))
        _open_again(workspace, rule, list(found.again.values()))
    new = 0 if held else len(found.new)
    return Counter(
        raised=new,
        reopened=0 if held else len(found.again),
        repeated=len(found.repeated),
        suppressed=len(found.resting),
        held=len(found.new) + len(found.again) if held else 0,
        expired=_let_pass(gone, rule, today),
    )


def _open(workspace: Workspace, rule: Rule) -> QuerySet[Signal]:
    rows = Signal.objects.filter(workspace=workspace, kind=rule.kind, state__in=OPEN_SIGNALS)
    return rows.filter(rule=rule.row) if rule.kind == SignalKind.CUSTOM else rows


def _is_gone(signal: Signal, key: str, found: Sorted, seen: Seen) -> bool:
    if key in found.repeated or signal.person_id in seen.unknown_people or signal.product_id in seen.unknown_products:
        return False
    return (signal.account_id or signal.source_id) not in seen.unknown


def _key(rule: Rule, finding: Finding) -> str:
    about = str(finding.account)
    if finding.account is None:
        others = [("source", finding.source), ("product", finding.product), ("risk", finding.risk)]
        about = next(f"{kind}-{pk}" for kind, pk in others if pk is not None)
    return ":".join(filter(None, [rule.key, about, finding.part]))


def _in_cool_down(workspace: Workspace, rule: Rule) -> tuple[set[str], dict[str, int]]:
    """The keys that rest, and of those that were dealt with (not called wrong) the latest signal's id."""
    now = clock.now()
    wrong = Q(state=SignalState.FALSE_POSITIVE, ended_at__gt=now - timedelta(days=rule.false_positive_days))
    # What passes at once may come back at once; what a person closed rests.
    over = [SignalState.RESOLVED] if rule.clear_after == 0 else [SignalState.RESOLVED, SignalState.EXPIRED]
    dealt_with = Q(state__in=over)
    dealt_with &= Q(ended_at__gt=now - timedelta(days=rule.cool_down_days))
    rows = Signal.objects.filter(wrong | dealt_with, workspace=workspace, kind=rule.kind)
    if rule.kind == SignalKind.CUSTOM:
        rows = rows.filter(rule=rule.row)
    closed = list(rows.order_by("ended_at", "pk").values_list("dedupe_key", "pk", "state"))
    last = {key: (pk, state) for key, pk, state in closed}
    return set(last), {key: pk for key, (pk, state) in last.items() if state != SignalState.FALSE_POSITIVE}


def _repeat(signal: Signal, finding: Finding, rule: Rule, today: date) -> Signal:
    signal.severity, signal.reason, signal.evidence = finding.severity, finding.reason, finding.evidence
    signal.occurrences += signal.evaluated_on < today
    signal.rule_version, signal.evaluated_on, signal.clear_count = rule.version, today, 0
    signal.rule_id, signal.edition = rule.row, rule.edition
    signal.last_seen_at = clock.now()
    return signal


def _save(signals: list[Signal]) -> None:
    fields = ["severity", "reason", "evidence", "occurrences", "rule_version", "evaluated_on", "clear_count"]
    Signal.objects.bulk_update(signals, [*fields, "rule_id", "edition", "last_seen_at"], batch_size=100)


def _open_again(workspace: Workspace, rule: Rule, again: list[tuple[int, Finding]]) -> None:
    """Signals that were closed within the cool-down and recur, where their rule opens them again, as fresh ones."""
    today, due, opened = workspace.today(), _due(workspace, rule), []
    rows = Signal.objects.select_for_update().filter(state__in=history.CLOSED).in_bulk([pk for pk, _ in again])
    for pk, finding in again:
        if pk not in rows:
            continue
        signal = rows[pk]
        fields: dict[str, Any] = {"state": SignalState.NEW, "ended_at": None, "ended_by": None, "archived_at": None}
        fields |= {"waiting_since": clock.now(), "due_on": due[Severity(finding.severity)], "was_worked": False}
        fields |= {"escalation": 0, "escalated_to": None, "escalated_at": None, "end_reason": ""}
        fields["reopened"] = signal.reopened + 1
        history.turn(signal, SignalAct.REOPENED, by=None, states=history.CLOSED, **fields)
        opened.append(_repeat(signal, finding, rule, today))
    _save(opened)
    _tell(opened, "signal.reopened")


def _create(workspace: Workspace, rule: Rule, new: list[tuple[str, Finding]]) -> None:
    if not new:
        return
    now, today = clock.now(), workspace.today()
    managers: dict[int, int] = {} if rule.chooses_owner else _managers(workspace)
    due = _due(workspace, rule)
    made = Signal.objects.bulk_create(
        [
            Signal(
                workspace=workspace,
                account_id=finding.account,
                source_id=finding.source,
                person_id=finding.person,
                subscription_id=finding.subscription,
                product_id=finding.product,
                risk_id=finding.risk if finding.account is None else None,
                kind=rule.kind,
                rule_id=rule.row,
                edition=rule.edition,
                rule_version=rule.version,
                dedupe_key=key,
                severity=finding.severity,
                reason=finding.reason,
                evidence=finding.evidence,
                evaluated_on=today,
                first_seen_at=now,
                last_seen_at=now,
                owner_id=finding.owner if rule.chooses_owner else managers.get(finding.account or 0),
                due_on=due[Severity(finding.severity)],
            )
            for key, finding in new
        ],
        batch_size=200,
    )
    _tell(made, "signal.raised")


def _due(workspace: Workspace, rule: Rule) -> dict[Severity, date]:
    """By when a signal that is raised today is to be decided, by severity."""
    days = {level: usual if rule.due_days is None else rule.due_days for level, usual in DUE_IN.items()}
    return {level: workdays.add(workspace.today(), n, workspace.workdays) for level, n in days.items()}


def _let_pass(gone: list[Signal], rule: Rule, today: date) -> int:
    """Count one more day without the condition; a signal nobody worked on passes after enough of them."""
    if rule.clear_after == 0:
        return _pass(gone, OPEN_SIGNALS)
    fresh = [signal for signal in gone if signal.evaluated_on < today]
    for signal in fresh:
        signal.clear_count, signal.evaluated_on = signal.clear_count + 1, today
    Signal.objects.bulk_update(fresh, ["clear_count", "evaluated_on"], batch_size=200)
    over = [s for s in fresh if s.clear_count >= rule.clear_after and not s.was_worked and s.state == SignalState.NEW]
    return _pass(over, [SignalState.NEW])


def _pass(signals: list[Signal], states: Sequence[str]) -> int:
    """End those that still stand in one of the states; how many."""
    passed = 0
    for part in batched([signal.pk for signal in signals], 500):
        over = list(Signal.objects.select_for_update().filter(pk__in=part, state__in=states))
        changes = {"state": SignalState.EXPIRED, "ended_at": clock.now(), "snoozed_until": None, "snoozed_for": None}
        Signal.objects.filter(pk__in=[signal.pk for signal in over]).update(**changes)
        history.note(over, SignalAct.EXPIRED)
        _tell(over, "signal.expired")
        passed += len(over)
    return passed


def _managers(workspace: Workspace) -> dict[int, int]:
    """The success manager of each account, by ids."""
    seats = TeamSeat.objects.filter(
        account__workspace=workspace, role=TeamRole.CSM, ended_on=None, member__left_at=None
    )
    return dict(seats.values_list("account_id", "member_id"))


def _tell(signals: list[Signal], kind: str) -> None:
    entries = [
        TimelineEntry(
            account_id=signal.account_id,
            kind=kind,
            at=clock.now(),
            data={"signal": signal.pk, "reason": signal.reason},
        )
        for signal in signals
        if signal.account_id is not None
    ]
    TimelineEntry.objects.bulk_create(entries, batch_size=500)
