import pytest
from django.core.exceptions import PermissionDenied

from conftest import make_member
from evergrow.workspaces import actions
from evergrow.workspaces.errors import AboveYourRole, AlreadyMember, BadChoice, HasLeft, LastOwner
from evergrow.workspaces.models import AccountScope, AuditEntry, KeyKind, Role, User


@pytest.fixture
def dave(workspace):
    return make_member(workspace, "Dave", Role.ADMIN)


@pytest.mark.parametrize("way", ["demote", "remove", "leave"])
def test_the_last_owner_stays_owner(workspace, alice, way):
    ways = {
        "demote": lambda: actions.change_role(member=alice, role=Role.ADMIN, by=None),
        "remove": lambda: actions.remove_member(member=alice, by=None),
        "leave": lambda: actions.remove_member(member=alice, by=alice),
    }
    with pytest.raises(LastOwner):
        ways[way]()
    alice.refresh_from_db()
    assert (alice.role, alice.left_at) == (Role.OWNER, None)


def test_of_two_owners_one_may_go_and_then_the_other_may_not(workspace, alice, bob):
    bob = actions.change_role(member=bob, role=Role.OWNER, by=alice)
    actions.remove_member(member=alice, by=alice)
    with pytest.raises(LastOwner):
        actions.change_role(member=bob, role=Role.VIEWER, by=bob)


def test_an_owner_elsewhere_does_not_count(workspace, alice, mallory):
    with pytest.raises(LastOwner):
        actions.remove_member(member=alice, by=None)


def test_only_an_owner_makes_owners(dave, alice, bob):
    with pytest.raises(AboveYourRole):
        actions.change_role(member=bob, role=Role.OWNER, by=dave)
    with pytest.raises(AboveYourRole):
        actions.change_role(member=dave, role=Role.OWNER, by=dave)
    assert actions.change_role(member=bob, role=Role.OWNER, by=alice).role == Role.OWNER


def test_an_administrator_cannot_touch_an_owner(dave, alice):
    for act in (
        lambda: actions.change_role(member=alice, role=Role.VIEWER, by=dave),
        lambda: actions.change_scope(member=alice, scope=AccountScope.OWN, team="", by=dave),
        lambda: actions.remove_member(member=alice, by=dave),
    ):
        with pytest.raises(AboveYourRole):
            act()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.MANAGER])
def test_others_may_not_manage_members_but_may_leave(workspace, alice, carol, role):
    some = make_member(workspace, "Some", role)
    with pytest.raises(PermissionDenied):
        actions.change_role(member=carol, role=Role.VIEWER, by=some)
    with pytest.raises(PermissionDenied):
        actions.remove_member(member=carol, by=some)
    assert actions.remove_member(member=some, by=some).left_at is not None


def test_a_role_change_is_audited(alice, bob):
    actions.change_role(member=bob, role=Role.MANAGER, by=alice)
    entry = AuditEntry.objects.get(verb="member.role_changed")
    assert (entry.by, entry.target_name, entry.data) == (alice, "Bob", {"role": ["operator", "manager"]})


def test_who_left_comes_back_under_the_same_membership(workspace, alice, bob):
    actions.remove_member(member=bob, by=alice)
    with pytest.raises(HasLeft):
        actions.change_role(member=bob, role=Role.ADMIN, by=alice)
    back = actions.add_member(workspace=workspace, user=bob.user, role=Role.VIEWER, by=alice)
    assert (back.pk, back.role, back.left_at) == (bob.pk, Role.VIEWER, None)


def test_a_member_is_added_once(workspace, alice, bob):
    with pytest.raises(AlreadyMember):
        actions.add_member(workspace=workspace, user=bob.user, by=alice)


def test_an_unknown_role_is_refused(workspace, alice):
    user = User.objects.create_user("x@example.com")
    with pytest.raises(BadChoice):
        actions.add_member(workspace=workspace, user=user, role="emperor", by=alice)


def test_the_right_to_the_teams_accounts_needs_a_team(alice, bob):
    with pytest.raises(BadChoice):
        actions.change_scope(member=bob, scope=AccountScope.TEAM, team=" ", by=alice)
    changed = actions.change_scope(member=bob, scope=AccountScope.TEAM, team=" East ", by=alice)
    assert (changed.scope, changed.team) == ("team", "East")


def test_who_is_removed_takes_their_api_tokens_and_invitations_along(workspace, alice, dave):
    token, _ = actions.create_key(workspace=workspace, kind=KeyKind.API, name="bot", role=Role.ADMIN, by=dave)
    write, _ = actions.create_key(workspace=workspace, kind=KeyKind.WRITE, name="site", by=dave)
    invitation, _ = actions.invite(workspace=workspace, email="new@example.com", by=dave)
    actions.remove_member(member=dave, by=alice)
    for row in (token, write, invitation):
        row.refresh_from_db()
    assert token.revoked_at
    assert invitation.revoked_at
    assert write.revoked_at is None, "the site goes on capturing"


def test_a_demoted_administrator_has_no_administrator_invited(workspace, alice, dave):
    high, _ = actions.invite(workspace=workspace, email="high@example.com", role=Role.ADMIN, by=dave)
    low, _ = actions.invite(workspace=workspace, email="low@example.com", role=Role.VIEWER, by=dave)
    actions.change_role(member=dave, role=Role.OPERATOR, by=alice)
    high.refresh_from_db()
    low.refresh_from_db()
    assert (high.revoked_at is None, low.revoked_at is None) == (False, True)
