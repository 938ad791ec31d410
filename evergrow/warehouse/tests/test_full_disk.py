"""A disk that is really full, in a process of its own: the in-process store opens one folder per process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from evergrow.warehouse.tests.small_disk import small_disk

SCRIPT = """
import django; django.setup()
import json
from pathlib import Path
from django.conf import settings
from evergrow import warehouse
from evergrow.warehouse.tests.small_disk import fill
from evergrow.warehouse.tests.test_engines import some_events

def counts():
    tables = ("events", "seen_messages")
    return [warehouse.scalar(f"select count() from {table}") for table in tables] + [
        int(warehouse.scalar("select sum(count) from activity"))]

warehouse.migrate()
batch = some_events(2_000)
filler = fill(Path(settings.DATA))
raised = 0
for _ in range(3):
    try:
        warehouse.insert("events", batch, token="a")
    except warehouse.StoreUnavailable:
        raised += 1
filler.unlink()
before = counts()
for _ in range(2):
    warehouse.insert("events", batch, token="a")
print(json.dumps([raised, before, counts()]))
"""


def test_an_insert_on_a_full_disk_is_an_error_and_counts_once_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 400) as disk:
        if disk is None:
            pytest.skip("A file system cannot be mounted here.")
        environment = os.environ | {"EVERGROW_DATA": str(disk / "data"), "EVERGROW_CLICKHOUSE_URL": ""}
        done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == "[3, [0, 0, 0], [2000, 2000, 2000]]"
