"""Taking back what was done with many signals at once."""

import json
from collections import defaultdict

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.lib import clock
from evergrow.lib.batches import batched
from evergrow.success import access, errors
from evergrow.success.actions import runs
from evergrow.success.models import Run, RunState, Signal, SignalAct, SignalBatch, SignalMove
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.signals import history
from evergrow.success.signals.many import PART, UNDO_FOR
from evergrow.workspaces import audit
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member


@transaction.atomic
def take_back(*, batch: SignalBatch, by: Member) -> int:
    """Undo a batch: each signal that the member sees goes back, unless somebody moved it since; how many went.

    Raises NoLongerUndone.
    """
    require(by, "work")
    now = clock.now()
    own = batch.by_id == by.pk or may(by, "manage")
    fresh = SignalBatch.objects.filter(pk=batch.pk, undone_at=None, at__gt=now - UNDO_FOR)
    if not own or not fresh.update(undone_at=now, undone_by=by):
        raise errors.NoLongerUndone()
    groups: dict[str, list[SignalMove]] = defaultdict(list)
    for move in batch.moves.filter(signal__in=access.signals(by).values("pk")).select_related("signal"):
        groups[json.dumps([move.before, move.after], sort_keys=True)].append(move)
    total = sum(_restore(part, by) for group in groups.values() for part in batched(group, PART))
    audit.record(batch.workspace, "signals.taken_back", batch.workspace, by=by, data={"act": batch.act, "count": total})
    return total


def _restore(moves: list[SignalMove], by: Member) -> int:
    before, after = history.fields_of(moves[0].before), history.fields_of(moves[0].after)
    asked = {
        (f"{name}__isnull" if value is None else name): (True if value is None else value)
        for name, value in after.items()
    }
    asked.pop("snoozed_for", None)
    rows = Signal.objects.select_for_update().filter(pk__in=[move.signal_id for move in moves], **asked)
    found = {row.pk: row for row in rows}
    if before.get("state") in OPEN_SIGNALS and after.get("state") not in (None, *OPEN_SIGNALS):
        workspace = moves[0].signal.workspace_id
        taken = Signal.objects.filter(workspace=workspace, state__in=OPEN_SIGNALS)
        held = set(
            taken.filter(dedupe_key__in=[row.dedupe_key for row in found.values()]).values_list("dedupe_key", flat=True)
        )
        found = {pk: row for pk, row in found.items() if row.dedupe_key not in held}
    Signal.objects.filter(pk__in=list(found)).update(**before)
    history.note(found.values(), SignalAct.UNDONE, by=by)
    _stop_runs([move for move in moves if move.signal_id in found])
    return len(found)


def _stop_runs(moves: list[SignalMove]) -> None:
    """Runs that the act had started end with it, while nobody has finished a step."""
    started = [move.data["run"] for move in moves if move.data.get("run")]
    fresh = Run.objects.filter(pk__in=started, state=RunState.ACTIVE).exclude(tasks__state="done")
    for run in fresh.select_related("account", "workspace", "playbook", "version"):
        runs.cancel_run(run=run, by=None, reason=_("The act that started it was taken back."))
