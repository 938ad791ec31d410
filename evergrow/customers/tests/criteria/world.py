"""A small world of people, accounts and events, the same every time, with all that makes criteria hard: missing values,
texts that read as numbers, merges, ties, boundaries of days, and events in the future.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from evergrow.customers import criteria, overrides
from evergrow.customers.actions.merges import merge_people
from evergrow.customers.criteria.subjects import Subject
from evergrow.customers.models import Account, Affiliation, Person
from evergrow.customers.tests.criteria.stage import Told, tell
from evergrow.workspaces.models import Workspace

NOW = datetime(2026, 3, 25, 4, 0, tzinfo=UTC)  # noon in Shanghai
PLANS = ["Pro", "pro", "Starter", "企业版", "É lite", ""]
EVENTS = ["login", "order", "export", "订阅"]
_keys = count(910_000)


@dataclass
class World:
    """A filled workspace and every subject of it."""

    workspace: Workspace
    subjects: dict[str, dict[int, Subject]] = field(default_factory=dict)

    def one_by_one(self, kind: str, data: Any) -> list[int]:
        """Who meets criteria, each subject asked alone."""
        holds = criteria.evaluator(criteria.parse(data, kind, self.workspace))
        return [number for number, subject in self.subjects[kind].items() if holds(subject)]


def make(zone: str = "Asia/Shanghai", calendar: str = "CN", seed: int = 1) -> World:
    """The clock must stand at ``NOW``."""
    rnd = random.Random(seed)
    key = next(_keys)
    workspace = Workspace.objects.create(pk=key, slug=f"world-{key}", name="World", zone=zone, calendar=calendar)
    accounts = [_account(workspace, number, rnd) for number in range(1, 17)]
    people = [_person(workspace, number, rnd) for number in range(1, 56)]
    Account.objects.bulk_create(accounts)
    Person.objects.bulk_create(people)
    Affiliation.objects.bulk_create(_places(accounts, people, rnd))
    tell(workspace, _events(rnd))
    kept = []
    for merged, into in ((50, 1), (51, 1), (52, 2), (53, 40)):
        merge_people(kept=people[into - 1], merged=people[merged - 1], reason="test", by=None, tell_store=False)
        kept.append(people[into - 1])
    overrides.write(kept)
    world = World(workspace)
    for kind in ("person", "account"):
        everyone = criteria.find(workspace, criteria.parse(None, kind, workspace)).tolist()
        world.subjects[kind] = {number: criteria.subject(workspace, kind, number) for number in everyone}
    return world


def _traits(rnd: random.Random) -> dict[str, Any]:
    found = {
        "plan": rnd.choice(PLANS),
        "score": rnd.choice([0, 1, 2.5, -3, 10, "7", "07", "7.0", "seven", True, None]),
        "born": rnd.choice(["1990-03-25", "1988-03-26", "2000-02-29", "1995-12-31", "not a day", "2026-03-25"]),
        "trial_ends": rnd.choice(
            ["2026-03-24T16:00:00Z", "2026-03-24T15:59:59Z", "2026-03-25T23:59:59+08:00", "2026-04-01", "2026-02-23"]
        ),
        "tags": rnd.choice([["a"], ["a", "b"], ["b", "c", 3], [], "a", [True]]),
        "fan": rnd.choice([True, False, "true", None]),
    }
    return {key: value for key, value in found.items() if rnd.random() < 0.7}


def _account(workspace: Workspace, number: int, rnd: random.Random) -> Account:
    return Account(
        workspace=workspace,
        number=number,
        external_id=f"a{number}",
        name=f"Account {number}",
        plan=rnd.choice(PLANS),
        mrr=rnd.choice([0, 99.5, 100, 250]),
        renews_on=rnd.choice([None, *(date(2026, 3, 25) + timedelta(days=step) for step in (-1, 0, 1, 30, 90, 91))]),
        tier=rnd.choice(["vip", "general"]),
        created_at=NOW - timedelta(days=number),
        traits=_traits(rnd),
    )


def _person(workspace: Workspace, number: int, rnd: random.Random) -> Person:
    return Person(
        workspace=workspace,
        number=number,
        name=f"Person {number}",
        email=rnd.choice(["", f"p{number}@example.com", f"P{number}@Example.com"]),
        is_anonymous=rnd.random() < 0.3,
        created_at=NOW - timedelta(hours=5 * number),
        traits=_traits(rnd),
    )


def _places(accounts: list[Account], people: list[Person], rnd: random.Random) -> list[Affiliation]:
    found = []
    for person in people:
        for account in rnd.sample(accounts[:13], rnd.choice([0, 1, 1, 2])):
            place = Affiliation(account=account, person=person, influence=rnd.choice(["decides", "uses"]))
            place.is_key = rnd.random() < 0.3
            place.started_on = rnd.choice([None, date(2026, 3, 25), date(2026, 3, 26)])
            place.ended_on = rnd.choice([None, None, date(2026, 3, 25), date(2026, 3, 26)])
            found.append(place)
    return found


def _events(rnd: random.Random) -> list[Told]:
    """Some four hundred events; many at day boundaries of Shanghai and New York, some at the same moment."""
    midnight = datetime(2026, 3, 24, 16, 0, tzinfo=UTC)
    found: list[Told] = []
    for _ in range(420):
        base = midnight - timedelta(days=rnd.choice([0, 0, 1, 2, 6, 7, 13, 14, 29, 30, 31, 59, 90, 400]))
        base += rnd.choice([timedelta(0), timedelta(milliseconds=-1), timedelta(hours=3), timedelta(hours=12)])
        if rnd.random() < 0.05:
            base = NOW + timedelta(hours=rnd.choice([0, 1, 20]))
        properties = {
            "amount": rnd.choice(["10", "0.1", "0.2", "-5", "1e2", "many", " 5", "+3", ".5", ""]),
            "plan": rnd.choice(PLANS),
        }
        kept = {key: value for key, value in properties.items() if rnd.random() < 0.75}
        found.append((rnd.choice(EVENTS), base, rnd.choice([0, *range(1, 54)]), rnd.randint(0, 20), kept))
    return found
