from datetime import timedelta

import pytest

from conftest import NOON, make_member
from evergrow.lib import clock
from evergrow.workspaces import actions
from evergrow.workspaces.actions.invitations import _claim, find_invitation
from evergrow.workspaces.errors import (
    AboveYourRole,
    AlreadyMember,
    BadChoice,
    InvitationGone,
    NotInvited,
    PasswordTooWeak,
)
from evergrow.workspaces.models import AccountScope, Invitation, Member, Role, User

GOOD = "purple lantern seventeen"


@pytest.fixture
def invited(workspace, alice, frozen):
    return actions.invite(
        workspace=workspace,
        email=" Erin@Example.com ",
        role=Role.MANAGER,
        scope=AccountScope.TEAM,
        team="East",
        by=alice,
    )


def test_the_token_is_not_kept(invited):
    invitation, token = invited
    assert token not in str(Invitation.objects.values().get())
    assert invitation.email == "erin@example.com"


def test_a_newcomer_joins_with_a_name_and_a_password(invited):
    _, token = invited
    member = actions.accept_invitation(token=token, name="Erin", password=GOOD, language="en")
    assert (member.role, member.scope, member.team) == (Role.MANAGER, "team", "East")
    assert member.user.check_password(GOOD)
    with pytest.raises(InvitationGone):
        actions.accept_invitation(token=token, name="Eve", password=GOOD)


def test_a_user_of_another_workspace_joins_as_themselves(invited):
    user = User.objects.create_user("erin@example.com", "old password kept", name="Erin")
    _, token = invited
    with pytest.raises(NotInvited):
        actions.accept_invitation(token=token, name="Eve", password=GOOD)
    assert actions.accept_invitation(token=token, user=user).user == user
    assert user.check_password("old password kept")


def test_it_is_only_for_the_invited_address(invited, mallory):
    with pytest.raises(NotInvited):
        actions.accept_invitation(token=invited[1], user=mallory.user)
    assert find_invitation(invited[1])


def test_it_ends_after_seven_days(invited):
    with clock.frozen(NOON + timedelta(days=7) - timedelta(seconds=1)):
        assert find_invitation(invited[1])
    with clock.frozen(NOON + timedelta(days=7)), pytest.raises(InvitationGone):
        actions.accept_invitation(token=invited[1], name="Erin", password=GOOD)


def test_two_visitors_at_once_make_one_member(invited):
    """Both have looked before either has taken: the guarded update lets one through."""
    invitation = find_invitation(invited[1])
    assert [_claim(invitation, NOON), _claim(invitation, NOON)] == [True, False]


def test_a_weak_password_leaves_the_invitation_open(invited):
    for weak in ("short", "1234567890123", "password123", "erin@example.com"):
        with pytest.raises(PasswordTooWeak):
            actions.accept_invitation(token=invited[1], name="Erin", password=weak)
    assert not User.objects.filter(email="erin@example.com").exists()
    assert find_invitation(invited[1])


def test_inviting_again_and_renewing_stop_the_older_link(workspace, alice, invited):
    invitation, second = actions.invite(workspace=workspace, email="erin@example.com", by=alice)
    third = actions.renew_invitation(invitation=invitation, by=alice)
    for dead in (invited[1], second):
        with pytest.raises(InvitationGone):
            find_invitation(dead)
    assert find_invitation(third) == invitation


def test_a_revoked_invitation_is_gone(invited, alice):
    actions.revoke_invitation(invitation=invited[0], by=alice)
    with pytest.raises(InvitationGone):
        actions.accept_invitation(token=invited[1], name="Erin", password=GOOD)
    with pytest.raises(InvitationGone):
        actions.revoke_invitation(invitation=invited[0], by=alice)
    with pytest.raises(InvitationGone):
        actions.renew_invitation(invitation=invited[0], by=alice)


def test_who_may_invite_whom(workspace, alice, bob, frozen):
    admin = make_member(workspace, "Dave", Role.ADMIN)
    with pytest.raises(AboveYourRole):
        actions.invite(workspace=workspace, email="x@example.com", role=Role.OWNER, by=admin)
    with pytest.raises(AlreadyMember):
        actions.invite(workspace=workspace, email="BOB@example.com", by=admin)
    for wrong in ({"email": "nobody"}, {"email": "x@example.com", "scope": "team"}):
        with pytest.raises(BadChoice):
            actions.invite(workspace=workspace, by=admin, **wrong)
    assert Member.objects.filter(workspace=workspace).count() == 3
