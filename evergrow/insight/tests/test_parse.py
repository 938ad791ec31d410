"""A question from an address or JSON, and what is refused at which part."""

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from evergrow.insight.conditions import NUMERIC, VALUELESS, Check, Condition, Topic
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import WHOLE_DAYS, Between, Interval, Last
from evergrow.insight.trend import parse
from evergrow.insight.trend.question import (
    ACTIVE,
    PER,
    WINDOWS,
    Asked,
    Breakdown,
    Comparison,
    Formula,
    Measure,
    Split,
    Statistic,
    TrendQuestion,
    Unit,
    simple,
)

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


@st.composite
def any_series(draw: Any) -> Asked:
    measure = draw(st.sampled_from(Measure))
    known = [each for each in Statistic if measure is Measure.PROPERTY or each is not Statistic.SUM]
    has_statistic = measure in PER or measure is Measure.PROPERTY
    return Asked(
        event=draw(st.one_of(st.just(""), words)),
        measure=measure,
        filters=tuple(draw(st.lists(any_condition(), max_size=2))),
        days=draw(st.sampled_from(WINDOWS)) if measure in ACTIVE else 7,
        statistic=draw(st.sampled_from(known)) if has_statistic else Statistic.AVERAGE,
        property=draw(words) if measure is Measure.PROPERTY else "",
    )


formulas = st.builds(
    Formula,
    st.sampled_from(["A", "a / A", "(A+1) × 100"]),
    st.sampled_from(Unit),
    words.map(str.strip),
)
questions = st.builds(
    TrendQuestion,
    series=st.lists(any_series(), min_size=1, max_size=8).map(tuple),
    formulas=st.lists(formulas, max_size=4).map(tuple),
    interval=st.sampled_from(WHOLE_DAYS),
    range=st.one_of(
        st.builds(Last, st.integers(1, 400), st.sampled_from(WHOLE_DAYS)),
        st.dates(date(2000, 1, 1), date(2030, 1, 1)).map(lambda day: Between(day, day)),
    ),
    filters=st.lists(any_condition(), max_size=3).map(tuple),
    split=st.one_of(
        st.none(),
        st.builds(Breakdown, st.lists(topics, min_size=1, max_size=3, unique=True).map(tuple), st.integers(1, 20)),
    ),
    compare=st.sampled_from(Comparison),
    smoothing=st.sampled_from([0, 2, 90]),
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
        ({"version": 3}, "version"),
        ({"version": []}, "version"),
        ({"version": 1, "series": []}, "series"),
        ({"version": 2, "event": "login"}, "event"),
        ({"series": []}, "series"),
        ({"series": [{}] * 9}, "series"),
        ({"series": ["login"]}, "series.0"),
        ({"series": [{}, {"measure": "everything"}]}, "series.1.measure"),
        ({"series": [{"colour": "red"}]}, "series.0.colour"),
        ({"series": [{"measure": "property"}]}, "series.0.property"),
        ({"series": [{"measure": "active_people", "days": 8}]}, "series.0.days"),
        ({"series": [{"measure": "per_person", "statistic": "sum"}]}, "series.0.statistic"),
        ({"series": [{"filters": [{"on": "plan"}]}]}, "series.0.filters.0.on"),
        ({"series": [{"measure": "active_people"}], "interval": "hour"}, "interval"),
        ({"series": [{"measure": "per_person"}], "cumulative": True}, "cumulative"),
        ({"cumulative": "yes"}, "cumulative"),
        ({"cumulative": True, "smoothing": 7}, "smoothing"),
        ({"smoothing": 1}, "smoothing"),
        ({"formulas": "A"}, "formulas"),
        ({"formulas": [{"text": "A / B"}]}, "formulas.0.text.4"),
        ({"formulas": [{"text": "A", "unit": "euro"}]}, "formulas.0.unit"),
        ({"version": 2, "split": {"by": ["account.plan", "account.plan"]}}, "split.by"),
        ({"version": 2, "split": {"by": ["account.plan", "plan"]}}, "split.by.1"),
        ({"version": 2, "split": {"by": ["property.a", "property.b", "property.c", "property.d"]}}, "split.by"),
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
        ({"range": {"last": 3, "unit": "hour"}}, "range.unit"),
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


def test_version_1_is_read_and_means_the_same() -> None:
    raw = {
        "kind": "trend",
        "version": 1,
        "event": "login",
        "measure": "people",
        "interval": "month",
        "range": {"last": 6, "unit": "month"},
        "filters": [{"on": "account.plan", "is": "is", "values": ["Pro"]}],
        "split": {"by": "property.page", "top": 3},
        "compare": "year",
    }
    condition = Condition(Topic("account", "plan"), Check.IS, ("Pro",))
    assert parse.from_data(raw) == simple(
        "login",
        Measure.PEOPLE,
        Interval.MONTH,
        Last(6, Interval.MONTH),
        (condition,),
        Split(Topic("property", "page"), 3),
        Comparison.YEAR,
    )
    assert parse.from_data({name: value for name, value in raw.items() if name != "version"}) == parse.from_data(raw)


def test_an_address_of_version_1_is_read_and_written_as_it_was() -> None:
    query = (
        "event=login&measure=count&by=day&range=30d&split=account.plan&top=3&compare=before&on=property.a&is=is&value=x"
    )
    question = parse.from_query(QueryDict(query))
    assert question == simple(
        "login",
        Measure.COUNT,
        Interval.DAY,
        Last(30, Interval.DAY),
        (Condition(Topic("property", "a"), Check.IS, ("x",)),),
        Split(Topic("account", "plan"), 3),
        Comparison.BEFORE,
    )
    assert parse.as_query(question) == query


def test_a_short_range_that_is_none_is_refused() -> None:
    with pytest.raises(BadQuestion, match="30d, 12w or 6m"):
        parse.from_query(QueryDict("range=ever"))
