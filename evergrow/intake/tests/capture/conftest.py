from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evergrow.intake.capture.app import Capture
from evergrow.intake.capture.service import service
from evergrow.intake.capture.spool import Spool
from evergrow.intake.tests.capture.stage import Door
from evergrow.workspaces.actions.keys import create_key


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spool]:
    spool = Spool(tmp_path / "spool")
    spool.start()
    monkeypatch.setattr(service, "_spool", spool)
    yield spool
    spool.stop()


@pytest.fixture
def door(workspace: Any, spool: Spool, warehouse_db: None, monkeypatch: pytest.MonkeyPatch) -> Door:
    app = Capture()

    async def refresh() -> None:
        """The door reads the keys before each request, in the test's own transaction."""

    monkeypatch.setattr(app, "_refresh", refresh)
    _, secret = create_key(workspace=workspace, kind="write", name="Web", by=None)
    return Door(app, spool, secret)
