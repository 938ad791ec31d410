"""A short history for tests that do not ask about history: weekly for a quarter, and yesterday."""

from typing import Any

import pytest

from evergrow.health.actions import computing


@pytest.fixture(autouse=True)
def short_history(monkeypatch: Any) -> None:
    monkeypatch.setattr(computing, "HISTORY_WEEKS", 14)
    monkeypatch.setattr(computing, "HISTORY_DAYS", 1)
