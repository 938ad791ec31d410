"""What people do on the pages, through their addresses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import NOON, make_member
from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success.actions import playbooks, runs, tasks
from evergrow.success.models import Declined, Playbook, Run, Signal, Task
from evergrow.success.queries.suggestion import suggestion
from evergrow.workspaces import jobs
from evergrow.workspaces.models import AccountScope, Member, Workspace

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[Member], Client]


@pytest.fixture
def save(workspace: Workspace) -> Playbook:
    return Playbook.objects.get(workspace=workspace, key="save")


def raised(account: Account, kind: str = "health_fell", severity: int = 3) -> Signal:
    said = {"en": "Health fell to “At risk”", "zh": "健康度降为“风险”"}
    return Signal.objects.create(
        workspace=account.workspace,
        account=account,
        kind=kind,
        dedupe_key=f"{kind}:{account.pk}",
        severity=severity,
        reason=said,
        evidence=[{"en": "80 → 45 points in 7 days", "zh": "7 天内 80 → 45 分"}],
        evaluated_on=account.workspace.today(),
    )


def test_from_a_signal_through_the_preview_to_a_finished_task_and_back(
    account: Account, alice: Member, save: Playbook, sign_in: SignIn
) -> None:
    signal, client = raised(account), sign_in(alice)
    page = client.get("/w/acme/signals/").content.decode()
    assert "Health fell to “At risk”" in page
    assert f"/w/acme/accounts/1/playbooks/save/?signal={signal.pk}" in page
    preview = client.get(f"/w/acme/accounts/1/playbooks/save/?signal={signal.pk}").content.decode()
    assert "Check the drop is real" in preview
    assert Run.objects.count() == 0
    started = client.post("/w/acme/accounts/1/playbooks/save/", {"signal": signal.pk}, follow=True)
    assert "started for Brookbridge 1" in started.content.decode()
    run = Run.objects.get()
    assert run.signal == signal
    task = run.tasks.get(position=1)
    day = client.get("/w/acme/tasks/").content.decode()
    assert "Check the drop is real" in day
    assert "Brookbridge 1" in day
    url = f"/w/acme/tasks/{task.pk}/moves/"
    refused = client.post(url, {"move": "finish", "next": "/w/acme/tasks/"}, follow=True)
    assert "needs evidence" in refused.content.decode()
    done = client.post(url, {"move": "finish", "evidence": "One team left", "next": "/w/acme/tasks/"}, follow=True)
    assert "Undo" in done.content.decode()
    task.refresh_from_db()
    assert task.state == "done"
    client.post(url, {"move": "reopen"})
    task.refresh_from_db()
    assert task.state == "ready"


def test_a_second_start_says_so_and_starts_nothing(
    account: Account, alice: Member, save: Playbook, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    client.post("/w/acme/accounts/1/playbooks/save/")
    again = client.post("/w/acme/accounts/1/playbooks/save/")
    assert again.status_code == 409
    assert "already runs" in again.content.decode()
    assert Run.objects.count() == 1


def test_next_never_leads_to_another_site(account: Account, alice: Member, sign_in: SignIn) -> None:
    task = tasks.add_task(account=account, name="Call", by=alice)
    answer = sign_in(alice).post(f"/w/acme/tasks/{task.pk}/moves/", {"move": "start", "next": "https://evil.example/"})
    assert answer.headers["Location"] == f"/w/acme/tasks/{task.pk}/"


def test_two_people_finish_the_same_task_and_the_second_is_told(
    account: Account, alice: Member, bob: Member, sign_in: SignIn
) -> None:
    task = tasks.add_task(account=account, name="Call back", by=alice)
    url = f"/w/acme/tasks/{task.pk}/moves/"
    sign_in(alice).post(url, {"move": "finish"})
    told = sign_in(bob).post(url, {"move": "finish"}, follow=True).content.decode()
    assert "Alice already closed “Call back” (Done)" in told


def test_all_ways_of_the_task_page(account: Account, alice: Member, bob: Member, sign_in: SignIn) -> None:
    client = sign_in(alice)
    made = client.post(
        "/w/acme/tasks/new/",
        {"account": "1", "name": "Send deck", "kind": "message", "priority": "3", "due_on": "2026-03-20"},
        follow=True,
    )
    assert made.status_code == 200
    task = Task.objects.get()
    assert (task.owner, task.kind, task.priority) == (alice, "message", 3)
    assert "overdue" in client.get("/w/acme/tasks/").content.decode()
    url = f"/w/acme/tasks/{task.pk}/moves/"
    client.post(url, {"move": "snooze", "until": "2026-03-27"})
    assert "Send deck" not in client.get("/w/acme/tasks/").content.decode()
    assert "Send deck" in client.get("/w/acme/tasks/?show=snoozed").content.decode()
    client.post(url, {"move": "wake"})
    client.post(url, {"move": "due", "due_on": "2026-04-01"})
    client.post(url, {"move": "reassign", "to": str(bob.pk)})
    assert "Send deck" not in client.get("/w/acme/tasks/").content.decode()
    for sort in ("due", "value", "account"):
        assert "Send deck" in client.get(f"/w/acme/tasks/?whose=all&sort={sort}").content.decode()
    assert "is not a date" in client.post(url, {"move": "due", "due_on": "soon"}, follow=True).content.decode()
    client.post(url, {"move": "skip", "reason": "Not needed"})
    task.refresh_from_db()
    assert (task.state, task.owner, task.reason) == ("skipped", bob, "Not needed")
    assert "Not needed" in client.get(f"/w/acme/tasks/{task.pk}/").content.decode()


def test_a_task_without_account_or_name_is_refused_with_what_was_typed(
    account: Account, alice: Member, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    assert "Brookbridge 1" in client.get("/w/acme/tasks/new/?q=brook").content.decode()
    answer = client.post("/w/acme/tasks/new/", {"account": "1", "name": " ", "note": "Bring cake"})
    assert answer.status_code == 400
    assert "Bring cake" in answer.content.decode()


@pytest.mark.parametrize(
    ("scope", "seen"),
    [(AccountScope.ALL, {"own", "team", "other"}), (AccountScope.TEAM, {"own", "team"}), (AccountScope.OWN, {"own"})],
)
def test_members_see_the_work_of_their_accounts_only(
    scope: AccountScope,
    seen: set[str],
    workspace: Workspace,
    alice: Member,
    seat: Callable[..., Any],
    make_account: Callable[..., Account],
    save: Playbook,
    sign_in: SignIn,
) -> None:
    eve = make_member(workspace, "Eve", scope=scope, team="east")
    mate = make_member(workspace, "Mate", team="east")
    made = {"own": eve, "team": mate, "other": alice}
    pages = {}
    for number, (name, holder) in enumerate(made.items(), start=1):
        account = make_account(number, name=f"The {name} one")
        seat(account, "csm", holder)
        signal, run = raised(account), runs.start_run(account=account, playbook=save, by=alice)
        addresses = [f"signals/{signal.pk}/", f"playbooks/runs/{run.pk}/", f"accounts/{number}/playbooks/"]
        pages[name] = addresses + ([f"tasks/{run.tasks.get(position=1).pk}/"] if holder != eve else [])
    client = sign_in(eve)
    for name, addresses in pages.items():
        for address in addresses:
            assert client.get(f"/w/acme/{address}").status_code == (200 if name in seen else 404), (name, address)
    for listed in ("tasks/?whose=all", "signals/"):
        text = client.get(f"/w/acme/{listed}").content.decode()
        assert {name for name in made if f"The {name} one" in text} == seen


def test_ones_own_task_is_seen_wherever_it_is(
    workspace: Workspace, alice: Member, account: Account, sign_in: SignIn
) -> None:
    eve = make_member(workspace, "Eve", scope=AccountScope.OWN)
    task = tasks.add_task(account=account, name="Lend a hand", by=alice, owner=eve)
    assert "Lend a hand" in sign_in(eve).get("/w/acme/tasks/").content.decode()
    assert sign_in(eve).get(f"/w/acme/tasks/{task.pk}/").status_code == 200


def test_signals_are_taken_put_off_resolved_and_marked_wrong(
    make_account: Callable[..., Account], alice: Member, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    taken, later, wrong, solved = (raised(make_account(n)) for n in (1, 2, 3, 4))
    client.post(f"/w/acme/signals/{taken.pk}/moves/", {"move": "take"})
    client.post(f"/w/acme/signals/{later.pk}/moves/", {"move": "later", "until": "2026-04-01"})
    no_reason = client.post(f"/w/acme/signals/{wrong.pk}/moves/", {"move": "wrong"}, follow=True)
    assert "Say why" in no_reason.content.decode()
    client.post(f"/w/acme/signals/{wrong.pk}/moves/", {"move": "wrong", "reason": "Holiday"})
    client.post(f"/w/acme/signals/{solved.pk}/moves/", {"move": "resolve"})
    found = dict(Signal.objects.values_list("pk", "state"))
    assert found == {
        taken.pk: "acknowledged",
        later.pk: "snoozed",
        wrong.pk: "false_positive",
        solved.pk: "resolved",
    }
    assert "Nothing to triage" in client.get("/w/acme/signals/").content.decode()
    for show, text in [("mine", "Brookbridge 1"), ("snoozed", "Brookbridge 2"), ("closed", "Holiday")]:
        assert text in client.get(f"/w/acme/signals/?show={show}").content.decode()


def test_ticked_signals_are_decided_together_and_only_those_one_sees(
    make_account: Callable[..., Account], alice: Member, mallory: Member, sign_in: SignIn
) -> None:
    made = [raised(make_account(n)) for n in (1, 2, 3)]
    client = sign_in(alice)
    sent = {"move": "wrong", "signal": [str(made[0].pk), str(made[1].pk)], "reason": "Holiday"}
    told = client.post("/w/acme/signals/moves/", sent, follow=True).content.decode()
    assert "2 signals changed." in told
    again = client.post("/w/acme/signals/moves/", sent, follow=True).content.decode()
    assert "closed already (False positive)" in again
    sign_in(mallory).post("/w/next-door/signals/moves/", {"move": "resolve", "signal": str(made[2].pk)})
    assert list(Signal.objects.order_by("pk").values_list("state", flat=True)) == ["false_positive"] * 2 + ["new"]


def test_a_manager_has_every_customer_looked_at_now(alice: Member, sign_in: SignIn) -> None:
    client = sign_in(alice)
    for _ in range(2):
        client.post("/w/acme/signals/evaluation/")
    assert alice.workspace.jobs.filter(kind="success.signals").count() == 1


def test_the_step_editor_from_draft_to_published(alice: Member, save: Playbook, sign_in: SignIn) -> None:
    client, base = sign_in(alice), "/w/acme/playbooks/save/"
    client.post(f"{base}draft/")
    client.post(f"{base}draft/steps/", {"at": "2"})
    assert "Step 2 has no name" in client.get(f"{base}draft/?step=step-1").content.decode()
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
    assert run.tasks.filter(owner=bob).count() == 8
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


@pytest.mark.usefixtures("warehouse_db")
def test_the_account_page_and_list_show_the_work(
    account: Account, make_account: Callable[..., Account], alice: Member, save: Playbook, sign_in: SignIn
) -> None:
    make_account(2)
    raised(account)
    client = sign_in(alice)
    page = client.get("/w/acme/accounts/1/").content.decode()
    assert "Start playbook “Save a slipping account”" in page
    assert "No measured effect yet" in page
    runs.start_run(account=account, playbook=save, by=alice)
    work = client.get("/w/acme/accounts/1/work/").content.decode()
    assert "Check the drop is real" in work
    assert "0 of 7 steps" in work
    for query, has_first, has_second in [("signal=any", 1, 0), ("signal=none", 0, 1), ("tasks=none", 0, 1)]:
        rows = client.get(f"/w/acme/accounts/?{query}").content.decode()
        assert ("Brookbridge 1" in rows, "Brookbridge 2" in rows) == (bool(has_first), bool(has_second)), query


def test_each_list_asks_the_database_a_fixed_number_of_times(
    make_account: Callable[..., Account],
    alice: Member,
    save: Playbook,
    sign_in: SignIn,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(1, 21):
        account = make_account(number)
        raised(account)
        runs.start_run(account=account, playbook=save, by=alice)
    client = sign_in(alice)
    for address in ("tasks/", "signals/?show=working", "playbooks/", "playbooks/save/?tab=runs"):
        with django_assert_max_num_queries(40):
            assert client.get(f"/w/acme/{address}").status_code == 200
