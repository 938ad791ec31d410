"""Look-alikes: nearest by traits and behaviour, with what makes them alike."""

from datetime import timedelta

import pytest

from conftest import NOON
from evergrow.customers.actions.segments import create_segment
from evergrow.customers.criteria import mirror
from evergrow.customers.segments import alike
from evergrow.customers.tests.segments.stage import happen
from evergrow.customers.tests.stage import make_account

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db"), pytest.mark.once]


@pytest.fixture
def accounts(workspace):
    """Twelve small shops and six banks that export reports; the first three banks are the seed."""
    for n in range(18):
        is_bank = n >= 12
        make_account(
            workspace, f"Account {n}", industry="Bank" if is_bank else "Shop", mrr=900 if is_bank else 10 + n, seats=5
        )
        happen(workspace, "export", NOON - timedelta(days=2), [n + 1] * (9 if is_bank else 1), account=n + 1)
    mirror.refresh(workspace)


def test_the_nearest_are_those_who_do_and_are_the_same(workspace, accounts):
    seed = create_segment(workspace=workspace, name="Seed", kind="account", numbers=[13, 14, 15], by=None)
    found = alike.alike(workspace, seed, most=5)
    assert [match.number for match in found.matches][:3] == [16, 17, 18]
    assert found.matches[0].score > 0.95
    names = {(reason.feature.what, reason.feature.name) for reason in found.matches[0].reasons}
    assert {("number", "mrr"), ("event", "export"), ("word", "industry")} <= names
    assert sum(reason.share for reason in found.matches[0].reasons) <= 1.0001
    assert (found.seeds, found.compared) == (3, 18)


def test_too_few_members_are_said_to_be_too_few(workspace, accounts):
    seed = create_segment(workspace=workspace, name="Seed", kind="account", numbers=[13, 14], by=None)
    with pytest.raises(alike.TooFew):
        alike.alike(workspace, seed)


def test_the_nearest_are_kept_as_a_list(workspace, accounts, bob, sign_in):
    from django.urls import reverse

    from evergrow.customers.models import Segment

    create_segment(workspace=workspace, name="Seed", kind="account", numbers=[13, 14, 15], by=None)
    kwargs = {"workspace": workspace.slug, "key": "seed"}
    page = sign_in(bob).get(reverse("customers:segment_alike", kwargs=kwargs)).content.decode()
    assert "Account 15" in page
    assert "What makes them alike" in page
    sign_in(bob).post(reverse("customers:segment_alike_save", kwargs=kwargs), {"most": "20", "name": "Banks"})
    assert Segment.objects.get(key="banks").size >= 3
