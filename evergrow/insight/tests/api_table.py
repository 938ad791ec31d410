"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from typing import Any

OPERATIONS: dict[str, tuple[Any, ...]] = {
    "GET /events": ("view", {}, None),
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
    "POST /questions/trend": ("view", {}, {"event": "login", "measure": "count"}),
}
