"""Who sees personal fields in clear: pages, lists, files, search, the API; and asking to see with a reason."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

import evergrow
from evergrow.customers.actions.merges import merge_people
from evergrow.customers.actions.segments import create_segment
from evergrow.customers.mail import receiving
from evergrow.customers.models import Identifier, IdentityConflict, MailSource, Person, Visit
from evergrow.customers.privacy import masking
from evergrow.customers.privacy.masking import Mask
from evergrow.customers.stages import seen
from evergrow.customers.tests.mail.letters import letter
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.lib import clock
from evergrow.workspaces.models import AuditEntry
from evergrow.workspaces.tests.callers import caller

ROOT = Path(evergrow.__file__).parent
CLEAR = ["owner", "admin", "manager"]


@pytest.fixture
def person(workspace, frozen):
    found = make_person(make_account(workspace), "张伟明")
    Person.objects.filter(pk=found.pk).update(email="zhang@example.com", phone="13812340000", traits={"city": "沪"})
    Identifier.objects.create(workspace=workspace, person=found, kind="user", value="u-1001")
    found.refresh_from_db()
    return found


@pytest.fixture
def hidden(workspace, alice):
    fields = {"name": CLEAR, "email": CLEAR, "phone": CLEAR, "ids": CLEAR, "trait:city": CLEAR}
    masking.save_rules(workspace=workspace, roles=fields, by=alice)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (masking.mask_email("zhang@example.com"), "z***@example.com"),
        (masking.mask_email(""), ""),
        (masking.mask_phone("13812340000"), "138****0000"),
        (masking.mask_phone("12345"), "***45"),
        (masking.mask_name("张伟"), "张*"),
        (masking.mask_name("Daniel Moore"), "D*** M***"),
    ],
)
def test_what_a_masked_value_looks_like(shown, expected):
    assert shown == expected


def test_without_rules_everyone_sees_everything(workspace, person, carol):
    assert Mask(carol).shown(person).email == "zhang@example.com"


def test_the_head_of_a_mail_is_masked_too(workspace, person, hidden, alice, bob, carol, sign_in, warehouse_db):
    raw = letter(From="张伟明 <zhang@example.com>", To="rep@kite.example")
    assert receiving.take(raw=raw, member=bob, source=MailSource.COPY) == receiving.Outcome.FILED
    visit = Visit.objects.get()
    page = reverse("customers:visit", args=["acme", visit.account.number, visit.pk])
    clear, masked = (sign_in(each).get(page).content.decode() for each in (alice, carol))
    assert '<b>张伟明</b> <span class="text-2">→ rep@kite.example' in clear
    assert '<b>张**</b> <span class="text-2">→ r***@kite.example' in masked


@pytest.mark.parametrize("page", ["person", "people", "account_tab"])
def test_pages_show_it_masked_to_some_and_clear_to_others(
    workspace, person, hidden, page, alice, carol, sign_in, warehouse_db
):
    args = {
        "person": [person.number],
        "people": [],
        "account_tab": [person.affiliations.get().account.number, "people"],
    }
    url = reverse(f"customers:{page}", args=[workspace.slug, *args[page]])
    masked, clear = (sign_in(who).get(url).content.decode() for who in (carol, alice))
    assert "张伟明" not in masked
    assert "zhang@example.com" not in masked
    assert "z***@example.com" in masked
    assert "张伟明" in clear
    assert "zhang@example.com" in clear
    if page == "person":
        assert "u-1001" not in masked
        assert "13812340000" not in masked
        assert "沪<" not in masked


def test_files_and_the_api_mask_as_well(workspace, person, hidden, carol, sign_in):
    file = sign_in(carol).get(reverse("customers:people_export", args=[workspace.slug])).getvalue().decode()
    assert "138****0000" in file
    assert "zhang@" not in file
    client = caller(carol)
    told = client.get(f"/api/v1/people/{person.number}").json()
    assert (told["name"], told["email"], told["traits"]) == ("张**", "z***@example.com", {"city": "沪***"})
    assert client.get("/api/v1/people?email=zhang@example.com").json()["items"] == []


def test_nobody_is_found_by_what_is_hidden(workspace, person, hidden, carol, sign_in):
    url = reverse("customers:people", args=[workspace.slug]) + "?q=zhang"
    assert "Nobody matches" in sign_in(carol).get(url).content.decode()


def test_what_one_does_not_see_one_does_not_change(workspace, person, hidden, bob, sign_in):
    url = reverse("customers:person_edit", args=[workspace.slug, person.number])
    assert "zhang@example.com" not in sign_in(bob).get(url).content.decode()
    assert sign_in(bob).post(url, {"title": "CTO", "email": "x@y.example"}).status_code == 302
    person.refresh_from_db()
    assert (person.title, person.email, person.name) == ("CTO", "zhang@example.com", "张伟明")


def test_asking_to_see_needs_a_reason_is_kept_and_ends(workspace, person, hidden, bob, frozen, sign_in):
    with pytest.raises(ValidationError):
        masking.unmask(person=person, reason="  ", by=bob)
    url = reverse("customers:unmask", args=[workspace.slug, person.number])
    assert sign_in(bob).post(url, {"reason": "Calls back about the outage"}).status_code == 302
    entry = AuditEntry.objects.get(verb="person.unmasked")
    assert entry.data["reason"] == "Calls back about the outage"
    other = make_person(make_account(workspace), "李强")
    assert Mask(bob).value(person, "email") == "zhang@example.com"
    assert Mask(bob).value(other, "name") == "李*"
    with clock.frozen(frozen + timedelta(minutes=31)):
        assert Mask(bob).value(person, "email") == "z***@example.com"


def test_an_administrator_sets_the_rules_on_the_page(workspace, person, alice, bob, sign_in):
    url = reverse("customers:masking", args=[workspace.slug])
    every = ["owner", "admin", "manager", "operator", "viewer"]
    sent = {f"see:{field}": every for field in masking.fields_of(workspace)} | {"see:email": ["admin"]}
    assert sign_in(alice).post(url, sent).status_code == 302
    assert Mask(bob).hidden == {"email"}
    assert not Mask(alice).hidden


@pytest.mark.parametrize(
    ("page", "query"),
    [("merges", ""), ("conflicts", ""), ("merge_undo", ""), ("person_merge", ""), ("person_merge", "?with=%s")],
)
def test_pages_about_who_is_who_mask_both_people(
    workspace, person, hidden, page, query, alice, bob, sign_in, warehouse_db
):
    twin = make_person(make_account(workspace, 2), "张伟明二")
    Person.objects.filter(pk=twin.pk).update(email="zhang2@example.com", phone="13812340001", traits={"city": "杭州"})
    Identifier.objects.create(workspace=workspace, person=twin, kind="user", value="u-1002")
    IdentityConflict.objects.create(
        workspace=workspace, person=person, other=twin, kind="user", value="u-1002", why="claim", at=clock.now()
    )
    gone = make_person(make_account(workspace, 3), "张伟明三")
    Identifier.objects.create(workspace=workspace, person=gone, kind="user", value="u-1003")
    merge = merge_people(kept=person, merged=gone, reason="twins", by=alice)
    args = {"merge_undo": [merge.pk], "person_merge": [person.number]}.get(page, [])
    url = reverse(f"customers:{page}", args=["acme", *args]) + (query % twin.number if query else "")
    masked, clear = (sign_in(each).get(url).content.decode() for each in (bob, alice))
    assert "张伟明" in clear
    for secret in ("张伟明", "zhang", "1381234", "u-100", "杭州"):
        assert secret not in masked, secret
    assert "张**" in masked


def test_nobody_is_found_for_a_merge_by_what_is_hidden(workspace, person, hidden, bob, alice, sign_in):
    other = make_person(make_account(workspace, 2), "李强")
    page = reverse("customers:person_merge", args=["acme", other.number])
    for text in ("张伟明", "zhang@", "u-1001"):
        assert "Nobody matches" in sign_in(bob).get(page, {"q": text}).content.decode()
        assert "?with=" in sign_in(alice).get(page, {"q": text}).content.decode()


def test_the_api_of_merges_and_conflicts_masks_too(workspace, person, hidden, bob, warehouse_db):
    twin = make_person(make_account(workspace, 2), "李强")
    Identifier.objects.create(workspace=workspace, person=twin, kind="user", value="u-1002")
    IdentityConflict.objects.create(
        workspace=workspace, person=person, other=twin, kind="user", value="u-1002", why="claim", at=clock.now()
    )
    told = caller(bob).get(f"/api/v1/people/{person.number}/merges/{twin.number}").content.decode()
    told += caller(bob).get("/api/v1/identity-conflicts").content.decode()
    assert "u***" in told
    for secret in ("张伟明", "李强", "zhang", "1381234", "u-100"):
        assert secret not in told, secret


def test_stages_call_people_as_their_reader_may_see_them(person, hidden, alice, carol):
    assert [seen.name(person, Mask(each)) for each in (alice, carol)] == ["张伟明", "张**"]


def test_what_is_written_for_everybody_holds_what_everybody_may_see(workspace, person, hidden, alice):
    assert Mask(alice).called(person) == "张伟明"
    assert masking.Everybody(workspace).called(person) == "张**"


@pytest.mark.parametrize(
    ("page", "args", "query"),
    [
        ("segment_members", ["hosts"], {}),
        ("segment_export", ["hosts"], {}),
        ("segment_why", ["hosts"], {"q": "CTO"}),
        ("segment_why", ["hosts"], {"subject": "1"}),
        ("people_compare", [], {"a": "1", "q": "CTO"}),
    ],
)
def test_segments_and_comparisons_and_their_files_mask_too(
    workspace, person, hidden, page, args, query, alice, carol, sign_in, warehouse_db
):
    Person.objects.filter(pk=person.pk).update(title="CTO", is_anonymous=False)
    create_segment(workspace=workspace, name="Hosts", kind="person", numbers=[person.number], by=alice)
    url = reverse(f"customers:{page}", args=["acme", *args])
    answers = [sign_in(each).get(url, query) for each in (carol, alice)]
    masked, clear = ((each.getvalue() if each.streaming else each.content).decode() for each in answers)
    assert "张伟明" in clear
    for secret in ("张伟明", "zhang@", "13812340000"):
        assert secret not in masked, secret


def test_no_template_prints_a_person_past_the_mask():
    """A person, or their name, email or phone, is printed by ``{% personal %}`` and ``{% shown %}``."""
    printed = re.compile(r"{{ ?(?:[\w.]*\.)?person(?:\.(?:name|email|phone))?(?:\|(?!initials)[^}]*)? ?}}")
    found = {
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in ROOT.rglob("templates/**/*.html")
        for match in printed.finditer(path.read_text(encoding="utf-8"))
        if "with person=called" not in path.read_text(encoding="utf-8")
    }
    assert found == set()
