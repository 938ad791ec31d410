"""A served instance that can be asked what arrived, and the sources that send to it."""

import time
import urllib.request
from dataclasses import dataclass
from typing import Any

import orjson

from evergrow.intake.tests.capture.served import Served


class Observed(Served):
    """A served instance whose stores can be looked into while it runs; every test makes a source of its own."""

    application = "evergrow.intake.tests.clients.observed:application"

    def prepare(self) -> None:
        """Sources are made while it runs."""

    def ask(self, what: str, **given: Any) -> Any:
        """The answer of one of the questions in ``observed.py``."""
        with urllib.request.urlopen(f"{self.url}/-/{what}", data=orjson.dumps(given), timeout=20) as answer:
            return orjson.loads(answer.read())


@dataclass
class Source:
    """Somebody who sends: a workspace of their own with a write key. ``url`` and ``key`` are what a client is given."""

    served: Served
    workspace: int
    key: str

    @property
    def url(self) -> str:
        return self.served.url

    def events(self, count: int, seconds: float = 15) -> list[dict[str, Any]]:
        """What counts once ``count`` events have arrived and the spool is empty. Fails when fewer come, or more.

        Each has ``event``, ``message_id``, ``distinct_id``, ``person`` and ``account`` (numbers, 0 for none),
        ``properties`` (text to text), ``at``, ``original_at`` and ``received_at`` (milliseconds since 1970).
        """
        until = time.monotonic() + seconds
        found = self._ask("events")
        while len(found) < count and time.monotonic() < until:
            time.sleep(0.05)
            found = self._ask("events")
        self.served.wait_until_drained()
        found = self._ask("events")
        names = [each["event"] for each in found]
        assert len(found) == count, f"{len(found)} of {count} arrived: {names}; refused: {self.rejects()}"
        return found

    def rejects(self) -> list[dict[str, Any]]:
        """What was refused but kept: ``code``, ``detail``, ``raw``, ``envelope``."""
        return self._ask("rejects")

    def people(self) -> dict[str, dict[str, Any]]:
        """Who is known, by id: ``kind``, ``person`` (number), ``name``, ``email``, ``traits``, ``is_anonymous``."""
        return {each["id"]: each for each in self._ask("people")}

    def accounts(self) -> list[dict[str, Any]]:
        """The accounts: ``number``, ``name``, ``external_id``."""
        return self._ask("accounts")

    def _ask(self, what: str) -> Any:
        return self.served.ask(what, workspace=self.workspace)
