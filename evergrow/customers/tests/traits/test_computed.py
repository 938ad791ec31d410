"""Computed traits from draft to values: published, computed in order, kept in the mirror and in the history."""

from datetime import UTC, datetime, timedelta

import pytest

from evergrow import warehouse
from evergrow.customers import criteria, overrides
from evergrow.customers.actions.merges import merge_people
from evergrow.customers.criteria import mirror
from evergrow.customers.models import Account, ComputedTrait, Person, Schedule
from evergrow.customers.tests.criteria.stage import tell
from evergrow.customers.traits import history
from evergrow.customers.traits.computed import compute, drafts, order, schedule
from evergrow.customers.traits.computed.definition import DefinitionError
from evergrow.customers.traits.formula.errors import FormulaError
from evergrow.workspaces.models import AuditEntry, Job

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
ORDERS = {"measure": "sum", "event": "order", "property": "amount", "within": {"days": 30}}


@pytest.fixture
def shop(workspace, warehouse_db, set_clock):
    set_clock(NOW)
    for n in (1, 2, 3):
        Account.objects.create(workspace=workspace, number=n, external_id=f"a{n}", name=f"A{n}", created_at=NOW)
        Person.objects.create(workspace=workspace, number=n, name=f"P{n}", created_at=NOW, traits={"seats": n})
    days = [(1, 1, "10"), (2, 1, "5"), (3, 2, "7"), (40, 2, "100")]
    tell(workspace, [("order", NOW - timedelta(days=d), who, who, {"amount": sum_}) for d, who, sum_ in days])
    mirror.refresh(workspace)
    return workspace


def make(workspace, key="spent", kind="person", definition=ORDERS, **more):
    drafts.create(workspace=workspace, kind=kind, key=key, definition=definition, by=None, **more)
    trait = ComputedTrait.objects.get(workspace=workspace, kind=kind, key=key)
    drafts.publish(trait=trait, by=None)
    return trait


def values(workspace, key, kind="person"):
    return compute.current(workspace, kind, key)


def run(workspace):
    return schedule.compute_all(workspace, schedule.due(workspace, Schedule.DAILY), lambda *_: None)


def test_a_published_trait_is_computed_and_criteria_find_it(shop):
    trait = make(shop)
    assert Job.objects.get(kind=drafts.JOB).args == {"traits": [trait.pk]}
    assert run(shop) == {"person.spent": 3}
    assert values(shop, "spent") == {1: "15", 2: "7", 3: "0"}
    found = criteria.find(shop, criteria.parse({"trait": "spent", "over": 5}, "person", shop))
    assert found.tolist() == [1, 2]
    trait.refresh_from_db()
    assert (trait.filled, trait.computed_version, trait.error) == (3, 1, "")


def test_a_draft_computes_nothing_and_the_old_version_counts_until_the_new_one_is_published(shop):
    trait = make(shop)
    drafts.save_draft(trait=trait, definition={"measure": "count", "event": "order"}, by=None)
    run(shop)
    assert values(shop, "spent")[1] == "15"
    drafts.publish(trait=trait, by=None)
    run(shop)
    assert values(shop, "spent") == {1: "2", 2: "2", 3: "0"}
    assert list(trait.versions.order_by("number").values_list("number", "state")) == [(1, "retired"), (2, "published")]


def test_formulas_are_computed_after_what_they_need(shop):
    make(shop, "spent")
    make(shop, "a_per_seat", definition={"formula": "round(spent / seats, 1)"})
    make(shop, "a_big", definition={"formula": 'if(a_per_seat > 3, "big", "small")'})
    assert list(run(shop)) == ["person.spent", "person.a_per_seat", "person.a_big"]
    assert values(shop, "a_per_seat") == {1: "15", 2: "3.5", 3: "0"}
    assert values(shop, "a_big") == {1: "big", 2: "big", 3: "small"}


def test_a_trait_computed_from_itself_is_refused(shop):
    first = make(shop, "first")
    make(shop, "second", definition={"formula": "first + 1"})
    make(shop, "third", definition={"formula": "second + 1"})
    with pytest.raises(order.Circle, match="first → third → second → first"):
        drafts.save_draft(trait=first, definition={"formula": "third + 1"}, by=None)
    with pytest.raises(order.Circle, match="own → own"):
        drafts.create(workspace=shop, kind="person", key="own", definition={"formula": "own + 1"}, by=None)


def test_criteria_over_a_computed_trait_count_as_needing_it(shop):
    make(shop, "spent")
    make(shop, "visits", definition={"measure": "count", "event": "*", "only": {"trait": "spent", "over": 10}})
    run(shop)
    assert values(shop, "visits") == {1: "2"}
    with pytest.raises(drafts.StillNeeded, match="visits"):
        drafts.retire(trait=ComputedTrait.objects.get(key="spent"), by=None)


def test_asking_for_one_computes_those_that_follow_from_it(shop):
    spent = make(shop, "spent")
    make(shop, "doubled", definition={"formula": "spent * 2"})
    make(shop, "other")
    assert schedule.chosen(shop, [spent.pk]) == {("person", "spent"), ("person", "doubled")}


def test_values_that_went_away_are_gone_and_the_history_keeps_a_value_a_day(shop, set_clock):
    make(shop, definition=ORDERS | {"empty": "none"})
    run(shop)
    set_clock(NOW + timedelta(hours=1))
    tell(shop, [("order", NOW, 2, 0, {"amount": "1"})])
    run(shop)
    set_clock(NOW + timedelta(days=1))
    run(shop)
    set_clock(NOW + timedelta(days=40))
    run(shop)
    assert values(shop, "spent") == {}
    told = history.of(shop, "person", [2], "spent")
    assert [(each.at.astimezone(shop.tz).date().isoformat(), each.text, each.is_gone) for each in told] == [
        ("2026-04-29", "", True),
        ("2026-03-20", "8", False),
    ]
    days = warehouse.rows("select day, filled, subjects, mean from trait_days final order by day")
    assert [(str(day), filled, subjects) for day, filled, subjects, _ in days] == [
        ("2026-03-20", 2, 3),
        ("2026-03-21", 2, 3),
        ("2026-04-29", 0, 3),
    ]
    assert days[0][3] == 11.5


def test_a_merge_counts_for_the_person_who_is_kept(shop):
    make(shop)
    people = {person.number: person for person in Person.objects.filter(workspace=shop)}
    merge_people(kept=people[2], merged=people[1], reason="test", by=None, tell_store=False)
    overrides.write([people[2]])
    run(shop)
    assert values(shop, "spent") == {2: "22", 3: "0"}


def test_retiring_takes_the_values_away(shop, django_capture_on_commit_callbacks):
    trait = make(shop)
    run(shop)
    with django_capture_on_commit_callbacks(execute=True):
        drafts.retire(trait=trait, by=None)
    assert values(shop, "spent") == {}
    assert run(shop) == {}
    assert AuditEntry.objects.filter(verb="computed_trait.retired").count() == 1


def test_keys_of_other_traits_are_refused(shop):
    for key in ("name", "seats", "Spent", "1st", ""):
        with pytest.raises(DefinitionError) as refused:
            drafts.create(workspace=shop, kind="person", key=key, definition=ORDERS, by=None)
        assert refused.value.part == "key"


def test_a_formula_whose_trait_is_gone_keeps_its_values_and_says_why(shop):
    make(shop, "doubled", definition={"formula": "seats * 2"})
    run(shop)
    Person.objects.filter(workspace=shop).update(traits={})
    run(shop)
    trait = ComputedTrait.objects.get(key="doubled")
    assert "seats" in trait.error
    assert values(shop, "doubled") == {1: "2", 2: "4", 3: "6"}


def test_without_the_right_nothing_is_made(shop, bob):
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        drafts.create(workspace=shop, kind="person", key="spent", definition=ORDERS, by=bob)
    with pytest.raises(FormulaError):
        drafts.create(workspace=shop, kind="person", key="x", definition={"formula": "nothing"}, by=None)
