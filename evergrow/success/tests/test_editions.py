from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from evergrow.customers.models import Account
from evergrow.success import errors
from evergrow.success.actions import playbooks, runs, tasks
from evergrow.success.models import Playbook, PlaybookVersion
from evergrow.success.queries import editions
from evergrow.success.queries.preview import published
from evergrow.workspaces.models import Member, Workspace

pytestmark = pytest.mark.usefixtures("frozen")
CHAIN = [{"key": "a", "due_from": "start"}, {"key": "b", "after": ["a"]}, {"key": "c", "after": ["b"]}]


@pytest.fixture
def draft(alice: Member, make_playbook: Callable[..., Playbook]) -> PlaybookVersion:
    return playbooks.open_draft(playbook=make_playbook("chain", *CHAIN), by=alice)


def test_a_draft_begins_as_a_copy_and_there_is_only_one(draft: PlaybookVersion, alice: Member) -> None:
    assert draft.number == 2
    assert editions.diff(published(draft.playbook), draft) == []
    assert playbooks.open_draft(playbook=draft.playbook, by=alice) == draft


def test_publishing_leaves_open_runs_on_the_version_they_began_with(
    draft: PlaybookVersion, account: Account, make_account: Callable[..., Account], alice: Member
) -> None:
    run = runs.start_run(account=account, playbook=draft.playbook, by=alice)
    playbooks.change_step(step=draft.steps.get(key="b"), by=alice, offset=9, name={"en": "Renamed"})
    playbooks.remove_step(step=draft.steps.get(key="c"), by=alice)
    playbooks.publish(draft=draft, by=alice)
    tasks.finish_task(task=run.tasks.get(step__key="a"), by=alice)
    assert run.version.number == 1
    assert [t.step.key for t in run.tasks.order_by("position")] == ["a", "b", "c"]
    assert run.tasks.get(step__key="b").due_on == date(2026, 3, 26)
    later = runs.start_run(account=make_account(2), playbook=draft.playbook, by=alice)
    assert later.version.number == 2
    assert later.tasks.count() == 2


def test_the_difference_is_told_step_by_step(draft: PlaybookVersion, alice: Member) -> None:
    playbooks.change_step(step=draft.steps.get(key="a"), by=alice, offset=3, owner_rule="sales")
    playbooks.remove_step(step=draft.steps.get(key="b"), by=alice)
    new = playbooks.add_step(draft=draft, by=alice)
    playbooks.change_step(step=new, by=alice, name={"en": "New"}, after=[])
    found = [(c.way, c.name.get("en"), c.fields) for c in editions.diff(published(draft.playbook), draft)]
    assert found == [
        ("removed", "b", ()),
        ("changed", "a", ("owner", "due")),
        ("changed", "c", ("after",)),
        ("added", "New", ()),
    ]
    assert draft.steps.get(key="c").after == ["a"], "c waited for b, and b for a"


def test_a_new_order_drops_waits_that_point_forward(draft: PlaybookVersion, alice: Member) -> None:
    playbooks.order_steps(draft=draft, by=alice, keys=["c", "a"])
    assert [(s.key, s.position, s.after) for s in draft.steps.all()] == [("c", 1, []), ("a", 2, []), ("b", 3, ["a"])]


def test_a_step_put_between_waits_for_the_one_above(draft: PlaybookVersion, alice: Member) -> None:
    step = playbooks.add_step(draft=draft, by=alice, at=2)
    assert (step.position, step.after) == (2, ["a"])
    assert [s.position for s in draft.steps.all()] == [1, 2, 3, 4]


def test_a_draft_with_a_hole_is_not_published(draft: PlaybookVersion, alice: Member) -> None:
    playbooks.add_step(draft=draft, by=alice)
    with pytest.raises(errors.DraftNotReady, match="Step 4: it has no name"):
        playbooks.publish(draft=draft, by=alice)
    playbooks.change_step(step=draft.steps.get(position=4), by=alice, name={"zh": "新"}, due_from="anchor")
    with pytest.raises(errors.DraftNotReady, match="hangs on none"):
        playbooks.publish(draft=draft, by=alice)
    for step in draft.steps.all():
        playbooks.change_step(step=step, by=alice, required=False, due_from="start")
    with pytest.raises(errors.DraftNotReady, match="no required step"):
        playbooks.publish(draft=draft, by=alice)


def test_a_published_version_is_never_changed(draft: PlaybookVersion, alice: Member, bob: Member) -> None:
    with pytest.raises(PermissionDenied):
        playbooks.publish(draft=draft, by=bob)
    playbooks.publish(draft=draft, by=alice)
    with pytest.raises(errors.DraftOnly):
        playbooks.change_step(step=draft.steps.get(key="a"), by=alice, offset=4)
    with pytest.raises(errors.DraftOnly):
        playbooks.discard_draft(draft=draft, by=alice)
    with pytest.raises(errors.DraftNotReady):
        playbooks.publish(draft=draft, by=alice)


def test_a_retired_playbook_keeps_or_cancels_its_open_work(
    draft: PlaybookVersion, account: Account, make_account: Callable[..., Account], alice: Member
) -> None:
    playbook = draft.playbook
    run = runs.start_run(account=account, playbook=playbook, by=alice)
    assert playbooks.retire_playbook(playbook=playbook, by=alice) == 0
    with pytest.raises(errors.PlaybookRetired):
        runs.start_run(account=make_account(2), playbook=playbook, by=alice)
    assert playbooks.retire_playbook(playbook=playbook, by=alice, cancel_runs=True) == 1
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert not run.tasks.exclude(state="cancelled").exists()
    playbooks.restore_playbook(playbook=playbook, by=alice)
    runs.start_run(account=account, playbook=playbook, by=alice)


def test_names_are_needed_and_taken_once(workspace: Workspace, alice: Member) -> None:
    with pytest.raises(errors.NameMissing):
        playbooks.create_playbook(workspace=workspace, name={"en": " "}, by=alice)
    made = playbooks.create_playbook(workspace=workspace, name={"en": "Win back"}, by=alice)
    with pytest.raises(errors.NameTaken, match="Win back"):
        playbooks.create_playbook(workspace=workspace, name={"en": "Win back"}, by=alice)
    playbooks.discard_draft(draft=made.versions.get(), by=alice)
    assert not Playbook.objects.filter(key="win-back").exists()


def test_due_words_say_what_is_counted(draft: PlaybookVersion, alice: Member) -> None:
    step = draft.steps.get(key="b")
    assert editions.due_words(step) == "1 working day after the steps before it"
    changed = playbooks.change_step(step=step, by=alice, offset=-45, unit="days", due_from="anchor")
    assert editions.due_words(changed) == "45 days before renewal date"


def test_a_change_of_the_due_day_says_both(draft: PlaybookVersion, alice: Member) -> None:
    playbooks.change_step(step=draft.steps.get(key="b"), by=alice, offset=6, unit="workhours", after=[])
    (change,) = editions.diff(published(draft.playbook), draft)
    assert change.labels == [
        "due (1 working day after the steps before it → 6 working hours after the start)",
        "what it waits for",
    ]
    assert editions.told([change.as_data()])[0].labels == ["due", "what it waits for"]
