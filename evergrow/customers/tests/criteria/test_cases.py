"""The shared table of cases: the event store and the evaluator give the answers that were worked out by hand."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from evergrow.customers import criteria, overrides
from evergrow.customers.actions.merges import merge_people
from evergrow.customers.models import Account, Affiliation, Person, Trashed
from evergrow.customers.tests.criteria.cases import ACCOUNTS, PEOPLE, Cases
from evergrow.customers.tests.criteria.stage import Told, tell
from evergrow.lib import clock
from evergrow.warehouse.tests.stage import empty_store
from evergrow.workspaces.models import Workspace

pytestmark = pytest.mark.once
NOON = datetime(2026, 3, 25, 4, 0, tzinfo=UTC)
TODAY = date(2026, 3, 25)
TRAITS: dict[int, dict[str, Any]] = {
    1: {"score": 10, "born": "1990-03-25", "trial_ends": "2026-03-24T16:00:00Z", "tags": ["a", "b"], "fan": True},
    2: {"score": 7, "born": "1988-04-01", "trial_ends": "2026-03-24T15:59:59Z", "tags": ["b"], "fan": False},
    3: {"score": None, "born": "2000-02-29", "trial_ends": "2026-04-24", "tags": []},
    4: {"score": 2.5, "born": "", "trial_ends": "2026-02-24", "tags": ["a"], "fan": True},
    5: {"score": "07", "born": "1995-12-31", "tags": "a"},
}
TITLES = {1: "CEO", 2: "VP Ops", 3: "经理", 4: "", 5: "ceo"}
NAMES = {1: "Ann", 2: "Ben", 3: "Cui", 4: "Dee", 5: "Eve", 6: "Ann at home"}


@pytest.fixture
def stage(db: None) -> Iterator[Workspace]:
    empty_store()
    with clock.frozen(NOON):
        workspace = Workspace.objects.create(slug="cases", name="Cases", zone="Asia/Shanghai", calendar="CN")
        people = {
            number: Person.objects.create(
                workspace=workspace,
                number=number,
                name=name,
                title=TITLES.get(number, ""),
                is_anonymous=number in (4, 6),
                traits=TRAITS.get(number, {}),
            )
            for number, name in NAMES.items()
        }
        accounts = {
            number: Account.objects.create(
                workspace=workspace,
                number=number,
                external_id=str(number),
                name=name,
                mrr=mrr,
                plan=plan,
                renews_on=day,
            )
            for number, name, mrr, plan, day in (
                (1, "Kite", 100, "Pro", TODAY),
                (2, "Nova", 0, "", TODAY + timedelta(days=90)),
                (3, "Orb", 250, "pro", None),
            )
        }
        accounts[2].parent, accounts[3].parent = accounts[1], accounts[2]
        Account.objects.bulk_update([accounts[2], accounts[3]], ["parent"])
        gone = {"workspace": workspace, "mrr": 500, "plan": "Pro", "parent": accounts[1]}
        Account.objects.create(number=4, external_id="4", merged_into=accounts[1], name="Kite again", **gone)
        trashed = Account.objects.create(number=5, external_id="5", name="Gone", **gone)
        Trashed.objects.create(workspace=workspace, account=trashed, erase_at=NOON + timedelta(days=7))
        place = Affiliation.objects.create
        place(account=trashed, person=people[5], influence="decides")
        place(account=accounts[1], person=people[1], influence="decides", is_key=True)
        place(account=accounts[1], person=people[2])
        place(account=accounts[2], person=people[3], influence="decides")
        place(account=accounts[2], person=people[4], ended_on=TODAY)
        tell(workspace, _events())
        merge_people(kept=people[1], merged=people[6], reason="same", by=None, tell_store=False)
        overrides.write([people[1]])
        yield workspace


def _at(day: str, hour: str = "12:00:00.000") -> datetime:
    return datetime.fromisoformat(f"2026-{day}T{hour}+08:00")


def _events() -> list[Told]:
    moment = _at("03-22", "08:30:00.000")
    return [
        ("login", _at("03-25", "09:00:00.000"), 1, 1, {}),
        ("login", _at("03-24", "00:00:00.000"), 1, 1, {}),
        ("login", _at("02-23", "23:59:59.999"), 6, 1, {}),
        ("login", _at("02-24", "00:00:00.000"), 2, 1, {}),
        ("login", _at("03-01"), 3, 2, {}),
        ("login", _at("03-02"), 3, 2, {}),
        ("login", _at("03-03"), 3, 2, {}),
        ("order", _at("03-20"), 1, 1, {"amount": "10"}),
        ("order", _at("03-21"), 1, 1, {"amount": "5.5"}),
        ("order", moment, 2, 1, {"amount": "many"}),
        ("order", _at("03-25"), 4, 2, {"amount": "-3", "plan": "Pro"}),
        ("order", _at("03-25", "13:00:00.000"), 5, 0, {"amount": "100"}),
        ("export", moment, 2, 1, {}),
        ("export", _at("03-10"), 3, 2, {}),
    ]


def test_the_table_of_cases_holds_both_ways(stage: Workspace) -> None:
    assert len(PEOPLE) + len(ACCOUNTS) >= 200
    wrong = [*_wrong(stage, "person", PEOPLE, 6), *_wrong(stage, "account", ACCOUNTS, 3)]
    assert not wrong, "\n".join(wrong)


def _wrong(workspace: Workspace, kind: str, cases: Cases, last: int) -> list[str]:
    numbers = [number for number in range(1, last + 1) if (kind, number) != ("person", 6)]
    subjects = {number: criteria.subject(workspace, kind, number) for number in numbers}
    found = []
    everything = [criteria.parse(data, kind, workspace) for data, _ in cases]
    answers = criteria.find_many(workspace, everything)
    for (data, expected), asked, answer in zip(cases, everything, answers, strict=True):
        holds = criteria.evaluator(asked)
        by_store = answer.tolist()
        alone = [number for number, subject in subjects.items() if holds(subject)]
        if not expected == by_store == alone:
            found.append(f"{data}: by hand {expected}, by the store {by_store}, alone {alone}")
        if criteria.from_yaml(criteria.to_yaml(asked), kind, workspace) != asked:
            found.append(f"{data}: not the same after YAML")
    return found


def test_it_explains_each_part(stage: Workspace) -> None:
    data = {"all": [{"trait": "title", "contains": "ceo"}, {"did": "login", "times": 3}, {"not": {"did": "export"}}]}
    told = criteria.explain(criteria.parse(data, "person", stage), criteria.subject(stage, "person", 5))
    assert not told.holds
    assert [(part.part, part.holds, part.found) for part in told.parts] == [
        ("all.0", True, "ceo"),
        ("all.1", False, "0 times"),
        ("all.2", True, ""),
    ]
    assert told.parts[2].parts[0].part == "all.2.not"
    assert told.parts[1].sentence == "“Log in” was ever done at least 3 times"


def test_a_merged_number_gives_the_person_they_belong_to(stage: Workspace) -> None:
    found = criteria.subject(stage, "person", 6)
    assert found.number == 1
    assert len(found.history("login")) == 3
    only = criteria.needs(criteria.parse({"did": "order"}, "person", stage))
    assert set(criteria.subject(stage, "person", 6, only).histories) == {"order"}


def test_what_was_found_is_said_by_its_label(stage: Workspace) -> None:
    asked = criteria.parse({"trait": "status", "is": ["active"]}, "account", stage)
    told = criteria.explain(asked, criteria.subject(stage, "account", 1, criteria.needs(asked)))
    with override("zh-hans"):
        said = criteria.explain(asked, criteria.subject(stage, "account", 1, criteria.needs(asked)))
    assert (told.found, said.found) == ("Prospect", "潜在客户")
