"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from typing import Any

from evergrow.insight.tests.url_table import an_annotation, shared_question
from evergrow.workspaces.models import Workspace


def annotation_row(workspace: Workspace) -> dict[str, Any]:
    return {"id": an_annotation(workspace)["pk"]}


OPERATIONS: dict[str, tuple[Any, ...]] = {
    "GET /events": ("view", {}, None),
    "GET /annotations": ("view", {}, None),
    "POST /annotations": ("work", {}, {"day": "2026-03-17", "text_en": "Release 3.2"}),
    "PUT /annotations/{id}": ("work", annotation_row, {"day": "2026-03-18", "text_en": "Release 3.2"}),
    "DELETE /annotations/{id}": ("work", annotation_row, None),
    "GET /questions/saved": ("view", {}, None),
    "POST /questions/saved": ("work", {}, {"question": {"kind": "trend"}, "name_en": "Logins"}),
    "GET /questions/saved/{number}": ("view", shared_question, None),
    "PATCH /questions/saved/{number}": ("work", shared_question, {"folder": "Monday"}),
    "GET /questions/saved/{number}/versions": ("view", shared_question, None),
    "POST /questions/saved/{number}/versions/{version}/restore": (
        "work",
        lambda workspace: {**shared_question(workspace), "version": 1},
        None,
    ),
    "POST /questions/saved/{number}/archive": ("work", shared_question, None),
    "POST /questions/saved/{number}/bring-back": ("work", shared_question, None),
    "POST /questions/saved/{number}/answer": ("view", shared_question, None),
    "POST /questions/lifecycle": ("view", {}, {"event": "login"}),
    "POST /questions/stickiness": ("view", {}, {"event": "login"}),
    "POST /questions/engagement": ("view", {}, {"subject": "accounts"}),
    "GET /engagement": ("view", {}, None),
    "PUT /engagement": (
        "manage",
        {},
        {"period": "month", "groups": [{"name_en": "Valid", "days": 1}]},
    ),
    "POST /questions/retention": ("view", {}, {"start": {"event": "login"}}),
    "POST /questions/funnel": ("view", {}, {"steps": [{"event": "login"}, {"event": "logout"}]}),
    "POST /questions/trend": ("view", {}, {"event": "login", "measure": "count"}),
}
