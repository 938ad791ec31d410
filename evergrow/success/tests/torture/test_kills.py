"""kill -9 at any moment: no step is lost or doubled, and neither is a mail or a webhook.

Real workers sweep 10,000 runs while one of them is killed again and again; a real mail server and a real receiver count
what reaches them. What nobody can know is left to a colleague, who looks whether it arrived.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from evergrow.success.tests.engine.receivers import Mailbox, Receiver

ROOT = Path(__file__).resolve().parents[4]
STAGE = "evergrow.success.tests.torture.stage"
RUNS, KILLS = int(os.environ.get("TORTURE_RUNS", "10000")), int(os.environ.get("TORTURE_KILLS", "40"))
PATIENCE = 1_500.0
pytestmark = [pytest.mark.torture, pytest.mark.timeout(3_000)]


class Company:
    """Worker processes of which one is killed now and then."""

    def __init__(self, environment: dict[str, str], folder: Path, size: int) -> None:
        self.environment, self.folder, self.kills, self.number = environment, folder, 0, 0
        self.members = [self.hire() for _ in range(size)]

    def hire(self) -> tuple[subprocess.Popen[bytes], Path]:
        self.number += 1
        sign = self.folder / f"ready-{self.number}"
        command = [sys.executable, "-m", STAGE, "work", str(sign)]
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, stderr=subprocess.DEVNULL), sign

    def kill_one(self, chance: random.Random) -> None:
        """Kill a worker at a random moment of its work, and hire another one."""
        place = chance.randrange(len(self.members))
        process, sign = self.members[place]
        while not sign.exists():
            time.sleep(0.02)
        time.sleep(chance.uniform(0.0, 1.2))
        process.kill()
        process.wait()
        self.kills += 1
        self.members[place] = self.hire()

    def dismiss(self) -> None:
        for process, _ in self.members:
            process.kill()
            process.wait()


@contextmanager
def store(vendor: str, folder: Path) -> Iterator[dict[str, str]]:
    """The environment of processes that share a store of this kind."""
    environment = {k: v for k, v in os.environ.items() if k not in ("EVERGROW_DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    environment |= {"EVERGROW_DATA": str(folder / "data"), "PYTHONPATH": str(ROOT)}
    if vendor == "sqlite":
        yield environment
        return
    sys.path.insert(0, str(ROOT / "scripts"))
    import suite

    binaries = suite.postgres_bin()
    if not binaries:
        pytest.skip("No PostgreSQL server is installed.")
    with suite.server(binaries) as url:
        yield environment | {"EVERGROW_DATABASE_URL": url}


def ask(environment: dict[str, str], *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", STAGE, *arguments], env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    lines = done.stdout.decode().splitlines()
    return json.loads(lines[-1]) if lines else None


@pytest.mark.parametrize(("vendor", "workers"), [("sqlite", 1), ("postgresql", 3)])
def test_no_step_and_no_message_is_lost_or_doubled(vendor: str, workers: int, tmp_path: Path) -> None:
    chance, settled = random.Random(20260325), {}
    with Mailbox() as mailbox, Receiver() as receiver, store(vendor, tmp_path) as environment:
        environment |= {"EVERGROW_SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}", "EVERGROW_WEBHOOK_HOSTS": "127.0.0.1"}
        ask(environment, "set", str(RUNS), receiver.url)
        began = time.monotonic()
        company = Company(environment, tmp_path, workers)
        try:
            while company.kills < KILLS and time.monotonic() - began < PATIENCE:
                company.kill_one(chance)
            killed_for = time.monotonic() - began
            at_last_kill = ask(environment, "tell")
            while (told := ask(environment, "tell"))["runs"] != {"completed": RUNS} or "reserved" in told["contacts"]:
                assert time.monotonic() - began < PATIENCE, told
                (tmp_path / "arrived").write_text(json.dumps([*mailbox.counts, *receiver.counts]))
                for words, count in ask(environment, "settle", str(tmp_path / "arrived")).items():
                    settled[words] = settled.get(words, 0) + count
                time.sleep(2)
        finally:
            company.dismiss()
    print(f"\n{vendor}: {company.kills} kills over {RUNS:,} runs in {killed_for:.0f} s, {workers} workers")
    print("after the last kill:", json.dumps(at_last_kill["runs"]), "· left to a colleague:", json.dumps(settled))
    print(f"mails {sum(mailbox.counts.values()):,}, webhooks {sum(receiver.counts.values()):,}; {json.dumps(told)}")
    assert company.kills >= KILLS
    assert (len(mailbox.counts), set(mailbox.counts.values())) == (RUNS, {1})
    assert (len(receiver.counts), set(receiver.counts.values())) == (RUNS // 2, {1})
    half = {"skipped": RUNS // 2, "done": RUNS // 2}
    steps = {f"{key} done": RUNS for key in ("first", "mail", "size", "last")}
    assert told["steps"] == steps | {f"{key} {state}": n for key in ("hook", "rest") for state, n in half.items()}
    assert (told["told"], told["told_twice"]) == (RUNS, 0)
    assert (told["contacts"], told["places"]) == ({"sent": RUNS}, RUNS), "every mail holds its place, and nothing else"
