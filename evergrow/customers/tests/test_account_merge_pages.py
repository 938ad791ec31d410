"""Merging accounts on pages and through the API: seen before, made, told, taken back."""

import json

import pytest
from django.urls import reverse

from evergrow.customers.account_merges.actions import merge_accounts
from evergrow.customers.models import Account, AccountMerge, Note
from evergrow.customers.tests.stage import make_account, make_person, make_seat, make_subscription, put_events
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db"), pytest.mark.once]


@pytest.fixture
def pair(workspace):
    kept = make_account(workspace, "Kite Works", domain="kite.example", traits={"region": "east"})
    merged = make_account(workspace, "Kite Works Ltd", country="China", traits={"region": "west", "fleet": 12})
    make_subscription(merged, 40, "2025-02-01")
    make_person(merged, "Maya Woo")
    return kept, merged


def at(name, *numbers):
    return reverse(f"customers:{name}", args=["acme", *numbers])


def read(client, url):
    answer = client.get(url, follow=True)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_preview_shows_what_moves_and_which_value_wins(workspace, pair, alice, sign_in, frozen):
    kept, merged = pair
    put_events(workspace, *({"at": frozen, "event": "order", "account": merged.number},) * 3)
    shown = read(sign_in(alice), at("account_merge", kept.number) + f"?with={merged.number}")
    for words in ("Subscriptions", "People", "taken over", "gives-way", "<b>3 events</b>", "a-1"):
        assert words in shown, words
    assert Account.objects.count() == 2


def test_find_merge_redirect_and_take_back(workspace, pair, alice, sign_in):
    kept, merged = pair
    client = sign_in(alice)
    assert f"?with={merged.number}" in read(client, at("account_merge", kept.number) + "?q=kite")
    wish = {"with": merged.number, "reason": "one customer"}
    assert client.post(at("account_merge", kept.number), wish).status_code == 302
    made = AccountMerge.objects.get()
    assert (made.kept, made.merged, made.reason, made.by) == (kept, merged, "one customer", alice)
    moved = client.get(at("account", merged.number))
    assert (moved.status_code, moved["location"]) == (302, at("account", kept.number))
    tab = client.get(at("account_tab", merged.number, "people"))
    assert tab["location"] == at("account_tab", kept.number, "people")
    read(client, at("account", kept.number))  # the message is shown once
    assert "Kite Works Ltd" not in read(client, at("accounts"))
    assert "Kite Works Ltd" in read(client, at("account_merges"))
    assert "Kite Works Ltd" in read(client, at("changes"))
    assert "What goes back" in read(client, at("account_merge_undo", made.pk))
    assert client.post(at("account_merge_undo", made.pk)).status_code == 302
    assert Account.objects.count() == 2
    assert client.post(at("account_merge_undo", made.pk)).status_code == 422


def test_the_menu_offers_it_to_those_who_may_manage(pair, alice, bob, sign_in):
    page = at("account", pair[0].number)
    assert "Merge with…" in read(sign_in(alice), page)
    assert "Merge with…" not in read(sign_in(bob), page)
    assert sign_in(bob).post(at("account_merge", pair[0].number), {"with": pair[1].number}).status_code == 403


def test_a_merge_that_became_impossible_says_so(workspace, pair, alice, sign_in):
    kept, merged = pair
    merge_accounts(kept=make_account(workspace, "Third"), merged=merged, reason="x", by=alice)
    client = sign_in(alice)
    # Its number means the third account now
    assert "Third" in read(client, at("account_merge", kept.number) + f"?with={merged.number}")
    assert client.post(at("account_merge", kept.number), {"with": merged.number, "reason": ""}).status_code == 422


def test_who_sees_only_their_own_accounts_sees_only_their_merges(workspace, pair, alice, bob, sign_in):
    made = merge_accounts(kept=pair[0], merged=pair[1], reason="x", by=alice)
    type(bob).objects.filter(pk=bob.pk).update(scope="own")
    client = sign_in(bob)
    assert client.get(at("account_merge_undo", made.pk)).status_code == 404
    make_seat(pair[0], bob)
    assert client.get(at("account_merge_undo", made.pk)).status_code == 200
    assert client.post(at("account_merge_undo", made.pk)).status_code == 403


def test_the_interface_merges_finds_by_both_ids_and_takes_back(workspace, pair, alice):
    kept, merged = pair
    Note.objects.create(account=merged, body="x")
    client = caller(alice)

    def ask(method, path, body=None):
        more = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        answer = getattr(client, method)(f"/api/v1/{path}", **more)
        return answer.status_code, answer.json()

    status, seen = ask("get", f"accounts/{kept.number}/merges/{merged.number}")
    assert (status, seen["moving"]["Note"], seen["events"], seen["blocker"]) == (200, 1, 0, None)
    status, made = ask("post", f"accounts/{kept.number}/merges", {"merged": merged.number})
    assert (status, made["kept"], made["merged"]) == (201, kept.number, merged.number)
    for external_id in (kept.external_id, merged.external_id):
        assert [row["number"] for row in ask("get", f"accounts?external_id={external_id}")[1]["items"]] == [kept.number]
    assert ask("get", f"accounts/{merged.number}")[1]["number"] == kept.number
    assert [row["id"] for row in ask("get", "account-merges")[1]["items"]] == [made["id"]]
    assert ask("put", f"account-merges/{made['id']}/undoing", {})[0] == 200
    assert ask("put", f"account-merges/{made['id']}/undoing", {})[0] in (409, 422)
    assert Account.objects.count() == 2
