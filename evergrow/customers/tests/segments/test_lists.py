"""Lists: whom typed words and files mean, and what is refused."""

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conftest import make_member
from evergrow.customers.models import AccountStatus, Identifier, Segment
from evergrow.customers.segments import typed
from evergrow.customers.tests.segments.stage import make_people, members
from evergrow.customers.tests.stage import make_account, make_seat
from evergrow.workspaces.models import AccountScope

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")


def names(member, kind, text):
    found = typed.resolve(member, kind, typed.from_text(text))
    return found.numbers.tolist(), found.unknown


def test_people_are_meant_by_number_id_and_address(workspace, alice):
    people = make_people(workspace, 4)
    Identifier.objects.create(workspace=workspace, person=people[2], kind="user", value="u-77")
    assert names(alice, "person", "#1, P2@Example.com\nu-77;nobody@example.com") == ([1, 2, 3], ["nobody@example.com"])


def test_an_account_id_wins_over_a_number(workspace, alice):
    make_account(workspace, "Kite", external_id="7", domain="kite.example")
    make_account(workspace, "Lark", external_id="lark")
    assert names(alice, "account", "7") == ([1], [])
    assert names(alice, "account", "2\nKITE.example") == ([1, 2], [])


def test_whom_the_member_may_not_see_is_unknown(workspace):
    mine = make_account(workspace, "Mine")
    make_account(workspace, "Theirs")
    dora = make_member(workspace, "Dora", scope=AccountScope.OWN)
    make_seat(mine, dora)
    assert names(dora, "account", "1, 2") == ([1], ["2"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [(" , ;\n", "The list is empty"), ("zzz", "None of these is known here: zzz")],
)
def test_a_list_of_nothing_is_refused(workspace, alice, text, sentence):
    with pytest.raises(typed.CannotRead, match=sentence):
        names(alice, "account", text)


def test_too_many_lines_are_refused(workspace, alice, monkeypatch):
    monkeypatch.setattr(typed, "MOST_LINES", 2)
    with pytest.raises(typed.CannotRead, match="At most 2 lines at once; these are 3"):
        names(alice, "account", "1\n2\n3")


@pytest.mark.parametrize(
    "data",
    [
        b"name,external_id\nKite,kite\nLark,lark\n",
        b"\xef\xbb\xbfexternal_id;name\nkite;Kite\nlark;Lark\n",
        "名称,编号\n云栈,1\n百灵,2\n".encode("gb18030"),
        b"kite\nlark\n",
    ],
)
def test_a_csv_file_is_read_by_the_column_we_know(workspace, alice, data):
    make_account(workspace, "Kite", external_id="kite")
    make_account(workspace, "Lark", external_id="lark")
    assert typed.resolve(alice, "account", typed.from_csv(data)).numbers.tolist() == [1, 2]


def test_a_file_that_is_no_text_is_refused():
    with pytest.raises(typed.CannotRead, match="no text"):
        list(typed.from_csv(b"\xff\xfe\x00\x81\xff"))


def url(workspace, name, **kwargs):
    return reverse(f"customers:{name}", kwargs={"workspace": workspace.slug, **kwargs})


def test_a_list_is_made_from_an_uploaded_file_and_says_what_is_unknown(workspace, bob, sign_in):
    make_account(workspace, "Kite", external_id="kite")
    file = SimpleUploadedFile("list.csv", b"external_id\nkite\nnobody\n")
    sent = {"made": "list", "kind": "account", "name": "Guests", "file": file}
    page = sign_in(bob).post(url(workspace, "segment_new"), sent, follow=True)
    assert members(Segment.objects.get()) == {1}
    assert "1 put on the list; 1 not known here: nobody" in page.content.decode()


def test_a_refused_list_keeps_what_was_typed(workspace, bob, sign_in):
    sent = {"made": "list", "kind": "account", "name": "Guests", "members": "zzz"}
    page = sign_in(bob).post(url(workspace, "segment_new"), sent)
    assert page.status_code == 400
    assert "None of these is known here" in page.content.decode()
    assert "zzz</textarea>" in page.content.decode()
    assert not Segment.objects.exists()


def test_members_are_put_on_and_taken_off_on_the_page(workspace, bob, sign_in):
    for name in ("Kite", "Lark"):
        make_account(workspace, name)
    client = sign_in(bob)
    client.post(url(workspace, "segment_new"), {"made": "list", "kind": "account", "name": "Guests", "members": "1"})
    client.post(url(workspace, "segment_put", key="guests"), {"members": "2"})
    client.post(url(workspace, "segment_take_off", key="guests"), {"member": ["1", "99"]})
    assert members(Segment.objects.get()) == {2}


def test_the_account_list_becomes_criteria_where_its_filters_can_be_said(workspace, bob, sign_in):
    make_account(workspace, "Kite", tier="vip", mrr=500, status=AccountStatus.ACTIVE)
    make_account(workspace, "Lark", tier="vip", mrr=5)
    client = sign_in(bob)
    sent = {"everything": "1", "query": "tier=vip&mrr=100..&renewal=0..90"}
    page = client.post(url(workspace, "segment_from_accounts"), sent | {"query": "tier=vip&mrr=100.."})
    assert "Follow these filters" in page.content.decode()
    client.post(
        url(workspace, "segment_from_accounts"),
        sent | {"query": "tier=vip&mrr=100..", "how": "criteria", "name": "Big"},
    )
    version = Segment.objects.get().versions.get()
    assert version.criteria == {"all": [{"trait": "tier", "is": ["vip"]}, {"trait": "mrr", "at_least": 100.0}]}
    page = client.post(url(workspace, "segment_from_accounts"), sent | {"query": "q=kite"})
    assert "cannot be said as criteria" in page.content.decode()
    client.post(url(workspace, "segment_from_accounts"), sent | {"query": "q=kite", "how": "list", "name": "Kites"})
    assert members(Segment.objects.get(key="kites")) == {1}


def test_ticked_accounts_go_on_a_list_that_exists(workspace, bob, sign_in):
    from evergrow.customers.actions.segments import create_segment

    for name in ("Kite", "Lark", "Finch"):
        make_account(workspace, name)
    guests = create_segment(workspace=workspace, name="Guests", kind="account", numbers=[1], by=bob)
    sent = {"account": ["2", "3"], "how": "guests"}
    sign_in(bob).post(url(workspace, "segment_from_accounts"), sent)
    assert members(guests) == {1, 2, 3}


@pytest.mark.parametrize(
    "query", ["renewal=-10..30", "signed_up=5..20", "csm=nobody", "csm=me", "seats=..7", "mrr=5..9"]
)
def test_filters_as_criteria_find_the_same_accounts(workspace, bob, query):
    from datetime import timedelta

    from evergrow.customers import criteria
    from evergrow.customers.queries.account_list import AccountList, shape
    from evergrow.customers.segments.from_filters import criteria_of
    from evergrow.lib.listing import parse

    today = workspace.today()
    for n in range(30):
        account = make_account(
            workspace,
            f"Account {n}",
            mrr=n,
            seats=n or None,
            renews_on=today + timedelta(days=3 * n - 20) if n % 4 else None,
            signed_up_on=today - timedelta(days=n),
        )
        if n % 3:
            make_seat(account, bob)
    state = parse(query, shape())
    asked = criteria.parse(criteria_of(bob, state), "account", workspace)
    listed = AccountList(bob, state).rows.values_list("number", flat=True)
    assert criteria.find(workspace, asked).tolist() == sorted(listed) != []


def test_the_list_of_people_becomes_a_list(workspace, alice, sign_in):
    make_people(workspace, 3)
    sign_in(alice).post(url(workspace, "segment_from_people"), {"query": "q=Person+2", "name": "Two"})
    assert members(Segment.objects.get()) == {2}


def test_both_lists_filter_by_segment(workspace, alice, sign_in):
    from evergrow.customers.actions.segments import create_segment

    for n in range(3):
        make_account(workspace, f"Account {n}")
    make_people(workspace, 3)
    create_segment(workspace=workspace, name="Guests", kind="account", numbers=[2], by=alice)
    create_segment(workspace=workspace, name="Hosts", kind="person", numbers=np.array([3]), by=alice)
    client = sign_in(alice)
    accounts = client.get(url(workspace, "accounts"), {"segment": "guests"}).content.decode()
    assert "Account 1" in accounts
    assert "Account 0" not in accounts
    people = client.get(url(workspace, "people"), {"segment": "hosts"}).content.decode()
    assert "Person 3" in people
    assert "Person 1" not in people
    assert "There is no segment" in client.get(url(workspace, "accounts"), {"segment": "zzz"}).content.decode()


def test_a_large_segment_still_filters(workspace, alice):
    from evergrow.customers.models import Account
    from evergrow.customers.number_set import among

    make_account(workspace, "Kite")
    assert Account.objects.filter(among(np.arange(1, 200_000, dtype=np.uint32))).count() == 1
