"""What the tests of campaigns put on the stage."""

from datetime import date, timedelta
from typing import Any

from evergrow.customers.actions import segments
from evergrow.customers.models import Segment
from evergrow.success.campaigns import acts
from evergrow.success.campaigns.models import Campaign
from evergrow.success.campaigns.wishes import Wish
from evergrow.workspaces.models import Member

TODAY, DAY = date(2026, 3, 25), timedelta(days=1)


def wish(**facts: Any) -> Wish:
    known = {
        "name": {"en": "Training week", "zh": "培训周"},
        "kind": "online",
        "starts_on": TODAY,
        "ends_on": TODAY + 4 * DAY,
    }
    return Wish(**{**known, **facts})


def listed(by: Member, numbers: list[int], kind: str = "account", name: str = "Quiet ones") -> Segment:
    """A list with these members."""
    return segments.create_segment(workspace=by.workspace, name=name, kind=kind, numbers=numbers, by=by)


def drafted(by: Member, **facts: Any) -> Campaign:
    return acts.draw_up(wish=wish(**facts), by=by)


def running(by: Member, segment: Segment, **facts: Any) -> Campaign:
    return acts.start(campaign=drafted(by, segment=segment, **facts), by=by)
