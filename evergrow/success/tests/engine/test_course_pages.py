"""The pages of a run and its steps tell what waits, what is in the way, who votes and which way was taken."""

from collections.abc import Callable
from typing import Any

import pytest

from conftest import make_member
from evergrow.customers.models import Account
from evergrow.success.actions import approvals, runs
from evergrow.success.models import Delivery, Playbook, Run
from evergrow.workspaces.models import Member, Role

pytestmark = pytest.mark.usefixtures("frozen")
CALL = {"key": "a", "name": {"en": "Call them", "zh": "致电"}}
STEPS = [
    {
        "key": "way",
        "kind": "decision",
        "details": {"branches": [CALL]},
    },
    {"key": "mail", "kind": "message", "offset": 0, "details": {"channel": "mail"}},
    {"key": "vote", "kind": "approval"},
    {"key": "later", "kind": "wait", "offset": 3, "due_from": "start"},
]


@pytest.fixture
def run(account: Account, alice: Member, make_playbook: Callable[..., Playbook]) -> Run:
    made = runs.start_run(account=account, playbook=make_playbook("all", *STEPS), by=alice)
    dora = make_member(account.workspace, "Dora", Role.MANAGER)
    approvals.ask_approval(task=made.tasks.get(step__key="vote"), by=alice, evidence="10% off")
    assert dora.votes.count() == 1
    return made


@pytest.mark.parametrize(
    ("language", "waits", "choose", "retry"),
    [
        ("en", "takes this step itself", "Call them", "Try again"),
        ("zh-hans", "系统会自动执行", "致电", "重试"),
    ],
)
def test_pages_tell_where_steps_stand(
    language: str, waits: str, choose: str, retry: str, run: Run, alice: Member, sign_in: Any
) -> None:
    client, slug = sign_in(alice), run.workspace.slug
    client.cookies["evergrow_language"] = language
    mail = run.tasks.get(step__key="mail")
    facts = {"workspace": run.workspace, "task": mail, "kind": "mail", "state": "failed", "error": "550 No such user"}
    Delivery.objects.create(dedupe_key="x", to="a@b.example", content={"subject": "Hi"}, **facts)

    def page(path: str) -> str:
        answer = client.get(f"/w/{slug}/{path}", headers={"accept-language": language})
        assert answer.status_code == 200
        return str(answer.content.decode())

    tasks = {task.step.key: task.pk for task in run.tasks.select_related("step")}
    assert waits in page(f"playbooks/runs/{run.pk}/")
    assert choose in page(f"tasks/{tasks['way']}/")
    told = page(f"tasks/{tasks['mail']}/")
    assert retry in told
    assert "550 No such user" in told
    assert "Dora" in page(f"tasks/{tasks['vote']}/")


def test_a_way_is_chosen_on_the_page_and_a_hand_over_undone(run: Run, alice: Member, bob: Member, sign_in: Any) -> None:
    client, slug = sign_in(alice), run.workspace.slug
    decision = run.tasks.get(step__key="way")
    client.post(f"/w/{slug}/tasks/{decision.pk}/moves/", {"move": "choose", "branch": "a"})
    decision.refresh_from_db()
    assert (decision.state, decision.branch) == ("done", "a")
    address = f"/w/{slug}/playbooks/runs/{run.pk}/moves/"
    client.post(address, {"move": "hand_over", "to": bob.pk, "take": "all"})
    client.post(address, {"move": "take_back"})
    run.refresh_from_db()
    assert run.owner == alice
