"""Random events and random questions about regularity: the store must say what plain loops say, from any table."""

import random
from datetime import timedelta

import pytest

from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import Interval
from evergrow.insight.presence.source import Subject
from evergrow.insight.stickiness import ask, behind
from evergrow.insight.stickiness.question import StickinessQuestion, View
from evergrow.insight.stickiness.result import StickinessResult, at_least
from evergrow.insight.tests import presence_reference as reference
from evergrow.insight.tests import worlds
from evergrow.insight.tests.reference import World
from evergrow.insight.tests.stage import ask_both_ways
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def both_ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return ask_both_ways(monkeypatch)


def make_question(rnd: random.Random, world: World, view: View) -> StickinessQuestion:
    return StickinessQuestion(
        event=rnd.choice(["", "", *worlds.EVENTS]),
        subject=rnd.choice(list(Subject)),
        view=view,
        interval=rnd.choice([Interval.DAY, Interval.WEEK, Interval.MONTH]),
        range=worlds.make_range(rnd, world),
        filters=worlds.make_filters(rnd),
        least=rnd.choice([1, 1, 2, 3]),
        is_cumulative=rnd.choice([True, False]),
        window=rnd.choice([7, 30]),
    )


class Asked:
    """A question in a world, settled in a workspace."""

    def __init__(self, question: StickinessQuestion, world: World, workspace: Workspace) -> None:
        self.question, self.world, self.workspace = question, world, workspace
        self.visible = None if world.visible is None else workspace.accounts.filter(number__in=world.visible)

    def answer(self) -> StickinessResult:
        with clock.frozen(worlds.noon(self.world)):
            return ask.ask(self.question, self.workspace, visible=self.visible)

    def listed(self, point: behind.Point) -> set[int]:
        with clock.frozen(worlds.noon(self.world)):
            found = behind.find(self.question, self.workspace, point, visible=self.visible)
        assert found.total == len(found.rows)
        return {row.number for row in found.rows}


def check_counts(rnd: random.Random, asked: Asked, result: StickinessResult) -> None:
    question, world = asked.question, asked.world
    cut = reference.intervals(question, world)
    assert (result.days.first, result.days.last) == (cut[-1][0], cut[0][1])
    expected = reference.stickiness(question, world)
    assert result.counts == tuple(len(expected.get(place, ())) for place in range(1, len(cut) + 1))
    assert result.shown == (at_least(result.counts) if question.is_cumulative else result.counts)
    place, or_more = rnd.randint(1, len(cut)), rnd.choice([True, False])
    wanted = {who for count, all_ in expected.items() if count == place or (or_more and count > place) for who in all_}
    assert asked.listed(behind.Regular(place, or_more=or_more)) == wanted
    if question.view is View.POWER:
        before = reference.stickiness(question, world, shift=question.window)
        assert result.before == tuple(len(before.get(place, ())) for place in range(1, len(cut) + 1))
        assert asked.listed(behind.Regular(place, is_before=True)) == before.get(place, set())


def check_ratios(rnd: random.Random, asked: Asked, result: StickinessResult) -> None:
    question, world = asked.question, asked.world
    assert [ratio.day for ratio in result.ratios][:: len(result.ratios) - 1 or 1][-1] == result.days.last
    for ratio in rnd.sample(result.ratios, min(4, len(result.ratios))):
        sizes = {width: len(reference.there_in(question, world, ratio.day, width)) for width in (1, 7, 30)}
        assert (ratio.daily, ratio.weekly, ratio.monthly) == (sizes[1], sizes[7], sizes[30])
        daily = [len(reference.there_in(question, world, ratio.day - timedelta(days=back), 1)) for back in range(30)]
        assert ratio.mean_of_month == pytest.approx(sum(daily) / 30)
        assert ratio.mean_of_week == pytest.approx(sum(daily[:7]) / 7)
    width = rnd.choice([1, 7, 30])
    day = rnd.choice(result.ratios).day
    assert asked.listed(behind.There(day, width)) == reference.there_in(question, world, day, width)


def compare(seed: int, size: int, each: int) -> None:
    made = [worlds.make(seed + position) for position in range(size)]
    tables = set()
    for position, (world, workspace) in enumerate(zip(made, worlds.settle(made), strict=True)):
        rnd = random.Random(seed + position + 1)
        for place in range(each):
            view = list(View)[place % 3]
            asked = Asked(make_question(rnd, world, view), world, workspace)
            try:
                result = asked.answer()
            except BadQuestion:
                assert asked.question.range.first >= world.today  # type: ignore[union-attr]
                continue
            (check_ratios if view is View.RATIO else check_counts)(rnd, asked, result)
            tables.add(result.table)
    assert tables == {"activity", "account_day", "events"}


def test_five_hundred_histories_are_as_regular_as_plain_loops_say(warehouse_db: None, both_ways: list[str]) -> None:
    compare(20_260_325, size=10, each=6)
    assert both_ways


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_twenty_thousand_histories_are_as_regular_as_plain_loops_say(warehouse_db: None) -> None:
    for batch in range(40):
        compare(1_000_000 * (batch + 1), size=10, each=6)
