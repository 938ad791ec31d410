"""``evergrow doctor``: look at settings, stores, versions, disk and clock, and say how to mend each."""

import argparse
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

DRAINED_WITHIN = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One look: whether it is fine, what was seen, and how to mend it when it is not."""

    is_fine: bool
    seen: str
    mend: str = ""


def add_to(commands: Any) -> None:
    parser = commands.add_parser("doctor", help="check the installation and say how to mend it", description=__doc__)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Print every finding; the exit code is 1 when something needs mending."""
    looks: list[Callable[[], Iterator[Finding]]] = [
        versions,
        folder,
        relational,
        events,
        spool,
        front_end,
        outside,
        machine,
    ]
    is_fine = True
    for look in looks:
        for finding in look():
            is_fine = is_fine and finding.is_fine
            print(f"{'ok  ' if finding.is_fine else 'MEND'} {finding.seen}")
            if not finding.is_fine:
                print(f"     → {finding.mend}")
    sys.exit(0 if is_fine else 1)


def versions() -> Iterator[Finding]:
    import django

    from evergrow import __version__

    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding(sys.version_info >= (3, 11), f"Python {python}", "Install Python 3.11 or newer, then: make up")
    yield Finding(
        django.VERSION[:2] == (5, 2), f"Evergrow {__version__}, Django {django.__version__}", "Run: make setup"
    )


def folder() -> Iterator[Finding]:
    from django.conf import settings

    data = settings.DATA
    yield Finding(os.access(data, os.W_OK), f"data folder {data}", f"Let this user write there: chown -R $USER {data}")
    secret = data / "secrets" / "secret_key"
    if secret.exists():
        mode = stat.S_IMODE(secret.stat().st_mode)
        yield Finding(mode & 0o077 == 0, f"secrets have mode {mode:o}", f"Hide them from others: chmod 600 {secret}")
    free = shutil.disk_usage(data).free / 2**30
    yield Finding(free > 2, f"{free:.1f} GiB of disk free", "Free some space: capture answers 503 on a full disk.")


def relational() -> Iterator[Finding]:
    from django.conf import settings
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    kind = "PostgreSQL" if settings.DATABASE_URL else "SQLite"
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        mend = "Start the server, or correct EVERGROW_DATABASE_URL." if settings.DATABASE_URL else "Restore a backup."
        yield Finding(False, f"{kind}: {str(error).strip()}", mend)
        return
    yield Finding(not waiting, f"{kind}, {len(waiting)} migrations wait", "Run: evergrow manage migrate")
    if connection.vendor == "postgresql":
        version = connection.cursor().connection.info.server_version // 10000
        yield Finding(version >= 14, f"PostgreSQL {version}", "Use PostgreSQL 14 or newer.")
    else:
        with connection.cursor() as cursor:
            health = cursor.execute("PRAGMA quick_check(1)").fetchone()[0]
        yield Finding(health == "ok", f"SQLite says {health}", "Restore the last backup: evergrow restore FILE")


def events() -> Iterator[Finding]:
    from django.conf import settings

    from evergrow import warehouse

    place = "server" if settings.CLICKHOUSE_URL else "in process"
    try:
        version, count = warehouse.scalar("SELECT version()"), warehouse.scalar("SELECT count() FROM events")
    except warehouse.StoreUnavailable as error:
        yield Finding("in use" in str(error), f"event store ({place}): {error}", "Correct EVERGROW_CLICKHOUSE_URL.")
        return
    except warehouse.BadQuery as error:
        yield Finding(False, f"event store ({place}): {str(error)[:200]}", "Run: evergrow up (it migrates the store)")
        return
    yield Finding(True, f"ClickHouse {version} {place}, {count:,} events")


def spool() -> Iterator[Finding]:
    from django.conf import settings

    from evergrow.intake.capture.spool import Spool

    waiting = Spool(settings.DATA / "spool")
    stuck = waiting.set_aside()
    state = waiting.waiting()
    seen = f"spool: {state.bytes / 2**20:.1f} MiB of events wait to be drained"
    if state.oldest is not None:
        seen += f", the oldest for {state.oldest:,.0f} seconds"
    yield Finding(
        state.oldest is None or state.oldest < DRAINED_WITHIN,
        seen,
        "The spool does not drain. Start the server if it is down; else its log and the page Pipeline say what holds it"
        " up: the event store, the database or the disk. Nothing is lost meanwhile.",
    )
    yield Finding(
        not stuck,
        f"{len(stuck)} spool files are set aside",
        f"The log says why. They are tried again at each start; keep {waiting.folder / 'stuck'} until it is empty.",
    )
    damaged = waiting.damaged()
    yield Finding(
        not damaged,
        f"{len(damaged)} spool files ended in bytes that cannot be read",
        f"What could be read was counted. After a power cut delete {waiting.folder / 'damaged'}; else check the disk.",
    )


def front_end() -> Iterator[Finding]:
    from django.conf import settings

    from evergrow.lib import catalogues

    yield Finding(settings.TABLER_ICONS.is_dir(), "front-end packages", "Run: make setup")
    yield Finding(not catalogues.are_stale(), "translations are compiled", "Run: make setup")


def outside() -> Iterator[Finding]:
    from django.conf import settings

    shown = settings.PUBLIC_URL or "not set: this machine only"
    yield Finding(True, f"public address {shown}")
    is_safe = settings.USE_HTTPS or not settings.PUBLIC_URL
    yield Finding(is_safe, "cookies travel safely", "Serve over https and set EVERGROW_PUBLIC_URL=https://…")
    yield Finding(not settings.DEBUG, "debug mode is off", "Unset EVERGROW_DEBUG.")
    yield Finding(True, "mail is set up" if settings.MAIL_IS_SET_UP else "no mail (set EVERGROW_SMTP_URL to send any)")


def machine() -> Iterator[Finding]:
    year = time.gmtime().tm_year
    yield Finding(
        2026 <= year < 2100, f"the clock says {time.strftime('%Y-%m-%d %H:%M:%S %Z')}", "Set the clock (NTP)."
    )
    cpus = os.cpu_count() or 1
    yield Finding(cpus >= 2, f"{cpus} cores", "Evergrow wants two cores or more.")
