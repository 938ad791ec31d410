"""The SQL and the evaluator say the same, in worlds of three time zones and calendars."""

import random
from typing import Any

import pytest

from evergrow.customers import criteria
from evergrow.customers.tests.criteria import made_up, world
from evergrow.lib import clock
from evergrow.warehouse.tests.stage import empty_store

pytestmark = pytest.mark.once
PLACES = [("Asia/Shanghai", "CN"), ("America/New_York", "US"), ("Australia/Lord_Howe", "")]
SHARE, MANY = 40, 1_000


@pytest.fixture
def _clock() -> object:
    empty_store()
    with clock.frozen(world.NOW):
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("_clock")
@pytest.mark.parametrize("share", [SHARE, pytest.param(MANY, marks=pytest.mark.torture)])
@pytest.mark.parametrize("place", range(len(PLACES)))
def test_made_up_criteria_have_one_answer(place: int, share: int) -> None:
    here = world.make(*PLACES[place], seed=place + 1)
    rnd = random.Random(20_260_325 + place)
    asked: list[Any] = []
    expected: list[tuple[Any, list[int]]] = []
    while len(asked) < share:
        kind = rnd.choice(["person", "account"])
        data = made_up.some(rnd, kind)
        alone = here.one_by_one(kind, data)
        # Criteria that all or nobody meets say little; a few of them are enough.
        if len(alone) in (0, len(here.subjects[kind])) and rnd.random() < 0.85:
            continue
        parsed = criteria.parse(data, kind, here.workspace)
        assert criteria.parse(criteria.as_data(parsed), kind, here.workspace) == parsed
        assert criteria.sentence(parsed)
        asked.append(parsed)
        expected.append((data, alone))
    for (data, alone), found in zip(expected, criteria.find_many(here.workspace, asked), strict=True):
        assert found.tolist() == alone, data
