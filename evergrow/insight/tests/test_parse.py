"""A question from an address or JSON, and what is refused at which part."""

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from evergrow.insight.conditions import NUMERIC, VALUELESS, Check, Condition, Topic
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import Between, Interval, Last
from evergrow.insight.trend import parse
from evergrow.insight.trend.question import Comparison, Measure, Split, TrendQuestion

words = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), min_size=1, max_size=12)
topics = st.one_of(
    words.map(lambda key: Topic("property", key)),
    st.sampled_from(["tier", "plan", "country"]).map(lambda key: Topic("account", key)),
)


@st.composite
def any_condition(draw: Any) -> Condition:
    topic, test = draw(topics), draw(st.sampled_from(list(Check)))
    if test in VALUELESS:
        return Condition(topic, test)
    if test in NUMERIC:
        return Condition(topic, test, (str(draw(st.integers(-99, 99))),))
    return Condition(topic, test, tuple(draw(st.lists(words, min_size=1, max_size=3, unique=True))))


questions = st.builds(
    TrendQuestion,
    event=st.one_of(st.just(""), words),
    measure=st.sampled_from(Measure),
    interval=st.sampled_from(Interval),
    range=st.one_of(
        st.builds(Last, st.integers(1, 400), st.sampled_from(Interval)),
        st.dates(date(2000, 1, 1), date(2030, 1, 1)).map(lambda day: Between(day, day)),
    ),
    filters=st.lists(any_condition(), max_size=3).map(tuple),
    split=st.one_of(st.none(), st.builds(Split, topics, st.integers(1, 20))),
    compare=st.sampled_from(Comparison),
)


@given(questions)
def test_json_says_a_question_completely(question: TrendQuestion) -> None:
    assert parse.from_data(parse.as_data(question)) == question


@given(questions)
def test_an_address_says_a_question_completely(question: TrendQuestion) -> None:
    assert parse.from_query(QueryDict(parse.as_query(question))) == question


def test_an_empty_address_is_the_default_question() -> None:
    assert parse.from_query(QueryDict("")) == TrendQuestion()


def test_rows_of_filters_that_nobody_filled_in_are_left_out() -> None:
    query = QueryDict("on=&is=is&value=&on=account.plan&is=is&value=Pro,%22a,b%22")
    assert parse.from_query(query).filters == (Condition(Topic("account", "plan"), Check.IS, ("Pro", "a,b")),)


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        ([], "question"),
        ({"version": 2}, "version"),
        ({"kind": "funnel"}, "kind"),
        ({"colour": "red"}, "colour"),
        ({"event": 3}, "event"),
        ({"event": "x" * 201}, "event"),
        ({"measure": "sum(count)"}, "measure"),
        ({"interval": "hour"}, "interval"),
        ({"compare": "tomorrow"}, "compare"),
        ({"range": "30d"}, "range"),
        ({"range": {"last": 0}}, "range.last"),
        ({"range": {"last": True}}, "range.last"),
        ({"range": {"last": 3, "unit": "year"}}, "range.unit"),
        ({"range": {"from": "yesterday", "to": "2026-01-01"}}, "range.from"),
        ({"range": {"from": "2026-01-01"}}, "range.to"),
        ({"range": {"from": "2026-01-02", "to": "2026-01-01"}}, "range.to"),
        ({"filters": {}}, "filters"),
        ({"filters": [{}] * 11}, "filters"),
        ({"filters": ["plan"]}, "filters.0"),
        ({"filters": [{"on": "plan", "is": "is", "values": ["Pro"]}]}, "filters.0.on"),
        ({"filters": [{"on": "account.password", "is": "is", "values": ["x"]}]}, "filters.0.on"),
        ({"filters": [{"on": "property.", "is": "is", "values": ["x"]}]}, "filters.0.on"),
        ({"filters": [{"on": "property.a", "is": "like", "values": ["x"]}]}, "filters.0.is"),
        ({"filters": [{"on": "property.a", "is": "is", "values": []}]}, "filters.0.values"),
        ({"filters": [{"on": "property.a", "is": "is", "values": "x"}]}, "filters.0.values"),
        ({"filters": [{"on": "property.a", "is": "is", "values": ["x"] * 101}]}, "filters.0.values"),
        ({"filters": [{"on": "property.a", "is": "over", "values": ["many"]}]}, "filters.0.values"),
        ({"filters": [{"on": "property.a", "is": "over", "values": ["1", "2"]}]}, "filters.0.values"),
        ({"filters": [{"on": "property.a", "is": "under", "values": ["1e999"]}]}, "filters.0.values"),
        ({"split": "plan"}, "split"),
        ({"split": {"by": "account.x"}}, "split.by"),
        ({"split": {"by": "account.plan", "top": 21}}, "split.top"),
        ({"split": {"by": "account.plan", "top": "many"}}, "split.top"),
    ],
)
def test_what_is_wrong_is_named_at_its_part(raw: Any, part: str) -> None:
    with pytest.raises(BadQuestion) as refusal:
        parse.from_data(raw)
    assert refusal.value.part == part
    assert refusal.value.sentence.endswith(".")


def test_a_short_range_that_is_none_is_refused() -> None:
    with pytest.raises(BadQuestion, match="30d, 12w or 6m"):
        parse.from_query(QueryDict("range=ever"))
