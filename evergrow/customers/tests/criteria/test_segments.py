"""Criteria that refer to segments, with a stand-in for whoever keeps them; and what criteria need."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from evergrow.customers import criteria
from evergrow.customers.criteria import memberships
from evergrow.customers.criteria.errors import CriteriaError
from evergrow.customers.criteria.memberships import Segment
from evergrow.customers.tests.criteria.stage import ask
from evergrow.customers.tests.stage import make_account
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

NOON = datetime(2026, 3, 25, 4, 0, tzinfo=UTC)
ENTERED = {1: NOON - timedelta(days=7), 2: NOON - timedelta(days=6)}


class Kept:
    """One segment of accounts, ``trial``: accounts 1 and 2."""

    def find(self, workspace: Workspace, ref: int | str) -> Segment | None:
        return Segment(7, "trial", "Trials", "account") if ref in (7, "trial") else None

    def every(self, workspace: Workspace, kind: str) -> Sequence[Segment]:
        return [Segment(7, "trial", "Trials", "account")]

    def members(self, workspace: Workspace, segment: int, until: datetime | None) -> tuple[str, Mapping[str, Any]]:
        numbers = [number for number, at in ENTERED.items() if until is None or at < until]
        name = f"segment_{segment}_{'all' if until is None else 'some'}"
        return f"bitmapBuild({{{name}:Array(UInt32)}})", {name: numbers}

    def of(self, workspace: Workspace, kind: str, number: int) -> Mapping[int, datetime]:
        return {7: ENTERED[number]} if number in ENTERED else {}


@pytest.fixture(autouse=True)
def _kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(memberships, "_source", [Kept()])
    with clock.frozen(NOON):
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("warehouse_db")
def test_members_and_everyone_else(workspace: Workspace) -> None:
    for _ in range(3):
        make_account(workspace)
    assert ask(workspace, "account", {"segment": "trial"}) == [1, 2]
    assert ask(workspace, "account", {"segment": 7, "in": False}) == [3]
    assert ask(workspace, "account", {"segment": "trial", "in_since": {"days": 7}}) == [1]
    assert ask(workspace, "account", {"segment": "trial", "in_since": {"days": 6}}) == [1, 2]
    assert ask(workspace, "account", {"segment": "trial", "in": False, "in_since": {"days": 7}}) == [2, 3]
    asked = criteria.parse({"segment": "trial", "in_since": {"days": 7}}, "account", workspace)
    assert criteria.sentence(asked) == "Accounts where they have been in the segment “Trials” for at least 7 days"


def test_a_segment_of_the_other_kind_is_refused() -> None:
    here = Workspace(pk=1, slug="here", name="Here")
    with pytest.raises(CriteriaError, match="holds accounts"):
        criteria.parse({"segment": "trial"}, "person", here)


def test_criteria_tell_what_they_need() -> None:
    here = Workspace(pk=1, slug="here", name="Here")
    data = {
        "all": [
            {"trait": "mrr", "over": 5},
            {"segment": "trial"},
            {"people": "any", "who": {"did": "login", "within": {"hours": 5}}},
        ]
    }
    found = criteria.needs(criteria.parse(data, "account", here))
    assert found.traits == {("account", "mrr")}
    assert (found.events, found.segments) == ({"login"}, {7})
    assert found.places
    assert found.relative
    assert found.hours
    still = criteria.needs(criteria.parse({"did": "login", "within": {"from": "2026-01-01"}}, "account", here))
    assert not still.relative


def test_an_evaluator_follows_the_clock() -> None:
    here = Workspace(pk=1, slug="here", name="Here", zone="UTC", calendar="")
    from evergrow.customers.criteria.subjects import Happening, make

    at = round(NOON.timestamp() * 1000)
    subject = make("person", 1, {}, [Happening(at, 1, at // 86_400_000, "login", {})])
    hours = criteria.evaluator(criteria.parse({"did": "login", "within": {"hours": 5}}, "person", here))
    days = criteria.evaluator(criteria.parse({"did": "login", "within": {"days": 2}}, "person", here))
    for later, expected in ((5, (True, True)), (6, (False, True)), (48, (False, False))):
        with clock.frozen(NOON + timedelta(hours=later)):
            assert (hours(subject), days(subject)) == expected
