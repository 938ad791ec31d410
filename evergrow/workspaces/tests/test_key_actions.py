from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from conftest import NOON, make_member
from evergrow.lib import clock
from evergrow.workspaces import actions
from evergrow.workspaces.actions.keys import acting_member, find_key
from evergrow.workspaces.errors import AboveYourRole, BadChoice, KeyGone
from evergrow.workspaces.models import AuditEntry, Key, Role


def test_the_secret_is_shown_once_and_found_by_its_hash(workspace, alice):
    key, secret = actions.create_key(workspace=workspace, kind="write", name="Shop", by=alice)
    assert secret.startswith("egw_")
    assert secret not in str(Key.objects.values().get())
    assert secret.startswith(key.prefix)
    assert len(key.prefix) == 12
    assert find_key(secret, "write") == key


def test_a_key_opens_only_its_own_door(workspace, alice):
    _, write = actions.create_key(workspace=workspace, kind="write", name="Shop", by=alice)
    _, token = actions.create_key(workspace=workspace, kind="api", name="Bot", by=alice)
    assert find_key(write, "api") is None
    assert find_key(token, "write") is None
    for wrong in (token[:-1], token + "x", "", "egt_", "egt_é", "egt_\udc80"):
        assert find_key(wrong, "api") is None


def test_a_revoked_key_is_dead(workspace, alice):
    key, secret = actions.create_key(workspace=workspace, kind="api", name="Bot", by=alice)
    actions.revoke_key(key=key, by=alice)
    assert find_key(secret, "api") is None
    with pytest.raises(KeyGone):
        actions.revoke_key(key=key, by=alice)
    assert list(AuditEntry.objects.filter(verb__startswith="key.").values_list("verb", flat=True)) == [
        "key.created",
        "key.revoked",
    ]


def test_its_use_is_noted_at_most_once_a_minute(workspace, alice, django_assert_num_queries):
    with clock.frozen(NOON):
        _, secret = actions.create_key(workspace=workspace, kind="write", name="Shop", by=alice)
        find_key(secret, "write")
    with clock.frozen(NOON + timedelta(seconds=59)), django_assert_num_queries(1):
        assert find_key(secret, "write").last_used_at == NOON
    with clock.frozen(NOON + timedelta(seconds=60)):
        assert find_key(secret, "write").last_used_at == NOON + timedelta(seconds=60)


def test_a_token_is_not_above_its_maker(workspace, alice):
    admin = make_member(workspace, "Dave", Role.ADMIN)
    with pytest.raises(AboveYourRole):
        actions.create_key(workspace=workspace, kind="api", name="Bot", role=Role.OWNER, by=admin)
    _, secret = actions.create_key(workspace=workspace, kind="api", name="Bot", role=Role.ADMIN, by=admin)
    actions.change_role(member=admin, role=Role.VIEWER, by=alice)
    assert acting_member(find_key(secret, "api")).role == Role.VIEWER
    admin.refresh_from_db()
    admin.left_at = NOON
    admin.save()
    assert acting_member(find_key(secret, "api")) is None


def test_a_token_of_the_system_acts_for_the_first_owner(workspace, alice):
    _, secret = actions.create_key(workspace=workspace, kind="api", name="Ops", role=Role.OPERATOR, by=None)
    acting = acting_member(find_key(secret, "api"))
    assert (acting.pk, acting.role, acting.through.name) == (alice.pk, Role.OPERATOR, "Ops")


def test_others_make_no_keys_and_bad_wishes_are_refused(workspace, alice, bob):
    with pytest.raises(PermissionDenied):
        actions.create_key(workspace=workspace, kind="api", name="Bot", by=bob)
    for wrong in ({"kind": "master"}, {"role": "emperor"}, {"name": " "}):
        with pytest.raises(BadChoice):
            actions.create_key(**{"workspace": workspace, "kind": "api", "name": "Bot", "by": alice, **wrong})
    assert not Key.objects.exists()
