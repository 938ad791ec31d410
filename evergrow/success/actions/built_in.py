"""The three playbooks every workspace begins with. Their steps stand in ``built_in/*.json``, in both languages."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction

from evergrow.lib import clock
from evergrow.success.models import Playbook, PlaybookVersion, Step, VersionState
from evergrow.workspaces import audit
from evergrow.workspaces.models import Workspace

FOLDER = Path(__file__).resolve().parent.parent / "built_in"
ORDER = ["onboarding", "save", "renewal"]


@lru_cache(maxsize=1)
def definitions() -> list[dict[str, Any]]:
    """The built-in playbooks as they are written down."""
    return [json.loads((FOLDER / f"{key}.json").read_text(encoding="utf-8")) for key in ORDER]


@transaction.atomic
def ensure_built_in(*, workspace: Workspace) -> int:
    """Give the workspace the built-in playbooks it does not have, published; how many were added."""
    held = set(Playbook.objects.filter(workspace=workspace).values_list("key", flat=True))
    missing = [definition for definition in definitions() if definition["key"] not in held]
    for definition in missing:
        _publish(workspace, definition)
    return len(missing)


def _publish(workspace: Workspace, definition: dict[str, Any]) -> None:
    facts = {name: definition[name] for name in ("key", "name", "purpose", "icon", "anchor")}
    playbook = Playbook.objects.create(workspace=workspace, is_built_in=True, **facts)
    version = PlaybookVersion.objects.create(
        playbook=playbook, number=1, state=VersionState.PUBLISHED, published_at=clock.now()
    )
    steps = [Step(version=version, position=n, **step) for n, step in enumerate(definition["steps"], start=1)]
    Step.objects.bulk_create(steps)
    audit.record(workspace, "playbook.published", playbook, by=None, data={"version": 1})
