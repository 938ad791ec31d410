"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from typing import Any

from evergrow.insight.models import Annotation
from evergrow.insight.saved.actions import save
from evergrow.insight.saved.models import SavedQuestion, Sharing
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace


def shared_question(workspace: Any) -> dict[str, Any]:
    """The number of a question that everybody may change."""
    form = {"kind": "trend", "event": "login"}
    saved = save(workspace=workspace, form=form, name_en="Logins", sharing=Sharing.EDIT, by=None)
    return {"number": saved.number}


def broken_question(workspace: Any) -> dict[str, Any]:
    """One that can no longer be asked: its page says so instead of leading to the question's."""
    number = shared_question(workspace)
    SavedQuestion.objects.filter(workspace=workspace, **number).update(form={"kind": "trend", "event": 7})
    return number


def an_annotation(workspace: Workspace) -> dict[str, Any]:
    now = clock.now()
    made = Annotation.objects.create(
        workspace=workspace, day=now.date(), text_en="Release", by_name="alice", made_at=now, changed_at=now
    )
    return {"pk": made.pk}


GATED: dict[str, tuple[str, str, Any]] = {
    "insight:trends": ("view", "GET", {}),
    "insight:trend_export": ("view", "GET", {"form": "csv"}),
    "insight:trend_behind": ("view", "GET", {}),
    "insight:trend_behind_export": ("view", "GET", {"form": "csv"}),
    "insight:trend_behind_keep": ("work", "POST", {}),
    "insight:behind": ("view", "GET", {"kind": "trend"}),
    "insight:behind_export": ("view", "GET", {"kind": "trend", "form": "csv"}),
    "insight:behind_keep": ("work", "POST", {"kind": "trend"}),
    "insight:questions": ("view", "GET", {}),
    "insight:question_new": ("work", "POST", {}),
    "insight:question": ("view", "GET", broken_question),
    "insight:question_reading": ("view", "GET", shared_question),
    "insight:question_details": ("view", "GET", shared_question),
    "insight:question_describe": ("work", "POST", shared_question),
    "insight:question_save": ("work", "POST", shared_question),
    "insight:question_restore": ("work", "POST", lambda workspace: {**shared_question(workspace), "version": 1}),
    "insight:question_copy": ("work", "POST", shared_question),
    "insight:question_archive": ("work", "POST", shared_question),
    "insight:question_bring_back": ("work", "POST", shared_question),
    "insight:question_star": ("view", "POST", shared_question),
    "insight:question_pin": ("manage", "POST", shared_question),
    "insight:refresh": ("view", "POST", {}),
    "insight:lifecycle": ("view", "GET", {}),
    "insight:lifecycle_export": ("view", "GET", {"form": "csv"}),
    "insight:stickiness": ("view", "GET", {}),
    "insight:stickiness_export": ("view", "GET", {"form": "csv"}),
    "insight:engagement": ("view", "GET", {}),
    "insight:engagement_export": ("view", "GET", {"form": "csv"}),
    "insight:engagement_definition": ("manage", "GET", {}),
    "insight:retention": ("view", "GET", {}),
    "insight:retention_export": ("view", "GET", {"form": "csv"}),
    "insight:annotate": ("work", "POST", {}),
    "insight:change_annotation": ("work", "POST", an_annotation),
    "insight:remove_annotation": ("work", "POST", an_annotation),
    "insight:funnels": ("view", "GET", {}),
    "insight:funnel_export": ("view", "GET", {"form": "csv"}),
    "insight:events": ("view", "GET", {}),
    "insight:label_event": ("manage", "POST", {}),
}
PUBLIC: set[str] = set()
