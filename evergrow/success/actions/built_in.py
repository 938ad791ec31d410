"""The six playbooks every workspace begins with. Their text stands in ``built_in/*.yaml``, as an export writes it."""

from pathlib import Path
from typing import Any

from django.db import transaction

from evergrow.lib import clock
from evergrow.success.config import playbooks as texts
from evergrow.success.config.colleagues import Colleagues
from evergrow.success.models import Playbook, PlaybookVersion, Step, VersionState
from evergrow.workspaces import audit
from evergrow.workspaces.configuration import read_file
from evergrow.workspaces.models import Workspace

FOLDER = Path(__file__).resolve().parent.parent / "built_in"
ORDER = ["onboarding", "training", "adoption", "save", "qbr", "renewal"]
Facts = dict[str, Any]


@transaction.atomic
def ensure_built_in(*, workspace: Workspace) -> int:
    """Give the workspace the built-in playbooks it does not have, published; how many were added.

    A playbook that is there already keeps its text, whoever wrote it.
    """
    held = set(Playbook.objects.filter(workspace=workspace).values_list("key", flat=True))
    missing = [key for key in ORDER if key not in held]
    if missing:
        _publish(workspace, [definitions(workspace)[key] for key in missing])
    return len(missing)


def definitions(workspace: Workspace) -> dict[str, tuple[Facts, list[Facts]]]:
    """By key what each is, and the facts of its steps. They name nothing of a workspace: one reading does for all."""
    if not _known:
        _known.update({key: _read(workspace, key) for key in ORDER})
    return _known


_known: dict[str, tuple[Facts, list[Facts]]] = {}


def _read(workspace: Workspace, key: str) -> tuple[Facts, list[Facts]]:
    file = read_file(texts.KIND, key, (FOLDER / f"{key}.yaml").read_text(encoding="utf-8"))
    about, steps = texts.facts(workspace, key, file.data, Colleagues({}, {}))
    return {"key": key, **about}, steps


def _publish(workspace: Workspace, found: list[tuple[Facts, list[Facts]]]) -> None:
    books = Playbook.objects.bulk_create(
        Playbook(workspace=workspace, is_built_in=True, **about) for about, _steps in found
    )
    versions = PlaybookVersion.objects.bulk_create(
        PlaybookVersion(playbook=book, number=1, state=VersionState.PUBLISHED, published_at=clock.now())
        for book in books
    )
    Step.objects.bulk_create(
        Step(version=version, position=place, **step)
        for version, (_about, steps) in zip(versions, found, strict=True)
        for place, step in enumerate(steps, start=1)
    )
    for book in books:
        audit.record(workspace, "playbook.published", book, by=None, data={"version": 1})
