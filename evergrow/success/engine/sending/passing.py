"""Passing on what is due: mails over one connection as far as the contact budget lets them, webhooks one by one."""

from collections.abc import Callable
from datetime import datetime, timedelta

from evergrow.lib import clock
from evergrow.success.engine.sending import claims, leave
from evergrow.success.engine.sending.answers import Answer
from evergrow.success.engine.sending.mails import Post
from evergrow.success.engine.sending.webhooks import Hooks
from evergrow.success.models import Delivery, DeliveryKind
from evergrow.workspaces.models import Workspace

BATCH = 50
BACK_OFF = [
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5)),
    *(timedelta(hours=10), timedelta(hours=14), timedelta(hours=16), timedelta(hours=24)),
]
"""The gaps between attempts: ten attempts within 71 hours and 35 minutes, then a colleague decides."""


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When to try again after this many attempts that failed; None after three days."""
    return now + BACK_OFF[attempts] if attempts < len(BACK_OFF) else None


def send_due(workspace: Workspace, alive: Callable[[], object] = lambda: None) -> int:
    """Send everything that is due; how many deliveries were looked at. ``alive`` is called between them."""
    claims.release_lost(workspace)
    leave.settle(workspace)
    total = 0
    with Post() as post, Hooks() as hooks:
        while claimed := claims.claim(workspace, BATCH):
            for delivery in claimed:
                _send(delivery, post, hooks)
                alive()
            total += len(claimed)
    return total


def _send(delivery: Delivery, post: Post, hooks: Hooks) -> None:
    if delivery.kind == DeliveryKind.WEBHOOK:
        _note(delivery, hooks.send(delivery))
    elif leave.granted(delivery):
        _note(delivery, post.send(delivery))
        leave.settle_one(delivery)


def _note(delivery: Delivery, answer: Answer | None) -> None:
    """Write down how it went; nothing when it was no longer ours to send."""
    if answer is None:
        return
    if answer.way == "sent":
        claims.sent(delivery, answer)
        return
    until = None if answer.way == "refused" else next_attempt(delivery.attempts, clock.now())
    if until is None:
        claims.failed(delivery, answer)
    else:
        claims.put_off(delivery, max(until, answer.not_before or until), answer)
