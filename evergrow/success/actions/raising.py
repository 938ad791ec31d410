"""The daily look at every customer, the frequent one at every source: raise, count repeats, let pass what is over.

Safe to run again.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from evergrow.customers.models import Account, AccountStatus, TeamRole, TeamSeat, TimelineEntry
from evergrow.lib import clock, workdays
from evergrow.success.models import Severity, Signal, SignalState
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.rules import RULES, SOURCE_RULES, Finding, Rule, Seen, Watch
from evergrow.workspaces import audit
from evergrow.workspaces.models import Member, Workspace

DUE_IN = {Severity.HIGH: 1, Severity.MEDIUM: 3, Severity.LOW: 10}


def raise_signals(
    workspace: Workspace, *, by: Member | None = None, rules: Sequence[Rule] | None = None
) -> Counter[str]:
    """Evaluate every rule for the paying customers; counts ``raised``, ``repeated``, ``suppressed``, ``expired``.

    Running it twice on a day changes nothing but the freshness of the evidence. Raises warehouse.StoreUnavailable.
    """
    counts: Counter[str] = Counter()
    active = Account.objects.filter(workspace=workspace, status=AccountStatus.ACTIVE)
    accounts = {a.pk: a for a in active.select_related("health_state", "workspace")}
    for rule in rules if rules is not None else RULES:
        open_ones = Signal.objects.filter(workspace=workspace, kind=rule.kind, state__in=OPEN_SIGNALS)
        worried = frozenset(open_ones.values_list("account_id", flat=True))
        seen = rule.look(Watch(workspace, workspace.today(), accounts, worried))
        with transaction.atomic():
            counts += _apply(workspace, rule, seen)
    audit.record(workspace, "signals.evaluated", workspace, by=by, data=dict(counts))
    return counts


def raise_source_signals(workspace: Workspace, *, rules: Sequence[Rule] | None = None) -> Counter[str]:
    """Evaluate every rule about sources of events; counts as ``raise_signals``. Raises warehouse.StoreUnavailable.

    Runs every few minutes, so that the audit trail tells only of evaluations that changed something.
    """
    counts: Counter[str] = Counter()
    for rule in rules if rules is not None else SOURCE_RULES:
        seen = rule.look(Watch(workspace, workspace.today(), {}))
        with transaction.atomic():
            counts += _apply(workspace, rule, seen)
    if counts["raised"] or counts["expired"]:
        audit.record(workspace, "signals.sources_evaluated", workspace, by=None, data=dict(counts))
    return counts


def _apply(workspace: Workspace, rule: Rule, seen: Seen) -> Counter[str]:
    today = workspace.today()
    rows = Signal.objects.select_for_update().filter(workspace=workspace, kind=rule.kind, state__in=OPEN_SIGNALS)
    open_by_key = {signal.dedupe_key: signal for signal in rows}
    resting = _in_cool_down(workspace, rule, today)
    found = {_key(rule, finding): finding for finding in seen.found}
    repeated = [_repeat(open_by_key[key], finding, rule, today) for key, finding in found.items() if key in open_by_key]
    new = [(key, finding) for key, finding in found.items() if key not in open_by_key and key not in resting]
    gone = [
        signal
        for key, signal in open_by_key.items()
        if key not in found and (signal.account_id or signal.source_id) not in seen.unknown
    ]
    _save(repeated)
    _create(workspace, rule, new)
    return Counter(
        raised=len(new),
        repeated=len(repeated),
        suppressed=len(found) - len(new) - len(repeated),
        expired=_let_pass(gone, rule, today),
    )


def _key(rule: Rule, finding: Finding) -> str:
    about = f"source-{finding.source}" if finding.account is None else str(finding.account)
    return ":".join(filter(None, [rule.kind, about, finding.part]))


def _in_cool_down(workspace: Workspace, rule: Rule, today: date) -> set[str]:
    now = clock.now()
    wrong = Q(state=SignalState.FALSE_POSITIVE, ended_at__gt=now - timedelta(days=rule.false_positive_days))
    # What passes at once may come back at once; what a person closed rests.
    over = [SignalState.RESOLVED] if rule.clear_after == 0 else [SignalState.RESOLVED, SignalState.EXPIRED]
    dealt_with = Q(state__in=over)
    dealt_with &= Q(ended_at__gt=now - timedelta(days=rule.cool_down_days))
    closed = Signal.objects.filter(wrong | dealt_with, workspace=workspace, kind=rule.kind)
    return set(closed.values_list("dedupe_key", flat=True))


def _repeat(signal: Signal, finding: Finding, rule: Rule, today: date) -> Signal:
    signal.severity, signal.reason, signal.evidence = finding.severity, finding.reason, finding.evidence
    signal.occurrences += signal.evaluated_on < today
    signal.rule_version, signal.evaluated_on, signal.clear_count = rule.version, today, 0
    signal.last_seen_at = clock.now()
    return signal


def _save(signals: list[Signal]) -> None:
    fields = ["severity", "reason", "evidence", "occurrences", "rule_version", "evaluated_on", "clear_count"]
    Signal.objects.bulk_update(signals, [*fields, "last_seen_at"], batch_size=200)


def _create(workspace: Workspace, rule: Rule, new: list[tuple[str, Finding]]) -> None:
    now, today = clock.now(), workspace.today()
    managers = _managers([finding.account for _, finding in new if finding.account is not None])
    due = {level: workdays.add(today, days, workspace.calendar) for level, days in DUE_IN.items()}
    made = Signal.objects.bulk_create(
        [
            Signal(
                workspace=workspace,
                account_id=finding.account,
                source_id=finding.source,
                kind=rule.kind,
                rule_version=rule.version,
                dedupe_key=key,
                severity=finding.severity,
                reason=finding.reason,
                evidence=finding.evidence,
                evaluated_on=today,
                first_seen_at=now,
                last_seen_at=now,
                owner_id=managers.get(finding.account or 0),
                due_on=due[Severity(finding.severity)],
            )
            for key, finding in new
        ],
        batch_size=200,
    )
    _tell(made, "signal.raised")


def _let_pass(gone: list[Signal], rule: Rule, today: date) -> int:
    """Count one more day without the condition; a signal nobody worked on passes after enough of them."""
    if rule.clear_after == 0:
        still_open = Signal.objects.filter(pk__in=[signal.pk for signal in gone], state__in=OPEN_SIGNALS)
        return still_open.update(state=SignalState.EXPIRED, ended_at=clock.now())
    fresh = [signal for signal in gone if signal.evaluated_on < today]
    for signal in fresh:
        signal.clear_count, signal.evaluated_on = signal.clear_count + 1, today
    Signal.objects.bulk_update(fresh, ["clear_count", "evaluated_on"], batch_size=200)
    over = [s for s in fresh if s.clear_count >= rule.clear_after and not s.was_worked and s.state == SignalState.NEW]
    rows = Signal.objects.filter(pk__in=[signal.pk for signal in over], state=SignalState.NEW, was_worked=False)
    passed = rows.update(state=SignalState.EXPIRED, ended_at=clock.now())
    _tell(over, "signal.expired")
    return passed


def _managers(accounts: list[int]) -> dict[int, int]:
    seats = TeamSeat.objects.filter(role=TeamRole.CSM, ended_on=None, member__left_at=None)
    wanted = set(accounts)
    return {account: member for account, member in seats.values_list("account_id", "member_id") if account in wanted}


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
