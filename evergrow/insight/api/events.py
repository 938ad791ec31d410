"""The events that a workspace captures."""

from datetime import date
from typing import Any

from ninja import Router, Schema

from evergrow.insight import event_names, queries
from evergrow.workspaces.api import ApiRequest, token

router = Router()


class KnownEventOut(Schema):
    """An event as captured, its names, how often it came, from how many accounts and people, and when."""

    event: str
    name_zh: str
    name_en: str
    is_key: bool
    times: int
    accounts: int
    people: int
    first_day: date
    last_day: date


@router.get("/events", auth=token("view"), response=list[KnownEventOut], summary="Events", tags=["insight"])
def events(request: ApiRequest) -> list[dict[str, Any]]:
    """The events that the workspace captures, the most frequent first."""
    names = event_names.of(request.workspace)
    return [
        {
            "event": seen.event,
            "name_zh": names.name(seen.event)["zh"],
            "name_en": names.name(seen.event)["en"],
            "is_key": names.is_key(seen.event),
            "times": seen.times,
            "accounts": seen.accounts,
            "people": seen.people,
            "first_day": seen.first_day,
            "last_day": seen.last_day,
        }
        for seen in queries.events_seen(request.workspace)
    ]
