"""The base of the API: tokens, problems, cursors, limits."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from conftest import NOON, make_member
from evergrow.lib import clock
from evergrow.workspaces import actions
from evergrow.workspaces.api import tokens
from evergrow.workspaces.models import AuditEntry, Key, Member, Role, Workspace
from evergrow.workspaces.tests.callers import caller


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


def is_problem(response, status: int) -> dict:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert {"type", "title", "detail"} <= set(body)
    return body


def test_a_token_reads_its_own_workspace(alice, mallory):
    assert caller(alice).get("/api/v1/workspace").json()["slug"] == "acme"
    assert caller(mallory).get("/api/v1/workspace").json()["slug"] == "next-door"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer egt_wrong", "Basic ZWd0Og==", "egt_wrong", "Bearer egt_\u00e9"]
)
def test_without_a_working_token_there_is_nothing(alice, header):
    response = Client(headers={"authorization": header} if header else {}).get("/api/v1/workspace")
    is_problem(response, 401)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_signing_in_to_the_pages_is_no_token(alice, sign_in):
    is_problem(sign_in(alice).get("/api/v1/workspace"), 401)


def test_a_write_key_is_no_token(alice):
    _, secret = actions.create_key(workspace=alice.workspace, kind="write", name="shop", by=alice)
    is_problem(Client(headers={"authorization": f"Bearer {secret}"}).get("/api/v1/workspace"), 401)


def test_a_token_dies_with_its_key_its_makers_membership_and_their_access(alice):
    admin = make_member(alice.workspace, "Dave", Role.ADMIN)
    client = caller(admin)
    assert client.get("/api/v1/workspace").status_code == 200
    actions.remove_member(member=admin, by=alice)
    is_problem(client.get("/api/v1/workspace"), 401)


def test_a_role_below_is_refused(alice, carol):
    body = json.dumps({"name": "Mine"})
    is_problem(caller(carol).patch("/api/v1/workspace", body, content_type="application/json"), 403)
    assert caller(alice).patch("/api/v1/workspace", body, content_type="application/json").json()["name"] == "Mine"
    assert AuditEntry.objects.get(verb="workspace.changed").by_name == "Alice · bot"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("get", "/api/v1/nothing", "", 404),
        ("get", "/api/v1/", "", 404),
        ("get", "/api/v2/workspace", "", 404),
        ("delete", "/api/v1/workspace", "", 405),
        ("get", "/api/v1/members/999999", "", 404),
        ("get", "/api/v1/members/x", "", 422),
        ("get", f"/api/v1/members/{2**63}", "", 422),
        ("get", "/api/v1/members?limit=0", "", 422),
        ("get", "/api/v1/members?cursor=nonsense", "", 422),
        ("get", "/api/v1/members?cursor=WyItcGsiLDFd", "", 422),
        ("patch", "/api/v1/workspace", "{", 400),
        ("patch", "/api/v1/workspace", '{"name": NaN}', 400),
        ("patch", "/api/v1/workspace", '{"name": "\\ud800"}', 400),
        ("patch", "/api/v1/workspace", '{"name": "a\\u0000b"}', 422),
        ("patch", "/api/v1/workspace", '{"zone": "Mars"}', 422),
        ("patch", "/api/v1/workspace", "[]", 422),
    ],
)
def test_every_refusal_is_a_problem(alice, method, path, body, status):
    extra = {"data": body, "content_type": "application/json"} if body else {}
    told = is_problem(getattr(caller(alice), method)(path, **extra), status)
    assert told["detail"]


def test_a_refusal_names_the_field_and_itself(alice):
    response = caller(alice).patch("/api/v1/workspace", '{"zone": "Mars"}', content_type="application/json")
    told = is_problem(response, 422)
    assert told["type"] == "urn:evergrow:problem:BadZone"
    assert told["errors"][0]["where"] == "body.zone"


def test_a_405_says_what_is_allowed(alice):
    assert "GET" in caller(alice).delete("/api/v1/workspace").headers["Allow"]


def test_a_failure_of_ours_is_a_problem_without_secrets(alice, monkeypatch):
    from evergrow.workspaces.api import workspace

    def broken(member):
        raise RuntimeError("the password is 1234")

    monkeypatch.setattr(workspace.queries, "members", broken)
    told = is_problem(caller(alice).get("/api/v1/members"), 500)
    assert "1234" not in json.dumps(told)


def test_the_cursor_walks_through_all_once_even_when_rows_come_and_go(alice):
    for number in range(7):
        make_member(alice.workspace, f"Member{number}")
    client, seen, cursor = caller(alice), [], ""
    while cursor is not None:
        answer = client.get("/api/v1/members", {"limit": 3, "cursor": cursor}).json()
        seen += [member["id"] for member in answer["items"]]
        cursor = answer["next"]
        if len(seen) == 3:
            Member.objects.filter(pk=seen[1]).update(left_at=NOON)
    assert seen == sorted(set(seen))
    assert len(seen) == 8


def test_too_many_calls_are_told_to_wait(alice, monkeypatch):
    monkeypatch.setattr(tokens, "CALLS_A_MINUTE", 3)
    client = caller(alice)
    assert [client.get("/api/v1/workspace").status_code for _ in range(4)] == [200, 200, 200, 429]
    response = client.get("/api/v1/workspace")
    is_problem(response, 429)
    assert response.headers["Retry-After"] == "60"
    assert caller(alice).get("/api/v1/workspace").status_code == 200, "another token has its own count"


def test_guessing_tokens_is_slowed_down(db, monkeypatch):
    monkeypatch.setattr(tokens, "BAD_TOKENS_A_MINUTE", 2)
    guess = Client(headers={"authorization": "Bearer egt_guess"})
    assert [guess.get("/api/v1/workspace").status_code for _ in range(3)] == [401, 401, 429]


def test_use_is_noted(alice):
    client = caller(alice)
    with clock.frozen(NOON + timedelta(days=1)):
        client.get("/api/v1/workspace")
    assert Key.objects.get(kind="api").last_used_at == NOON + timedelta(days=1)


def test_members_are_changed_under_the_same_guards_as_on_the_page(alice, bob):
    admin = make_member(alice.workspace, "Dave", Role.ADMIN)
    as_json = {"content_type": "application/json"}
    changed = caller(admin).put(f"/api/v1/members/{bob.pk}", {"role": "manager"}, **as_json)
    assert changed.json()["role"] == "manager"
    is_problem(caller(admin).put(f"/api/v1/members/{bob.pk}", {"role": "owner"}, **as_json), 422)
    is_problem(caller(alice).delete(f"/api/v1/members/{alice.pk}"), 422)
    assert caller(admin).delete(f"/api/v1/members/{bob.pk}").status_code == 204


def test_the_audit_trail_is_read_with_filters(alice, bob):
    client = caller(alice)
    actions.change_role(member=bob, role=Role.MANAGER, by=alice)
    items = client.get("/api/v1/audit", {"what": "member"}).json()["items"]
    assert [(entry["verb"], entry["by_name"]) for entry in items] == [("member.role_changed", "Alice")]
    assert client.get("/api/v1/audit", {"what": "member", "who": bob.pk}).json()["items"] == []
    assert client.get("/api/v1/audit", {"since": "2999-01-01"}).json()["items"] == []


def test_the_document_and_the_page_about_it_are_open_and_complete(db, client):
    schema = client.get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    page = client.get("/api/v1/docs", headers={"accept-language": "en"}).content.decode()
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], path
            assert operation["responses"]["default"]["content"]["application/problem+json"]
            assert f"<code>{method.upper()} {path}</code>" in page
    assert "<script>" not in page


def test_no_token_is_kept_in_the_clear(alice):
    caller(alice)
    assert Workspace.objects.count() == 1
    assert all(len(digest) == 64 for digest in Key.objects.values_list("key_hash", flat=True))
