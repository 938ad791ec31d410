"""Playbooks, runs and starts on the pages, through their addresses."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from conftest import NOON
from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success.actions import playbooks, runs
from evergrow.success.models import Declined, Playbook, Run, Step
from evergrow.success.queries.standing import StepStanding
from evergrow.success.queries.suggestion import suggestion
from evergrow.success.tests.conftest import raised
from evergrow.workspaces import jobs
from evergrow.workspaces.models import Member, Workspace

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[Member], Client]


@pytest.mark.usefixtures("warehouse_db")
def test_the_step_editor_from_draft_to_published(alice: Member, save: Playbook, sign_in: SignIn) -> None:
    client, base = sign_in(alice), "/w/acme/playbooks/save/"
    client.post(f"{base}draft/")
    client.post(f"{base}draft/steps/", {"at": "2"})
    assert "Step 2: it has no name" in client.get(f"{base}draft/?step=step-1").content.decode()
    assert "disabled" in client.get(f"{base}draft/publication/").content.decode()
    facts = {"name_en": "Ask finance", "name_zh": "问财务", "kind": "call", "owner_rule": "sales", "offset": "3"}
    facts |= {"unit": "days", "due_from": "start", "roll": "none", "after": ["verify", "verdict"], "required": "on"}
    bad = client.post(f"{base}draft/steps/step-1/", facts | {"offset": "three"})
    assert bad.status_code == 400
    assert "Ask finance" in bad.content.decode()
    client.post(f"{base}draft/steps/step-1/", facts)
    step = save.versions.get(state="draft").steps.get(key="step-1")
    assert (step.name["zh"], step.offset, step.after, step.evidence) == ("问财务", 3, ["verify"], False)
    client.post(f"{base}draft/order/", {"down": "step-1"})
    step.refresh_from_db()
    assert step.position == 3
    client.post(f"{base}draft/steps/concession/removal/")
    assert "removed “Approval of a concession”" in client.get(f"{base}draft/publication/").content.decode()
    client.post(f"{base}draft/publication/")
    page = client.get(base).content.decode()
    assert "v2 Published" in page
    assert "Ask finance" in page
    assert "added “Ask finance”" in client.get(f"{base}?tab=history").content.decode()
    assert "Ask finance" not in client.get(f"{base}?version=1").content.decode()


def test_a_playbook_of_ones_own_is_named_tried_and_retired(
    account: Account, alice: Member, workspace: Workspace, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    assert client.post("/w/acme/playbooks/new/", {"name_en": ""}).status_code == 400
    client.post("/w/acme/playbooks/new/", {"name_en": "Win back", "name_zh": "赢回", "anchor": "renews_on"})
    book = Playbook.objects.get(workspace=workspace, key="win-back")
    draft = book.versions.get()
    step = playbooks.add_step(draft=draft, by=alice)
    playbooks.change_step(step=step, by=alice, name={"en": "Write to them"}, due_from="anchor", offset=-5)
    assert "Write to them" in client.get("/w/acme/playbooks/win-back/trial/?draft=1").content.decode()
    client.post("/w/acme/playbooks/win-back/draft/publication/")
    assert "Win back" in client.get("/w/acme/accounts/1/playbooks/").content.decode()
    client.post("/w/acme/playbooks/win-back/state/", {"state": "retired"})
    assert "Win back" not in client.get("/w/acme/accounts/1/playbooks/").content.decode()


def test_a_run_is_paused_moved_handed_over_and_cancelled(
    account: Account, alice: Member, bob: Member, workspace: Workspace, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    client.post("/w/acme/accounts/1/playbooks/renewal/", {"anchor_on": "2026-08-01"})
    run = Run.objects.get()
    assert run.anchor_is_fixed
    url = f"/w/acme/playbooks/runs/{run.pk}/moves/"
    client.post(url, {"move": "pause"})
    assert "Paused since" in client.get(f"/w/acme/playbooks/runs/{run.pk}/").content.decode()
    assert "Read the account" not in client.get("/w/acme/tasks/").content.decode()
    client.post(url, {"move": "resume"})
    client.post(url, {"move": "anchor", "anchor_on": "2026-09-01"})
    client.post(url, {"move": "hand_over", "to": str(bob.pk), "take": "all"})
    assert run.tasks.filter(owner=bob).count() == 12
    client.post(url, {"move": "cancel", "reason": "Sold the firm"})
    assert "Sold the firm" in client.get(f"/w/acme/playbooks/runs/{run.pk}/").content.decode()


def test_a_playbook_is_started_for_a_selection_after_one_question(
    make_account: Callable[..., Account], alice: Member, save: Playbook, sign_in: SignIn
) -> None:
    accounts, client = [make_account(n) for n in (1, 2, 3)], sign_in(alice)
    runs.start_run(account=accounts[0], playbook=save, by=alice)
    asked = client.post("/w/acme/playbooks/starts/", {"account": ["1", "2"], "query": "status=active"})
    assert "For <b>2 accounts</b>" in asked.content.decode()
    assert "1 of them has it running" in asked.content.decode()
    sent = {"account": ["1", "2"], "query": "status=active", "playbook": "save", "confirmed": "1"}
    answer = client.post("/w/acme/playbooks/starts/", sent)
    assert answer.headers["Location"].endswith("/accounts/?status=active")
    assert set(Run.objects.values_list("account__number", flat=True)) == {1, 2}


def test_a_whole_list_is_started_by_a_job_that_can_run_twice(
    make_account: Callable[..., Account], alice: Member, save: Playbook, sign_in: SignIn
) -> None:
    for number in range(1, 53):
        make_account(number)
    sent = {"everything": "1", "query": "status=active", "playbook": "save", "confirmed": "1"}
    answer = sign_in(alice).post("/w/acme/playbooks/starts/", sent)
    assert answer.headers["Location"] == "/w/acme/playbooks/save/?tab=runs"
    assert Run.objects.count() == 0
    job = alice.workspace.jobs.get(kind="success.start_many")
    assert jobs.run_next()
    job.refresh_from_db()
    assert job.result == {"started": 52}
    jobs.run(job)
    assert Run.objects.count() == 52


def test_the_next_best_action_gives_reasons_and_stays_away_after_not_now(
    account: Account, alice: Member, carol: Member, sign_in: SignIn
) -> None:
    raised(account)
    found = suggestion(account)
    assert found is not None
    assert (found.playbook.key, found.reasons[0].words["en"]) == ("save", "Health fell to “At risk”")
    client = sign_in(alice)
    client.post("/w/acme/accounts/1/not-now/", {"playbook": "save", "reason": ""})
    assert not Declined.objects.exists()
    client.post("/w/acme/accounts/1/not-now/", {"playbook": "save", "reason": "They move offices"})
    after = suggestion(account)
    assert after is not None
    assert after.playbook.key == "renewal", "68 days to renewal"
    with clock.frozen(NOON + timedelta(days=14)):
        again = suggestion(account)
    assert again is not None
    assert again.playbook.key == "save"


@pytest.mark.once
def test_a_percentage_of_a_handful_is_not_shown_and_open_steps_are_not_counted_as_missed() -> None:
    assert StepStanding(reached=3, done=2, open=1, median_days=None).share is None
    assert StepStanding(reached=14, done=9, open=2, median_days=None).share == 9 / 12


@pytest.mark.usefixtures("warehouse_db")
def test_a_step_that_was_moved_is_where_the_page_comes_back_to(
    alice: Member, make_playbook: Callable[..., Playbook], sign_in: Callable[..., Client]
) -> None:
    playbook = make_playbook("chain", {"key": "a"}, {"key": "b"}, {"key": "c"})
    draft = playbooks.open_draft(playbook=playbook, by=alice)
    client, page = sign_in(alice), reverse("success:order_steps", args=["acme", "chain"])
    assert client.post(page, {"up": "c"})["Location"].endswith("/draft/#at-c")
    dropped = {"step": ["b", "a", "c"], "lane": ["", "", ""], "moved": "b"}
    assert client.post(page, dropped)["Location"].endswith("/draft/#at-b")
    assert [step.key for step in draft.steps.order_by("position")] == ["b", "a", "c"]
    assert client.post(page, {"up": "gone"})["Location"].endswith("/draft/")
    assert 'id="at-b"' in client.get(reverse("success:draft", args=["acme", "chain"])).content.decode()


def test_a_list_behind_a_figure_names_the_step_of_its_own_playbook(
    alice: Member, make_playbook: Callable[..., Playbook], sign_in: Callable[..., Client]
) -> None:
    for key, name in (("first", "Call the champion"), ("second", "Win a new champion")):
        book = make_playbook(key, {"key": "champion"})
        Step.objects.filter(version__playbook=book).update(name={"en": name})
    page = reverse("success:work_tasks", args=["acme"])
    for key, name in (("first", "Call the champion"), ("second", "Win a new champion")):
        shown = sign_in(alice).get(page, {"playbook": key, "step": "champion", "show": "opened"}).content.decode()
        assert f"· {name}" in shown
