"""``evergrow bench insight``: the core questions over made-up events, in a process and a data folder of its own.

``run`` starts ``python -m evergrow.insight.bench.measure`` with an empty throw-away folder, so that nothing of the
user's is touched, and gives back the object it prints. With ``--keep FOLDER`` the store that was filled stays there and
is copied the next time. The parts: ``fill`` makes the events up, in our tables and in one laid out
as PostHog lays out its own; ``cases`` say which questions are asked of both; ``timing`` times them; ``arriving`` asks
while events arrive.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

STORES = ("EVERGROW_DATABASE_URL", "EVERGROW_CLICKHOUSE_URL", "EVERGROW_CLICKHOUSE_CLUSTER")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Ask of ``options.events`` events, and of a tenth of them before; the bench's object.

    A store kept in the folder ``options.keep`` is only asked as a whole.
    """
    sizes = [str(options.events), str(options.seconds)]
    if not options.keep:
        with tempfile.TemporaryDirectory(prefix="evergrow-bench-") as folder:
            return _measured(Path(folder), *sizes)
    kept = Path(options.keep).resolve() / f"{options.events}-events"
    if not kept.exists():
        begun = kept.with_suffix(".begun")
        shutil.rmtree(begun, ignore_errors=True)
        begun.mkdir(parents=True)
        _measured(begun, *sizes, "fill")
        begun.rename(kept)
    with tempfile.TemporaryDirectory(prefix="evergrow-bench-", dir=kept.parent) as folder:
        shutil.copytree(kept, folder, symlinks=True, dirs_exist_ok=True, copy_function=_copy)
        return _measured(Path(folder), *sizes, "filled")


def _measured(folder: Path, *words: str) -> dict[str, Any]:
    environment = {key: value for key, value in os.environ.items() if key not in STORES}
    done = subprocess.run(
        [sys.executable, "-m", "evergrow.insight.bench.measure", *words],
        env=environment | {"EVERGROW_DATA": str(folder)},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _copy(source: str, target: str) -> None:
    """The store never changes a column's file, so that a second name for it is enough; anything else is copied."""
    if source.endswith(".bin"):
        os.link(source, target)
    else:
        shutil.copy2(source, target)
