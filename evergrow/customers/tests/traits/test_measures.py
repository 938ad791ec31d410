"""Every measure, computed by the event store and by plain Python over the same events."""

import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest

from evergrow import warehouse
from evergrow.customers import overrides
from evergrow.customers.actions.merges import merge_people
from evergrow.customers.criteria import mirror
from evergrow.customers.models import Account, Person
from evergrow.customers.tests.criteria.stage import tell
from evergrow.customers.traits.computed import compute
from evergrow.customers.traits.computed import definition as definitions
from evergrow.customers.traits.computed.measures import MEASURES

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NOW = datetime(2026, 3, 29, 12, 30, tzinfo=UTC)  # Lord Howe is 11 hours ahead, one half less a week later
MERGES = {8: 1, 9: 2, 10: 1}
EVENTS = ("order", "login")


@pytest.fixture
def crowd(workspace, warehouse_db):
    """Ten people of whom three were merged, three accounts, and events with ties, odd values and zones."""
    workspace.zone = "Australia/Lord_Howe"
    workspace.save()
    people = [Person.objects.create(workspace=workspace, number=n, name=f"P{n}", created_at=NOW) for n in range(1, 12)]
    for n in range(1, 4):
        Account.objects.create(
            workspace=workspace,
            number=n,
            external_id=f"a{n}",
            name=f"A{n}",
            country="NZ" if n == 1 else "",
            created_at=NOW,
        )
    dice = random.Random(5)
    events = []
    for _ in range(400):
        at = NOW - timedelta(minutes=dice.choice([0, 1, 30, 60, 24 * 60]) * dice.randint(0, 60))
        properties = {}
        if dice.random() < 0.8:
            properties["amount"] = dice.choice(["10", "2.5", "-3", "10", "x", "", "1e3", "inf"])
        if dice.random() < 0.7:
            properties["plan"] = dice.choice(["Pro", "Free", "专业版"])
        events.append((dice.choice(EVENTS), at, dice.randint(0, 11), dice.randint(0, 3), properties))
    tell(workspace, events)
    for merged, kept in MERGES.items():
        merge_people(kept=people[kept - 1], merged=people[merged - 1], reason="test", by=None, tell_store=False)
    overrides.write([people[0], people[1]])
    mirror.refresh(workspace)
    rows = warehouse.rows("select event, at, person, account, properties, sequence, message_id from events")
    return workspace, rows


def days_of(workspace, within):
    """The first and last day of a window, as the language says: today is the last one."""
    today = NOW.astimezone(workspace.tz).date()
    if within is None:
        return date.min, date.max
    n, unit = next(iter((v, k) for k, v in within.items()))
    if unit == "months":
        month = today.month - 1 - n
        year, month = today.year + month // 12, month % 12 + 1
        day = min(today.day, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1])
        return date(year, month, day) + timedelta(days=1), today
    return today - timedelta(days=n * (7 if unit == "weeks" else 1) - 1), today


def number_of(text):
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) != float("inf") else None


def by_hand(workspace, rows, kind, data):
    """The values by subject, from the events alone."""
    event, name, plan = data["event"], data.get("property"), data.get("where")
    first, last = days_of(workspace, data.get("within"))
    groups = defaultdict(list)
    length = (last - first).days + 1 if data.get("within") else 0
    earlier = (first - timedelta(days=length), first - timedelta(days=1)) if length else None
    if data.get("within") and "months" in data["within"]:
        begin = first - timedelta(days=1)
        earlier = (
            date(begin.year, begin.month - data["within"]["months"], min(begin.day, 28)) + timedelta(days=1),
            begin,
        )
    for which, at, person, account, properties, sequence, message in rows:
        subject = MERGES.get(person, person) if kind == "person" else account
        day = at.astimezone(workspace.tz).date()
        meets = (event in ("*", which)) and (not plan or properties.get("plan") == "Pro")
        if not subject:
            continue
        groups[subject].append((at, sequence, message, day, properties, meets))
    found = {}
    for subject, told in groups.items():
        inside = [each for each in told if first <= each[3] <= last]
        mine = sorted(each for each in ((*e[:4], tuple(sorted(e[4].items())), e[5]) for e in inside) if each[5])
        value = measured(data, mine, inside, told, name, (first, last), earlier, workspace)
        if value is not None:
            found[subject] = value
    everyone = range(1, 4) if kind == "account" else [n for n in range(1, 12) if n not in MERGES]
    if data.get("empty", "zero") == "zero" and MEASURES[data["measure"]].may_be_zero:
        found = {n: found.get(n, 0) for n in everyone}
    if data.get("only"):
        found = {n: value for n, value in found.items() if n == 1}
    return {n: value for n, value in found.items() if n in everyone}


def measured(data, mine, inside, told, name, window, earlier, workspace):
    values = [(e[0], e[1], e[2], dict(e[4])[name]) for e in mine if name and name in dict(e[4])]
    if data.get("as") == "number":
        values = [(*e[:3], number_of(e[3])) for e in values if number_of(e[3]) is not None]
    numbers = [n for e in values if (n := number_of(str(e[3]))) is not None]
    today = NOW.astimezone(workspace.tz).date()
    match data["measure"]:
        case "count":
            return len(mine) or None
        case "active_days":
            return len({e[3] for e in mine}) or None
        case "sum":
            return round(sum(numbers), 6) if numbers else None
        case "average":
            return round(sum(numbers) / len(numbers), 6) if numbers else None
        case "min":
            return min(numbers, default=None)
        case "max":
            return max(numbers, default=None)
        case "first":
            return min(values)[3] if values else None
        case "last":
            return max(values, key=lambda e: e[:3])[3] if values else None
        case "most_frequent":
            times = Counter(e[3] for e in values)
            return max(times, key=lambda v: (times[v], max(e[0] for e in values if e[3] == v), v)) if values else None
        case "unique":
            return len({e[3] for e in values}) or None
        case "days_since_last":
            return (today - max(e[3] for e in mine)).days if mine else None
        case "days_since_first":
            return (today - min(e[3] for e in mine)).days if mine else None
        case "share":
            return round(len(mine) / len(inside), 6) if inside else None
    weigh = lambda e: 1 if not name else number_of(e[4].get(name, "")) or 0  # noqa: E731
    if data["measure"] == "change":
        now = sum(weigh(e) for e in told if e[5] and window[0] <= e[3] <= window[1])
        before = sum(weigh(e) for e in told if e[5] and earlier[0] <= e[3] <= earlier[1])
        return round(100 * (now - before) / before, 6) if before else None
    days = [window[0] + timedelta(days=n) for n in range((window[1] - window[0]).days + 1)]
    daily = [sum(weigh(e) for e in told if e[5] and e[3] == day) for day in days]
    if not any(
        e[5] and window[0] <= e[3] <= window[1] and (not name or number_of(e[4].get(name, "")) is not None)
        for e in told
    ):
        return None
    x_mean, y_mean = (len(days) - 1) / 2, sum(daily) / len(days)
    above = sum((x - x_mean) * (y - y_mean) for x, y in enumerate(daily))
    return round(above / sum((x - x_mean) ** 2 for x in range(len(days))), 6)


def definitions_to_try():
    dice = random.Random(3)
    for measure in MEASURES.values():
        for kind in ("person", "account"):
            for _ in range(2):
                within = dice.choice([{"days": 7}, {"weeks": 2}, {"days": 30}])
                data = {"measure": measure.key, "event": dice.choice(["order", "*"]), "within": within}
                if not measure.needs_window and dice.random() < 0.3:
                    del data["within"]
                elif dice.random() < 0.2:
                    data["within"] = {"months": 1}
                if measure.property == "needed" or (measure.property == "optional" and dice.random() < 0.5):
                    data["property"] = dice.choice(["amount", "plan"])
                if dice.random() < 0.4:
                    data["where"] = [{"property": "plan", "is": ["Pro"]}]
                if dice.random() < 0.3:
                    data["empty"] = "none"
                if measure.gives == "value" and dice.random() < 0.4:
                    data |= {"as": "number", "property": "amount"}
                if dice.random() < 0.2:
                    key, value = ("country", "NZ") if kind == "account" else ("name", "P1")
                    data["only"] = {"trait": key, "is": [value]}
                yield kind, data


def test_every_measure_comes_to_what_the_events_say(crowd):
    workspace, rows = crowd
    tried = 0
    for kind, data in definitions_to_try():
        asked = definitions.read(data, kind, workspace, {})
        found = compute.run(asked, NOW)
        got = dict(zip(found.numbers.tolist(), found.values, strict=True))
        wanted = by_hand(workspace, rows, kind, data)
        assert got.keys() == wanted.keys(), (kind, data)
        for number, value in wanted.items():
            told = pytest.approx(value, abs=2e-6) if isinstance(value, float) else value
            assert got[number] == told, (kind, data, number)
        tried += len(wanted)
    assert tried > 150


def test_hours_are_counted_back_from_this_moment(crowd):
    workspace, rows = crowd
    asked = definitions.read({"measure": "count", "event": "*", "within": {"hours": 5}}, "account", workspace, {})
    found = compute.run(asked, NOW)
    wanted = Counter(row[3] for row in rows if row[3] and NOW - timedelta(hours=5) <= row[1] <= NOW)
    assert dict(zip(found.numbers.tolist(), found.values, strict=True)) == {n: wanted[n] for n in (1, 2, 3)}


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ({"measure": "median"}, "measure"),
        ({"measure": "sum", "event": "order"}, "property"),
        ({"measure": "count", "event": "order", "property": "amount"}, "property"),
        ({"measure": "change", "event": "order"}, "within"),
        ({"measure": "slope", "event": "order", "within": {"hours": 5}}, "within"),
        ({"measure": "count", "event": ""}, "event"),
        ({"measure": "count", "within": {"days": 0}}, "within.days"),
        ({"measure": "count", "where": [{"property": "plan", "over": "x"}]}, "where.0.over"),
        ({"measure": "count", "only": {"trait": "plan"}}, "only"),
        ({"measure": "share", "among": {"event": "*", "times": 3}}, "among"),
        ({"measure": "count", "among": {"event": "*"}}, "among"),
        ({"measure": "count", "empty": "null"}, "empty"),
        ({"measure": "count", "schedule": "weekly"}, "schedule"),
        ({"measure": "count", "limit": 3}, "limit"),
        ({"formula": "1", "event": "order"}, "event"),
        ({"formula": " "}, "formula"),
        ([], ""),
    ],
)
def test_what_is_wrong_with_a_definition_is_said_at_its_part(workspace, data, part):
    with pytest.raises(definitions.DefinitionError) as refused:
        definitions.read(data, "person", workspace, {})
    assert refused.value.part == part
