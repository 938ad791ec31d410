"""What tests of stages put on the stage: a small lifecycle over fields, and ways to stand in it."""

from copy import deepcopy
from typing import Any

from evergrow.customers.models import Lifecycle, StageStay
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages import editing
from evergrow.customers.stages.moves import Subject
from evergrow.workspaces.models import Workspace

Json = dict[str, Any]


def at_least(trait: str, amount: float) -> Json:
    return {"trait": trait, "at_least": amount}


def stage(key: str, kind: str = "active", **more: Any) -> Json:
    return {"key": key, "name": {"en": key.capitalize(), "zh": key}, "kind": kind, **more}


def small(**more: Any) -> Json:
    """begin → grow (10 seats) → bloom (50 seats); rest (country Rest), over (status cancelled)."""
    return {
        "back_days": 3,
        "stages": [
            stage("begin", "start", expected_days=10, stuck_days=20),
            stage("grow", expected_days=10, stuck_days=20, entry=at_least("seats", 10)),
            stage("bloom", entry=at_least("seats", 50)),
            stage("rest", "paused", entry={"trait": "country", "is": ["Rest"]}),
            stage("over", "terminal", entry={"trait": "status", "is": ["cancelled"]}),
        ],
        **deepcopy(more),
    }


def publish(workspace: Workspace, given: Json | None = None, kind: str = "account", key: str = "way") -> Lifecycle:
    """A lifecycle that counts."""
    made = Lifecycle.objects.filter(workspace=workspace, key=key).first()
    if made is None:
        made = editing.create(workspace=workspace, key=key, kind=kind, name="Way", by=None)
    else:
        editing.start(made, by=None)
    made.workspace = workspace
    editing.save(made, given or small(), by=None)
    editing.publish(made, by=None)
    return made


def again(lifecycle: Lifecycle) -> Lifecycle:
    """The same lifecycle, read anew, of the same workspace object."""
    found = Lifecycle.objects.get(pk=lifecycle.pk)
    found.workspace = lifecycle.workspace
    definitions.forget(found)
    return found


def stays(lifecycle: Lifecycle, subject: Subject) -> list[StageStay]:
    rows = StageStay.objects.filter(lifecycle=lifecycle, **{lifecycle.kind: subject})
    return list(rows.order_by("entered_at", "pk"))


def way(lifecycle: Lifecycle, subject: Subject) -> list[str]:
    """Keys of stages in the order of time; one passed over in brackets."""
    return [f"({stay.stage})" if stay.is_skipped else stay.stage for stay in stays(lifecycle, subject)]
