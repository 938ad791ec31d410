"""What is wrong is said at the offending part, with a sentence that tells the fix."""

from typing import Any

import pytest

from evergrow.customers import criteria
from evergrow.customers.criteria.errors import CostError, CriteriaError
from evergrow.customers.tests.criteria.stage import tell
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

pytestmark = pytest.mark.once

HERE = Workspace(pk=1, slug="here", name="Here")
DEEP: Any = {"trait": "a", "is": "b"}
for _ in range(9):
    DEEP = {"all": [DEEP]}

WRONG: list[tuple[str, Any, str, str]] = [
    ("person", [], "", "is an object"),
    ("person", {"trait": "plan"}, "", "exactly one comparison"),
    ("person", {"trait": "plan", "is": "a", "over": 3}, "", "exactly one comparison"),
    ("person", {"trait": "plan", "equals": "a"}, "equals", "not a comparison"),
    ("person", {"trait": "", "is": "a"}, "trait", "Choose a trait"),
    ("person", {"trait": "a\0", "is": "a"}, "trait", "Choose a trait"),
    ("person", {"trait": "plan", "is": []}, "is", "which value"),
    ("person", {"trait": "plan", "is": ["a", ""]}, "is.1", "1 to 500 characters"),
    ("person", {"trait": "plan", "is": [{"a": 1}]}, "is.0", "a text, a number"),
    ("person", {"trait": "plan", "is": ["\ud800"]}, "is.0", "characters"),
    ("person", {"trait": "plan", "is": [10**400]}, "is.0", "too large"),
    ("person", {"trait": "plan", "is": [str(number) for number in range(501)]}, "is", "At most 500"),
    ("person", {"trait": "plan", "is_set": "yes"}, "is_set", "true (has a value)"),
    ("person", {"trait": "plan", "is": "a", "or_unset": 1}, "or_unset", "true or false"),
    ("person", {"trait": "plan", "is": "a", "or_unset": True, "and_set": True}, "", "exclude each other"),
    ("person", {"trait": "score", "over": "many"}, "over", "needs a number"),
    ("person", {"trait": "score", "over": 10**400}, "over", "needs a number"),
    ("person", {"trait": "score", "over": True}, "over", "needs a number"),
    ("person", {"trait": "score", "between": [1]}, "between", "two values"),
    ("person", {"trait": "score", "between": [3, 1]}, "between", "Swap them"),
    ("person", {"trait": "day", "between": ["2026-03-01", "2026-02-01"]}, "between", "Swap them"),
    ("person", {"trait": "day", "before": "1 March"}, "before", "2026-03-01"),
    ("person", {"trait": "day", "before": "0001-01-01"}, "before", "1900 and 2200"),
    ("person", {"trait": "day", "before": {"ago": 3, "unit": "hours"}}, "before.unit", "not a unit"),
    ("person", {"trait": "day", "before": {"ago": -3}}, "before.ago", "whole number"),
    ("person", {"trait": "day", "in_last": {"hours": 3}}, "in_last.hours", "units are"),
    ("person", {"trait": "day", "in_last": {"days": 0}}, "in_last.days", "from 1 to 3660"),
    ("person", {"trait": "day", "in_last": 30}, "in_last", "{“days”: 30}"),
    ("person", {"trait": "name", "matches": "("}, "matches", "cannot be read"),
    ("person", {"trait": "name", "matches": "(?=a)"}, "matches", "RE2"),
    ("person", {"trait": "name", "matches": r"(a)\1"}, "matches", "RE2"),
    ("person", {"trait": "name", "matches": "a{2000}"}, "matches", "RE2"),
    ("person", {"all": {"trait": "a"}}, "all", "list of conditions"),
    ("person", {"any": []}, "any", "at least one"),
    ("person", {"all": [], "any": []}, "any", "does not belong"),
    (
        "person",
        {"all": [{"trait": "a", "is": "b"}, {"did": "login", "within": {"days": "30"}}]},
        "all.1.within.days",
        "",
    ),
    ("person", {"not": {"any": [{"trait": "a", "over": "x"}]}}, "not.any.0.over", "needs a number"),
    ("person", {"all": [{"trait": "a", "is": "b"}] * 41}, "all", "At most 40"),
    ("person", {"all": [{"all": [{"trait": "a", "is": "b"}] * 31}] * 2}, "all.1.all.29", "At most 60"),
    ("person", DEEP, "all.0.all.0.all.0.all.0.all.0.all.0.all.0.all.0.all", "8 deep"),
    ("person", {"sees": "login"}, "", "Begin with one of"),
    ("person", {"did": ""}, "did", "Choose an event"),
    ("person", {"did": "login", "times": {"at_least": 1.5}}, "times.at_least", "whole number"),
    ("person", {"did": "login", "times": {"about": 1}}, "times.about", "exactly one of"),
    ("person", {"did": "login", "times": {"between": [2]}}, "times.between", "two numbers"),
    ("person", {"did": "login", "within": {"fortnights": 2}}, "within.fortnights", "units are"),
    ("person", {"did": "login", "within": {"to": "2026-03-01", "before": "2026-03-01"}}, "within", "Keep one"),
    ("person", {"did": "login", "within": {"from": "2026-03-02", "to": "2026-03-01"}}, "within", "Swap them"),
    ("person", {"did": "login", "within": {"from": {"ago": 3}, "to": {"ago": 5}}}, "within", "Swap them"),
    ("person", {"did": "login", "when": {"days": 3}}, "when", "does not belong"),
    ("person", {"did": "login", "where": [{"is": "a"}]}, "where.0.property", "Choose a property"),
    ("person", {"did": "login", "where": [{"property": "a", "before": "2026-03-01"}]}, "where.0.before", "comparison"),
    ("person", {"did": "login", "where": [{"property": "a", "is": "b"}] * 11}, "where", "at most 10"),
    ("person", {"did": "login", "measure": {"sum": ""}, "over": 3}, "measure.sum", "property"),
    ("person", {"did": "login", "measure": {"median": "a"}, "over": 3}, "measure", "one of"),
    ("person", {"did": "login", "measure": {"sum": "a"}}, "", "exactly one of"),
    ("person", {"first": "login"}, "within", "first time"),
    ("person", {"stopped": "login"}, "for", "for how long"),
    ("person", {"stopped": "login", "for": {"days": 3}, "after": {"times": 0}}, "after.times", "how many times"),
    ("person", {"sequence": [{"did": "login"}]}, "sequence", "2 to 8 steps"),
    ("person", {"sequence": [{"did": "a"}, {"did": ""}]}, "sequence.1.did", "Choose an event"),
    ("person", {"sequence": [{"did": "a"}, {"did": "b"}], "gap": {"months": 1}}, "gap.months", "units are"),
    ("person", {"segment": "nobody"}, "segment", "no segment “nobody”"),
    ("person", {"people": "any"}, "people", "has no people"),
    ("account", {"account": {}}, "account", "about accounts already"),
    ("account", {"people": "some"}, "people", "at_least"),
    ("account", {"people": {"at_least": 0}}, "people.at_least", "how many"),
    ("account", {"people": "any", "who": {"trait": "a", "over": ""}}, "who.over", "needs a number"),
    ("company", {}, "kind", "account"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "data", "part", "words"), WRONG, ids=range(len(WRONG)))
def test_the_offending_part_is_named(kind: str, data: Any, part: str, words: str) -> None:
    with pytest.raises(CriteriaError) as told:
        criteria.parse(data, kind, HERE)
    assert told.value.part == part
    assert words in told.value.message


def test_text_that_is_no_yaml_names_its_line() -> None:
    with pytest.raises(CriteriaError, match="Line 2"):
        criteria.from_yaml("all:\n  - trait: [", "person", HERE)
    with pytest.raises(CriteriaError, match="references"):
        criteria.from_yaml("all: &a\n  - not: *a", "person", HERE)


def test_yaml_reads_days_and_lists() -> None:
    text = (
        "all:\n  - trait: plan\n    is: [Pro, 企业版]\n  - did: login\n    within: {from: 2026-01-01, to: 2026-03-31}\n"
    )
    asked = criteria.from_yaml(text, "account", HERE)
    assert criteria.as_data(asked)["all"][1]["within"] == {"from": "2026-01-01", "to": "2026-03-31"}
    assert "企业版" in criteria.to_yaml(asked)
    assert criteria.to_yaml(criteria.parse({}, "account", HERE)) == ""


@pytest.mark.django_db
@pytest.mark.usefixtures("warehouse_db")
def test_what_costs_too_much_is_refused_before_it_is_asked(workspace: Workspace, settings: Any) -> None:
    now = clock.now()
    tell(workspace, [("login", now, 1, 0, {}) for _ in range(20)])
    heavy = criteria.parse({"did": "login", "times": 3}, "person", workspace)
    light = criteria.parse({"did": "login", "within": {"days": 3}}, "person", workspace)
    settings.CRITERIA_EVENTS = 19
    with pytest.raises(CostError, match=r"would read 20 events; at most 19"):
        criteria.count(workspace, heavy)
    assert criteria.count(workspace, light) == 0
    settings.CRITERIA_EVENTS = 20
    assert criteria.count(workspace, heavy) == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("warehouse_db")
def test_what_takes_too_much_memory_is_stopped_with_a_sentence(workspace: Workspace, monkeypatch: Any) -> None:
    monkeypatch.setattr("evergrow.customers.criteria.cost.limits", lambda: (20.0, 1))
    with pytest.raises(CostError, match="more memory"):
        criteria.count(workspace, criteria.parse({"did": "login", "times": 3}, "person", workspace))
