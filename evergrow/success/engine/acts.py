"""What Evergrow does when the moment of a step has come that it takes itself."""

from collections.abc import Callable

from evergrow.success import errors
from evergrow.success.engine import answers, details, messages, outgoing, sub_runs
from evergrow.success.engine.rows import RunRow, TaskRow
from evergrow.success.engine.world import World
from evergrow.success.models import DeliveryKind, StepKind, TaskState
from evergrow.workspaces import notices

TOLD = "playbook.message"
NOBODYS = (StepKind.WAIT, StepKind.DECISION)
"""What hangs neither on the account nor on colleagues, unless a condition is asked."""


def act(task: TaskRow, run: RunRow, world: World) -> bool:
    """Take a step; whether it moved. What is in the way is noted as its problem, and a person goes on."""
    if task.step.kind not in NOBODYS:
        world.is_personal = True
    return ACTS[task.step.kind](task, run, world)


def _wait(task: TaskRow, run: RunRow, world: World) -> bool:
    task.set(state=TaskState.DONE, ended_at=world.now)
    return True


def _decide(task: TaskRow, run: RunRow, world: World) -> bool:
    decision = task.step.decision
    for branch in decision.branches:
        if branch.criteria is None:
            continue
        try:
            holds = world.holds(branch.criteria, run) if branch.criteria else True
        except answers.Broken as broken:
            return _stop(task, "condition", str(broken))
        if holds is None:
            return False
        if holds:
            return _take(task, world, branch.key)
    if decision.by_hand:
        return _stop(task, "choose")
    return _take(task, world, decision.otherwise.key)


def _take(task: TaskRow, world: World, branch: str) -> bool:
    task.set(state=TaskState.DONE, branch=branch, ended_at=world.now, wakes_at=None)
    return True


def _message(task: TaskRow, run: RunRow, world: World) -> bool:
    return _tell_colleague(task, run, world) if task.step.channel == "colleague" else _mail(task, run, world)


def _tell_colleague(task: TaskRow, run: RunRow, world: World) -> bool:
    owner = world.member(task.owner_id)
    if owner is None:
        return _stop(task, "nobody")
    words = messages.words_of(task.step)
    data = {"task": task.step.name, "account": world.account(run.account_id).names, "words": words.body}
    url = f"/w/{world.workspace.slug}/tasks/{task.pk}/"
    notices.tell(owner, TOLD, url=url, data=data, dedupe_key=f"task {task.pk}")
    task.set(state=TaskState.DONE, ended_at=world.now, wakes_at=None)
    return True


def _mail(task: TaskRow, run: RunRow, world: World) -> bool:
    letter = messages.write(task, run, world)
    if not isinstance(letter, messages.Letter):
        return _stop(task, letter["code"], letter.get("what", ""))
    content = {"subject": letter.subject, "body": letter.body, "reply_to": letter.reply_to}
    outgoing.queue(task, run, world, DeliveryKind.MAIL, letter.person.email, content, person=letter.person)
    task.set(state=TaskState.IN_PROGRESS, person_id=letter.person.pk, wakes_at=None)
    return True


def _webhook(task: TaskRow, run: RunRow, world: World) -> bool:
    url = details.read(details.Webhook, task.step.details).url
    outgoing.queue(task, run, world, DeliveryKind.WEBHOOK, url, outgoing.facts(task, run, world))
    task.set(state=TaskState.IN_PROGRESS, wakes_at=None)
    return True


def _sub_playbook(task: TaskRow, run: RunRow, world: World) -> bool:
    asked = details.read(details.SubPlaybook, task.step.details)
    try:
        sub_run = sub_runs.start(task, run, world, asked.playbook)
    except sub_runs.CannotStart as refused:
        return _stop(task, refused.code, refused.what)
    except errors.Refused as refused:
        return _stop(task, "not_started", str(refused))
    if asked.waits:
        task.set(state=TaskState.IN_PROGRESS, sub_run_id=sub_run, wakes_at=None)
    else:
        task.set(state=TaskState.DONE, sub_run_id=sub_run, ended_at=world.now, wakes_at=None)
    return True


def _stop(task: TaskRow, code: str, what: str = "") -> bool:
    task.stop(code, what)
    return False


Act = Callable[[TaskRow, RunRow, World], bool]
ACTS: dict[str, Act] = {
    StepKind.WAIT: _wait,
    StepKind.DECISION: _decide,
    StepKind.MESSAGE: _message,
    StepKind.SURVEY: _mail,
    StepKind.WEBHOOK: _webhook,
    StepKind.PLAYBOOK: _sub_playbook,
}
