"""Segments read in a process beside the server: the same comes of it, whatever happens to the process."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from evergrow import warehouse
from evergrow.customers.models import Account, Affiliation, Identifier, Person
from evergrow.intake.capture import drain as draining
from evergrow.intake.capture import frames, plain, reading
from evergrow.intake.capture.reader import Reader, ReaderFailed
from evergrow.intake.models import Reject
from evergrow.intake.tests.capture.stage import Door
from evergrow.workspaces.actions.keys import create_key
from evergrow.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ABOUT = {"w": 1, "k": 2, "s": "Web", "f": "segment", "t": "batch", "r": 1_774_411_200_000}
NUMBER = 14


@pytest.fixture
def beside() -> Iterator[Reader]:
    found = Reader(1)
    yield found
    found.stop()


def segment(folder: Path, name: str, *bodies: Any, **about: Any) -> Path:
    file = folder / f"{name}.seg"
    file.write_bytes(b"".join(frames.pack(ABOUT | about, orjson.dumps(body)) for body in bodies))
    return file


def tracks(*ids: str, **fields: Any) -> dict[str, Any]:
    known = {"type": "track", "event": "login", "userId": "u1", "properties": {"n": 1, "deep": {"a": [1]}}}
    return {"batch": [known | {"messageId": each} | fields for each in ids]}


def told(parts: Iterator[reading.Reading]) -> list[Any]:
    """What was read, in a form that can be compared."""
    return [
        (each.name, each.requests.tolist(), each.plain.to_pylist(), each.ids, each.words, each.others, each.end)
        for each in parts
    ]


def test_what_the_process_reads_is_what_is_read_here(tmp_path: Path, beside: Reader, monkeypatch: Any) -> None:
    monkeypatch.setattr(reading, "PART", 3)
    strange = {"batch": [{"type": "dance"}, {"type": "identify", "userId": "u2", "traits": {"plan": "pro"}}, 7]}
    file = segment(tmp_path, "a", tracks("1", "2"), strange, tracks("3"), "no batch", tracks("4", anonymousId="x"))
    here = told(reading.read(file))
    assert told(beside.read(file, set())) == here
    assert [part[0] for part in here] == ["a", "a.1", "a.2"]
    assert here[0][5] == [(1, [0, 1, 2])]
    assert beside.pid is not None


def test_messages_of_workspaces_with_rules_are_only_pointed_at(tmp_path: Path, beside: Reader) -> None:
    file = segment(tmp_path, "a", tracks("1", "2"), tracks("3"))
    ((_, requests, rows, _, _, others, _),) = told(beside.read(file, {1}))
    assert (rows, others, [row[6] for row in requests]) == ([], [(0, None), (1, None)], [0, 2])


def test_the_next_segment_is_read_ahead_and_another_order_does_no_harm(tmp_path: Path, beside: Reader) -> None:
    files = [segment(tmp_path, name, tracks(name)) for name in "abc"]
    list(beside.read(files[0], set(), [files[1]]))
    assert list(beside._asked) == [files[1]]
    for file in (files[2], files[1], files[0]):
        assert told(beside.read(file, set())) == told(reading.read(file))


def test_a_segment_that_is_left_halfway_is_read_again_from_its_beginning(
    tmp_path: Path, beside: Reader, monkeypatch: Any
) -> None:
    monkeypatch.setattr(reading, "PART", 1)
    file = segment(tmp_path, "a", tracks("1"), tracks("2"), tracks("3"))
    for part in beside.read(file, set()):
        assert part.name == "a"
        break
    assert told(beside.read(file, set())) == told(reading.read(file))


def test_a_process_that_is_killed_costs_nothing(tmp_path: Path, beside: Reader, monkeypatch: Any) -> None:
    monkeypatch.setattr(reading, "PART", 1)
    file = segment(tmp_path, "a", tracks("1"), tracks("2"), tracks("3"))
    parts = beside.read(file, set())
    got = [next(parts)]
    assert beside.pid is not None
    os.kill(beside.pid, signal.SIGKILL)
    beside._process.wait()
    got += parts
    assert told(iter(got)) == told(reading.read(file))


def test_after_a_failure_segments_are_read_here_for_a_while(tmp_path: Path, beside: Reader, monkeypatch: Any) -> None:
    def fails(_file: Path, _apart: Any) -> None:
        raise ReaderFailed("no room for another process")

    file = segment(tmp_path, "a", tracks("1"))
    monkeypatch.setattr(beside, "_ask", fails)
    assert told(beside.read(file, set())) == told(reading.read(file))
    monkeypatch.undo()
    list(beside.read(file, set()))
    assert beside.pid is None
    monkeypatch.setattr(beside, "_not_before", 0)
    list(beside.read(file, set()))
    assert beside.pid is not None


def test_a_small_segment_needs_no_process(tmp_path: Path) -> None:
    beside = Reader(512 * 1024)
    assert len(list(beside.read(segment(tmp_path, "a", tracks("1")), set()))) == 1
    assert beside.pid is None


def test_a_segment_that_cannot_be_read_is_told_as_one(tmp_path: Path, beside: Reader) -> None:
    file = tmp_path / "a.seg"
    file.write_bytes(frames.pack({"w": 1}, b"{}"))
    with pytest.raises(KeyError):
        list(beside.read(file, set()))


def test_the_process_ends_when_nobody_asks_any_more(tmp_path: Path, beside: Reader) -> None:
    list(beside.read(segment(tmp_path, "a", tracks("1")), set()))
    process = beside._process
    process.stdin.close()
    assert process.wait(10) == 0


def mixed(shared_devices: bool) -> list[dict[str, Any]]:
    """Messages of every kind, in an order that matters; also of anonymous ids that change hands."""
    found: list[dict[str, Any]] = []
    for number in range(NUMBER):
        user, anonymous = f"u{number % 5}", f"a{number % 7}"
        found += [
            {"type": "track", "event": "open", "userId": user, "timestamp": f"2026-03-{number % 9 + 10}T04:00:00Z"},
            {"type": "track", "event": "login", "userId": user, "context": {"groupId": f"g{number % 3}"}},
            {"type": "page", "name": "Home", "userId": f"{user}@x.cn", "properties": {"n": number}},
        ]
        if shared_devices:
            found += [
                {"type": "track", "event": "open", "anonymousId": anonymous},
                {"type": "track", "event": "open", "anonymousId": anonymous, "userId": user},
            ]
        if number % 6 == 0:
            found += [
                {"type": "identify", "userId": user, "traits": {"email": f"{user}@x.cn"}},
                {"type": "group", "userId": user, "groupId": "g1", "traits": {"name": "One"}},
                {"type": "track", "userId": user},
                {"type": "alias", "userId": user, "previousId": f"a{(number + 1) % 7}"},
            ]
    return [{"messageId": f"m{place}"} | each for place, each in enumerate(found)]


def state(workspace: Workspace) -> list[Any]:
    """What is in both stores."""
    which = {"workspace_id": workspace.pk}
    mine = "where workspace_id = {workspace_id:UInt32}"
    kinds = "event, property, groupBitOr(kinds)"
    rows = Affiliation.objects.filter(person__workspace=workspace)
    return [
        warehouse.rows(f"select {EVENT} from events {mine} order by sequence", **which),
        warehouse.rows(f"select {COUNTS} from pipeline_minutes {mine}", **which),
        warehouse.rows(f"select {kinds} from property_kinds {mine} group by 1, 2 order by 1, 2", **which),
        sorted(Identifier.objects.filter(workspace=workspace).values_list("kind", "value", "person__number")),
        list(Person.objects.filter(workspace=workspace).order_by("number").values_list(*PERSON)),
        list(Account.objects.filter(workspace=workspace).order_by("number").values_list(*ACCOUNT)),
        sorted(rows.values_list("person__number", "account__number")),
        sorted(Reject.objects.filter(workspace=workspace).values_list("code", "detail")),
    ]


EVENT = "event, at, original_at, received_at, day, person, account, message_id, distinct_id, properties, source"
COUNTS = "sum(accepted), sum(duplicates), sum(rejected), sum(bytes), sumMap(lags), sumMap(clients), sumMap(reasons)"
ACCOUNT = ("number", "external_id", "name", "signed_up_on")
PERSON = ("number", "is_anonymous", "email", "traits", "first_seen_at", "last_seen_at")


@pytest.mark.parametrize("size", [7, 200])
@pytest.mark.parametrize("shared_devices", [False, True])
def test_rows_side_by_side_come_to_the_same_as_messages_one_by_one(
    door: Door, workspace: Workspace, monkeypatch: Any, frozen: Any, size: int, shared_devices: bool
) -> None:
    other = Workspace.objects.create(slug="other", name="Other", zone="Asia/Shanghai", currency="CNY")
    _, secret = create_key(workspace=other, kind="write", name="Web", by=None)
    monkeypatch.setattr(draining, "set_apart", lambda: {other.pk})
    monkeypatch.setattr(plain, "LONG_ENOUGH", 3)
    # Both workspaces' messages must lie in the same files, however slow the machine is.
    monkeypatch.setattr("evergrow.intake.capture.spool.SEAL_SECONDS", 600)
    sent = mixed(shared_devices)
    for place, start in enumerate(range(0, len(sent), size)):
        for key in (door.key, secret):
            assert door.post("/v1/batch", {"batch": sent[start : start + size]}, key=key).status == 200
        if place % 20 == 0:
            door.drain()
    door.drain()
    assert len(state(workspace)[0]) >= NUMBER
    for here, there in zip(state(workspace), state(other), strict=True):
        assert here == there
