"""Where criteria put a subject: rules one by one, and what holds for all of them."""

import random
from datetime import date, timedelta

import pytest

from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages.deciding import Place, decide
from evergrow.customers.stages.definition import BadLifecycle
from evergrow.customers.stages.facts import Answers
from evergrow.customers.tests.stages.stage import at_least, small, stage

TODAY = date(2026, 3, 25)
ME = 7
HERE = frozenset([ME])
NONE: frozenset[int] = frozenset()


def read(**more):
    return definitions.read(small(**more), "account")


def answers(met="", maybe="", left="", **more):
    return Answers(
        entry=dict.fromkeys(met.split(), HERE),
        may_enter=dict.fromkeys((met + " " + maybe).split(), HERE),
        exit=dict.fromkeys(left.split(), HERE),
        **more,
    )


def to(definition, found, place=None):
    verdict = decide(definition, found, ME, place, TODAY)
    return verdict.to.key if verdict.to else None


@pytest.mark.parametrize(
    ("met", "expected"), [("", "begin"), ("grow", "grow"), ("grow bloom", "bloom"), ("bloom over", "over")]
)
def test_a_newcomer_comes_to_the_furthest_stage_that_it_meets_and_to_an_end_before_all(met, expected):
    assert to(read(), answers(met)) == expected


def test_who_does_not_take_part_comes_in_nowhere():
    assert to(read(), answers("grow", who=NONE, may_take_part=HERE)) is None


def test_who_surely_takes_no_part_any_more_leaves_and_who_only_may_stays():
    gone = decide(read(), answers("grow", who=NONE, may_take_part=NONE), ME, Place("grow"), TODAY)
    assert gone.leaves
    kept = decide(read(), answers("grow", who=NONE, may_take_part=HERE), ME, Place("grow"), TODAY)
    assert not kept.leaves


def test_it_goes_on_to_the_furthest_stage_and_ends_from_anywhere():
    assert to(read(), answers("grow bloom"), Place("begin")) == "bloom"
    assert to(read(), answers("grow over"), Place("bloom")) == "over"
    assert to(read(), answers("over"), Place("rest", resting_from="grow")) == "over"


def test_a_lock_keeps_it_where_a_colleague_put_it_up_to_and_with_its_day():
    assert to(read(), answers("bloom"), Place("begin", locked_until=TODAY)) is None
    assert to(read(), answers("bloom"), Place("begin", locked_until=TODAY - timedelta(days=1))) == "bloom"


def test_a_pause_takes_it_and_gives_it_back_to_the_stage_before():
    assert to(read(), answers("grow rest"), Place("grow")) == "rest"
    assert to(read(), answers("grow rest"), Place("rest", resting_from="grow")) is None
    assert to(read(), answers("grow"), Place("rest", resting_from="grow")) == "grow"
    assert to(read(), answers("grow", maybe="rest"), Place("rest", resting_from="grow")) is None


def test_missing_data_sends_nobody_back_and_ends_nothing():
    assert to(read(), answers(maybe="grow"), Place("grow", failing_since=TODAY - timedelta(days=99))) is None
    assert to(read(), answers("grow", maybe="over"), Place("over")) is None


def test_falling_back_waits_for_days_of_failing_in_a_row():
    first = decide(read(), answers(), ME, Place("grow"), TODAY)
    assert (first.to, first.failing_since) == (None, TODAY)
    assert to(read(), answers(), Place("grow", failing_since=TODAY - timedelta(days=2))) is None
    assert to(read(), answers(), Place("grow", failing_since=TODAY - timedelta(days=3))) == "begin"
    met_again = decide(read(), answers("grow"), ME, Place("grow", failing_since=TODAY - timedelta(days=2)), TODAY)
    assert met_again.failing_since is None


def test_without_days_criteria_send_nobody_back():
    found = read(back_days=None)
    assert to(found, answers(), Place("grow", failing_since=TODAY - timedelta(days=900))) is None


def test_after_an_end_whose_criteria_surely_fail_the_way_begins_anew():
    assert to(read(), answers("grow"), Place("over")) == "grow"
    assert to(read(), answers("grow over"), Place("over")) is None


def test_an_end_without_criteria_is_left_by_people_alone():
    given = small()
    given["stages"][4]["entry"] = None
    assert to(definitions.read(given, "account"), answers("grow"), Place("over")) is None


def test_exit_criteria_and_a_gate_hold_it_back():
    given = small()
    given["stages"][0] |= {"exit": at_least("seats", 5), "gate": {"approvals": 1}}
    found = definitions.read(given, "account")
    assert to(found, answers("grow"), Place("begin", is_gate_open=True)) is None
    assert to(found, answers("grow", left="begin"), Place("begin")) is None
    assert to(found, answers("grow", left="begin"), Place("begin", is_gate_open=True)) == "grow"


def test_exit_criteria_alone_lead_to_the_next_stage_if_that_asks_nothing():
    given = small()
    given["stages"][0]["exit"] = at_least("seats", 5)
    given["stages"][1]["entry"] = None
    assert to(definitions.read(given, "account"), answers(left="begin"), Place("begin")) == "grow"


def test_only_what_may_follow_follows_but_back_is_always_open():
    given = small()
    given["stages"][0]["next"] = ["grow"]
    given["stages"][1]["next"] = ["bloom"]
    found = definitions.read(given, "account")
    assert to(found, answers("bloom over"), Place("begin")) is None
    assert to(found, answers("grow bloom"), Place("begin")) == "grow"
    assert to(found, answers(), Place("grow", failing_since=TODAY - timedelta(days=9))) == "begin"


def test_deciding_again_after_a_move_moves_nobody_further():
    """500 made-up cases: whoever was moved stands well; the same facts move it on only out of a pause."""
    draw = random.Random(20260325)
    found = read()
    keys = ["grow", "bloom", "rest", "over"]
    for _each in range(500):
        met = " ".join(key for key in keys if draw.random() < 0.4)
        facts = answers(met, maybe=" ".join(key for key in keys if draw.random() < 0.2))
        place = draw.choice(
            [None, Place("begin"), Place("grow"), Place("bloom"), Place("over"), Place("rest", resting_from="grow")]
        )
        verdict = decide(found, facts, ME, place, TODAY)
        if verdict.to is None:
            continue
        assert verdict.to.key != (place.stage if place else None)
        next_place = Place(verdict.to.key, resting_from=place.stage if place else "")
        second = decide(found, facts, ME, next_place, TODAY)
        if second.to is not None:
            assert verdict.cause in ("resumed", "arrived", "again"), (met, place, verdict, second)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stages": []}, "1 to 20 stages"),
        ({"stages": [stage("grow")]}, "its kind is start"),
        ({"stages": [stage("a", "start"), stage("a")]}, "Two stages have the key"),
        ({"stages": [stage("A b", "start")]}, "The key of a stage"),
        ({"stages": [stage("a", "sleeping")]}, "start, active, paused or terminal"),
        ({"stages": [stage("a", "start", expected_days=9, stuck_days=3)]}, "stuck comes after expected"),
        ({"stages": [stage("a", "start", next=["b"])]}, "no stage “b” to follow"),
        ({"stages": [stage("a", "start"), stage("z", "terminal", expected_days=3)]}, "the clock stands"),
        ({"stages": [stage("a", "start", owner="boss")]}, "no role “boss”"),
        ({"back_days": 0}, "whole number"),
        ({"stages": [stage("a", "start", gate={"checklist": [{"key": "x"}, {"key": "x"}]})]}, "one key"),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused_with_a_sentence(change, said):
    with pytest.raises(BadLifecycle, match=said):
        definitions.read(small(**change), "account")
