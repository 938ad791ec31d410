"""Days that a workspace makes free or worked count wherever work is planned."""

from collections.abc import Callable
from datetime import date

import pytest

from evergrow.customers.models import Account
from evergrow.success.actions import runs
from evergrow.success.day import load
from evergrow.success.manager import planning
from evergrow.success.models import Playbook
from evergrow.workspaces.calendar import acts
from evergrow.workspaces.models import Member, Workspace

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def closed(workspace: Workspace, alice: Member) -> Workspace:
    """In China; closed on Thursday and Friday, 26 and 27 March 2026, and at work on the Saturday after."""
    workspace.calendar = "CN"
    workspace.save()
    for first, last, works in ((26, 27, False), (28, 28, True)):
        days = {"first": date(2026, 3, first), "last": date(2026, 3, last)}
        acts.set_own(workspace=workspace, works=works, name="Move", by=alice, **days)
    alice.workspace = workspace
    return workspace


def test_steps_of_a_playbook_are_due_on_days_that_are_worked(
    closed: Workspace, make_account: Callable[..., Account], make_playbook: Callable[..., Playbook], alice: Member
) -> None:
    book = make_playbook("two", {"key": "a", "offset": 2}, {"key": "b", "after": ["a"], "offset": 1})
    account = make_account(3)
    account.workspace = closed
    run = runs.start_run(account=account, playbook=book, by=alice)
    assert [task.due_on for task in run.tasks.order_by("position")] == [date(2026, 3, 30), date(2026, 3, 31)]


def test_the_load_of_the_coming_days_and_shifted_dates_follow(closed: Workspace) -> None:
    assert load.next_days(closed, 3) == [date(2026, 3, 25), date(2026, 3, 28), date(2026, 3, 30)]
    assert planning.moved(date(2026, 3, 25), 1, "workdays", closed.workdays) == date(2026, 3, 28)
