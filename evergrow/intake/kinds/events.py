"""Events: what people and accounts did, when. They end in the event store, each message once."""

from collections import defaultdict
from datetime import date
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Affiliation, Identifier
from evergrow.intake import events
from evergrow.intake.kinds.dates import moment
from evergrow.intake.kinds.kind import Chunk, Field, Kind, Tally
from evergrow.intake.kinds.people import add_identifiers, add_places, make_people
from evergrow.intake.kinds.problems import Problem
from evergrow.intake.kinds.references import EVENTS_ACCOUNT, check_account, people_by
from evergrow.intake.kinds.upsert import parts
from evergrow.intake.kinds.values import text
from evergrow.lib import clock


def check(chunk: Chunk) -> None:
    """Find the accounts; an event needs somebody who did it, and cannot lie in the future."""
    check_account(chunk)
    if "account" not in chunk.values or None in chunk.values["account"]:
        for index, (account, user) in enumerate(zip(chunk.column("account"), chunk.column("user"), strict=True)):
            if account is None and user is None:
                chunk.reject(index, Problem(_("Neither an account nor a user. Fill one of them: somebody did it.")))
    now = clock.now()
    if max(filter(None, chunk.column("at")), default=now) > now:
        for index, at in enumerate(chunk.column("at")):
            if at and at > now:
                chunk.reject(
                    index, Problem(_("It lies in the future. Correct the date, or its time zone."), {}, _("time"))
                )


def prepare(chunk: Chunk) -> None:
    """Make the people nobody knew yet, for good: events once inserted keep their numbers, whatever happens next."""
    users = set(chunk.column("user")) - {None}
    if missing := users - set(_known_people(chunk, users)):
        _make_people(chunk, missing)


def write(chunk: Chunk) -> Tally:
    """Insert the events under the chunk's own name, so that the chunk again changes nothing."""
    known = _known_people(chunk, set(chunk.column("user")) - {None})
    people = np.array([known.get(user, 0) for user in chunk.column("user")], dtype=np.uint32)
    accounts = np.array(chunk.column("account_number"), dtype=np.uint32)
    accounts = _accounts_of_people(chunk, people, accounts)
    columns: dict[str, Any] = {
        "event": chunk.column("event"),
        "at": np.array([at.replace(tzinfo=None) for at in chunk.column("at")], dtype="datetime64[ms]"),
        "message_id": chunk.column("message_id"),
        "person": people,
        "account": accounts,
        "distinct_id": [user or "" for user in chunk.column("user")],
        "source": "import",
        "import_id": chunk.source.pk,
        "received_at": clock.now(),
    }
    if any(chunk.kept):
        columns["properties"] = chunk.kept
    done = events.insert_events(chunk.workspace, columns, segment=f"import:{chunk.source.pk}:{chunk.number}")
    return Tally(done.counted, 0, done.duplicates)


def _known_people(chunk: Chunk, users: set[str]) -> dict[str, int]:
    """The numbers of the people that these ids, or else these emails, belong to."""
    known = {value: number for value, (_pk, number) in people_by(chunk, Identifier.Kind.USER, users).items()}
    mails = {user: user.lower() for user in users if "@" in user and user not in known}
    by_mail = people_by(chunk, Identifier.Kind.EMAIL, mails.values())
    return known | {user: by_mail[mail][1] for user, mail in mails.items() if mail in by_mail}


def _make_people(chunk: Chunk, missing: set[str]) -> None:
    """A person for each unknown id, at the account of the first event that names it."""
    first: dict[str, int] = {}
    for index, user in enumerate(chunk.column("user")):
        if user in missing:
            first.setdefault(user, index)
    users = list(first)
    rows = Chunk(chunk.source, chunk.number, [0] * len(users), [], {})
    rows.values["email"] = [user.lower() if "@" in user else "" for user in users]
    rows.values["account_id"] = [chunk.column("account_id")[index] for index in first.values()]
    made = make_people(rows, range(len(users)))
    add_identifiers(rows, Identifier.Kind.USER, users, made, set(), set(made))
    add_places(rows, made, set(made))


def _accounts_of_people(chunk: Chunk, people: Any, accounts: Any) -> Any:
    """An event without an account belongs to the only account where its person was on the day."""
    lost = (accounts == 0) & (people != 0)
    if not lost.any():
        return accounts
    numbers = np.unique(people[lost]).tolist()
    rows = Affiliation.objects.filter(person__workspace=chunk.workspace)
    names = ("person__number", "account__number", "started_on", "ended_on")
    places: dict[int, list[tuple[int, date | None, date | None]]] = defaultdict(list)
    for part in parts(numbers):
        for person, account, since, until in rows.filter(person__number__in=part).values_list(*names):
            places[person].append((account, since, until))
    moments, zone = chunk.column("at"), chunk.workspace.tz
    for row in np.flatnonzero(lost).tolist():
        day = moments[row].astimezone(zone).date()
        there = {account for account, since, until in places[people[row]] if (since or day) <= day <= (until or day)}
        accounts[row] = there.pop() if len(there) == 1 else 0
    return accounts


KIND = Kind(
    key="events",
    label=_("Events"),
    about=_("What people did in your product, and when. Usage, health and every trend are computed from them."),
    icon="activity",
    fields=(
        Field(
            "event",
            _("event name"),
            text(200),
            is_required=True,
        ),
        Field(
            "at",
            _("time"),
            moment,
            is_required=True,
            looks_like="date",
        ),
        Field(
            "message_id",
            _("event id"),
            text(200),
        ),
        EVENTS_ACCOUNT,
        Field(
            "user",
            _("user id or email"),
            text(255),
        ),
    ),
    check=check,
    prepare=prepare,
    write=write,
    id_fields=(),
    id_from_row="message_id",
    one_of=("account", "user"),
    keeps=_("as a property of the event"),
    rows_per_chunk=100_000,
    example=(
        ("event_id", "event_name", "timestamp", "account_id", "user_id", "plan"),
        ("E-1", "login", "2026-03-02 09:12:44", "C-1001", "U-9", "Business"),
        ("E-2", "exported_report", "2026-03-02T09:20:03+08:00", "C-1001", "U-9", "Business"),
        ("E-3", "login", "2026/3/3 18:05", "C-1002", "U-11", "Starter"),
    ),
)
