"""Values come in any order, from several sources, more than once: the same ones are left."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from evergrow import warehouse
from evergrow.customers.criteria import providers
from evergrow.customers.models import Person, TraitDefinition, UntoldHistory
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.customers.traits import Learner, Saying, history, join, learn, learn_many, words
from evergrow.customers.traits.precedence import Policy, Said
from evergrow.customers.traits.subjects import current

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, tzinfo=UTC)
SOURCES = ["edit", "api", "crm:hub", "crm:other", "import", "sdk", ""]
KEYS = ["plan", "seats", "tags", "name", "title", "email"]
VALUES = {
    "plan": ["Free", "Pro", None, "专业版"],
    "seats": [1, 1.0, True, 2, None],
    "tags": [["a"], ["a", "b"], [], None],
    "name": ["Lin", " Lin ", "", None, "王薇"],
    "title": ["Head", "Lead", None, ["no text"]],
    "email": ["lin@example.com", "LIN@example.com", "nonsense", None],
}


def sayings_of(seed: int) -> list[tuple[dict, str, datetime]]:
    dice = random.Random(seed)
    return [
        (
            {key: dice.choice(VALUES[key]) for key in dice.sample(KEYS, dice.randint(1, 3))},
            dice.choice(SOURCES),
            START + timedelta(seconds=dice.randint(0, 4)),
        )
        for _ in range(dice.randint(2, 7))
    ]


def heard(workspace, sayings, policies):
    row = Person(workspace=workspace, number=1)
    learner = Learner(workspace, {"person": policies})
    for values, source, at in sayings:
        learner.hear(Saying(row, values, source, at))
    return (
        row.traits,
        row.origins,
        [getattr(row, name) for name in ("name", "email", "phone", "title")],
    )


def test_any_order_and_repetition_leaves_the_same_values_and_origins(workspace):
    policies = {
        "plan": Policy.of("sources", ["crm", "sdk"]),
        "name": Policy.of("sources", []),
        "tags": Policy.of("newest", ["sdk"]),
    }
    for seed in range(60):
        sayings = sayings_of(seed)
        wanted = heard(workspace, sayings, policies)
        dice = random.Random(seed)
        for _ in range(8):
            mixed = [*sayings, *dice.choices(sayings, k=dice.randint(0, 4))]
            dice.shuffle(mixed)
            assert heard(workspace, mixed, policies) == wanted, seed


def test_joining_two_people_leaves_what_one_person_would_have_learnt(workspace):
    for seed in range(40):
        sayings = [each for each in sayings_of(seed) if each[1]]
        dice = random.Random(seed)
        sides: list[list] = [[], []]
        for each in sayings:
            sides[dice.randint(0, 1)].append(each)
        wanted = heard(workspace, sayings, {})
        for first, second in (sides, sides[::-1]):
            kept, merged = Person(workspace=workspace, number=1), Person(workspace=workspace, number=2)
            learner = Learner(workspace)
            for row, said in ((kept, first), (merged, second)):
                for values, source, at in said:
                    learner.hear(Saying(row, values, source, at))
            join(kept, merged)
            fields = [getattr(kept, name) for name in ("name", "email", "phone", "title")]
            assert (kept.traits, kept.origins, fields) == wanted, seed


def test_values_from_before_origins_were_kept_stay_with_the_kept_person(workspace):
    kept = Person(workspace=workspace, number=1, traits={"plan": "Pro"}, name="Lin")
    merged = Person(workspace=workspace, number=2, traits={"plan": "Free", "city": "上海"}, name="Wei", title="Head")
    join(kept, merged)
    assert (kept.traits, kept.name, kept.title) == ({"plan": "Pro", "city": "上海"}, "Lin", "Head")


def test_a_newer_value_counts_and_an_older_one_does_not(workspace):
    person = make_person(make_account(workspace))
    assert learn(person, {"plan": "Pro"}, "sdk", START)
    assert not learn(person, {"plan": "Free"}, "edit", START - timedelta(days=1))
    person.refresh_from_db()
    assert person.traits == {"plan": "Pro"}
    assert person.origins["plan"] == ["sdk", int(START.timestamp() * 1000)]


def test_a_trusted_source_keeps_its_value_against_newer_ones(workspace):
    TraitDefinition.objects.create(
        workspace=workspace, kind="person", key="plan", type="text", precedence="sources", order=["crm", "sdk"]
    )
    person = make_person(make_account(workspace))
    learn(person, {"plan": "Pro"}, "crm:hub", START)
    assert not learn(person, {"plan": "Free"}, "sdk", START + timedelta(days=9))
    assert learn(person, {"plan": "Business"}, "crm:hub", START + timedelta(days=1))
    assert Person.objects.get(pk=person.pk).traits == {"plan": "Business"}


def test_a_forgotten_trait_stays_forgotten_when_its_old_value_arrives_late(workspace):
    person = make_person(make_account(workspace))
    learn(person, {"plan": None}, "sdk", START)
    assert not learn(person, {"plan": "Pro"}, "sdk", START - timedelta(hours=1))
    assert Person.objects.get(pk=person.pk).traits == {}


def test_fields_take_only_what_fits(workspace):
    person = make_person(make_account(workspace), "Daniel")
    assert not learn(person, {"name": ["Dan"], "email": "nobody"}, "sdk", START)
    assert learn(person, {"name": " Dan ", "email": "DAN@Example.com"}, "sdk", START)
    person.refresh_from_db()
    assert (person.name, person.email, person.traits) == ("Dan", "dan@example.com", {})
    account = make_account(workspace)
    assert not learn(account, {"name": ""}, "edit", START)
    assert learn(account, {"industry": "零售"}, "import", START)
    account.refresh_from_db()
    assert (account.name, account.industry) == ("Kite Works", "零售")


def test_many_rows_are_saved_in_a_few_statements(workspace, django_assert_max_num_queries):
    account = make_account(workspace)
    people = [make_person(account, f"P{n}") for n in range(30)]
    with django_assert_max_num_queries(4):
        changed = learn_many(workspace, [Saying(p, {"plan": "Pro", "seats": 3}, "import", START) for p in people])
    assert changed == 30
    assert Person.objects.filter(workspace=workspace, traits__plan="Pro").count() == 30


def test_the_history_tells_who_said_what_when(workspace, warehouse_db, django_capture_on_commit_callbacks):
    person = make_person(make_account(workspace))
    with django_capture_on_commit_callbacks(execute=True):
        learn(person, {"seats": 5}, "sdk", START)
        learn(person, {"seats": 5}, "sdk", START + timedelta(hours=1))
        learn(person, {"seats": 8}, "edit", START + timedelta(hours=2), by="Alice")
        learn(person, {"seats": None}, "api", START + timedelta(hours=3))
    told = history.of(workspace, "person", [person.number], "seats", current(person, "seats"))
    assert [(each.source, each.by, each.text, each.number, each.is_gone) for each in told] == [
        ("api", "", "", None, True),
        ("edit", "Alice", "8", 8.0, False),
        ("sdk", "", "5", 5.0, False),
    ]
    assert told[1].at == START + timedelta(hours=2)


def test_history_waits_while_the_store_is_away(
    workspace, warehouse_db, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    person = make_person(make_account(workspace))
    learn(person, {"plan": "Free"}, "sdk", START - timedelta(hours=1))

    def away(*_args, **_kwargs):
        raise warehouse.StoreUnavailable("away")

    with monkeypatch.context() as patched, django_capture_on_commit_callbacks(execute=True):
        patched.setattr(warehouse, "insert", away)
        learn(person, {"plan": "Pro"}, "sdk", START)
    assert person.traits == {"plan": "Pro"}
    assert UntoldHistory.objects.count() == 1
    assert history.write_kept(workspace) == 2
    assert [each.text for each in history.of(workspace, "person", [person.number], "plan")] == ["Pro", "Free"]
    assert not UntoldHistory.objects.exists()


def test_trust_follows_the_order_and_families_of_sources():
    policy = Policy.of("sources", ["crm:hub", "crm", "sdk"])
    ranks = [Said("x", source, 1).rank(policy) for source in ("crm:hub", "crm:other", "sdk", "import", "")]
    assert ranks == sorted(ranks, reverse=True)


def test_every_room_that_gives_traits_is_called_by_a_word():
    assert [each.key for each in providers.providers() if words.source(each.key) == each.key] == []
