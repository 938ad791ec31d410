"""Messages of people who were erased: refused with the reason “erased”, and nothing of them is kept."""

from collections.abc import Iterator
from typing import Any

import orjson

from evergrow.customers.privacy.digests import erased_among, has_erased
from evergrow.intake.capture.messages import Bad, Message
from evergrow.workspaces.models import Workspace

CODE = "erased"
NOTHING = b'{"erased": true}'


def refuse(workspace: Workspace, good: list[Message], bad: list[Bad]) -> tuple[list[Message], list[Bad]]:
    """The messages that may go on, and the refusals: those of erased people among them, emptied."""
    if not has_erased(workspace.pk):
        return good, bad
    said = {value for message in good for value in _ids(message)}
    texts = [(each, set(_texts(each.raw))) for each in bad]
    said.update(text for _each, found in texts for text in found)
    gone = erased_among(workspace.pk, said)
    if not gone:
        return good, bad
    for each, found in texts:
        if found & gone:
            each.raw, each.detail = NOTHING, ""
    kept = [message for message in good if not gone.intersection(_ids(message))]
    refused = [_emptied(message) for message in good if gone.intersection(_ids(message))]
    return kept, [*bad, *refused]


def _ids(message: Message) -> Iterator[str]:
    """Every id by which a message names somebody."""
    yield from filter(None, (message.user, message.anonymous, message.previous))
    email = message.traits.get("email") if message.traits else None
    if isinstance(email, str) and email:
        yield email.strip().lower()


def _emptied(message: Message) -> Bad:
    envelope = {name: value for name, value in message.envelope.items() if name in ("format", "kind", "sentAt")}
    return Bad(message.position, CODE, "", NOTHING, message.source, message.key_id, message.received, envelope)


def _texts(raw: bytes) -> Iterator[str]:
    """Every short text in a refused message, names of keys left out."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return
    waiting: list[Any] = [found]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, str) and len(each) <= 250:
            yield each
