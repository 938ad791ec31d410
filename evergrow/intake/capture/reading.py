"""A spool segment read into columns: the part of draining that needs neither of the stores.

Most messages only say who did something. These are laid out side by side, as the event store takes them; all others
(those that teach, join, or cannot be taken) are only pointed at, and the drain reads them one by one. This happens in
the drain's thread or, while much comes in, in a process beside it (``reader``).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from evergrow.intake.capture import frames, messages
from evergrow.intake.capture.frames import Frame
from evergrow.intake.capture.messages import Message

# Messages that are in memory at once, however small they are. Never more than in a version before: a part that was
# inserted there, and is read again here after a crash, must not have grown.
PART = 50_000
PLAIN = frozenset(("track", "page", "screen"))
REQUEST = np.dtype(
    [
        ("place", "i8"),
        ("end", "i8"),
        ("workspace", "i8"),
        ("key", "i8"),
        ("received", "i8"),
        ("size", "i8"),
        ("first", "i8"),
        ("source", "i4"),
        ("format", "i4"),
        ("is_again", "?"),
    ]
)
Ids = tuple[str, str, str]  # user, anonymous id, account
Numbers = np.ndarray[Any, Any]


@dataclass(slots=True)
class Reading:
    """A part of a segment, to be inserted under ``name``.

    ``requests`` are its frames (dtype ``REQUEST``; ``first`` is the position of the first message, ``source`` and
    ``format`` are places in ``words``). ``plain`` has a row for each message that only says who did something; its
    ``ids`` are places in the list ``ids``. ``others`` are the remaining ones: a request, and the offsets of its
    messages, or None for all of them. ``end`` is the end of the last frame.
    """

    name: str
    requests: Numbers
    plain: pa.Table
    ids: list[Ids]
    words: list[str]
    others: list[tuple[int, list[int] | None]]
    end: int
    is_last: bool


def read(file: Path, apart: Collection[int] = ()) -> Iterator[Reading]:
    """A segment in parts, cut at the same places whenever it is read.

    ``apart`` are workspaces none of whose messages is laid out.
    """
    segment, position, number, end = file.stem, 0, 0, 0
    part = _Part(segment, segment, apart)
    for frame in frames.read(file):
        if position >= PART * (number + 1):
            yield part.reading(end, is_last=False)
            number += 1
            # To the store a segment of its own: a message that an earlier part brought is a duplicate.
            part = _Part(segment, f"{segment}.{number}", apart)
        position = part.add(frame, position)
        end = frame.end
    yield part.reading(end, is_last=True)


class _Part:
    """A part that is being read."""

    def __init__(self, segment: str, name: str, apart: Collection[int]) -> None:
        self.segment, self.name, self.apart = segment, name, apart
        self.requests: list[tuple[int | bool, ...]] = []
        self.others: list[tuple[int, list[int] | None]] = []
        self.ids: dict[Ids, int] = {}
        self.words: dict[str, int] = {}
        self.positions: list[int] = []
        self.offsets: list[int] = []
        self.whose: list[int] = []
        self.events: list[str] = []
        self.message_ids: list[str] = []
        self.at: list[int] = []
        self.originals: list[int] = []
        self.names: list[str] = []
        self.texts: list[str] = []
        self.sizes: list[int] = []

    def add(self, frame: Frame, first: int) -> int:
        """Read a request whose messages are numbered from ``first``; the number after its last one."""
        about = frame.about
        is_again = "again" in about
        if is_again or "bad" in about or about["w"] in self.apart:
            self.others.append((len(self.requests), None))
            next_one = first + messages.count(frame, self.segment)
        else:
            next_one = self._read(frame, first)
        words = (self._word(about["s"]), self._word(about.get("f", "segment")))
        self.requests.append(
            (frame.place, frame.end, about["w"], about["k"], about["r"], len(frame.body), first, *words, is_again)
        )
        return next_one

    def _read(self, frame: Frame, first: int) -> int:
        next_one, others = first, []
        for found in messages.read(frame, self.segment, first):
            if isinstance(found, Message) and is_plain(found):
                self._lay_out(found)
            else:
                others.append(found.position - first)
            next_one = found.position + 1
        if others:
            self.others.append((len(self.requests), others))
        return next_one

    def _lay_out(self, message: Message) -> None:
        ids = (message.user, message.anonymous, message.group)
        whose = self.ids.get(ids)
        if whose is None:
            whose = self.ids[ids] = len(self.ids)
        properties = message.properties
        self.whose.append(whose)
        self.positions.append(message.position)
        self.offsets.append(message.offset)
        self.events.append(message.event)
        self.message_ids.append(message.message_id)
        self.at.append(message.at)
        self.originals.append(message.original)
        self.names.extend(properties)
        self.texts.extend(properties.values())
        self.sizes.append(len(properties))

    def _word(self, word: str) -> int:
        return self.words.setdefault(word, len(self.words))

    def reading(self, end: int, *, is_last: bool) -> Reading:
        ends = np.zeros(len(self.sizes) + 1, dtype=np.int32)
        np.cumsum(np.array(self.sizes, dtype=np.int32), out=ends[1:])
        text = pa.string()
        properties = pa.MapArray.from_arrays(pa.array(ends), pa.array(self.names, text), pa.array(self.texts, text))
        columns = {
            "position": pa.array(self.positions, pa.int64()),
            "offset": pa.array(self.offsets, pa.int32()),
            "ids": pa.array(self.whose, pa.int32()),
            "event": pa.array(self.events, text),
            "message_id": pa.array(self.message_ids, text),
            "at": pa.array(self.at, pa.int64()),
            "original": pa.array(self.originals, pa.int64()),
            "properties": properties,
        }
        requests = np.array(self.requests, dtype=REQUEST)
        return Reading(
            self.name, requests, pa.table(columns), list(self.ids), list(self.words), self.others, end, is_last
        )


def is_plain(message: Message) -> bool:
    """Whether a message only says who did something."""
    return message.type in PLAIN and not message.traits and message.profile is None
