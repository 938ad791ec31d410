"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from typing import Any

OPERATIONS: dict[str, tuple[Any, ...]] = {
    "GET /events": ("view", {}, None),
    "POST /questions/lifecycle": ("view", {}, {"event": "login"}),
    "POST /questions/stickiness": ("view", {}, {"event": "login"}),
    "POST /questions/engagement": ("view", {}, {"subject": "accounts"}),
    "GET /engagement/{subject}": ("view", {"subject": "people"}, None),
    "PUT /engagement/{subject}": (
        "manage",
        {"subject": "people"},
        {"period": "month", "groups": [{"name_en": "Valid", "days": 1}]},
    ),
    "POST /questions/retention": ("view", {}, {"start": {"event": "login"}}),
    "POST /questions/trend": ("view", {}, {"event": "login", "measure": "count"}),
}
