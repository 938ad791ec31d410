"""A spool segment read into columns: the part of draining that needs neither of the stores.

Most messages only say who did something. These are laid out side by side, as the event store takes them; all others
(those that teach, join, or cannot be taken) are only pointed at, and the drain reads them one by one. This happens in
the drain's thread or, while much comes in, in a process beside it (``reader``).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from evergrow.intake.capture import frames, messages
from evergrow.intake.capture.frames import Frame
from evergrow.intake.capture.messages import PLAIN, Bad, Ids, Message, Row

# Messages that are in memory at once, however small they are. Never more than in a version before: a part that was
# inserted there, and is read again here after a crash, must not have grown.
PART = 50_000
AT_ONCE = 1_000  # rows that are objects before they are laid out: so many fit into a processor's cache
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
    progress = Progress(file.stem, apart)
    yield from progress.go_on(frames.read(file))
    yield progress.last()


class Progress:
    """A segment that is being read: its frames up to ``end``, with ``position`` messages."""

    def __init__(self, segment: str, apart: Collection[int]) -> None:
        self.segment, self.apart = segment, apart
        self.position = self.end = 0
        self._number = 0
        self._part = _Part(segment, segment, apart)

    def go_on(self, found: Iterable[Frame]) -> Iterator[Reading]:
        """Read the frames that come next; the parts that were done before them."""
        for frame in found:
            if self.position >= PART * (self._number + 1):
                yield self._part.reading(self.end, is_last=False)
                self._number += 1
                # To the store a segment of its own: a message that an earlier part brought is a duplicate.
                self._part = _Part(self.segment, f"{self.segment}.{self._number}", self.apart)
            self.position = self._part.add(frame, self.position)
            self.end = frame.end

    def last(self) -> Reading:
        """The part that ends with the segment."""
        return self._part.reading(self.end, is_last=True)


class _Part:
    """A part that is being read."""

    def __init__(self, segment: str, name: str, apart: Collection[int]) -> None:
        self.segment, self.name, self.apart = segment, name, apart
        self.requests: list[tuple[int | bool, ...]] = []
        self.others: list[tuple[int, list[int] | None]] = []
        self.words: dict[str, int] = {}
        # Ids, event, message id, corrected and original time, position, offset.
        self.rows: list[tuple[Ids, str, str, int, int, int, int]] = []
        self.names: list[str] = []
        self.texts: list[str] = []
        self.sizes: list[int] = []
        self.places: dict[Ids, int] = {}
        self.laid_out: list[pa.Table] = []

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
        try:
            shared, items = messages.opened(frame, self.segment)
        except Exception:  # it is one message that cannot be taken
            self.others.append((len(self.requests), [0]))
            return first + 1
        others = []
        for offset, item in enumerate(items):
            try:
                row = messages.read_shortly(item, shared)
            except Exception:  # read in full it says what is wrong
                row = None
            row = row or _row(messages.read_one(frame, shared, item, first + offset, offset))
            if row is None:
                others.append(offset)
                continue
            ids, event, message_id, at, original, properties = row
            self.rows.append((ids, event, message_id, at, original, first + offset, offset))
            self.names.extend(properties)
            self.texts.extend(properties.values())
            self.sizes.append(len(properties))
        if others:
            self.others.append((len(self.requests), others))
        if len(self.rows) >= AT_ONCE:
            self._lay_out()
        return first + len(items)

    def _word(self, word: str) -> int:
        return self.words.setdefault(word, len(self.words))

    def _lay_out(self) -> None:
        """Put the rows side by side, and let go of their objects."""
        ends = np.zeros(len(self.sizes) + 1, dtype=np.int32)
        np.cumsum(np.array(self.sizes, dtype=np.int32), out=ends[1:])
        text = pa.string()
        properties = pa.MapArray.from_arrays(pa.array(ends), pa.array(self.names, text), pa.array(self.texts, text))
        ids, events, message_ids, at, originals, positions, offsets = (
            zip(*self.rows, strict=True) if self.rows else [()] * 7
        )
        places = self.places
        columns = {
            "position": pa.array(positions, pa.int64()),
            "offset": pa.array(offsets, pa.int32()),
            "ids": pa.array([places.setdefault(each, len(places)) for each in ids], pa.int32()),
            "event": pa.array(events, text),
            "message_id": pa.array(message_ids, text),
            "at": pa.array(at, pa.int64()),
            "original": pa.array(originals, pa.int64()),
            "properties": properties,
        }
        self.laid_out.append(pa.table(columns))
        self.rows, self.names, self.texts, self.sizes = [], [], [], []

    def reading(self, end: int, *, is_last: bool) -> Reading:
        self._lay_out()
        rows = pa.concat_tables(self.laid_out).combine_chunks()
        requests = np.array(self.requests, dtype=REQUEST)
        return Reading(self.name, requests, rows, list(self.places), list(self.words), self.others, end, is_last)


def _row(message: Message | Bad) -> Row | None:
    """A message that only says who did something as a row; None for the others."""
    if isinstance(message, Bad) or message.type not in PLAIN or message.traits or message.profile is not None:
        return None
    ids = (message.user, message.anonymous, message.group)
    return ids, message.event, message.message_id, message.at, message.original, message.properties
