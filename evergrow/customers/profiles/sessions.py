"""A person's sessions: events that follow each other within half an hour.

A gap of exactly 30 minutes starts a new one; midnight does not. Where the client names its session (``session_id``,
as our own script does) another name starts a new one too; events without a name join the session that was active
last. The same rule as for session questions (PostHog, GA4: gap of 30 minutes).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from evergrow import warehouse
from evergrow.customers.profiles.whose import Whose
from evergrow.lib import clock

GAP = timedelta(minutes=30)
DAYS, MOST_DAYS = 90, 400
BEFORE, AFTER = timedelta(hours=12), timedelta(days=3)
MOST_EVENTS, PER_PAGE = 10_000, 20


# The part of a step, and under which property clients say it, the first that is there counts.
TOLD = {
    "session": ["session_id"],
    "page": ["page.url", "$current_url", "url", "page.path"],
    "referrer": ["page.referrer", "$referrer", "referrer"],
    "campaign_source": ["campaign.source", "utm_source"],
    "campaign_medium": ["campaign.medium", "utm_medium"],
    "campaign": ["campaign.name", "utm_campaign"],
    "device": ["device.type", "device.model", "$device_type"],
    "system": ["os.name", "$os"],
    "browser": ["browser.name", "browser", "$browser"],
    "agent": ["userAgent", "user_agent"],
}


@dataclass(frozen=True, slots=True)
class Step:
    """An event as sessions need it."""

    at: datetime
    sequence: int
    event: str
    source: str = ""
    account: int = 0
    message_id: str = ""
    session: str = ""
    page: str = ""
    referrer: str = ""
    campaign_source: str = ""
    campaign_medium: str = ""
    campaign: str = ""
    device: str = ""
    system: str = ""
    browser: str = ""
    agent: str = ""


@dataclass(slots=True)
class Session:
    """Steps in the order they happened."""

    steps: list[Step] = field(default_factory=list)

    @property
    def started_at(self) -> datetime:
        return self.steps[0].at

    @property
    def ended_at(self) -> datetime:
        return self.steps[-1].at

    @property
    def seconds(self) -> float:
        """From the first to the last event."""
        return (self.ended_at - self.started_at).total_seconds()

    @property
    def key(self) -> str:
        """How the session stands in an address: the milliseconds and the sequence of its first event."""
        return f"{round(self.started_at.timestamp() * 1000)}-{self.steps[0].sequence}"

    @property
    def landing(self) -> str:
        """The first page, without its query."""
        return _first(step.page for step in self.steps).partition("?")[0]

    @property
    def exit(self) -> str:
        """The last page, without its query."""
        return _first(step.page for step in reversed(self.steps)).partition("?")[0]

    @property
    def referrer(self) -> str:
        """The host the visitor came from; "" for a direct visit or one from a page of the same host."""
        host = urlsplit(_first(step.referrer for step in self.steps)).hostname or ""
        return "" if host == urlsplit(_first(step.page for step in self.steps)).hostname else host

    @property
    def campaign(self) -> str:
        """Source / medium / name as far as they are known."""
        told = next((step for step in self.steps if step.campaign_source or step.campaign), None)
        return " / ".join(filter(None, (told.campaign_source, told.campaign_medium, told.campaign))) if told else ""

    @property
    def device(self) -> str:
        parts = ("device", "system", "browser")
        found = [_first(getattr(step, part) for step in self.steps) for part in parts]
        return " · ".join(filter(None, found)) or _agent(_first(step.agent for step in self.steps))

    @property
    def names(self) -> list[tuple[str, int]]:
        """Which events, and how often; the most frequent first."""
        counted: dict[str, int] = {}
        for step in self.steps:
            counted[step.event] = counted.get(step.event, 0) + 1
        return sorted(counted.items(), key=lambda each: (-each[1], each[0]))


@dataclass(frozen=True, slots=True)
class Sessions:
    """The newest sessions first; ``is_cut`` when older events were not read, so that older sessions are missing."""

    sessions: list[Session]
    is_cut: bool


def sessions(of: Whose, days: int = DAYS) -> Sessions:
    """The sessions of the last days, of at most 10,000 events. Raises ``warehouse.StoreUnavailable``."""
    now = clock.now()
    rows = _steps(of.asked, now - timedelta(days=days), now + timedelta(days=366), MOST_EVENTS)
    found = split(map(_step, reversed(rows)))
    is_cut = len(rows) == MOST_EVENTS
    # The oldest session may have lost its beginning.
    return Sessions(found[:-1] if is_cut and len(found) > 1 else found, is_cut)


def split(steps: Iterable[Step]) -> list[Session]:
    """The sessions of steps given oldest first; the newest session first."""
    found: list[Session] = []
    named: dict[str, Session] = {}
    last: Session | None = None
    for step in steps:
        current = named.get(step.session) if step.session else last
        if current is None or step.at - current.ended_at >= GAP:
            current = Session()
            found.append(current)
        if step.session:
            named[step.session] = current
        current.steps.append(step)
        last = current
    return sorted(found, key=lambda each: (each.started_at, each.steps[0].sequence), reverse=True)


def first_touch(of: Whose) -> Callable[[], Session | None]:
    """The person's first session, found around the first moment that is known of them, begun to be read."""
    seen, asked = getattr(of.subject, "first_seen_at", None), of.asked

    def read() -> Session | None:
        if seen is None:
            return None
        try:
            rows = _steps(asked, seen - timedelta(minutes=1), seen + timedelta(hours=12), 500)
        except warehouse.StoreUnavailable:
            return None
        found = split(map(_step, reversed(rows)))
        return found[-1] if found else None

    return warehouse.meanwhile(read)


def by_key(of: Whose, key: str) -> Session | None:
    """The session of an address, or None."""
    began, _, sequence = key.partition("-")
    if not (began.isdigit() and sequence.isdigit() and len(began) < 14):
        return None
    at = datetime.fromtimestamp(int(began) / 1000, UTC)
    rows = _steps(of.asked, at - BEFORE, at + AFTER, MOST_EVENTS)
    found = split(map(_step, reversed(rows)))
    return next((each for each in found if each.started_at == at and each.key == key), None)


def _steps(asked: Mapping[str, Any], since: datetime, until: datetime, most: int) -> list[tuple[Any, ...]]:
    """The subject's events of a time, the newest first: what stands of each in columns, and the properties told."""
    return warehouse.rows(
        warehouse.statement("customers", "person_steps"),
        **asked,
        since=since,
        first_day=(since - timedelta(days=1)).date(),
        until=until,
        most=most,
        told=[name for names in TOLD.values() for name in names],
    )


def _step(row: tuple[Any, ...]) -> Step:
    *facts, told = row
    parts: dict[str, Any] = {part: _first(told.get(name, "") for name in names) for part, names in TOLD.items()}
    return Step(*facts, **parts)


def _first(values: Iterable[str]) -> str:
    return next((value for value in values if value), "")


SYSTEMS = ("Windows", "iPhone", "iPad", "Android", "Mac OS X", "HarmonyOS", "Linux")
BROWSERS = ("MicroMessenger", "DingTalk", "Edg", "Firefox", "Chrome", "Safari")


def _agent(agent: str) -> str:
    """System and browser as a user agent names them; "" for one that says neither."""
    found = [next((name for name in names if name in agent), "") for names in (SYSTEMS, BROWSERS)]
    return " · ".join(filter(None, found)).replace("Edg", "Edge").replace("MicroMessenger", "WeChat")
