"""Run the whole suite: once on SQLite with browser and clients, once on a PostgreSQL started for it.

Installs Debian's chromium and postgresql when they are missing and this is root; otherwise says what is skipped.
With CI set nothing may be skipped: what is missing is an error.
"""

import glob
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CI = os.environ.get("CI", "") not in ("", "0", "false")
# Instances that are served to clients and browsers have an SQLite of their own; once is enough.
PORTABLE = "not torture and not browser and not client"
PYTEST = [sys.executable, "-m", "pytest", "-q", "-n", os.environ.get("TEST_WORKERS", "2"), "--no-loadscope-reorder"]

MEMORY, ROOM = "/dev/shm", 4 * 2**30  # noqa: S108


def main() -> None:
    chromium = find_or_install("chromium", ["chromium", "fonts-noto-cjk"], chromium_path)
    if chromium:
        os.environ["EVERGROW_CHROMIUM"] = chromium
    elif CI:
        sys.exit("No Chromium, and it cannot be installed here.")
    postgres = find_or_install("PostgreSQL", ["postgresql"], postgres_bin)
    if not postgres and CI:
        sys.exit("No PostgreSQL server, and it cannot be installed here.")
    began = time.monotonic()
    with quick_folder() as folder:
        # What is compiled is kept whatever the shell says: every test process and every instance that is served would
        # compile all of it again, half a minute each.
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"TMPDIR": folder}
        print("— on SQLite", flush=True)
        marks = "not torture" if chromium else "not torture and not browser"
        code = run(marks, environment)
        if code == 0 and postgres:
            print("— on PostgreSQL", flush=True)
            with server(postgres) as url:
                code = run(PORTABLE, environment | {"EVERGROW_DATABASE_URL": url})
    print(f"The suite took {time.monotonic() - began:.0f} s.")
    for name, found in {"the browser tests (no Chromium)": chromium, "the run on PostgreSQL": postgres}.items():
        if not found:
            print(f"SKIPPED: {name}.")
    sys.exit(code)


def run(marks: str, environment: dict[str, str]) -> int:
    return subprocess.run([*PYTEST, "-m", marks, *sys.argv[1:]], env=environment).returncode


@contextmanager
def quick_folder() -> Iterator[str]:
    """Where tests put their files: in memory where there is room, because served instances wait for the disk a lot."""
    has_room = Path(MEMORY).is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    with tempfile.TemporaryDirectory(prefix="evergrow-", dir=MEMORY if has_room else None) as folder:
        yield folder


def chromium_path() -> str | None:
    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    known = [os.environ.get("EVERGROW_CHROMIUM"), "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"]
    found = [path for path in known if path and Path(path).exists()]
    return next(iter([*found, *filter(None, map(shutil.which, names))]), None)


def postgres_bin() -> str | None:
    """The folder with initdb and pg_ctl."""
    on_path = shutil.which("initdb")
    candidates = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), reverse=True)
    found = on_path or next(iter(candidates), None)
    return str(Path(found).parent) if found else None


def find_or_install(name, packages, find):
    found = find()
    if found or not shutil.which("apt-get") or os.geteuid() != 0:
        return found
    print(f"Installing {name} …", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], **quiet)
    return find()


@contextmanager
def server(binaries: str) -> Iterator[str]:
    """A throw-away PostgreSQL on a free loopback port; its URL. As root it runs as the user postgres."""
    with tempfile.TemporaryDirectory(prefix="evergrow-postgres-") as folder:
        as_user: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
            as_user = ["runuser", "-u", "postgres", "--"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        data, run = f"{folder}/data", {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
        subprocess.run(
            [*as_user, f"{binaries}/initdb", "-D", data, "-U", "evergrow", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8"], **run)  # fmt: skip
        options = (
            f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
            " -c max_connections=200 -c shared_buffers=256MB"
        )
        control = [*as_user, f"{binaries}/pg_ctl", "-D", data, "-w", "-l", f"{data}/log"]
        subprocess.run([*control, "-o", options, "start"], **run)
        try:
            yield f"postgres://evergrow@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **run)


if __name__ == "__main__":
    main()
