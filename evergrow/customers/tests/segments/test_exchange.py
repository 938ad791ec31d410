"""Segments as YAML: out, in, and what would change."""

import pytest

from evergrow.customers.actions.segments import create_segment
from evergrow.customers.models import Segment
from evergrow.customers.segments import exchange, order

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")
TEXT = """
format: evergrow/segments/1
segments:
- key: rich-trials
  name: Rich trials
  name_zh: 高价值试用
  kind: account
  refreshed: hour
  criteria: {all: [{segment: trials}, {trait: mrr, over: 100}]}
- key: trials
  name: Trials
  kind: account
  criteria: {trait: status, is: [trial]}
"""


def test_a_text_is_planned_before_it_is_applied(workspace, alice):
    plan = exchange.plan(workspace, TEXT)
    assert [(change.key, change.what) for change in plan] == [("rich-trials", "new"), ("trials", "new")]
    assert not Segment.objects.exists(), "a plan changes nothing"
    exchange.apply(workspace=workspace, text=TEXT, by=alice)
    made = Segment.objects.get(key="rich-trials")
    assert (made.pace, made.name_zh, made.versions.get().state) == (60, "高价值试用", "published")
    assert [change.what for change in exchange.plan(workspace, TEXT)] == ["same", "same"]


def test_what_goes_out_comes_in_as_the_same(workspace, alice):
    exchange.apply(workspace=workspace, text=TEXT, by=alice)
    text = exchange.as_yaml(Segment.objects.all())
    assert "segment: trials" in text
    assert "高价值试用" in text
    assert {change.what for change in exchange.plan(workspace, text)} == {"same"}


def test_a_change_is_shown_with_before_and_after(workspace, alice):
    exchange.apply(workspace=workspace, text=TEXT, by=alice)
    plan = exchange.plan(workspace, TEXT.replace("over: 100", "over: 200").replace("name: Trials", "name: On trial"))
    told = {(change.key, name): (before, after) for change in plan for name, before, after in change.lines}
    assert told[("trials", "name")] == ("Trials", "On trial")
    assert "100" in told[("rich-trials", "criteria")][0]
    assert "200" in told[("rich-trials", "criteria")][1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [", "This is no YAML: see line 1"),
        ("segments: []", "Write a list under “segments”"),
        (TEXT.replace("/1", "/9"), "The format “evergrow/segments/9” is not known"),
        (TEXT.replace("refreshed: hour", "refreshed: always"), r"segments.0.refreshed: choose one of"),
        (TEXT.replace("over: 100", "over: many"), r"segments.0.criteria.all.1"),
        (TEXT.replace("key: trials", "key: rich-trials"), "stands there twice"),
        (TEXT.replace("kind: account", "kind: tribe"), "segments.0: a segment needs key, kind and criteria"),
        (TEXT.replace("key: trials", "key: 'Trials!'"), "segments.1.key: use small letters"),
        (TEXT.replace("  name: Trials", "  nmae: Trials"), "segments.1: “nmae” is not known"),
    ],
)
def test_a_wrong_text_is_refused_at_the_place(workspace, alice, text, sentence):
    with pytest.raises(exchange.CannotRead, match=sentence):
        exchange.apply(workspace=workspace, text=text, by=alice)
    assert not Segment.objects.exists()


def test_a_circle_brings_nothing_in(workspace, alice):
    text = TEXT.replace("criteria: {trait: status, is: [trial]}", "criteria: {segment: rich-trials}")
    with pytest.raises(order.Circle):
        exchange.apply(workspace=workspace, text=text, by=alice)
    assert not Segment.objects.exists()


def test_a_list_of_the_same_key_is_not_overwritten(workspace, alice):
    create_segment(workspace=workspace, name="Trials", kind="account", numbers=[], by=alice)
    with pytest.raises(exchange.CannotRead, match="of another kind"):
        exchange.plan(workspace, TEXT)
