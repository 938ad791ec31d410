"""What this room holds about an account, and how signals and runs of two accounts that become one get along."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.customers.account_merges import registry
from evergrow.customers.account_merges.record import Record
from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success.models import (
    Firing,
    Rescue,
    RescueReason,
    Run,
    RunState,
    Signal,
    SignalState,
    Task,
    TaskState,
    TriggerState,
)
from evergrow.success.models.risks import OPEN_RESCUES
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.models.tasks import SETTLED


def _signals(kept: Account, merged: Account, record: Record) -> None:
    """An open signal goes by the account that is kept; where that one has the same open already, it passes."""
    open_ones = Signal.objects.filter(workspace=kept.workspace, state__in=OPEN_SIGNALS)
    taken = set(open_ones.filter(account=kept).values_list("dedupe_key", flat=True))
    for signal in Signal.objects.filter(account=merged).order_by("pk"):
        key = _key(signal, kept)
        if signal.is_open and key in taken:
            why = _("The account was merged, and the other one has the same signal.")
            record.change(signal, state=SignalState.EXPIRED, ended_at=clock.now(), end_reason=why)
        record.change(signal, dedupe_key=key)


def _key(signal: Signal, account: Account) -> str:
    """The key under which the same thing is known of another account: “kind:account:part”."""
    kind, _about, *part = signal.dedupe_key.split(":")
    return ":".join([kind, str(account.pk), *part])


def _runs(kept: Account, merged: Account, record: Record) -> None:
    """Of a playbook that runs at both, the run at the account that is kept goes on; the other one ends unfinished."""
    taken = Run.objects.filter(account=kept, state__in=OPEN_RUN_STATES).values("playbook")
    now, why = clock.now(), _("The account was merged, and the same playbook runs at the other one.")
    for run in Run.objects.filter(account=merged, state__in=OPEN_RUN_STATES, playbook__in=taken):
        record.change(run, state=RunState.CANCELLED, ended_at=now, end_reason=why)
        for task in Task.objects.filter(run=run).exclude(state__in=SETTLED):
            record.change(task, state=TaskState.CANCELLED, ended_at=now, reason=why, snoozed_until=None)


def _rescues(kept: Account, merged: Account, record: Record) -> None:
    """Where both are being saved, the rescue of the account that is kept goes on, with the reasons of both."""
    goes_on = Rescue.objects.filter(account=kept, stage__in=OPEN_RESCUES).first()
    if goes_on is None:
        return
    for rescue in Rescue.objects.filter(account=merged, stage__in=OPEN_RESCUES):
        notes = [text for text in (goes_on.note, rescue.note) if text]
        record.change(
            goes_on,
            reasons=[reason for reason in RescueReason.values if reason in {*goes_on.reasons, *rescue.reasons}],
            note="\n\n".join(notes),
            mrr=goes_on.mrr + rescue.mrr,
        )
        stays = list(rescue.stays.order_by("pk"))
        for row in (rescue, *stays):  # in the order in which they are made again
            record.drop(row)


def _trigger_states(kept: Account, merged: Account, record: Record) -> None:
    """Where both stand with a trigger, the account that is kept goes on as it stands."""
    taken = TriggerState.objects.filter(account=kept).values("trigger")
    for row in TriggerState.objects.filter(account=merged, trigger__in=taken):
        record.drop(row)


def _firings(kept: Account, merged: Account, record: Record) -> None:
    """The same occurrence of a trigger is one firing."""
    taken = set(Firing.objects.filter(account=kept).values_list("version_id", "occurrence"))
    for row in Firing.objects.filter(account=merged):
        if (row.version_id, row.occurrence) in taken:
            record.drop(row)


registry.add("success.Signal", gettext_lazy("Signals"), _signals, 60)
registry.add("success.Run", gettext_lazy("Running playbooks"), _runs, 61)
registry.add("success.Task", gettext_lazy("Tasks"), position=62)
registry.add("success.Declined", gettext_lazy("Playbooks put off"), position=63)
registry.add("success.Contact", position=64)
registry.add("success.Risk", gettext_lazy("Risks"), position=64)
registry.add("success.Rescue", gettext_lazy("Rescues"), _rescues, 65)
registry.leave("success.WatchedValue", "What was watched is of the account that it was seen at.")
registry.add("success.TriggerState", "", _trigger_states, 65)
registry.add("success.Firing", gettext_lazy("Firings of triggers"), _firings, 66)
