"""Due dates across the Spring Festival of 2026: 14 February (Saturday) is worked, 15 to 23 are free."""

from dataclasses import dataclass, field
from datetime import date

from evergrow.success import schedule


@dataclass
class Step:
    key: str
    due_from: str = "previous"
    offset: int = 1
    unit: str = "workdays"
    roll: str = "next"
    after: list[str] = field(default_factory=list)


FRIDAY = date(2026, 2, 13)


def plan(*steps: Step, **facts: object) -> list[date | None]:
    given = {"start": FRIDAY, "anchor": None, "calendar": "CN", **facts}
    return list(schedule.plan(steps, **given).values())


def test_working_days_follow_the_make_up_saturday_and_jump_the_festival() -> None:
    chain = [Step("a", "start", 1), Step("b", after=["a"]), Step("c", offset=2, after=["b"])]
    assert plan(*chain) == [date(2026, 2, 14), date(2026, 2, 24), date(2026, 2, 26)]
    assert plan(*chain, calendar="") == [date(2026, 2, 16), date(2026, 2, 17), date(2026, 2, 19)]


def test_plain_days_roll_off_a_holiday_the_way_the_step_says() -> None:
    for roll, day in [("next", date(2026, 2, 24)), ("previous", date(2026, 2, 14)), ("none", date(2026, 2, 18))]:
        assert plan(Step("a", "start", 5, "days", roll)) == [day]


def test_a_date_before_the_anchor_never_falls_before_the_start() -> None:
    steps = [Step("a", "anchor", -90, "days"), Step("b", "anchor", -7, "days", "previous")]
    assert plan(*steps, anchor=date(2026, 4, 13)) == [FRIDAY, date(2026, 4, 3)], "6 April is Tomb-Sweeping Day"


def test_a_late_run_leaves_no_step_due_before_the_one_it_waits_for() -> None:
    steps = [Step("a", "anchor", -90, "days"), Step("b", "anchor", -75, "days", after=["a"])]
    anchor = date(2026, 3, 20)
    assert plan(*steps, anchor=anchor) == [FRIDAY, FRIDAY], "both should have been done long ago"
    done = date(2026, 2, 25)
    assert plan(*steps, anchor=anchor, known={"a": done}) == [done, done], "not overdue the moment it begins"


def test_a_step_waits_for_the_latest_of_those_before_it() -> None:
    steps = [Step("a", "start", 1), Step("b", "start", 5), Step("c", after=["a", "b"])]
    assert plan(*steps)[2] == date(2026, 2, 28), "a make-up Saturday"
    assert plan(*steps, known={"b": date(2026, 2, 13)})[2] == date(2026, 2, 24), "done early, so it comes early"


def test_without_its_anchor_a_step_has_no_date() -> None:
    assert plan(Step("a", "anchor", -7), Step("b", after=["a"])) == [None, date(2026, 2, 14)]
