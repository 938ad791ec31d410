"""``evergrow backup``: everything of the data folder in one file, also while the server runs.

In this order, so that nothing acknowledged is lost and nothing counts twice: what waits in the spool, the event store,
the relational store (it must know everyone the events name), secrets and uploads. A segment that was drained in
between is in the spool and in the store; its message ids are known there, so restoring counts them once.
"""

import argparse
import json
import shutil
import sqlite3
import tarfile
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from evergrow.cli import Refused
from evergrow.lib import clock
from evergrow.lib.terminal import progress
from evergrow.workspaces import jobs
from evergrow.workspaces.models import Job, JobState

KIND = "evergrow.backup"
FOLDERS = ["secrets", "imports", "attachments"]
RELATIONAL, EVENTS, SPOOL, MANIFEST = "evergrow.sqlite3", "events", "spool", "backup.json"
COMING = "coming"


def add_to(commands: Any) -> None:
    parser = commands.add_parser("backup", help="write the data folder into one file", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", help="default: evergrow-DATE.tar.gz in the current folder")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    from evergrow import warehouse

    refuse_servers()
    file = (arguments.file or Path(f"evergrow-{clock.now():%Y%m%d-%H%M%S}.tar.gz")).absolute()
    if file.exists():
        raise Refused(f"{file} exists already; choose another name.")
    try:
        warehouse.migrate()
    except warehouse.StoreUnavailable:
        through_the_server(file)
    else:
        make(file)
    print(f"{file}  {file.stat().st_size / 2**20:.1f} MiB. Restore it with: evergrow restore {file.name}")


def refuse_servers() -> None:
    """A backup of the data folder is not one of stores that live elsewhere."""
    from django.conf import settings

    if settings.DATABASE_URL:
        raise Refused("the relational store is on PostgreSQL: back it up with pg_dump, the event store with BACKUP.")
    if settings.CLICKHOUSE_URL:
        raise Refused("the event store is on a server: back it up with ClickHouse's BACKUP, and copy the data folder.")


def make(file: Path) -> dict[str, Any]:
    """Write the backup to ``file``; what it holds. The file appears under its name only when it is whole."""
    from django.conf import settings

    from evergrow import __version__
    from evergrow.warehouse import backup as store

    with tempfile.TemporaryDirectory(prefix="backup-", dir=settings.DATA) as scratch:
        stage = Path(scratch)
        if (settings.DATA / SPOOL).is_dir():
            shutil.copytree(settings.DATA / SPOOL, stage / SPOOL, ignore_dangling_symlinks=True)
        tables = store.dump(stage / EVENTS, progress("Event store"))
        copy_relational(settings.DATA / RELATIONAL, stage / RELATIONAL)
        for name in FOLDERS:
            if (settings.DATA / name).is_dir():
                copy_folder(settings.DATA / name, stage / name)
        manifest = {"evergrow": __version__, "at": clock.now().isoformat(), "tables": tables}
        (stage / MANIFEST).write_text(json.dumps(manifest))
        unfinished = file.with_name(file.name + ".part")
        with tarfile.open(unfinished, "w:gz", compresslevel=1) as archive:
            archive.add(stage, arcname=".")
        unfinished.chmod(0o600)
        unfinished.rename(file)
    return manifest


def copy_folder(source: Path, target: Path) -> None:
    """A folder while the server writes to it: without uploads that still come in, and what goes away meanwhile."""

    def copy_if_there(one: str, other: str) -> str:
        with suppress(FileNotFoundError):
            shutil.copy2(one, other)
        return other

    shutil.copytree(source, target, copy_function=copy_if_there, ignore=shutil.ignore_patterns(COMING))


def copy_relational(source: Path, target: Path) -> None:
    """A consistent copy of the SQLite file, while others write to it."""
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy)


@jobs.register(KIND)
def make_in_server(job: Job, report: jobs.Progress) -> dict[str, Any]:
    """The server holds the event store, so it writes the backup."""
    return make(Path(job.args["file"]))


def through_the_server(file: Path) -> None:
    """Ask the running server to write the backup, and wait for it."""
    from evergrow.workspaces.models import Workspace

    print("The server is running: it writes the backup.", flush=True)
    workspace = Workspace.objects.order_by("pk").first()
    if workspace is None:
        raise Refused("there is nothing to back up yet.")
    job = jobs.enqueue(KIND, workspace, args={"file": str(file)})
    while job.state in (JobState.QUEUED, JobState.RUNNING):
        time.sleep(0.2)
        job.refresh_from_db()
    if job.state != JobState.DONE:
        raise Refused(f"the server could not write it: {job.error.strip()}")
