"""From what was read of a segment to events: who they are of, what cannot be taken, columns for the event store."""

import logging
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from evergrow.customers import overrides
from evergrow.intake.capture import nobody, people, profile, reattribution
from evergrow.intake.capture.identity import Everyone, Who
from evergrow.intake.capture.messages import Bad, Message
from evergrow.intake.capture.plain import Meeting, Plain, Source, Stored, in_order
from evergrow.intake.capture.reading import Numbers
from evergrow.intake.capture.rejects import keep
from evergrow.intake.capture.spool import begun_at
from evergrow.intake.personal import consent, refusing
from evergrow.intake.personal.closely import must_be_read
from evergrow.intake.pipeline.tally import Arrivals, Tally
from evergrow.intake.plan import violations
from evergrow.intake.plan.check import Check
from evergrow.workspaces.models import Workspace

log = logging.getLogger(__name__)
PLACES = 22  # bits of an event's sequence that say its place in the segment


@dataclass(slots=True)
class Lot:
    """One workspace's messages of a part: those laid out, the others, and those that cannot be taken."""

    plain: Plain
    good: list[Message] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.plain) + len(self.good)

    def take_apart(self) -> None:
        """Read one by one what was laid out."""
        self.good = in_order([*self.good, *self.plain.messages(np.arange(len(self.plain)))])
        self.plain = Plain(self.plain.source, self.plain.rows.slice(0, 0))


@dataclass(slots=True)
class Part:
    """Some messages of a segment by workspace, to be inserted under ``name``; its last frame ends at ``end``."""

    name: str
    tally: Tally
    lots: dict[int, Lot] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    end: int = 0
    is_last: bool = False


@dataclass(slots=True)
class Batch:
    """One workspace's events of a part, ready to be inserted and counted, and the messages that were refused.

    ``flagged`` are the positions of messages that go on although they went against the plan.
    """

    workspace: Workspace
    segment: str
    columns: dict[str, Any]
    stored: Arrivals
    bad: list[Bad]
    flagged: set[int]
    changes_owners: bool = False  # stored events are to be rewritten, since something came late


def part_of(source: Source) -> Part:
    """What was read, workspace by workspace; the messages that are not laid out are read now."""
    reading = source.reading
    part = Part(reading.name, Tally(reading.name), end=reading.end, is_last=reading.is_last)
    part.tally.see(reading.requests)
    part.used.update(np.unique(reading.requests["key"]).tolist())
    for workspace in np.unique(reading.requests["workspace"]).tolist():
        part.lots[workspace] = Lot(Plain(source, rows_of(source, workspace)))
    for request, offsets in reading.others:
        lot = part.lots[int(reading.requests["workspace"][request])]
        for found in source.read(request, offsets):
            if isinstance(found, Bad):
                lot.bad.append(found)
            else:
                lot.good.append(found)
    return part


def rows_of(source: Source, workspace: int) -> pa.Table:
    """The rows of one workspace."""
    rows, owners = source.reading.plain, source.reading.requests["workspace"]
    if (owners == workspace).all():
        return rows
    of_rows = owners[source.requests_of(rows["position"].to_numpy())]
    return rows.filter(pa.array(of_rows == workspace))


def prepare(part: Part) -> list[Batch]:
    """Write down who they are and what cannot be taken; the events to insert, workspace by workspace."""
    workspaces = Workspace.objects.in_bulk(part.lots)
    for gone in part.lots.keys() - workspaces.keys():
        log.warning("The workspace %s is gone; %s events for it are dropped.", gone, len(part.lots[gone]))
    return [bring(workspace, part.lots.pop(key), part.name) for key, workspace in workspaces.items()]


def bring(workspace: Workspace, lot: Lot, segment: str) -> Batch:
    """One workspace's messages of a part as events. What cannot be followed joins ``bad``, which is kept as rejects."""
    check = Check(workspace, segment)
    refused_ids = nobody.ids(workspace)
    if refused_ids or not check.is_idle or must_be_read(workspace, lot.plain.rows, lot.plain.source.reading.ids):
        lot.take_apart()
    plain, bad = lot.plain, lot.bad
    good, refused = check.enforce(lot.good)
    good, nobodys = nobody.strike(good, refused_ids)
    bad += refused + nobodys
    good, bad = refusing.refuse(workspace, good, bad)
    check.look_at(plain.some(violations.LOOKED_AT, violations.LOOKED_AT_EACH))
    everyone = Everyone(workspace, in_order([*good, *plain.spoken()]))
    meeting, seen = Meeting(everyone, plain), []
    for message in good:
        meeting.until(message.position)
        seen.append((message, everyone.see(message)))
    meeting.until()
    with transaction.atomic():
        merged = people.save(everyone)
        profile.apply(workspace, [(number_of(who), message) for message, (who, _) in seen if message.profile])
        consent.note(workspace, ((number_of(who), message) for message, (who, _) in seen))
    keep(workspace, check.masked(bad), segment)
    check.record()
    if merged:
        overrides.write(merged)
    stored = meeting.stored(seen)
    late = reattribution.is_waiting(workspace)
    return Batch(workspace, segment, columns(stored, segment), tallied(stored), bad, check.flagged, late)


def columns(stored: Stored, segment: str) -> dict[str, Any]:
    """The events as columns for ``insert_events``."""
    rows, reading = stored.rows, stored.source.reading
    requests = reading.requests[stored.requests]
    return {
        "event": rows["event"],
        "at": _moments(rows["at"].to_numpy()),
        "message_id": rows["message_id"],
        "person": stored.people,
        "account": stored.accounts,
        "distinct_id": pa.array([user or anonymous for user, anonymous, _ in stored.ids], pa.string()).take(
            rows["ids"]
        ),
        "sequence": _sequence(stored.positions, segment),
        "properties": rows["properties"],
        "original_at": _moments(rows["original"].to_numpy()),
        "received_at": _moments(requests["received"]),
        "source": pa.array(reading.words, pa.string()).take(pa.array(requests["source"])),
    }


def tallied(stored: Stored) -> Arrivals:
    """The same for the counts by source: one client a request, whose messages share an envelope."""
    reading, properties = stored.source.reading, stored.rows["properties"]
    which, firsts = np.unique(stored.requests, return_index=True)
    rows = properties.take(pa.array(firsts))
    names, versions = (pc.map_lookup(rows, pa.scalar(name), "first") for name in ("library.name", "library.version"))
    requests = reading.requests[which]
    formats = [reading.words[place] for place in requests["format"].tolist()]
    clients = list(zip(firsts.tolist(), names.to_pylist(), versions.to_pylist(), formats, strict=True))
    requests = reading.requests[stored.requests]
    return Arrivals(stored.positions, requests["key"], requests["received"], clients)


def _sequence(positions: Numbers, segment: str) -> np.ndarray[Any, Any]:
    """Numbers that order events of the same time as they were sent: the segment's beginning, then the place in it."""
    places = np.minimum(positions.astype(np.uint64), np.uint64((1 << PLACES) - 1))
    return places | np.uint64(begun_at(segment) << PLACES)


def number_of(who: Who | None) -> int:
    """The person's number once saved, 0 for nobody."""
    return who.root().number if who is not None else 0


def _moments(milliseconds: Numbers) -> Numbers:
    return milliseconds.astype("datetime64[ms]")
