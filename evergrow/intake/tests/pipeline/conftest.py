from collections import defaultdict

import pytest

from evergrow.intake.pipeline import refusals
from evergrow.intake.pipeline.tally import Counts
from evergrow.intake.tests.capture.conftest import door, spool

__all__ = ["door", "spool"]


@pytest.fixture(autouse=True)
def nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No refusals counted by other tests of this process."""
    monkeypatch.setattr(refusals, "_waiting", defaultdict(Counts))
