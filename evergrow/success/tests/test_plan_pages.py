"""The pages, the search and the API of plans."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from evergrow.customers.search import finding, index
from evergrow.lib import clock
from evergrow.success.models import Plan, PlanStep, Retrospective
from evergrow.success.plans import acts, metrics, reading, retrospectives, steps, tracking, views
from evergrow.success.plans.models import PlanReading
from evergrow.success.tests.test_plans import FIRST, TODAY, WEEK, enter, running
from evergrow.success.tests.test_same_moment import at_once
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.usefixtures("frozen")]


def page(name, *args):
    return reverse(f"success:{name}", args=["acme", *args])


@pytest.mark.once
def test_a_plan_is_drawn_up_run_and_closed_through_its_pages(workspace, alice, bob, sign_in, monkeypatch):
    monkeypatch.setattr(metrics.catalogue, "traits", lambda workspace, kind: [])
    client = sign_in(bob)
    typed = {
        "name_en": "Seed customers",
        "metric": "entered",
        "unit": "number",
        "unit_word": "customers",
        "target": "12",
    }
    typed |= {"direction": "higher", "start_value": "0", "starts_on": str(FIRST), "ends_on": str(FIRST + 12 * WEEK)}
    typed |= {"tolerance": "10", "tolerance_kind": "percent", "in_a_row": "2", "retro_days": "5", "owner": bob.pk}
    typed |= {"subject": "playbook:save", "milestones": f"{FIRST + WEEK} 2"}
    wrong = client.post(page("new_plan"), {**typed, "milestones": "soon 4"})
    assert wrong.status_code == 422
    assert "is no day with a value" in wrong.content.decode()
    assert client.post(page("new_plan"), {**typed, "target": "0"}).status_code == 422
    client.post(page("new_plan"), typed)
    plan = Plan.objects.get()
    assert plan.milestones == [[str(FIRST + WEEK), 2.0]]
    client.post(page("move_plan", plan.pk), {"move": "begin"})
    client.post(page("add_plan_step", plan.pk), {"name": "Ask the regions", "owner": alice.pk, "due_on": str(TODAY)})
    client.post(page("plan_week", plan.pk), {"week": str(FIRST), "value": "3", "comment": "A good start"})
    client.post(page("plan_week", plan.pk), {"week": str(FIRST + WEEK), "value": "4", "comment": ""})
    shown = client.get(page("plan", plan.pk)).content.decode()
    for words in ("A good start", "3 customers", "nobody has entered it", "Ask the regions", "Save a slipping account"):
        assert words in shown
    assert "Seed customers" in client.get(page("playbook", "save")).content.decode()
    assert client.get(page("edit_plan", plan.pk)).context["form"]["metric"].field.disabled
    assert client.post(page("edit_plan", plan.pk), {**typed, "target": "4"}).status_code == 302
    client.post(page("move_plan", plan.pk), {"move": "reached"})
    assert Plan.objects.get().state == "reached"
    assert "Seed customers" in client.get(page("plans") + "?show=closed").content.decode()


@pytest.mark.once
def test_closed_plans_are_built_a_page_at_a_time_the_latest_first(workspace, bob, sign_in, monkeypatch):
    monkeypatch.setattr(views, "PER_PAGE", 2)
    for n in range(3):
        with clock.frozen(clock.now() + n * timedelta(minutes=1)):
            acts.cancel(plan=running(bob, name={"en": f"Plan {n}"}), by=bob, note="Enough")
    built, real = [], reading.row
    monkeypatch.setattr(reading, "row", lambda plan, today: built.append(str(plan)) or real(plan, today))
    client = sign_in(bob)
    for number, names in ((1, ["Plan 2", "Plan 1"]), (2, ["Plan 0"])):
        shown = client.get(page("plans") + f"?show=closed&page={number}").context["page"]
        assert [str(row.plan) for row in shown] == names
    assert sorted(built) == ["Plan 0", "Plan 1", "Plan 2"]


@pytest.mark.once
def test_a_retrospective_is_written_finished_and_found(workspace, alice, bob, sign_in):
    plan = running(bob)
    enter(plan, bob, 0.0, 0.0, 0.0, 0.0)
    retro = Retrospective.objects.get()
    client, here = sign_in(bob), page("plan_retrospective", plan.pk, retro.pk)
    said = {"cause": "The regions were never asked", "learned": "Ask them first"}
    client.post(here, {**said, "act": "action", "name": "Ask them on Monday", "owner": alice.pk})
    action = PlanStep.objects.get()
    assert (action.retrospective, action.owner) == (retro, alice)
    review = client.get(page("plan_review")).content.decode()
    assert "further behind than tolerated" in review
    assert "Retrospective due" in review
    day = sign_in(alice).get(page("tasks") + f"?item=planstep:{action.pk}").content.decode()
    assert "corrective action" in day
    client.post(page("move_plan", plan.pk), {"move": "missed"})
    assert Plan.objects.get().state == "running", "first the retrospective"
    client.post(here, {**said, "act": "finish"})
    assert Retrospective.objects.get().state == "done"
    index.refresh()
    hits = list(finding.found(bob, "regions"))
    assert [(hit.kind, hit.object_id) for hit in hits] == [("retrospective", retro.pk)]
    assert f'href="{here}"' in client.get(reverse("customers:search", args=["acme"]), {"q": "regions"}).content.decode()


@pytest.mark.once
def test_what_is_found_is_called_in_the_language_of_the_reader(workspace, bob):
    running(bob, name={"en": "More healthy accounts", "zh": "提升健康客户占比"})
    index.refresh()
    entries = list(finding.found(bob, "healthy"))
    assert [hit.plain for hit in finding.hits(bob, entries, "healthy")] == ["More healthy accounts"]
    with override("zh-hans"):
        assert [hit.plain for hit in finding.hits(bob, entries, "healthy")] == ["提升健康客户占比"]


@pytest.mark.once
def test_programs_draw_up_enter_and_read_plans(workspace, bob, mallory):
    ask = caller(bob)
    facts = {"name": {"en": "Visits"}, "metric": {"source": "entered"}, "start_value": 0, "target": 12}
    days = {"starts_on": str(FIRST), "ends_on": str(FIRST + 12 * WEEK)}
    made = ask.post("/api/v1/plans", {**facts, **days}, content_type="application/json").json()
    here = f"/api/v1/plans/{made['id']}"
    ask.post(f"{here}/moves", {"move": "begin"}, content_type="application/json")
    ask.put(f"{here}/weeks/{TODAY}", {"value": 2, "comment": "Two"}, content_type="application/json")
    ask.post(f"{here}/steps", {"name": "Call"}, content_type="application/json")
    told = ask.get(here).json()
    assert (told["light"], told["value"], told["steps"][0]["owner"]) == ("off", 2.0, bob.pk)
    assert told["readings"][0]["week"] == "2026-03-23"
    assert ask.get(f"/api/v1/plans/review?week={TODAY}").json()[0]["is_off"] is True
    assert ask.post(f"{here}/measurement").status_code == 409
    assert caller(mallory).get(here).status_code == 404


@pytest.mark.once
def test_more_steps_take_no_more_statements(workspace, alice, bob, sign_in):
    plan = running(bob)
    steps.add(plan=plan, by=bob, name="Call")
    pages, program = sign_in(bob), caller(bob)
    reads = (
        lambda: pages.get(page("plan", plan.pk)),
        lambda: program.get("/api/v1/plans"),
        lambda: program.get(f"/api/v1/plans/{plan.pk}"),
    )

    def statements(read):
        with CaptureQueriesContext(connection) as seen:
            assert read().status_code == 200
        return len(seen)

    for read in reads:
        read()
    before = [statements(read) for read in reads]
    for owner in (alice, bob, alice):
        steps.add(plan=plan, by=bob, name="Visit", owner=owner)
    assert [statements(read) for read in reads] == before


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_who_judge_at_once_open_one_and_it_holds_whoever_closes_meanwhile(alice, bob):
    plan = running(bob)
    for place in range(4):
        week = FIRST + place * WEEK
        facts = {"on": week + timedelta(days=6), "value": 0.0, "expected": 5.0}
        PlanReading.objects.create(plan=plan, week=week, **facts)

    def judge():
        return retrospectives.judge(plan=Plan.objects.get(pk=plan.pk))

    def comment():
        return tracking.enter(plan=Plan.objects.get(pk=plan.pk), week=FIRST, value=None, comment="x", by=bob)

    assert at_once(judge, judge, comment) == {"ok": 3}
    assert Retrospective.objects.count() == 1
    step = steps.add(plan=plan, by=bob, name="Call", owner=alice)
    ends = at_once(
        *(
            lambda who=who: steps.move(step=PlanStep.objects.get(pk=step.pk), way="finish", by=who)
            for who in (alice, bob)
        )
    )
    assert ends == {"ok": 1, "StepNotThere": 1}
