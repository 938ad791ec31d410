"""A retention question from an address or JSON, and what is refused at which part."""

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import Between, Last
from evergrow.insight.retention import parse
from evergrow.insight.retention.question import (
    INTERVALS,
    USUAL_BRACKETS,
    Bracket,
    Clock,
    Cohorts,
    RetentionQuestion,
    Returning,
    Step,
    Subject,
)
from evergrow.insight.tests.test_parse import any_condition, topics, words
from evergrow.insight.trend.question import Split

conditions = st.lists(any_condition(), max_size=2).map(tuple)
steps = st.builds(Step, st.one_of(st.just(""), words), conditions)


@st.composite
def questions(draw: Any) -> RetentionQuestion:
    returning = draw(st.sampled_from(Returning))
    brackets = draw(st.sampled_from([USUAL_BRACKETS, (Bracket(1, 30),), (Bracket(0, 1), Bracket(2, 2))]))
    return RetentionQuestion(
        subject=draw(st.sampled_from(Subject)),
        start=draw(steps),
        back=draw(steps),
        cohorts=draw(st.sampled_from(Cohorts)),
        clock=draw(st.sampled_from(Clock)),
        interval=draw(st.sampled_from(INTERVALS)),
        range=draw(
            st.one_of(
                st.builds(Last, st.integers(1, 400), st.sampled_from(INTERVALS)),
                st.dates(date(2000, 1, 1), date(2030, 1, 1)).map(lambda day: Between(day, day)),
            )
        ),
        periods=draw(st.integers(1, 90)),
        returning=returning,
        brackets=brackets if returning is Returning.BRACKETS else (),
        minimum=draw(st.integers(1, 1000)),
        sum_of=draw(st.one_of(st.just(""), words)),
        filters=draw(conditions),
        split=draw(st.one_of(st.none(), st.builds(Split, topics, st.integers(1, 20)))),
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questions())
def test_json_says_a_question_completely(question: RetentionQuestion) -> None:
    assert parse.from_data(parse.as_data(question)) == question


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questions())
def test_an_address_says_a_question_completely(question: RetentionQuestion) -> None:
    assert parse.from_query(QueryDict(parse.as_query(question))) == question


def test_an_empty_address_is_the_default_question() -> None:
    assert parse.from_query(QueryDict("")) == RetentionQuestion()


def test_brackets_are_the_usual_ones_until_they_are_said() -> None:
    assert parse.from_data({"returning": "brackets"}).brackets == USUAL_BRACKETS
    assert parse.from_query(QueryDict("returning=brackets&brackets=0，1–3, 9")).brackets == (
        Bracket(0, 0),
        Bracket(1, 3),
        Bracket(9, 9),
    )


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        ([], "question"),
        ({"version": 2}, "version"),
        ({"kind": "trend"}, "kind"),
        ({"colour": "red"}, "colour"),
        ({"subject": "sessions"}, "subject"),
        ({"subject": "dogs"}, "subject"),
        ({"start": "login"}, "start"),
        ({"start": {"name": "login"}}, "start"),
        ({"start": {"event": 3}}, "start.event"),
        ({"back": {"filters": [{"on": "plan"}]}}, "back.filters.0.on"),
        ({"cohorts": "some"}, "cohorts"),
        ({"clock": "lunar"}, "clock"),
        ({"interval": "hour"}, "interval"),
        ({"interval": ["day"]}, "interval"),
        ({"range": {"last": 0}}, "range.last"),
        ({"periods": 0}, "periods"),
        ({"periods": 91}, "periods"),
        ({"periods": True}, "periods"),
        ({"returning": "never"}, "returning"),
        ({"returning": "brackets", "brackets": []}, "brackets"),
        ({"returning": "brackets", "brackets": [[0, 0], [0, 2]]}, "brackets"),
        ({"returning": "brackets", "brackets": [[1]]}, "brackets"),
        ({"returning": "brackets", "brackets": [["0", "1"]]}, "brackets"),
        ({"returning": "brackets", "brackets": [[0, 401]]}, "brackets"),
        ({"minimum": 0}, "minimum"),
        ({"sum_of": 3}, "sum_of"),
        ({"split": {"by": "account.x"}}, "split.by"),
    ],
)
def test_what_is_wrong_is_named_at_its_part(raw: Any, part: str) -> None:
    with pytest.raises(BadQuestion) as refusal:
        parse.from_data(raw)
    assert refusal.value.part == part
    assert refusal.value.sentence.endswith(".")
