"""Settings are documented, typed and loud."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from evergrow.lib import env, secrets_file

ROOT = Path(__file__).resolve().parents[2]


def test_every_setting_stands_in_its_page_and_the_other_way_round():
    sources = [p for p in (ROOT / "evergrow").rglob("*.py") if "tests" not in p.parts]
    read = {n for p in sources for n in re.findall(r'env\.\w+\(\s*"(EVERGROW_\w+)"', p.read_text())}
    assert read == set(re.findall(r"^\| `(EVERGROW_\w+)`", (ROOT / "docs/settings.md").read_text(), re.M))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("EVERGROW_DEBUG", "perhaps", "neither yes nor no"),
        ("EVERGROW_DATABASE_URL", "mysql://here/db", "must look like postgres://"),
        ("EVERGROW_UPLOAD_LIMIT_MIB", "many", "not a whole number"),
        ("EVERGROW_UPLOAD_LIMIT_MIB", "0", "out of range"),
        ("EVERGROW_LANGUAGE", "fr", "not known"),
    ],
)
def test_a_bad_setting_stops_the_start_with_a_sentence(name, value, words, tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "evergrow", "doctor"],
        env=os.environ | {name: value, "EVERGROW_DATA": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    assert words in run.stderr
    assert name in run.stderr
    assert "Traceback" not in run.stderr


def test_readers_take_what_they_should(monkeypatch):
    monkeypatch.setenv("EVERGROW_X", " yes ")
    assert env.flag("EVERGROW_X", False) is True
    monkeypatch.setenv("EVERGROW_X", "a, b,,c")
    assert env.words("EVERGROW_X") == ["a", "b", "c"]
    monkeypatch.setenv("EVERGROW_X", "7")
    assert env.number("EVERGROW_X", 1, low=0, high=10) == 7
    monkeypatch.delenv("EVERGROW_X")
    assert env.number("EVERGROW_X", 1) == 1


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    first = secrets_file.read_or_make(tmp_path / "secrets", "key")
    assert len(first) >= 48
    assert secrets_file.read_or_make(tmp_path / "secrets", "key") == first
    assert stat.S_IMODE((tmp_path / "secrets" / "key").stat().st_mode) == 0o600
