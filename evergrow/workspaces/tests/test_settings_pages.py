"""Members, keys, the audit trail, the workspace's settings and one's own profile, through their pages."""

import re

import pytest
from django.core.cache import cache

from conftest import make_member
from evergrow.workspaces import actions
from evergrow.workspaces.actions.keys import find_key
from evergrow.workspaces.models import Invitation, Key, Member, Role, User, Workspace

GOOD = "purple lantern seventeen"


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


def test_members_see_each_other_and_administrators_see_more(alice, bob, sign_in, frozen):
    seen = {who: sign_in(who).get("/w/acme/settings/members/").content.decode() for who in (alice, bob)}
    assert all("Bob" in page and "Operator" in page for page in seen.values())
    assert ["Invite a colleague" in page for page in seen.values()] == [True, False]


def test_an_invitation_shows_its_link_once(alice, sign_in, frozen):
    client = sign_in(alice)
    wish = {"email": "erin@example.com", "role": "operator", "scope": "all", "team": ""}
    page = client.post("/w/acme/settings/members/invitations/", wish)
    link = re.search(r"http://testserver(/auth/invitation/\S+/)", page.content.decode()).group(1)
    assert page.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert link not in client.get("/w/acme/settings/members/").content.decode()
    assert client.get(link).status_code == 200
    bad = client.post("/w/acme/settings/members/invitations/", {**wish, "email": "alice@example.com"})
    assert (bad.status_code, "is a member already" in bad.content.decode()) == (422, True)


def test_an_invitation_is_renewed_and_taken_back(workspace, alice, sign_in, frozen):
    invitation, old = actions.invite(workspace=workspace, email="erin@example.com", by=alice)
    client, base = sign_in(alice), f"/w/acme/settings/members/invitations/{invitation.pk}"
    page = client.post(f"{base}/renewal/").content.decode()
    link = re.search(r"/auth/invitation/\S+/", page).group()
    assert client.get(f"/auth/invitation/{old}/").status_code == 410
    client.post(f"{base}/revocation/")
    assert client.get(link).status_code == 410
    assert client.post(f"{base}/renewal/").status_code == 404


def test_another_workspaces_rows_are_not_found(workspace, alice, mallory, sign_in, frozen):
    theirs, _ = actions.invite(workspace=mallory.workspace, email="erin@example.com", by=mallory)
    key, _ = actions.create_key(workspace=mallory.workspace, kind="write", name="Shop", by=mallory)
    client = sign_in(alice)
    for path in (
        f"members/invitations/{theirs.pk}/renewal",
        f"members/invitations/{theirs.pk}/revocation",
        f"keys/{key.pk}/revocation",
        f"members/{mallory.pk}/removal",
    ):
        assert client.post(f"/w/acme/settings/{path}/").status_code == 404, path
    assert Key.objects.get(pk=key.pk).revoked_at is None


def test_a_member_is_changed_and_the_offered_roles_end_at_ones_own(workspace, alice, bob, sign_in):
    admin = make_member(workspace, "Dave", Role.ADMIN)
    url = f"/w/acme/settings/members/{bob.pk}/"
    page = sign_in(admin).get(url).content.decode()
    assert 'value="admin"' in page
    assert 'value="owner"' not in page
    forged = sign_in(admin).post(url, {"role": "owner", "scope": "all", "team": ""})
    assert forged.status_code == 422
    sign_in(admin).post(url, {"role": "manager", "scope": "team", "team": "East"})
    bob.refresh_from_db()
    assert (bob.role, bob.scope, bob.team) == ("manager", "team", "East")
    assert sign_in(admin).get(f"/w/acme/settings/members/{alice.pk}/").status_code == 403


def test_a_refused_half_changes_nothing(workspace, alice, sign_in):
    response = sign_in(alice).post(
        f"/w/acme/settings/members/{alice.pk}/", {"role": "viewer", "scope": "own", "team": ""}
    )
    assert "is the only owner" in response.content.decode()
    alice.refresh_from_db()
    assert (alice.role, alice.scope) == ("owner", "all")


def test_a_member_is_removed_and_is_a_stranger_at_once(alice, bob, sign_in):
    theirs = sign_in(bob)
    assert theirs.get("/w/acme/profile/").status_code == 200
    sign_in(alice).post(f"/w/acme/settings/members/{bob.pk}/removal/")
    assert theirs.get("/w/acme/profile/").status_code == 404
    assert "You are in no workspace" in theirs.get("/workspaces/").content.decode()


def test_one_may_leave_but_not_the_last_owner(alice, bob, sign_in):
    assert sign_in(bob).post("/w/acme/profile/leaving/").url == "/workspaces/"
    page = sign_in(alice).post("/w/acme/profile/leaving/", follow=True).content.decode()
    assert "is the only owner" in page
    assert set(Member.objects.filter(left_at=None)) == {alice}


def test_a_key_is_shown_once_and_revoked(alice, sign_in):
    client = sign_in(alice)
    page = client.post("/w/acme/settings/keys/", {"kind": "api", "name": "Bot", "role": "viewer"})
    secret = re.search(r"egt_[\w-]{43}", page.content.decode()).group()
    assert "no-store" in page.headers["Cache-Control"]
    assert find_key(secret, "api").name == "Bot"
    later = client.get("/w/acme/settings/keys/").content.decode()
    assert secret not in later
    assert secret[:12] in later
    client.post(f"/w/acme/settings/keys/{Key.objects.get().pk}/revocation/")
    assert find_key(secret, "api") is None
    assert client.post("/w/acme/settings/keys/", {"kind": "api", "name": "", "role": "viewer"}).status_code == 422


def test_settings_change_and_a_bad_zone_keeps_what_was_typed(alice, bob, sign_in):
    wish = {
        "name": "Acme 长青",
        "zone": "Mars/Olympus",
        "week_start": 6,
        "calendar": "",
        "currency": "usd",
        "language": "en",
    }
    client = sign_in(alice)
    bad = client.post("/w/acme/settings/changes/", wish)
    assert bad.status_code == 422
    assert "Acme 长青" in bad.content.decode()
    assert Workspace.objects.get().zone == "Asia/Shanghai"
    good = client.post("/w/acme/settings/changes/", {**wish, "zone": "Europe/Berlin"}, follow=True)
    assert "daily figures are being built again" in good.content.decode()
    now = Workspace.objects.get()
    assert (now.name, now.zone, now.week_start, now.calendar, now.currency) == (
        "Acme 长青",
        "Europe/Berlin",
        6,
        "",
        "USD",
    )
    assert "disabled" in sign_in(bob).get("/w/acme/settings/").content.decode()


def test_the_audit_trail_is_filtered_paged_and_exported(workspace, alice, bob, sign_in):
    for number in range(55):
        actions.change_workspace(workspace=workspace, by=alice, name=f"Acme {number}")
    actions.change_role(member=bob, role=Role.MANAGER, by=alice)
    client = sign_in(alice)
    first = client.get("/w/acme/settings/audit/").content.decode()
    assert first.count("<time ") == 50
    assert "changed the role of" in first
    filtered = client.get("/w/acme/settings/audit/?what=member.role_changed").content.decode()
    assert filtered.count("<time ") == 1
    assert "Operator → Manager" in filtered
    for nothing in (f"who={bob.pk}", "since=2999-01-01", "until=1970-01-02", "what=playbook.x"):
        assert "Nothing fits" in client.get(f"/w/acme/settings/audit/?{nothing}").content.decode(), nothing
    assert client.get("/w/acme/settings/audit/?who=x&since=soon&page=99").status_code == 200
    table = client.get("/w/acme/settings/audit.csv?what=workspace")
    lines = b"".join(table.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 56
    assert lines[1].split(",")[1:4] == ["Alice", "workspace.changed", "Acme 54"]


def rows(response) -> str:
    return response.content.decode().partition("<tbody>")[2]


def test_a_day_of_the_filter_is_a_day_of_the_workspace(workspace, alice, sign_in):
    from datetime import UTC, datetime

    from evergrow.lib import clock

    with clock.frozen(datetime(2026, 3, 24, 16, 30, tzinfo=UTC)):  # already the 25th in Shanghai
        actions.change_workspace(workspace=workspace, by=alice, name="At half past midnight")
    client = sign_in(alice)
    found = {
        day: "changed the settings of" in rows(client.get(f"/w/acme/settings/audit/?since={day}&until={day}"))
        for day in ("2026-03-24", "2026-03-25", "2026-03-26")
    }
    assert found == {"2026-03-24": False, "2026-03-25": True, "2026-03-26": False}


def test_the_profile_changes_name_language_and_password(bob, sign_in):
    client = sign_in(bob)
    changed = client.post("/w/acme/profile/changes/", {"name": "Robert", "language": "zh-hans", "theme": "dark"})
    assert changed.cookies["evergrow_language"]["max-age"] == 0, "the browser's own choice gives way"
    client.cookies.pop("evergrow_language")
    user = User.objects.get(pk=bob.user_id)
    assert (user.name, user.language, user.theme) == ("Robert", "zh-hans", "dark")
    assert '<html lang="zh-Hans"' in client.get("/w/acme/profile/").content.decode()
    url = "/w/acme/profile/password/"
    assert client.post(url, {"current": "wrong", "password": GOOD}).status_code == 422
    assert client.post(url, {"current": "correct horse battery", "password": "short"}).status_code == 422
    other = sign_in(bob)
    assert client.post(url, {"current": "correct horse battery", "password": GOOD}).status_code == 302
    assert client.get("/w/acme/profile/").status_code == 200
    assert other.get("/w/acme/profile/").status_code == 302, "other browsers are signed out"


def test_guessing_the_current_password_is_stopped(bob, sign_in):
    client = sign_in(bob)
    answers = [
        client.post("/w/acme/profile/password/", {"current": f"guess {n}", "password": GOOD}).status_code
        for n in range(11)
    ]
    assert (answers[0], answers[-1]) == (422, 429)


def test_an_owner_makes_another_workspace_and_others_do_not(alice, bob, sign_in):
    wish = {
        "name": "North",
        "slug": "north",
        "zone": "UTC",
        "week_start": 0,
        "calendar": "GB",
        "currency": "GBP",
        "language": "en",
    }
    assert sign_in(bob).post("/workspaces/", wish).status_code == 403
    client = sign_in(alice)
    assert client.post("/workspaces/", {**wish, "slug": "acme"}).status_code == 422
    assert client.post("/workspaces/", wish).url == "/w/north/settings/"
    assert Member.objects.get(workspace__slug="north").user == alice.user
    assert not Invitation.objects.exists()


def test_the_start_page_leads_to_the_workspace_visited_last(alice, sign_in, client):
    assert client.get("/").url.startswith("/auth/login/")
    member = sign_in(alice)
    assert member.get("/").url == "/w/acme/"
    alice.left_at = alice.joined_at
    alice.save()
    assert member.get("/").url == "/workspaces/"
