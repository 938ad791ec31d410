"""What people and accounts did, and two of them side by side."""

from datetime import date, datetime
from typing import Any

from django.http import Http404
from ninja import Query, Router, Schema
from ninja.errors import ValidationError
from pydantic import Field

from evergrow.customers import access
from evergrow.customers.models import Account, Person
from evergrow.customers.profiles import comparison, sessions, tail
from evergrow.customers.profiles.whose import whose
from evergrow.workspaces.api import ApiRequest, Day, Line, Number, token

router = Router(tags=["profiles"])
CURSOR = "The next of the answer before; empty begins."


class ProfileEventOut(Schema):
    """A captured event. ``person`` is whom it came as, which later merges may have joined with another."""

    at: datetime
    event: str
    account: int | None
    person: int | None
    source: str
    distinct_id: str
    message_id: str
    properties: dict[str, str]

    @staticmethod
    def resolve_account(event: Any) -> int | None:
        return event.account or None

    @staticmethod
    def resolve_person(event: Any) -> int | None:
        return event.person or None


class Events(Schema):
    """A piece of a tail, the newest first."""

    items: list[ProfileEventOut]
    next: str | None = Field(None, description="Pass it as cursor for older events; null at the end.")


class TailWindow(Schema):
    cursor: str = Field("", max_length=2000, description=CURSOR)
    limit: int = Field(50, ge=1, le=200)
    event: Line = Field("", description="Only events of this name.")
    source: Line = Field("", description="Only events of this source.")
    text: Line = Field("", description="Only events with this text in the name or value of a property.")
    since: Day | None = Field(None, description="From this day on.")
    until: Day | None = Field(None, description="Until this day, the day itself included.")


class SessionOut(Schema):
    key: str
    started_at: datetime
    ended_at: datetime
    seconds: float
    events: int = Field(description="How many events it has.")
    landing: str
    exit: str
    referrer: str
    campaign: str
    device: str

    @staticmethod
    def resolve_events(session: Any) -> int:
        return len(session.steps)


class ProfileStepOut(Schema):
    at: datetime
    event: str
    source: str
    page: str
    message_id: str


class SessionWhole(SessionOut):
    steps: list[ProfileStepOut] = Field(description="The first 2,000 events in their order.")

    @staticmethod
    def resolve_steps(session: Any) -> Any:
        return session.steps[:2000]


class Sessions(Schema):
    items: list[SessionOut]
    next: str | None = Field(None, description="Pass it as cursor for older sessions; null at the end.")
    is_cut: bool = Field(description="Whether older events than the latest 10,000 were left out.")


class SessionWindow(Schema):
    cursor: Line = Field("", description=CURSOR)
    limit: int = Field(20, ge=1, le=200)
    days: int = Field(sessions.DAYS, ge=1, le=sessions.MOST_DAYS, description="How far to look back.")


class ProfileLineOut(Schema):
    label: str
    one: str
    other: str
    differs: bool


class ProfileGroupOut(Schema):
    key: str
    label: str
    lines: list[ProfileLineOut]


class Comparison(Schema):
    """Values as they are told to readers, in the language of ``Accept-Language``."""

    one: int
    other: int
    different: int
    groups: list[ProfileGroupOut]


@router.get("/people/{number}/events", auth=token("view"), response=Events, summary="Events of a person")
def person_events(request: ApiRequest, number: Number, window: Query[TailWindow]) -> dict[str, Any]:
    """The newest events first, those of merged people included."""
    return _events(request, access.person_or_404(request.member, number), window)


@router.get("/accounts/{number}/events", auth=token("view"), response=Events, summary="Events of an account")
def account_events(request: ApiRequest, number: Number, window: Query[TailWindow]) -> dict[str, Any]:
    """The newest events first."""
    return _events(request, access.account_or_404(request.member, number), window)


@router.get("/people/{number}/sessions", auth=token("view"), response=Sessions, summary="Sessions of a person")
def person_sessions(request: ApiRequest, number: Number, window: Query[SessionWindow]) -> dict[str, Any]:
    """The newest first; a gap of 30 minutes starts a new one."""
    found = sessions.sessions(whose(request.member, _person(request, number)), window.days)
    keys = [each.key for each in found.sessions]
    if window.cursor and window.cursor not in keys:
        raise _no_cursor()
    start = keys.index(window.cursor) if window.cursor else 0
    shown, rest = found.sessions[start : start + window.limit], keys[start + window.limit :]
    return {"items": shown, "next": rest[0] if rest else None, "is_cut": found.is_cut}


@router.get("/people/{number}/sessions/{key}", auth=token("view"), response=SessionWhole, summary="A session")
def person_session(request: ApiRequest, number: Number, key: str) -> Any:
    found = sessions.by_key(whose(request.member, _person(request, number)), key)
    if found is None:
        raise Http404
    return found


@router.get("/people/{number}/compare/{other}", auth=token("view"), response=Comparison, summary="Two people compared")
def compare_people(request: ApiRequest, number: Number, other: Number) -> dict[str, Any]:
    """Fields, traits, usage and what else is known of both."""
    return _comparison(request, _person(request, number), _person(request, other))


@router.get(
    "/accounts/{number}/compare/{other}", auth=token("view"), response=Comparison, summary="Two accounts compared"
)
def compare_accounts(request: ApiRequest, number: Number, other: Number) -> dict[str, Any]:
    """Fields, traits, usage and what else is known of both."""
    one, second = (access.account_or_404(request.member, each) for each in (number, other))
    return _comparison(request, one, second)


def _person(request: ApiRequest, number: int) -> Person:
    return access.person_or_404(request.member, number)


def _events(request: ApiRequest, subject: Person | Account, window: TailWindow) -> dict[str, Any]:
    since, until = (
        day if day is None or day.year < 2149 else date(2148, 12, 31) for day in (window.since, window.until)
    )
    filters = tail.Filters(window.event, window.source, window.text, since, until)
    try:
        found = tail.tail(whose(request.member, subject), filters, window.cursor, window.limit)
    except tail.NoPlace as error:
        raise _no_cursor() from error
    return {"items": found.events, "next": found.older or None}


def _no_cursor() -> ValidationError:
    message = "This is no cursor of this list. Take the “next” of an answer, or leave it out to begin."
    return ValidationError([{"loc": ["query", "cursor"], "msg": message}])


def _comparison(request: ApiRequest, one: Person | Account, other: Person | Account) -> dict[str, Any]:
    groups = comparison.compare(request.member, one, other)
    return {
        "one": one.number,
        "other": other.number,
        "different": sum(group.different for group in groups),
        "groups": groups,
    }
