"""A file that is read while it still grows: the same comes of it as of one that is read once it is sealed."""

import os
import random
import threading
from pathlib import Path
from typing import Any

import orjson
import pytest

from evergrow.intake.capture import ahead as reading_ahead
from evergrow.intake.capture import frames, reading
from evergrow.intake.capture.ahead import Ahead
from evergrow.intake.capture.reader import asked
from evergrow.intake.tests.capture.test_reader import ABOUT, told, tracks


def packed(*bodies: Any, **about: Any) -> bytes:
    return b"".join(frames.pack(ABOUT | about, orjson.dumps(body)) for body in bodies)


@pytest.fixture
def ahead(tmp_path: Path) -> Ahead:
    found = Ahead()
    found.folder = tmp_path
    return found


@pytest.fixture
def growing(tmp_path: Path) -> Path:
    return tmp_path / "a.open"


def sealed(file: Path) -> Path:
    return file.rename(file.with_suffix(".seg"))


def test_however_a_file_grows_the_same_comes_of_it(ahead: Ahead, growing: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(reading, "PART", 3)
    strange = {"batch": [{"type": "dance"}, {"type": "identify", "userId": "u2", "traits": {"plan": "pro"}}, 7]}
    whole = packed(tracks("1", "2"), strange, tracks("3"), "no batch", tracks("4", anonymousId="x"), {"batch": []})
    chance = random.Random(7)
    for number in range(60):
        monkeypatch.setattr(reading_ahead, "STEP", chance.choice([10, 200, 10_000]))
        file = growing.with_stem(f"a{number}")
        cuts = sorted(chance.sample(range(len(whole)), chance.randrange(6)))
        for begin, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
            with file.open("ab") as out:
                out.write(whole[begin:end])
            while ahead.step():
                pass
        file = sealed(file)
        if chance.random() < 0.5:
            ahead.step()
        assert told(ahead.read(file, set())) == told(reading.read(file))
        file.unlink()


def test_frames_that_were_taken_back_are_not_told(ahead: Ahead, growing: Path) -> None:
    for number, after in enumerate((packed(tracks("b")), packed(tracks("c"), tracks("d")), b"")):
        file = growing.with_stem(f"a{number}")
        file.write_bytes(packed(tracks("1"), tracks("a")))
        assert ahead.step()
        file.write_bytes(packed(tracks("1")) + after)
        file = sealed(file)
        ahead.step()
        assert told(ahead.read(file, set())) == told(reading.read(file))


def test_a_file_that_was_read_by_other_rules_is_read_anew(ahead: Ahead, growing: Path, monkeypatch: Any) -> None:
    for number in range(2):
        file = growing.with_stem(f"a{number}")
        file.write_bytes(packed(tracks("1", "2"), tracks("3")))
        assert ahead.step()
        monkeypatch.setattr(reading, "PART", 1)
        assert told(ahead.read(sealed(file), {1})) == told(reading.read(file.with_suffix(".seg"), {1}))


def test_another_file_that_is_asked_for_before_does_no_harm(ahead: Ahead, growing: Path) -> None:
    growing.write_bytes(packed(tracks("1")))
    assert ahead.step()
    other = growing.with_name("0.seg")
    other.write_bytes(packed(tracks("0")))
    assert told(ahead.read(other, set())) == told(reading.read(other))
    assert told(ahead.read(sealed(growing), set())) == told(reading.read(growing.with_suffix(".seg")))
    assert not ahead.step()


def test_a_file_that_is_gone_is_forgotten_and_one_that_cannot_be_read_is_left(ahead: Ahead, growing: Path) -> None:
    growing.write_bytes(packed(tracks("1")))
    assert ahead.step()
    growing.unlink()
    assert not ahead.step()
    growing.with_stem("b").write_bytes(frames.pack({"w": 1}, b"{}"))
    assert not ahead.step()
    assert not ahead.step()
    with pytest.raises(KeyError):
        list(ahead.read(sealed(growing.with_stem("b")), set()))


def test_small_files_are_not_looked_into(ahead: Ahead, growing: Path) -> None:
    growing.write_bytes(packed(tracks("1")))
    ahead.least = growing.stat().st_size + 1
    assert not ahead.step()
    ahead.least -= 1
    assert ahead.step()


def test_who_waits_for_lines_does_something_meanwhile() -> None:
    ours, theirs = os.pipe()
    done: list[int] = []
    enough = threading.Event()

    def meanwhile() -> bool:
        done.append(1)
        if len(done) == 3:
            enough.set()
        return len(done) < 3

    def ask() -> None:
        os.write(theirs, b"one\ntwo\nth")
        enough.wait(10)
        os.write(theirs, b"ree\n")
        os.close(theirs)

    asking = threading.Thread(target=ask)
    asking.start()
    assert list(asked(ours, meanwhile)) == [b"one", b"two", b"three"]
    asking.join()
    os.close(ours)
    assert len(done) >= 3
