"""Answers to surveys become a measure of a scorecard: against a plain re-computation, refusals, pages, the API."""

import random
from copy import deepcopy
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.urls import reverse

from conftest import make_member
from evergrow.customers.models import Affiliation, Person
from evergrow.customers.privacy import masking
from evergrow.customers.tests.stage import put_events
from evergrow.health import actions, asking, default_card, facts
from evergrow.health import card as cards
from evergrow.health.backtest import known, past
from evergrow.health.backtest.outcomes import read_lines
from evergrow.health.models import AccountHealth, ScorecardVersion
from evergrow.health.sources import NULL_REASONS
from evergrow.health.surveys.question import read
from evergrow.health.surveys.tests.stage import answer, measure
from evergrow.health.tests import stage
from evergrow.health.tests.stage import TODAY
from evergrow.insight.tests.stage import store_merges
from evergrow.lib import clock
from evergrow.workspaces.models import Role
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.usefixtures("warehouse_db", "frozen"), pytest.mark.once]


def with_measure(made: dict[str, Any]) -> dict[str, Any]:
    definition = deepcopy(default_card.definition())
    definition["groups"][0]["measures"].append(made)
    return definition


def observed(workspace: Any, *asked: dict[str, Any], day: Any = TODAY) -> list[dict[int, tuple[Any, str, int]]]:
    """For each question: account → value, reason of a gap, age."""
    made = [cards.read(with_measure(measure(**each))) for each in asked]
    known_facts = facts.read(workspace)
    seen = known_facts.on(day, asking.columns(made))
    asking.observe(seen, known_facts, made)
    found = []
    for card in made:
        column = seen.place[card.measures[card.place("nps")].column]
        rows = zip(
            seen.accounts.tolist(), seen.values[:, column], seen.reasons[:, column], seen.ages[:, column], strict=True
        )
        found.append(
            {a: (None if np.isnan(v) else round(float(v), 6), NULL_REASONS[r][0], int(g)) for a, v, r, g in rows}
        )
    return found


def test_the_value_is_what_a_plain_count_of_each_persons_latest_answer_gives(workspace: Any) -> None:
    draw = random.Random(3)
    for number in (1, 2, 3):
        stage.account(workspace, number)
    given = [
        (
            draw.choice([1, 2, 3]),
            draw.randint(1, 9),
            draw.choice(["0", "3", "6", "7", "8", "9", "10", "11", "-1", "n/a"]),
            back,
        )
        for back in draw.sample(range(1, 120), 70)
    ]
    answer(workspace, *given)
    store_merges(workspace, {9: 8})
    wanted = [
        {"scale": "nps"},
        {"scale": "csat_share"},
        {"scale": "csat_mean"},
        {"scale": "mean", "least": 6, "days": 30},
    ]
    for asked, found in zip(wanted, observed(workspace, *wanted), strict=True):
        low, high = {"nps": (0, 10), "mean": (-1e9, 1e9)}.get(asked["scale"], (1, 5))
        for account in (1, 2, 3):
            latest: dict[int, tuple[int, float]] = {}
            for at, person, text, back in given:
                who = 8 if person == 9 else person
                is_answer = text != "n/a" and low <= float(text) <= high and back <= asked.get("days", 90)
                if at == account and is_answer and back < latest.get(who, (999, 0))[0]:
                    latest[who] = (back, float(text))
            values = [value for _, value in latest.values()]
            if len(values) < asked.get("least", 2):
                assert found[account][:2] == (None, "few_answers" if values else "no_answers")
                continue
            plain = {
                "nps": 100 * (sum(v >= 9 for v in values) - sum(v <= 6 for v in values)) / len(values),
                "csat_share": sum(v >= 4 for v in values) / len(values),
            }.get(asked["scale"], sum(values) / len(values))
            assert found[account] == (pytest.approx(plain, abs=1e-5), "", min(back for back, _ in latest.values()))


def test_answers_find_their_account_by_the_person_and_count_by_role_survey_and_full_days(workspace: Any) -> None:
    one, two = stage.account(workspace, 1), stage.account(workspace, 2)
    for number, account, influence, ended in (
        (11, one, "decides", None), (12, one, "uses", None), (13, two, "decides", TODAY - timedelta(days=1)),
    ):  # fmt: skip
        person = Person.objects.create(workspace=workspace, number=number)
        Affiliation.objects.create(account=account, person=person, influence=influence, ended_on=ended)
    answer(workspace, (0, 11, "10", 3), (1, 12, "0", 2), (0, 13, "9", 2), (1, 0, "9", 5), (1, 0, "9", 5))
    answer(workspace, (1, 11, "0", 1), survey="Autumn")
    answer(workspace, (1, 11, "0", 0))
    spring = {"where": {"property": "survey", "is": "Spring"}}
    everybody, deciders, spring_deciders = observed(
        workspace, {"least": 1} | spring, {"least": 1, "role": "decides"}, {"least": 1, "role": "decides"} | spring
    )
    assert everybody[1] == (50.0, "", 2), "11 and two unknown people promote, 12 does not; today is not over"
    assert everybody[2][:2] == (None, "no_answers"), "who left counts no more"
    assert deciders[1][0] == -100, "of both surveys the latest answer counts"
    assert spring_deciders[1] == (100.0, "", 3)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"event": " "}, "names the event"),
        ({"scale": "stars"}, "“scale” is one of nps"),
        ({"days": 0}, "“days” is a whole number from 1"),
        ({"least": True}, "“least” is a whole number"),
        ({"role": "owner"}, "“role” is one of decides"),
        ({"where": {"property": "survey"}}, "“where” has a “property”"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_in_a_sentence(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(cards.BadDefinition, match=words):
        actions.cards.check(with_measure(measure(**asked)))


def test_the_formula_says_all_of_the_question_in_both_languages() -> None:
    told = read(measure(role="pays", where={"property": "survey", "is": "Spring"})["ask"]).formula()
    assert told["en"] == (
        "NPS of people who pay, the latest of each person in the last 90 full days"
        " (event “survey answered”, property “score”, where “survey” is “Spring”); at least 2 answers"
    )
    assert "（仅付款人）" in told["zh"]
    assert "至少 2 份回答" in told["zh"]


def test_a_back_test_asks_surveys_as_of_its_days(workspace: Any) -> None:
    stage.account(workspace, 1)
    card = cards.read(known.without_unknown(with_measure(measure())))
    answer(workspace, (1, 5, "10", 70), (1, 6, "9", 65), (1, 5, "0", 20))
    seen = past.read(workspace, read_lines(workspace), (card,)).on(TODAY - timedelta(days=60))
    assert seen.of(card).values[0, card.place("nps")] == 100


def test_a_manager_adds_a_survey_and_its_answers_are_shown_behind_the_score(
    workspace: Any, alice: Any, sign_in: Any
) -> None:
    stage.account(workspace, 1)
    person = Person.objects.create(workspace=workspace, number=5, name="Lin")
    answer(workspace, (1, person.number, "10", 3), (1, 6, "4", 9))
    client = sign_in(alice)
    page = reverse("health:new_measure", args=["acme", "standard"]) + "?what=survey"
    assert "survey answered" in client.get(page).content.decode(), "what was captured is offered"
    typed = {
        "name_en": "NPS", "name_zh": "净推荐值", "group": "support", "weight": 50, "direction": "higher",
        "kind": "linear", "value_0": "-100", "points_0": "0", "value_1": "100", "points_1": "100",
        "survey_event": "survey answered", "survey_property": "score", "survey_scale": "nps",
        "survey_days": 30, "survey_least": 2, "survey_role": "",
        "survey_where": "survey", "survey_is": "",
    }  # fmt: skip
    assert client.post(page, typed).status_code == 422, "a property needs the value that it has"
    assert client.post(page, typed | {"survey_is": "Spring"}).status_code == 302
    made = ScorecardVersion.objects.get(state="draft").definition["groups"][3]["measures"][-1]
    assert made["ask"]["survey"]["where"] == {"property": "survey", "is": "Spring"}
    shown = client.get(reverse("health:measure", args=["acme", "standard", made["key"]])).content.decode()
    assert 'value="Spring"' in shown
    actions.publish_draft(workspace=workspace, by=alice)
    actions.compute(workspace=workspace)
    tab = client.get(reverse("health:account", args=["acme", 1])).content.decode()
    assert "2 answers" in tab
    behind_url = reverse("health:answers", args=["acme", 1, made["key"]])
    behind = client.get(behind_url).content.decode()
    assert "Lin" in behind
    assert "0, of 2 answers." in behind
    told = caller(alice).get(f"/api/v1/accounts/1/health/answers/{made['key']}").json()
    assert (told["value"], [each["answer"] for each in told["answers"]]) == (0, [10, 4])
    masking.save_rules(workspace=workspace, roles={"name": ["owner"]}, by=alice)
    other = sign_in(make_member(workspace, "Other", Role.MANAGER)).get(behind_url).content.decode()
    assert "L***" in other
    assert "Lin" not in other, "who may not see names does not see them here"


def test_answers_are_hidden_from_those_who_may_not_see_the_account(workspace: Any, alice: Any, sign_in: Any) -> None:
    stage.account(workspace, 1)
    actions.start_draft(workspace=workspace, by=alice)
    actions.save_draft(workspace=workspace, definition=with_measure(measure()), by=alice)
    actions.publish_draft(workspace=workspace, by=alice)
    actions.compute(workspace=workspace)
    own = make_member(workspace, "Own", Role.OPERATOR, scope="own")
    address = reverse("health:answers", args=["acme", 1, "nps"])
    assert sign_in(own).get(address).status_code == 404
    assert caller(own).get("/api/v1/accounts/1/health/answers/nps").status_code == 404
    assert sign_in(alice).get(reverse("health:answers", args=["acme", 1, "active_days"])).status_code == 404


def test_a_late_answer_counts_on_the_day_it_was_given_for(workspace: Any, alice: Any) -> None:
    stage.account(workspace, 1)
    actions.start_draft(workspace=workspace, by=alice)
    actions.save_draft(workspace=workspace, definition=with_measure(measure(least=1)), by=alice)
    actions.publish_draft(workspace=workspace, by=alice)
    actions.compute(workspace=workspace)
    assert AccountHealth.objects.get().score is None
    put_events(
        workspace,
        {"at": clock.now() - timedelta(days=2), "event": "survey answered", "account": 1, "person": 3,
         "properties": {"score": "10"}},
    )  # fmt: skip
    assert actions.compute(workspace=workspace, day=TODAY - timedelta(days=1)).revisions == 1
