"""JSON and addresses of funnels: read, written back alike, and refused at the part that is wrong."""

import random
from typing import Any

import pytest
from django.http import QueryDict

from evergrow.insight.conditions import Check, Condition, Topic
from evergrow.insight.errors import BadQuestion
from evergrow.insight.funnel import address, parse
from evergrow.insight.funnel.question import Exclusion, FunnelQuestion, Step
from evergrow.insight.tests.test_funnel_reference import make_question, make_world

TWO = [{"event": "A"}, {"event": "B"}]


@pytest.mark.parametrize("seed", range(40))
def test_a_question_survives_its_json_and_its_address(seed: int) -> None:
    rnd = random.Random(seed)
    question = make_question(rnd, make_world(rnd))
    assert parse.from_data(parse.as_data(question)) == question
    if all(step.event for step in question.steps):
        assert address.from_query(QueryDict(address.as_query(question))) == question


def test_filters_of_all_kinds_survive_an_address() -> None:
    pro = Condition(Topic("account", "plan"), Check.IS, ("Pro", "a, b"))
    mobile = Condition(Topic("property", "device"), Check.IS_SET)
    question = FunnelQuestion(
        (Step("A", (pro,)), Step("B", is_optional=True), Step("C", (mobile, pro))),
        filters=(mobile,),
        against=(pro,),
        exclusions=(Exclusion("X", (), 1, 3), Exclusion("Y", (mobile,), 2, 3)),
        drops_subject=True,
    )
    assert address.from_query(QueryDict(address.as_query(question))) == question


def test_rows_without_an_event_and_filters_without_a_value_wait() -> None:
    query = QueryDict("step=A&step=&step=B&not=&after=1&before=2&of=3&on=account.plan&is=is&value=")
    assert address.from_query(query).steps == (Step("A"), Step("B"))


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        ([], "question"),
        ({}, "steps"),
        ({"steps": TWO[:1]}, "steps"),
        ({"steps": TWO * 6}, "steps"),
        ({"steps": TWO, "colour": "red"}, "colour"),
        ({"steps": TWO, "kind": "trend"}, "kind"),
        ({"steps": TWO, "version": 2}, "version"),
        ({"steps": ["A", "B"]}, "steps.0"),
        ({"steps": [{"event": "A", "is_optional": True}, {"event": "B"}]}, "steps.0.is_optional"),
        ({"steps": [{"event": "A"}, {"event": "B", "filters": [{"on": "?"}]}]}, "steps.1.filters.0.on"),
        ({"steps": TWO, "order": "sideways"}, "order"),
        ({"steps": TWO, "window": {"count": 0}}, "window.count"),
        ({"steps": TWO, "window": {"count": 25, "unit": "month"}}, "window.count"),
        ({"steps": TWO, "exclusions": [{"event": "X", "after": 2}]}, "exclusions.0.after"),
        ({"steps": [*TWO, TWO[0]], "exclusions": [{"event": "X", "after": 2, "before": 2}]}, "exclusions.0.before"),
        ({"steps": TWO, "order": "strict", "exclusions": [{"event": "X"}]}, "exclusions"),
        ({"steps": TWO, "order": "any", "counting": "totals"}, "counting"),
        ({"steps": TWO, "counting": "totals", "drops_subject": True}, "drops_subject"),
        ({"steps": TWO, "subject": "sessions", "hold": "x"}, "hold"),
        ({"steps": TWO, "hold": "x", "split": {"by": "property.x", "attribution": "all"}}, "hold"),
        ({"steps": TWO, "split": {"by": "property.x", "step": 3}}, "split.step"),
        ({"steps": TWO, "against": [{"on": "?"}]}, "against.0.on"),
        ({"steps": TWO, "over": "fortnight"}, "over"),
    ],
)
def test_what_is_wrong_is_named(raw: Any, part: str) -> None:
    with pytest.raises(BadQuestion) as refusal:
        parse.from_data(raw)
    assert refusal.value.part == part
