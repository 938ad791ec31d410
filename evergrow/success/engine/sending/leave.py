"""Leave to write to a customer: mails ask the contact budget before they go, and tell it what became of them.

A contact's subject is the key of its delivery, so that asking again is the same contact. What is told follows from
the delivery's state, read from the store: a sender that ended at any point leaves nothing that ``settle`` does not
bring to its end.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from evergrow.lib import clock
from evergrow.success.contact import budget
from evergrow.success.contact.budget import Verdict
from evergrow.success.engine.sending import claims
from evergrow.success.models import (
    Contact,
    ContactChannel,
    ContactPriority,
    ContactReason,
    ContactState,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Firing,
    StepKind,
    Task,
    TaskState,
)
from evergrow.workspaces.models import Workspace

HELD = "budget:"
OPEN = [ContactState.RESERVED, ContactState.WAITING]
ALIVE = [DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNKNOWN]
SETTLED = [TaskState.DONE, TaskState.SKIPPED, TaskState.CANCELLED]


def granted(delivery: Delivery) -> bool:
    """Whether a mail may go now. Otherwise it waits for the moment that the budget named, or its step shows why not."""
    if delivery.person is None and not delivery.to:
        claims.withhold(delivery, "no_contact", "")
        return False
    verdict = _ask(delivery)
    if verdict.granted:
        return True
    if verdict.not_before is None:
        claims.withhold(delivery, "budget", verdict.reason)
    else:
        claims.wait(delivery, verdict.not_before, f"{HELD}{verdict.reason}")
    return False


def _ask(delivery: Delivery) -> Verdict:
    task = delivery.task
    urgency = Firing.objects.filter(run=task.run).values_list("priority", flat=True).first() if task.run else None
    return budget.reserve(
        workspace=delivery.workspace,
        channel=ContactChannel.SURVEY if task.kind == StepKind.SURVEY else ContactChannel.MAIL,
        subject=delivery.dedupe_key,
        purpose=purpose_of(task),
        person=delivery.person,
        address=delivery.to,
        account=task.account,
        sender=task.owner,
        priority=urgency or ContactPriority.NORMAL,
    )


def purpose_of(task: Task) -> str:
    """What a step's mail says, the same for whomever it is sent to: the playbook and the step by their keys."""
    if task.run is None or task.step is None:
        return f"task/{task.pk}"
    return f"{task.run.playbook.key}/{task.step.key}"


def ask_anew(task: Task) -> None:
    """A colleague has the mail of a step sent again: the budget decides anew where it had refused."""
    keys = task.deliveries.filter(kind=DeliveryKind.MAIL).values("dedupe_key")
    refused = Contact.objects.filter(workspace=task.workspace_id, subject__in=keys, state=ContactState.REFUSED)
    refused.update(state=ContactState.RELEASED)


def ask_again(workspace: Workspace) -> int:
    """Other rules are in force: mails that wait by the old ones ask now; how many."""
    held = Delivery.objects.filter(workspace=workspace, state=DeliveryState.QUEUED, error__startswith=HELD)
    return held.update(next_at=clock.now())


def settle(workspace: Workspace) -> int:
    """Tell the budget of every mail that is over, whoever brought it there; how many.

    Sent is sent. A mail of which nobody knows counts as sent once its step is settled. One that failed or is not
    wanted any more gives its places back.
    """
    return _settle(Contact.objects.filter(workspace=workspace, subject__startswith=f"{DeliveryKind.MAIL}:"))


def settle_one(delivery: Delivery) -> None:
    """The same for one mail."""
    _settle(Contact.objects.filter(workspace=delivery.workspace_id, subject=delivery.dedupe_key))


def _settle(contacts: QuerySet[Contact]) -> int:
    same = Delivery.objects.filter(workspace=OuterRef("workspace"), dedupe_key=OuterRef("subject"))
    unknown = Q(state=DeliveryState.UNKNOWN, task__state__in=SETTLED)
    done = budget.all_sent(contacts.filter(Exists(same.filter(Q(state=DeliveryState.SENT) | unknown))))
    over = contacts.filter(~Exists(same.filter(state__in=ALIVE)), state__in=OPEN)
    for subject, workspace in over.values_list("subject", "workspace"):
        done += _let_go(subject, workspace)
    return done


@transaction.atomic
def _let_go(subject: str, workspace: int) -> int:
    """Give back what a mail held that is over; its row is held, so that nobody sends it again meanwhile."""
    rows = Delivery.objects.select_for_update().filter(workspace=workspace, dedupe_key=subject)
    if any(row.state in [*ALIVE, DeliveryState.SENT] for row in rows):
        return 0
    return budget.withdraw(workspace=workspace, subject=subject)


def words(error: str) -> str:
    """Why a mail waits or may not go, in the reader's language; any other error as it is."""
    reason = error.removeprefix(HELD)
    return str(ContactReason(reason).label) if reason in ContactReason.values else error
