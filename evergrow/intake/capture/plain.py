"""A workspace's messages of a part that only say who did something: whose they are, and their columns.

They never become objects one by one, but for the few that are looked at closely.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa

from evergrow.intake.capture import frames, messages
from evergrow.intake.capture.identity import Everyone, Firm, Who
from evergrow.intake.capture.messages import Bad, Message, Sent
from evergrow.intake.capture.reading import Ids, Numbers, Reading
from evergrow.intake.events import properties_column

Found = tuple[Who | None, Firm | None]
LONG_ENOUGH = 64  # rows that are worth sorting


@dataclass(slots=True)
class Source:
    """Where a part was read from: its segment's file, and what was read."""

    file: Path
    reading: Reading

    def requests_of(self, positions: Numbers) -> Numbers:
        """In which request the messages at these positions came."""
        found: Numbers = np.searchsorted(self.reading.requests["first"], positions, side="right") - 1
        return found

    def read(self, request: int, offsets: Iterable[int] | None) -> Iterator[Message | Bad]:
        """Messages of a request, one by one."""
        row = self.reading.requests[request]
        frame = frames.at(self.file, int(row["place"]), int(row["end"]))
        only = None if offsets is None else set(offsets)
        return messages.read(frame, self.file.stem, int(row["first"]), only)


class Plain:
    """The rows of one workspace, in the order in which they were sent."""

    def __init__(self, source: Source, rows: pa.Table) -> None:
        self.source, self.rows = source, rows
        self.positions: Numbers = rows["position"].to_numpy()
        self.ids: Numbers = rows["ids"].to_numpy()
        self.at: Numbers = rows["at"].to_numpy()
        self.offsets: Numbers = rows["offset"].to_numpy()

    def __len__(self) -> int:
        return len(self.positions)

    def spoken(self) -> list[Message]:
        """For everyone who is spoken of the earliest message."""
        moments = self.at * 1000 + np.minimum(self.offsets, 999)
        order = np.argsort(moments, kind="stable")
        _, firsts = np.unique(self.ids[order], return_index=True)
        return [self._spoken(row) for row in np.sort(order[firsts]).tolist()]

    def _spoken(self, row: int) -> Message:
        ids = self.source.reading.ids[self.ids[row]]
        return spoken(ids, int(self.positions[row]), int(self.at[row]), int(self.offsets[row]))

    def messages(self, rows: Sequence[int] | Numbers) -> Iterator[Message]:
        """Some of the messages as they were sent, in their order."""
        wanted = np.asarray(rows)
        requests = self.source.requests_of(self.positions[wanted])
        for request in np.unique(requests).tolist():
            offsets = self.offsets[wanted[requests == request]].tolist()
            for found in self.source.read(request, offsets):
                if isinstance(found, Message):
                    yield found

    def some(self, most: int, each: int) -> Iterator[Message]:
        """A few messages, spread over all: of ``most`` not more than ``each`` of an event."""
        rows = np.arange(0, len(self), max(1, len(self) // most))
        events = np.array(self.rows["event"].take(pa.array(rows)).to_pylist(), dtype=object)
        chosen = [rows[events == event][:each] for event in dict.fromkeys(events)]
        return self.messages(np.sort(np.concatenate(chosen))) if chosen else iter(())


def spoken(ids: Ids, position: int, at: int, offset: int) -> Message:
    """As much of a message as says whose it is."""
    nothing = cast(Sent, None)
    return Message(position, "track", "", "", *ids, "", {}, {}, at, at, at, "", 0, nothing, offset)


class Stored(NamedTuple):
    """All events of a workspace's part in the order in which they were sent, by column; numbers of people and accounts.

    ``rows`` are like those of ``Reading.plain``, and their ``ids`` places in this list of ``ids``.
    """

    source: Source
    rows: pa.Table
    ids: list[Ids]
    positions: Numbers
    requests: Numbers
    people: Numbers
    accounts: Numbers


class Meeting:
    """Everyone meets the rows and the other messages of a part, in the order in which they were sent."""

    def __init__(self, everyone: Everyone, plain: Plain) -> None:
        self.everyone, self.plain = everyone, plain
        self.found: list[Found] = []
        self.place = np.zeros(len(plain), dtype=np.int64)
        self._met = 0
        self._places: dict[int, int] = {}
        self._speaking: list[Message] = []
        # An anonymous id may change hands from one message to the next, and each is asked for.
        self._is_simple = not any(anonymous for _, anonymous, _ in plain.source.reading.ids)

    def until(self, position: int | None = None) -> None:
        """Meet the rows before this position, or all that are left."""
        positions = self.plain.positions
        end = len(positions) if position is None else int(np.searchsorted(positions, position))
        if self._is_simple and end - self._met >= LONG_ENOUGH:
            self._meet_together(self._met, end)
        else:
            self._meet_each(self._met, end)
        self._met = end

    def stored(self, seen: Sequence[tuple[Message, Found]]) -> Stored:
        """The rows and the other messages, once everyone is saved and has a number."""
        source, rows = self.plain.source, self.plain.rows
        people, accounts = (_numbers(each, self.found)[self.place] for each in (person_of, account_of))
        ids = source.reading.ids
        if seen:
            all_ids = {each: place for place, each in enumerate(ids)}
            rows = pa.concat_tables([rows, table_of([message for message, _ in seen], all_ids)])
            ids, found = list(all_ids), [each for _, each in seen]
            order = np.argsort(rows["position"].to_numpy(), kind="stable")
            rows = rows.take(pa.array(order)).combine_chunks()
            people = np.concatenate((people, _numbers(person_of, found)))[order]
            accounts = np.concatenate((accounts, _numbers(account_of, found)))[order]
        positions = rows["position"].to_numpy()
        return Stored(source, rows, ids, positions, source.requests_of(positions), people, accounts)

    def _meet_each(self, begin: int, end: int) -> None:
        plain, places = self.plain, self._places
        if not self._speaking:
            self._speaking = [spoken(ids, 0, 0, 0) for ids in plain.source.reading.ids]
        columns = [column[begin:end].tolist() for column in (plain.ids, plain.at, plain.offsets)]
        for row, (whose, at, offset) in enumerate(zip(*columns, strict=True), begin):
            message = self._speaking[whose]
            message.at, message.offset = at, offset
            found = self._see(message)
            place = places.get(id(found))
            if place is None:
                place = places[id(found)] = len(self.found)
                self.found.append(found)
            self.place[row] = place

    def _meet_together(self, begin: int, end: int) -> None:
        """Rows between which nobody learns anything: the first of each person's, then the rest by their times alone."""
        plain = self.plain
        ids, at = plain.ids[begin:end], plain.at[begin:end]
        _, firsts, place = np.unique(ids, return_index=True, return_inverse=True)
        order = np.lexsort((at, ids))
        ends = np.cumsum(np.bincount(place))
        earliest, latest = at[order[np.concatenate(([0], ends[:-1]))]].tolist(), at[order[ends - 1]].tolist()
        found: list[Found] = [(None, None)] * len(firsts)
        for which in np.argsort(firsts).tolist():
            seen = found[which] = self._see(plain._spoken(begin + int(firsts[which])))
            if seen[0] is not None:
                _widen(seen[0], earliest[which], latest[which])
        self.place[begin:end] = place + len(self.found)
        self.found += found

    def _see(self, message: Message) -> Found:
        found = self.everyone.see(message)
        if found is None:
            raise LookupError("A message that only says who did something cannot be against a merge.")
        return found


def in_order(found: list[Message]) -> list[Message]:
    """Messages in the order in which they were sent."""
    return sorted(found, key=attrgetter("position"))


def person_of(found: Found) -> int:
    """The person's number once saved, 0 for nobody."""
    return found[0].root().number if found[0] is not None else 0


def account_of(found: Found) -> int:
    """The account's number once saved, 0 for none."""
    return found[1].number if found[1] is not None else 0


def _numbers(of: Callable[[Found], int], found: Sequence[Found]) -> Numbers:
    return np.fromiter(map(of, found), np.uint32, len(found))


def _widen(who: Who, earliest: int, latest: int) -> None:
    who.first = earliest if who.first is None else min(who.first, earliest)
    who.last = latest if who.last is None else max(who.last, latest)


def table_of(found: Sequence[Message], ids: dict[Ids, int]) -> pa.Table:
    """Messages as rows like those of ``Reading.plain``, where ids that are new join ``ids``."""
    whose = [ids.setdefault((each.user, each.anonymous, each.group), len(ids)) for each in found]
    columns: dict[str, Any] = {
        "position": pa.array([each.position for each in found], pa.int64()),
        "offset": pa.array([each.offset for each in found], pa.int32()),
        "ids": pa.array(whose, pa.int32()),
        "event": pa.array([each.event for each in found], pa.string()),
        "message_id": pa.array([each.message_id for each in found], pa.string()),
        "at": pa.array([each.at for each in found], pa.int64()),
        "original": pa.array([each.original for each in found], pa.int64()),
        "properties": properties_column([each.properties for each in found]),
    }
    return pa.table(columns)
