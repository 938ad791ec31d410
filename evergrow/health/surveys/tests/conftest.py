"""A week of history: these tests do not ask about more."""

from typing import Any

import pytest

from evergrow.health.actions import computing


@pytest.fixture(autouse=True)
def short_history(monkeypatch: Any) -> None:
    monkeypatch.setattr(computing, "HISTORY_WEEKS", 1)
    monkeypatch.setattr(computing, "HISTORY_DAYS", 1)
