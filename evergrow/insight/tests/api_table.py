"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from typing import Any

OPERATIONS: dict[str, tuple[Any, ...]] = {
    "GET /events": ("view", {}, None),
    "POST /questions/funnel": ("view", {}, {"steps": [{"event": "login"}, {"event": "logout"}]}),
    "POST /questions/trend": ("view", {}, {"event": "login", "measure": "count"}),
}
