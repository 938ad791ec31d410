from datetime import timedelta

import pytest

from conftest import NOON
from evergrow.lib import clock
from evergrow.workspaces import actions
from evergrow.workspaces.errors import LinkGone
from evergrow.workspaces.models import SignInLink


def test_a_link_works_once(bob, frozen):
    token = actions.make_sign_in_link(user=bob.user)
    assert token not in str(SignInLink.objects.values().get())
    assert actions.use_sign_in_link(token=token) == bob.user
    with pytest.raises(LinkGone):
        actions.use_sign_in_link(token=token)


def test_a_link_ends_after_its_time(bob, frozen):
    token = actions.make_sign_in_link(user=bob.user, valid=timedelta(minutes=15))
    with clock.frozen(NOON + timedelta(minutes=15)), pytest.raises(LinkGone):
        actions.use_sign_in_link(token=token)


def test_two_visitors_at_once_and_one_gets_in(bob, frozen, monkeypatch):
    """The second one found the link while it was unused, and used it after the first."""
    from evergrow.workspaces.actions import links

    token = actions.make_sign_in_link(user=bob.user)
    found = links.find_sign_in_link(token)
    actions.use_sign_in_link(token=token)
    monkeypatch.setattr(links, "find_sign_in_link", lambda token: found)
    with pytest.raises(LinkGone):
        actions.use_sign_in_link(token=token)


def test_an_inactive_user_and_a_made_up_token_get_nowhere(bob, frozen):
    token = actions.make_sign_in_link(user=bob.user)
    bob.user.is_active = False
    bob.user.save()
    for wrong in (token, "made-up"):
        with pytest.raises(LinkGone):
            actions.use_sign_in_link(token=wrong)
