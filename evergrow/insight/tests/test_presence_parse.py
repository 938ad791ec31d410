"""Lifecycle, stickiness and engagement from an address or JSON, and what is refused at which part."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evergrow.insight.conditions import Check, Condition, Topic
from evergrow.insight.engagement import parse as engagement
from evergrow.insight.engagement.question import EngagementQuestion
from evergrow.insight.errors import BadQuestion
from evergrow.insight.lifecycle import parse as lifecycle
from evergrow.insight.lifecycle.question import LifecycleQuestion
from evergrow.insight.period import Between, Interval, Last
from evergrow.insight.presence.source import Subject
from evergrow.insight.stickiness import parse as stickiness
from evergrow.insight.stickiness.question import WINDOWS, StickinessQuestion, View

INTERVALS = st.sampled_from([Interval.DAY, Interval.WEEK, Interval.MONTH])
WORDS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), min_size=1, max_size=12)
FILTERS = st.lists(
    st.builds(
        Condition,
        st.one_of(WORDS.map(lambda key: Topic("property", key)), st.just(Topic("account", "plan"))),
        st.sampled_from([Check.IS, Check.IS_NOT, Check.CONTAINS]),
        st.lists(WORDS, min_size=1, max_size=3, unique=True).map(tuple),
    ),
    max_size=3,
).map(tuple)
SHARED: dict[str, Any] = {
    "subject": st.sampled_from(Subject),
    "range": st.one_of(
        st.builds(Last, st.integers(1, 400), INTERVALS),
        st.dates(date(2000, 1, 1), date(2030, 1, 1)).map(lambda day: Between(day, day)),
    ),
    "filters": FILTERS,
}
QUESTIONS = st.one_of(
    st.builds(LifecycleQuestion, event=st.one_of(st.just(""), WORDS), interval=INTERVALS, **SHARED),
    st.builds(
        StickinessQuestion,
        event=st.one_of(st.just(""), WORDS),
        view=st.sampled_from(View),
        interval=INTERVALS,
        least=st.integers(1, 1000),
        is_cumulative=st.booleans(),
        window=st.sampled_from(WINDOWS),
        **SHARED,
    ),
    st.builds(EngagementQuestion, at=st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2030, 1, 1))), **SHARED),
)
PARSERS: dict[type, Any] = {
    LifecycleQuestion: lifecycle,
    StickinessQuestion: stickiness,
    EngagementQuestion: engagement,
}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(QUESTIONS)
def test_json_says_a_question_completely(question: Any) -> None:
    parse = PARSERS[type(question)]
    assert parse.from_data(parse.as_data(question)) == question


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(QUESTIONS)
def test_an_address_says_a_question_completely(question: Any) -> None:
    parse = PARSERS[type(question)]
    assert parse.from_query(QueryDict(parse.as_query(question))) == question


@pytest.mark.parametrize("kind", PARSERS, ids=lambda kind: kind.__name__)
def test_an_empty_address_is_the_default_question(kind: type) -> None:
    assert PARSERS[kind].from_query(QueryDict("")) == kind()


@pytest.mark.parametrize("parse", PARSERS.values(), ids=lambda parse: parse.KIND)
@pytest.mark.parametrize(
    ("raw", "part", "words"),
    [
        ([], "question", "named parts"),
        ({"kind": "trend"}, "kind", "another kind"),
        ({"version": 9}, "version", "Only version 1"),
        ({"colour": "red"}, "colour", "no such part"),
        ({"subject": "sessions"}, "subject", "happens once"),
        ({"subject": "cats"}, "subject", "not known here"),
        ({"range": {"last": 0}}, "range.last", "whole number"),
        ({"range": {"from": "2026-03-02", "to": "2026-03-01"}}, "range.to", "Swap"),
        ({"filters": [{"on": "account.secret", "is": "is", "values": ["x"]}]}, "filters.0.on", "not known"),
    ],
)
def test_what_cannot_be_understood_is_refused_at_its_part(parse: Any, raw: Any, part: str, words: str) -> None:
    with pytest.raises(BadQuestion, match=words) as caught:
        parse.from_data(raw)
    assert caught.value.part == part


@pytest.mark.parametrize(
    ("parse", "raw", "part"),
    [
        (lifecycle, {"interval": "hour"}, "interval"),
        (stickiness, {"interval": "quarter"}, "interval"),
        (stickiness, {"view": "horoscope"}, "view"),
        (stickiness, {"least": 0}, "least"),
        (stickiness, {"least": 1001}, "least"),
        (stickiness, {"least": True}, "least"),
        (stickiness, {"cumulative": "yes"}, "cumulative"),
        (stickiness, {"window": 8}, "window"),
        (engagement, {"at": "March"}, "at"),
        (engagement, {"event": "login"}, "event"),
    ],
)
def test_parts_of_one_kind_are_refused_too(parse: Any, raw: dict[str, Any], part: str) -> None:
    with pytest.raises(BadQuestion) as caught:
        parse.from_data(raw)
    assert caught.value.part == part


def test_a_filter_still_without_its_value_is_left_out() -> None:
    query = QueryDict("event=login&on=property.plan&is=is&value=&on=account.plan&is=is&value=Pro")
    asked = lifecycle.from_query(query)
    assert asked == replace(
        LifecycleQuestion("login"), filters=(Condition(Topic("account", "plan"), Check.IS, ("Pro",)),)
    )
