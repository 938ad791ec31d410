"""Operating plans: the way to a goal, weekly readings, the deviation rule, retrospectives, and who may do what."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied

from conftest import make_member
from evergrow.health.money.models import Kind, Movement
from evergrow.lib import clock
from evergrow.success import errors as room
from evergrow.success.actions import tasks
from evergrow.success.actions.runs import start_run
from evergrow.success.day import done, listing
from evergrow.success.models import Plan, PlanReading, PlanStep, Retrospective
from evergrow.success.plans import access, acts, course, errors, measuring, reading, retrospectives, steps, tracking
from evergrow.success.plans.wishes import Wish
from evergrow.workspaces.models import AccountScope, AuditEntry, Member, Notice

pytestmark = pytest.mark.usefixtures("frozen")
TODAY, DAY, WEEK = date(2026, 3, 25), timedelta(days=1), timedelta(days=7)
FIRST = date(2026, 2, 23)  # a Monday


def wish(**facts):
    known = {
        "name": {"en": "Seed customers", "zh": "种子客户"},
        "metric": {"source": "entered"},
        "start_value": 0.0,
        "target": 12.0,
        "starts_on": FIRST,
        "ends_on": FIRST + 12 * WEEK,
    }
    return Wish(**{**known, **facts})


def running(by, **facts):
    return acts.begin(plan=acts.draw_up(wish=wish(**facts), by=by), by=by)


def enter(plan, by, *values, first=FIRST):
    for place, value in enumerate(values):
        tracking.enter(plan=plan, week=first + place * WEEK, value=value, by=by)


def keys(member, whose="mine"):
    return {item.key.partition(":")[0]: item.fact for item in listing.listing(listing.ask(member, whose)).items}


def a_course(**facts):
    known = {"start_value": 0.0, "target": 10.0, "direction": "higher", "milestones": [], "in_a_row": 2}
    days = {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 12)}
    return SimpleNamespace(**{"tolerance": 10, "tolerance_kind": "percent", **known, **days, **facts})


def test_the_expected_value_lies_on_the_straight_line_or_between_milestones():
    plan = a_course()
    assert [course.expected(plan, plan.starts_on + n * DAY) for n in (-3, 0, 4, 10, 30)] == [0, 0, 4, 10, 10]
    bent = a_course(milestones=[["2026-03-04", 6.0]])
    assert [course.expected(bent, bent.starts_on + n * DAY) for n in (1, 2, 6)] == [3, 6, 8]
    assert course.expected(a_course(start_value=None), plan.starts_on) is None
    assert course.weeks(plan) == [date(2026, 3, 2), date(2026, 3, 9)]
    assert course.weeks_over(plan, date(2026, 3, 13)) == course.weeks(plan), "the last one ends with the plan"


def test_behind_is_what_is_worse_by_more_than_is_tolerated_in_either_direction():
    up, down = a_course(), a_course(start_value=20.0, target=0.0, direction="lower")
    assert course.is_off(up, 8.9, 10)
    assert not course.is_off(up, 9, 10)
    assert not course.is_off(up, 30, 10), "better than expected is no deviation"
    assert course.is_off(down, 12, 10)
    assert course.is_off(down, 3, 0), "of nothing there is no percentage: the whole way counts, 15 % of 20"
    assert not course.is_off(down, 1.9, 0)
    units = a_course(tolerance=2, tolerance_kind="units")
    assert course.is_off(units, 7.9, 10)
    assert not course.is_off(units, 8, 10)
    assert course.progress(down, 15) == 0.25
    assert course.is_reached(down, 0)
    assert not course.is_reached(up, 9.99)


def test_a_plan_goes_from_draft_to_reached_and_the_trail_tells_it(workspace, alice, bob):
    plan = acts.draw_up(wish=wish(concerned=[alice]), by=bob)
    assert (plan.state, plan.owner, list(plan.concerned.all())) == ("draft", bob, [alice])
    with pytest.raises(errors.PlanNotThere):
        acts.close(plan=plan, state="missed", by=bob)
    acts.begin(plan=plan, by=bob)
    with pytest.raises(errors.NoValueYet):
        acts.close(plan=plan, state="reached", by=bob)
    enter(plan, bob, 5.0)
    with pytest.raises(errors.NotReached, match="5"):
        acts.close(plan=plan, state="reached", by=bob)
    acts.change(plan=plan, wish=wish(target=5.0), by=alice)
    assert PlanReading.objects.get().expected == pytest.approx(12 * 6 / 84), "judged by what was expected then"
    with pytest.raises(errors.PlanUnderWay):
        acts.change(plan=plan, wish=wish(metric={"source": "revenue", "measure": "mrr"}), by=alice)
    acts.close(plan=plan, state="reached", by=bob, note="Early")
    assert (plan.state, plan.end_value) == ("reached", 5.0)
    with pytest.raises(errors.PlanNotThere):
        acts.cancel(plan=plan, by=bob, note="no more")
    verbs = list(AuditEntry.objects.filter(verb__startswith="plan.").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["plan.drawn_up", "plan.begun", "plan.entered", "plan.changed", "plan.reached"]
    assert AuditEntry.objects.get(verb="plan.changed").data == {"target": [12.0, 5.0], "owner_id": [bob.pk, alice.pk]}


@pytest.mark.once
def test_what_makes_no_sense_is_refused_by_name(workspace, alice, bob):
    for named, facts in (
        (errors.PlanNeedsName, {"name": {"en": " "}}),
        (errors.PlanDaysReversed, {"ends_on": FIRST}),
        (errors.TargetIsStart, {"target": 0.0}),
        (errors.TargetOnTheWrongSide, {"direction": "lower"}),
        (errors.BadNumber, {"target": float("inf")}),
        (errors.BadTolerance, {"tolerance": 0}),
        (errors.BadMilestones, {"milestones": [(FIRST + 400 * DAY, 3.0)]}),
        (errors.BadMetric, {"metric": {"source": "revenue", "measure": "joy"}}),
        (errors.BadMetric, {"metric": {"source": "question", "question": 99}}),
        (errors.BadMetric, {"metric": {"source": "health", "measure": "score", "segment": "nowhere"}}),
        (errors.BadSubject, {"subject_kind": "playbook", "subject_key": "nowhere"}),
        (room.NotAColleague, {"owner": make_member(workspace, "Gone", left_at=clock.now())}),
    ):
        with pytest.raises(named):
            acts.draw_up(wish=wish(**facts), by=bob)
    with pytest.raises(errors.StartUnknown):
        acts.begin(plan=acts.draw_up(wish=wish(start_value=None), by=bob), by=bob)
    plan = running(bob)
    for week, named in ((FIRST - WEEK, errors.WeekOutside), (FIRST + 6 * WEEK, errors.WeekOutside)):
        with pytest.raises(named):
            tracking.enter(plan=plan, week=week, value=1.0, by=bob)
    with pytest.raises(errors.WeekOutside):
        tracking.measure_now(plan=plan, by=bob)


@pytest.mark.once
def test_too_far_behind_for_too_long_calls_once_for_a_retrospective_that_holds_the_plan_open(workspace, alice, bob):
    plan = running(bob)
    enter(plan, bob, 1.0)
    assert not Retrospective.objects.exists(), "within what is tolerated"
    enter(plan, bob, 1.0, first=FIRST + WEEK)
    assert not Retrospective.objects.exists(), "off for the first week"
    enter(plan, bob, 1.5, first=FIRST + 3 * WEEK)
    retro = Retrospective.objects.get()
    assert [each["value"] for each in retro.readings] == [1.0, 1.5], "a week without a value does not break the row"
    assert retro.due_on == date(2026, 4, 1), "five working days later"
    assert retrospectives.judge(plan=plan) is None, "once"
    with pytest.raises(errors.RetrospectiveOpen):
        retrospectives.ask(plan=plan, by=bob)
    assert Notice.objects.get(member=bob).kind == "plan.retrospective_needed"
    row = reading.row(plan, TODAY)
    assert (row.light, row.standing.missing) == ("retro", 1)
    assert keys(bob)["retrospective"].due_on == retro.due_on
    for end in (
        lambda: acts.close(plan=plan, state="missed", by=bob),
        lambda: acts.cancel(plan=plan, by=bob, note="x"),
    ):
        with pytest.raises(errors.RetrospectiveFirst):
            end()
        plan.refresh_from_db()
        assert plan.state == "running"

    retrospectives.write(retrospective=retro, by=bob, cause="Nobody called", learned="Calls need a day of their own")
    with pytest.raises(errors.RetrospectiveUnfinished):
        retrospectives.finish(retrospective=retro, by=bob)
    action = steps.add(plan=plan, by=bob, name="Call on Tuesdays", owner=alice, due_on=TODAY, retrospective=retro)
    assert keys(alice)["planstep"].due_on == TODAY
    assert Notice.objects.get(member=alice).kind == "plan.step_given"
    later = steps.add(plan=plan, by=bob, name="Tell the regions", owner=alice, retrospective=retro)
    assert later.due_on == date(2026, 4, 1), "an action is always due"
    retrospectives.finish(retrospective=retro, by=bob)
    steps.move(step=action, way="finish", by=alice)
    assert keys(alice)["planstep"].key == f"planstep:{later.pk}"
    assert (done.days_work(alice).settled, done.days_work(bob).settled) == (1, 1), "both count towards the day"
    steps.move(step=action, way="reopen", by=alice)
    assert done.days_work(alice).settled == 0
    steps.move(step=action, way="drop", by=alice)
    assert "planstep" not in keys(bob)
    Member.objects.filter(pk=alice.pk).update(left_at=clock.now())
    assert keys(bob)["planstep"].key == f"planstep:{later.pk}", "what nobody has comes before the plan's owner"
    steps.move(step=later, way="finish", by=bob)
    with pytest.raises(errors.RetrospectiveClosed):
        retrospectives.write(retrospective=retro, by=bob, cause="", learned="")
    assert retrospectives.judge(plan=plan) is None, "weeks before it are done with"
    with clock.frozen(clock.now() + 2 * WEEK):
        enter(plan, bob, 1.5, 1.5, first=FIRST + 4 * WEEK)
        assert plan.retrospectives.filter(state="open").count() == 1, "two weeks after it, the next one"


@pytest.mark.once
def test_a_missed_plan_asks_why_and_a_cancelled_one_needs_a_reason(workspace, alice, bob):
    plan = acts.close(plan=running(bob), state="missed", by=alice)
    assert plan.retrospectives.get().why == "missed"
    assert Notice.objects.get(member=bob).data["why"] == "missed"
    with pytest.raises(room.ReasonNeeded):
        acts.cancel(plan=running(bob), by=bob, note=" ")


@pytest.mark.once
def test_revenue_is_measured_week_by_week_also_of_weeks_long_past(workspace, alice, make_account):
    rows = [(1, date(2025, 1, 1), 100, Kind.NEW), (1, date(2026, 3, 4), 50, Kind.EXPANSION)]
    rows += [(2, date(2025, 2, 1), 100, Kind.NEW), (2, date(2026, 3, 16), -100, Kind.CHURN)]
    accounts = {number: make_account(number) for number in (1, 2)}
    for number, on, amount, kind in rows:
        facts = {"effective_on": on, "amount": amount, "kind": kind}
        Movement.objects.create(workspace=workspace, account=accounts[number], **facts)
    plan = acts.draw_up(
        wish=wish(metric={"source": "revenue", "measure": "mrr"}, target=400.0, start_value=None), by=alice
    )
    acts.begin(plan=plan, by=alice)
    assert (plan.unit, plan.start_value) == ("money", 200.0)
    assert tracking.track(workspace) == tracking.Tracked(4, 0, 0)
    assert tracking.track(workspace) == tracking.Tracked(0, 0, 0), "it may run twice"
    read = {each.week: each.value for each in plan.readings.all()}
    assert read == {FIRST + n * WEEK: value for n, value in enumerate([200, 250, 250, 150])}
    with pytest.raises(errors.NotEntered):
        tracking.enter(plan=plan, week=FIRST, value=9.0, by=alice)
    tracking.enter(plan=plan, week=FIRST, value=None, comment="Slow start", by=alice)
    assert tracking.measure_now(plan=plan, by=alice).on == TODAY
    with clock.frozen(clock.now() + WEEK):
        tracking.track(workspace)
    assert plan.readings.get(week=date(2026, 3, 23)).on == date(2026, 3, 29), "measured again once the week is over"
    assert plan.readings.get(week=FIRST).comment == "Slow start"
    world = measuring.World(workspace)
    nrr = measuring.measure(world, {"source": "revenue", "measure": "nrr"}, TODAY).value
    assert nrr == pytest.approx(75), "150 of 200"
    assert measuring.measure(world, {"source": "question", "question": 1}, FIRST).missing == "not_kept"
    nowhere = {"source": "revenue", "measure": "mrr", "segment": "nowhere"}
    assert measuring.measure(world, nowhere, TODAY).missing == "source_gone"


@pytest.mark.once
def test_members_who_see_some_accounts_see_the_plans_they_take_part_in(workspace, alice, bob, carol, mallory):
    olga = make_member(workspace, "Olga", scope=AccountScope.OWN)
    plan, other = running(bob), running(alice)
    assert not access.plans(olga).exists()
    assert not access.plans(mallory).exists()
    step = steps.add(plan=plan, by=bob, name="Visit Anqing", owner=olga, due_on=TODAY + DAY)
    assert list(access.plans(olga)) == [plan]
    for forbidden in (
        lambda: acts.change(plan=plan, wish=wish(), by=olga),
        lambda: tracking.enter(plan=plan, week=FIRST, value=1.0, by=olga),
        lambda: acts.draw_up(wish=wish(), by=carol),
        lambda: steps.move(step=steps.add(plan=other, by=alice, name="Mine"), way="finish", by=olga),
    ):
        with pytest.raises(PermissionDenied):
            forbidden()
    steps.move(step=step, way="start", by=olga)
    with pytest.raises(errors.StepNotThere):
        steps.move(step=step, way="start", by=olga)
    assert keys(bob)["plan"].key == f"plan:{plan.pk}", "last week's value is asked for"


@pytest.mark.once
def test_a_step_that_is_a_task_stands_as_the_task_does(account, bob, make_playbook):
    task = start_run(account=account, playbook=make_playbook("short", {"key": "a"}), by=bob).tasks.get()
    plan = running(bob, subject_kind="playbook", subject_key="short")
    step = steps.add(plan=plan, by=bob, task=task)
    with pytest.raises(errors.TaskTaken):
        steps.add(plan=plan, by=bob, task=task)
    with pytest.raises(errors.StepFollowsTask):
        steps.move(step=step, way="finish", by=bob)
    tasks.finish_task(task=task, by=bob)
    assert reading.step_rows(PlanStep.objects.all())[0].state == "done"
    assert [row.plan for row in reading.of_playbook(bob, task.run.playbook)] == [plan]
    assert Plan.objects.get().subject_key == "short"
