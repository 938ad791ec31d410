"""What people do on the pages, through their addresses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conftest import make_member
from evergrow.customers.models import Account
from evergrow.success.actions import runs, tasks
from evergrow.success.models import Playbook, Run, Signal, Task
from evergrow.success.tests.conftest import raised
from evergrow.workspaces.models import AccountScope, Member, Workspace

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[Member], Client]


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
    row = f'id="task:{task.pk}"'
    assert row not in client.get("/w/acme/tasks/").content.decode()
    assert "Send deck" in client.get("/w/acme/tasks/?show=snoozed").content.decode()
    client.post(url, {"move": "wake"})
    client.post(url, {"move": "due", "due_on": "2026-04-01"})
    client.post(url, {"move": "reassign", "to": str(bob.pk)})
    assert row not in client.get("/w/acme/tasks/").content.decode()
    for sort in ("rank", "due", "account"):
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
    assert "Nothing was changed" in again
    sign_in(mallory).post("/w/next-door/signals/moves/", {"move": "resolve", "signal": str(made[2].pk)})
    assert list(Signal.objects.order_by("pk").values_list("state", flat=True)) == ["false_positive"] * 2 + ["new"]


def test_a_manager_has_every_customer_looked_at_now(alice: Member, sign_in: SignIn) -> None:
    client = sign_in(alice)
    for _ in range(2):
        client.post("/w/acme/signals/evaluation/")
    assert alice.workspace.jobs.filter(kind="success.signals").count() == 1


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
    assert "0 of 9 steps" in work
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
