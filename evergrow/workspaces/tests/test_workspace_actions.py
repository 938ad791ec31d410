import pytest
from django.core.exceptions import PermissionDenied

from conftest import make_member
from evergrow.workspaces import actions
from evergrow.workspaces.actions.workspaces import _zone_listeners, on_zone_change
from evergrow.workspaces.errors import BadChoice, BadCurrency, BadSlug, BadZone
from evergrow.workspaces.models import AuditEntry, Role, User, Workspace


@pytest.fixture
def owner(db):
    return User.objects.create_user("olga@example.com", name="Olga")


def test_a_new_workspace_has_its_owner_and_an_audit_entry(owner):
    made = actions.create_workspace(
        name="Northwind",
        slug="northwind",
        owner=owner,
        zone="Europe/Berlin",
        currency="eur",
        calendar="",
        language="en",
    )
    assert (made.zone, made.currency, made.calendar, made.language) == ("Europe/Berlin", "EUR", "", "en")
    assert made.members.get().role == Role.OWNER
    assert AuditEntry.objects.filter(workspace=made, verb="workspace.created").count() == 1


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"slug": "North Wind"}, BadSlug),
        ({"slug": "-north"}, BadSlug),
        ({"slug": "长青"}, BadSlug),
        ({"zone": "Mars/Olympus"}, BadZone),
        ({"zone": "../etc/passwd"}, BadZone),
        ({"currency": "XYZZY"}, BadCurrency),
        ({"calendar": "FR"}, BadChoice),
        ({"language": "tlh"}, BadChoice),
        ({"name": "  "}, BadChoice),
    ],
)
def test_what_cannot_be_used_is_refused_and_makes_nothing(owner, wrong, error):
    with pytest.raises(error):
        actions.create_workspace(**{"name": "Northwind", "slug": "northwind", "owner": owner, **wrong})
    assert not Workspace.objects.exists()


def test_an_address_is_taken_once(owner):
    actions.create_workspace(name="One", slug="same", owner=owner)
    with pytest.raises(BadSlug):
        actions.create_workspace(name="Two", slug="same", owner=owner)


def test_a_setting_is_changed_and_remembered_with_before_and_after(workspace, alice):
    changed = actions.change_workspace(workspace=workspace, by=alice, currency="usd", name="Acme", week_start=6)
    assert sorted(changed) == ["currency", "week_start"]
    workspace.refresh_from_db()
    assert (workspace.currency, workspace.week_start) == ("USD", 6)
    assert AuditEntry.objects.get(verb="workspace.changed").data["currency"] == ["CNY", "USD"]


def test_nothing_changed_leaves_no_entry(workspace, alice):
    assert actions.change_workspace(workspace=workspace, by=alice, name="Acme") == []
    assert not AuditEntry.objects.filter(verb="workspace.changed").exists()


def test_a_bad_zone_changes_nothing(workspace, alice):
    with pytest.raises(BadZone):
        actions.change_workspace(workspace=workspace, by=alice, name="Other", zone="Shanghai")
    assert Workspace.objects.get().name == "Acme"


def test_a_new_zone_is_told_to_those_who_keep_days(workspace, alice):
    heard = []
    listener = on_zone_change(lambda where, by: heard.append((where.zone, by)))
    try:
        actions.change_workspace(workspace=workspace, by=alice, name="New")
        assert heard == []
        actions.change_workspace(workspace=workspace, by=alice, zone="Asia/Tokyo")
        assert heard == [("Asia/Tokyo", alice)]
    finally:
        _zone_listeners.remove(listener)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.MANAGER])
def test_settings_need_an_administrator(workspace, role):
    with pytest.raises(PermissionDenied):
        actions.change_workspace(workspace=workspace, by=make_member(workspace, "Some", role), name="Mine")
