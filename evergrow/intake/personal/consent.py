"""Consent that comes in with events and imports."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b

from django.core.exceptions import ValidationError

from evergrow.customers.models import Channel, Person, Purpose
from evergrow.customers.privacy.consent import record_consent
from evergrow.intake.capture.messages import Message
from evergrow.intake.kinds.kind import Chunk
from evergrow.workspaces.models import Workspace

EVENT = "evergrow.consent"
COLUMN = "consent."
YES = {"yes", "true", "1", "y", "granted", "agrees", "是", "同意"}
NO = {"no", "false", "0", "n", "withdrawn", "否", "不同意", "撤回"}
Said = tuple[int, str, str, bool]


def note(workspace: Workspace, seen: Iterable[tuple[int, Message]]) -> int:
    """Write down the consents among a segment's messages, each once; how many. Unknown purposes are passed over.

    To be called in the transaction that saves the people; the events themselves are stored like any others.
    """
    spoken = [(number, message) for number, message in seen if message.event == EVENT and number]
    if not spoken:
        return 0
    people = {
        each.number: each
        for each in Person.objects.filter(workspace=workspace, number__in={number for number, _message in spoken})
    }
    return sum(_note(people[number], message) for number, message in spoken if number in people)


def _note(person: Person, message: Message) -> bool:
    said = message.properties
    granted = read(said.get("granted", ""))
    version = said.get("text_version", "")
    if granted is None:
        return False
    try:
        record_consent(
            person=person,
            purpose=said.get("purpose", ""),
            channel=said.get("channel", Channel.WEB.value),
            granted=granted,
            by=None,
            at=datetime.fromtimestamp(message.at / 1000, UTC),
            source="event",
            method=said.get("method", ""),
            text_version=int(version) if version.isascii() and version.isdigit() and len(version) < 6 else None,
            ip=said.get("ip", said.get("$ip", "")),
            url=said.get("url", ""),
            token="event " + blake2b(message.message_id.encode(), digest_size=16).hexdigest(),
        )
    except ValidationError:
        return False
    return True


def read(text: str) -> bool | None:
    """Whether a text says yes or no; None where it says neither."""
    word = text.strip().lower()
    return True if word in YES else False if word in NO else None


def taken(chunk: Chunk) -> list[Said]:
    """The consents in a chunk's kept columns ``consent.purpose.channel``, as (row, purpose, channel, granted).

    The columns are taken out, so that they do not become properties of the person. Cells that say neither yes nor no,
    and purposes that the workspace does not have, stay as properties, where somebody sees them.
    """
    if not any(name.startswith(COLUMN) for row in chunk.kept for name in row):
        return []
    purposes = set(Purpose.objects.filter(workspace=chunk.workspace).values_list("key", flat=True))
    found: list[Said] = []
    for index, row in enumerate(chunk.kept):
        for name in [name for name in row if name.startswith(COLUMN)]:
            purpose, _dot, channel = name.removeprefix(COLUMN).partition(".")
            granted = read(row[name])
            if granted is not None and purpose in purposes and channel in Channel.values:
                del row[name]
                found.append((index, purpose, channel, granted))
    return found


def write(chunk: Chunk, people: Sequence[int], said: list[Said]) -> None:
    """Record what ``taken`` found; ``people`` holds the primary key of each row's person."""
    if not said:
        return
    rows = Person.objects.select_related("workspace").in_bulk({people[index] for index, *_rest in said})
    for index, purpose, channel, granted in said:
        record_consent(
            person=rows[people[index]],
            purpose=purpose,
            channel=channel,
            granted=granted,
            by=None,
            source="import",
            method=chunk.source.file_name,
            token=f"import {chunk.source.pk} {chunk.lines[index]} {purpose} {channel}"[:80],
        )
