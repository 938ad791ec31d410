"""``evergrow restore``: bring a backup into an empty data folder."""

import argparse
import json
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from evergrow.cli import Refused, backup
from evergrow.lib.terminal import progress


def add_to(commands: Any) -> None:
    parser = commands.add_parser("restore", help="bring a backup into an empty data folder", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    from django.conf import settings
    from django.core.management import call_command

    backup.refuse_servers()
    refuse_unusable(arguments.file, settings.DATA)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=settings.DATA) as scratch:
        stage = Path(scratch)
        with tarfile.open(arguments.file) as archive:
            archive.extractall(stage, filter="data")
        manifest = json.loads((stage / backup.MANIFEST).read_text())
        load_events(stage / backup.EVENTS)
        for name in backup.FOLDERS:
            if (stage / name).is_dir():
                shutil.rmtree(settings.DATA / name, ignore_errors=True)
                shutil.move(stage / name, settings.DATA / name)
        bring_spool(stage / backup.SPOOL, settings.DATA / backup.SPOOL)
        shutil.move(stage / backup.RELATIONAL, settings.DATA / backup.RELATIONAL)
    call_command("migrate", verbosity=0, interactive=False)
    print(f"Restored the backup of {manifest['at'][:19]}: {manifest['tables'].get('events', 0):,} events.")


def refuse_unusable(file: Path, data: Path) -> None:
    """Only a whole backup, and only into a folder that holds no customers."""
    if not file.exists():
        raise Refused(f"{file} is not there.")
    if not tarfile.is_tarfile(file):
        raise Refused(f"{file} is not a backup made by evergrow backup.")
    if (data / backup.RELATIONAL).exists() or (data / backup.EVENTS).exists():
        raise Refused(f"{data} is in use. Restore into an empty folder: EVERGROW_DATA=… evergrow restore {file}")


def load_events(folder: Path) -> None:
    from evergrow import warehouse
    from evergrow.warehouse import backup as store

    warehouse.migrate()
    store.load(folder, progress("Event store"))


def bring_spool(source: Path, target: Path) -> None:
    """Segments come back under new names: to the store they are other segments, so known messages are dropped."""
    if not source.is_dir():
        return
    for file in source.rglob("*"):
        if file.is_file():
            place = target / file.relative_to(source).with_name(f"restored-{file.name}")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(file, place)
