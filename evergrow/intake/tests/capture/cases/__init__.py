"""What clients send in every wire format, and what must become of it: a module a format, each with its ``CASES``.

Every format has one, found by the format's name. ``test_cases.py`` reads each case; ``test_conformance.py`` sends it
to a door, packed in every way, twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

import orjson

from evergrow.intake.capture.formats import FORMATS, Endpoint

RECEIVED = 1_774_411_200_000  # 2026-03-25T04:00:00Z
SEGMENT_SAYS = {"status": 1, "success": True}


@dataclass(frozen=True)
class Case:
    """A request and its messages. ``path`` may have a query; ``body`` is text, bytes or JSON, ``form`` fields.

    ``messages``: for each item in order the fields of ``capture.messages.Message`` that matter (``type``, ``event``,
    ``message_id``, ``user``, ``anonymous``, ``group``, ``previous``, ``traits``, ``properties``, ``profile``, ``at``,
    ``original``: milliseconds, where the request is received at ``RECEIVED``), or ``{"code": …}`` of one that is
    refused and kept. ``answer`` is what the client hears after ``status``: JSON, or bytes exactly.
    """

    name: str
    path: str
    body: Any = b""
    messages: list[dict[str, Any]] = field(default_factory=list)
    form: Mapping[str, str] | None = None
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    answer: Any = None

    @property
    def data(self) -> bytes:
        """The body's bytes."""
        if self.form is not None:
            return urlencode(self.form).encode()
        if isinstance(self.body, str):
            return self.body.encode()
        return self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)

    def __str__(self) -> str:
        return self.name


def of(name: str) -> list[Case]:
    """The cases of a format. Fails where it has none."""
    found: list[Case] = import_module(f"{__name__}.{name}").CASES
    return found


TAKING = [each.name for each in FORMATS.values() if any(isinstance(t, Endpoint) for t in each.routes.values())]
EVERY = [(name, case) for name in TAKING for case in of(name)]
