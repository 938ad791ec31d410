"""Answers to a survey in the event store, and measures that read them."""

from datetime import timedelta
from typing import Any

from evergrow.customers.tests.stage import put_events
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

Given = tuple[int, int, str, int]  # account, person, answer, days ago


def answer(workspace: Workspace, *given: Given, event: str = "survey answered", survey: str = "Spring") -> None:
    put_events(
        workspace,
        *(
            {
                "at": clock.now() - timedelta(days=back),
                "event": event,
                "account": account,
                "person": person,
                "properties": {"score": text, "survey": survey},
            }
            for account, person, text, back in given
        ),
    )


def measure(**asked: Any) -> dict[str, Any]:
    """A measure of NPS in the last 90 days, two answers at least."""
    survey = {"event": "survey answered", "property": "score", "scale": "nps", "days": 90, "least": 2} | asked
    return {
        "key": "nps",
        "source": "survey",
        "ask": {"survey": survey},
        "name": {"en": "NPS", "zh": "NPS"},
        "weight": 20,
        "direction": "higher",
        "scoring": {"kind": "linear", "knots": [[-100, 0], [100, 100]]},
        "null_policy": None,
        "validity_days": None,
        "expire_days": None,
    }
