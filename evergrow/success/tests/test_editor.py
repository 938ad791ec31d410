"""The editor: lanes below a decision, moving into them, what is wrong, the form of each kind, a dry run."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from evergrow.customers.models import Account
from evergrow.success.actions import arranging, playbooks
from evergrow.success.editor.layout import flat, layout
from evergrow.success.editor.problems import problems
from evergrow.success.editor.rehearsal import rehearse
from evergrow.success.models import Playbook, PlaybookVersion, Step
from evergrow.workspaces.models import Member, Workspace

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db"), pytest.mark.once]
SignIn = Callable[[Member], Client]
BIG = {"trait": "mrr", "over": 500}
BRANCHES = [
    {"key": "big", "name": {"en": "Big", "zh": "大"}, "criteria": BIG},
    {"key": "hand", "name": {"en": "By hand", "zh": "手选"}, "criteria": None},
]
STEPS: list[dict[str, Any]] = [
    {"key": "size", "kind": "decision", "details": {"branches": BRANCHES}},
    {"key": "call", "on_branches": {"size": ["big"]}},
    {"key": "card", "on_branches": {"size": ["else"]}},
    {"key": "both", "on_branches": {"size": ["big", "else"]}},
    {"key": "last", "after": ["call", "card"], "condition": {"trait": "mrr", "over": 5000}},
]


@pytest.fixture
def draft(alice: Member, make_playbook: Callable[..., Playbook]) -> PlaybookVersion:
    return playbooks.open_draft(playbook=make_playbook("lanes", *STEPS), by=alice)


def places(draft: PlaybookVersion) -> list[tuple[str, str]]:
    return flat(layout(draft.steps.all()))


def test_steps_stand_in_lanes_and_hang_on_the_lane_they_are_dropped_in(draft: PlaybookVersion, alice: Member) -> None:
    assert places(draft) == [("size", ""), ("call", "size/big"), ("card", "size/else"), ("both", ""), ("last", "")]
    moved = [("size", ""), ("card", "size/big"), ("call", "size/big"), ("last", "size/hand"), ("both", "")]
    arranging.arrange_steps(draft=draft, by=alice, places=moved)
    assert places(draft) == moved
    steps = {step.key: step for step in draft.steps.all()}
    assert steps["card"].on_branches == {"size": ["big"]}
    assert steps["last"].on_branches == {"size": ["hand"]}
    assert steps["both"].on_branches == {"size": ["big", "else"]}, "what was not moved keeps its branches"
    arranging.arrange_steps(draft=draft, by=alice, places=[("call", ""), ("size", "")])
    assert draft.steps.get(key="call").on_branches == {}
    copied = arranging.duplicate_step(step=draft.steps.get(key="call"), by=alice)
    assert (copied.key, copied.position) == ("call-1", 2)
    added = playbooks.add_step(draft=draft, by=alice, lane="size/else")
    assert added.on_branches == {"size": ["else"]}
    playbooks.remove_step(step=draft.steps.get(key="size"), by=alice)
    assert not any(step.on_branches for step in draft.steps.all())


def test_what_is_wrong_is_said_at_its_step(draft: PlaybookVersion, workspace: Workspace, alice: Member) -> None:
    def change(key: str, **facts: Any) -> None:
        Step.objects.filter(version=draft, key=key).update(**facts)

    def told(key: str) -> list[str]:
        return [p.sentence.split(": ", 1)[1] for p in problems(draft) if p.key == key and p.blocks]

    assert [problem for problem in problems(draft) if problem.blocks] == []
    assert any("Chinese is missing" in problem.sentence for problem in problems(draft))
    change("card", on_branches={"size": ["gone"]}, after=["last"])
    assert len(told("card")) == 2
    change("last", condition={"segment": "nowhere"})
    assert told("last")[0].startswith("its condition cannot be read")
    letter = {"en": "Dear {{ person.nam }}", "zh": "您好 {{ person.name"}
    change("both", kind="message", details={"channel": "mail", "subject": letter, "body": {}})
    assert "there is no variable “person.nam”" in told("both")[0]
    assert any("cannot be read" in sentence for sentence in told("both"))
    assert any("nothing to send" in sentence for sentence in told("both"))
    change("call", kind="playbook", details={"playbook": "lanes"})
    assert "its own playbook" in told("call")[0]
    everybody = {"branches": [{"key": "a", "name": {"en": "A"}, "criteria": {"all": []}}, *BRANCHES]}
    change("size", details=everybody)
    assert "never taken" in told("size")[0]
    with pytest.raises(Exception, match="cannot be published yet"):
        playbooks.publish(draft=draft, by=alice)


def test_the_form_of_each_kind_is_read_and_a_message_is_previewed(
    draft: PlaybookVersion, alice: Member, account: Account, sign_in: SignIn
) -> None:
    client, base = sign_in(alice), "/w/acme/playbooks/lanes/draft/"
    page = client.get(f"{base}?step=size").content.decode()
    assert "when no other branch is taken" in page
    assert 'data-lane="size/big"' in page
    sent = {"kind": "decision", "details_of": "decision", "way": ["big", "hand"], "way_big_en": "Large", "add_way": "1"}
    sent |= {"by_big": "rule", "when_big": '{"trait": "mrr", "over": 900}', "by_hand": "hand", "way_hand_en": "Hand"}
    client.post(f"{base}steps/size/", sent | {"name_en": "Size", "offset": "1", "owner_rule": f"member:{alice.pk}"})
    step = draft.steps.get(key="size")
    assert [row["key"] for row in step.details["branches"]] == ["big", "hand", "way-3"]
    assert step.details["branches"][0]["criteria"] == {"trait": "mrr", "over": 900}
    assert (step.owner_rule, step.member_id) == ("member", alice.pk)
    text = {"details_of": "message", "subject_en": "Hi {{ account.name }}", "body_en": "From {{ owner.name }}"}
    client.post(f"{base}steps/both/", {"kind": "message", "name_en": "Write", "offset": "2", "unit": "hours"})
    shown = client.post(f"{base}steps/both/letter/", text | {"account": str(account.number)}).content.decode()
    assert "Hi Brookbridge 1" in shown
    assert "From Alice" in shown
    approval = {"kind": "approval", "name_en": "OK", "offset": "1", "details_of": "approval", "need": "quorum"}
    client.post(f"{base}steps/card/", {"kind": "approval", "name_en": "OK", "offset": "1"})
    client.post(f"{base}steps/card/", approval | {"members": [str(alice.pk)], "quorum": "1", "timeout": "2"})
    assert draft.steps.get(key="card").details["members"] == [alice.pk]
    bad = client.post(f"{base}steps/last/", {"kind": "task", "name_en": "x", "condition": '{"trait": 1}'})
    assert bad.status_code == 400


def test_a_dry_run_says_which_way_decisions_go_and_why(
    draft: PlaybookVersion, account: Account, alice: Member, sign_in: SignIn
) -> None:
    found = {step.step.key: step for step in rehearse(draft, account, starter=alice).steps}
    assert found["size"].branch is not None
    assert found["size"].branch.key == "big"
    assert [found[key].state for key in ("call", "card", "both", "last")] == ["taken", "left out", "taken", "left out"]
    assert any("does not hold" in line for line in found["last"].why)
    page = sign_in(alice).get("/w/acme/playbooks/lanes/trial/?draft=1").content.decode()
    assert "takes “Big” today" in page
    assert account.runs.count() == 0
