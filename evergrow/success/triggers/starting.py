"""Starts playbooks from firings that wait: by priority, at most so many a day, each in a transaction of its own.

A firing and its run are written together, so that a process that dies between starts neither or both.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from evergrow.lib import clock
from evergrow.lib.batches import batched
from evergrow.success import errors
from evergrow.success.actions.runs import start_run
from evergrow.success.models import Playbook, StartRules
from evergrow.success.models.triggers import Firing, FiringReason, FiringState, TriggerKind, TriggerState
from evergrow.success.triggers import start_rules
from evergrow.workspaces.models import Workspace

REFUSED: dict[type[errors.Refused], FiringReason] = {
    errors.AlreadyRunning: FiringReason.RUNNING,
    errors.AnchorMissing: FiringReason.NO_ANCHOR,
    errors.NotPublished: FiringReason.UNPUBLISHED,
    errors.PlaybookRetired: FiringReason.UNPUBLISHED,
}
Tell = Callable[[int], None] | None


def start_waiting(workspace: Workspace, tell: Tell = None) -> Counter[str]:
    """Start what waits in every playbook of the workspace, as far as the day allows; counts ``started`` and reasons."""
    counts: Counter[str] = Counter()
    waiting = Firing.objects.filter(workspace=workspace, state=FiringState.WAITING)
    for playbook in Playbook.objects.filter(pk__in=waiting.values("playbook")).select_related("workspace"):
        counts += _start_of(playbook, tell)
    return counts


def _start_of(playbook: Playbook, tell: Tell) -> Counter[str]:
    counts = _let_go(playbook)
    today = playbook.workspace.today()
    order = _waiting(playbook).order_by("-priority", F("mrr_then").desc(nulls_last=True), "at", "pk")
    for key in order.values_list("pk", flat=True):
        said = _start_one(key, playbook, today)
        if said == "full":
            rules = start_rules.of(playbook)
            if rules.when_full == StartRules.WhenFull.SUPPRESS:
                counts[FiringReason.CAPACITY] += suppress(_waiting(playbook), FiringReason.CAPACITY)
            break
        counts[said] += 1
        if tell is not None:
            tell(counts.total())
    counts["waiting"] = _waiting(playbook).count()
    return counts


def _waiting(playbook: Playbook) -> QuerySet[Firing]:
    return Firing.objects.filter(playbook=playbook, state=FiringState.WAITING)


def _let_go(playbook: Playbook) -> Counter[str]:
    """End what waited too long, whose account left meanwhile, or whose trigger was retired."""
    keeps = timedelta(days=start_rules.of(playbook).keep_days)
    stands = TriggerState.objects.filter(trigger=OuterRef("trigger"), account=OuterRef("account"), is_member=True)
    of_state = _waiting(playbook).filter(version__definition__kind__in=[TriggerKind.ENTER, TriggerKind.WHILE])
    rest = {
        FiringReason.STOPPED: _waiting(playbook).exclude(trigger__retired_at=None),
        FiringReason.LATE: _waiting(playbook).filter(at__lt=clock.now() - keeps),
        FiringReason.LEFT: of_state.filter(~Exists(stands)),
    }
    return Counter({str(reason): suppress(rows, reason) for reason, rows in rest.items()})


@transaction.atomic
def suppress(rows: QuerySet[Firing], reason: str) -> int:
    """End firings that wait; they no longer count for their accounts. How many."""
    found = list(rows.values_list("pk", "trigger_id", "account_id"))
    done = 0
    for part in batched(found, 500):
        kept = Firing.objects.filter(pk__in=[pk for pk, _, _ in part], state=FiringState.WAITING)
        done += kept.update(state=FiringState.SUPPRESSED, reason=reason, settled_at=clock.now())
        for trigger in {trigger for _, trigger, _ in part}:
            accounts = [account for _, of, account in part if of == trigger]
            states = TriggerState.objects.filter(trigger=trigger, account__in=accounts, count__gt=0)
            states.update(count=F("count") - 1)
    return done


@transaction.atomic
def _start_one(key: int, playbook: Playbook, today: date) -> str:
    """Start one firing or say why not: ``started``, ``full``, ``gone`` or the reason why it is suppressed now."""
    rules = _locked_rules(playbook)
    done = Firing.objects.filter(playbook=playbook, started_on=today).count()
    if rules.capacity is not None and done >= rules.capacity:
        return "full"
    firing = Firing.objects.select_for_update().filter(pk=key, state=FiringState.WAITING).first()
    if firing is None:
        return "gone"
    try:
        with transaction.atomic():
            origin = {"trigger": firing.trigger_id, "version": firing.version_id, "firing": firing.pk}
            run = start_run(account=firing.account, playbook=playbook, by=None, trigger=origin)
    except tuple(REFUSED) as refused:
        reason = REFUSED[type(refused)]
        suppress(Firing.objects.filter(pk=key), reason)
        return reason
    Firing.objects.filter(pk=key, state=FiringState.WAITING).update(
        state=FiringState.STARTED, run=run, started_on=today, settled_at=clock.now()
    )
    return "started"


def _locked_rules(playbook: Playbook) -> StartRules:
    """The playbook's rules, held until the transaction ends, so that two workers count one after the other."""
    rules = StartRules.objects.select_for_update().filter(playbook=playbook).first()
    if rules is None:
        start_rules.of(playbook)
        rules = StartRules.objects.select_for_update().get(playbook=playbook)
    return rules
