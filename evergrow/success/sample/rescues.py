"""Rescues of the sample: they follow the runs that saved accounts, with what became of those."""

from datetime import timedelta

from evergrow.lib import clock
from evergrow.success.models import Run, RunState
from evergrow.success.models.risks import RescueReason, RescueStage
from evergrow.success.risks import rescuing
from evergrow.success.sample import words
from evergrow.workspaces.models import Member, Workspace

AT_MOST = 6
REASONS = ([RescueReason.ADOPTION, RescueReason.CHAMPION], [RescueReason.SUPPORT], [RescueReason.VALUE])


def load(workspace: Workspace, lead: Member) -> None:
    """Begin one for the first runs of the saving playbook, and end it with its run where the score came back."""
    found = Run.objects.filter(workspace=workspace, playbook__key="save").exclude(state=RunState.CANCELLED)
    for place, run in enumerate(found.select_related("account", "owner__user").order_by("-started_at")[:AT_MOST]):
        by = run.owner or lead
        with clock.frozen(run.started_at + timedelta(hours=1)):
            why = [str(reason) for reason in REASONS[place % len(REASONS)]]
            rescue = rescuing.begin(account=run.account, by=by, reasons=why, note=words.of(by, words.PLAN), owner=by)
        if (moved := run.started_at + timedelta(days=3)) < clock.now():
            with clock.frozen(moved):
                rescue = rescuing.move(rescue=rescue, by=by, to=RescueStage.PLANNED)
        if (moved := run.started_at + timedelta(days=8)) < clock.now():
            with clock.frozen(moved):
                rescue = rescuing.move(rescue=rescue, by=by, to=RescueStage.SAVING)
        came_back = run.tasks.filter(step__key="outcome", branch="recovered").exists()
        if came_back and run.state == RunState.COMPLETED and run.ended_at is not None:
            with clock.frozen(run.ended_at + timedelta(hours=1)):
                rescuing.move(rescue=rescue, by=by, to=RescueStage.RECOVERED, reason=words.of(by, words.RECOVERED))
