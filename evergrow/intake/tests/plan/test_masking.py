"""Nothing that looks like the address of a person survives masking, whatever text it stands in."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evergrow.intake.plan.masking import Masker, covered
from evergrow.intake.plan.screen import Screen

KEY = b"k" * 32
MASK = Masker("truncate", "mask", "mask", KEY)
HASH = Masker("drop", "hash", "hash", KEY)
# Written anew, not taken from the code: what any reader would call an email.
EMAIL = re.compile(r"[^\s@]+@[\w-]+(\.[\w-]+)+")
names = st.from_regex(r"[A-Za-z0-9._+'~*!-]{1,30}", fullmatch=True)
domains = st.from_regex(r"[a-z0-9-]{1,20}(\.[a-z]{2,6}){1,2}", fullmatch=True)
around = st.text(alphabet=st.characters(blacklist_characters="@%", blacklist_categories=("Cs",)), max_size=40)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mei@example.com", "m***@example.com"),
        ("write to <mei.li+shop@mail.example.co.uk>, please", "write to <m***@mail.example.co.uk>, please"),
        ("https://x.io/?email=mei%40example.com&x=1", "https://x.io/?email=m***%40example.com&x=1"),
        ('{"mail":"王五@公司.中国"}', '{"mail":"王***@公司.中国"}'),
        ("203.0.113.77", "203.0.113.0"),
        ("203.0.113.77, 10.1.2.3", "203.0.113.0, 10.1.2.0"),
        ('["203.0.113.77"]', '["203.0.113.0"]'),
        ("http://203.0.113.77:80/x", "http://203.0.113.0:80/x"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("::ffff:203.0.113.77", "203.0.113.0"),
        ("call 13812345678", "call 138****78"),
        ("+86 138 1234 5678", "861****78"),
        ("+1 (415) 555-2671", "141****71"),
    ],
)
def test_addresses_are_masked_where_they_stand(text: str, shown: str) -> None:
    assert MASK.text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "10:20:30",
        "2026-03-25T12:00:00Z",
        "Chrome/120.0.0.0",
        "1774411200000",
        "order 202613812345678",
        "a@b",
        "@handle",
    ],
)
def test_what_is_no_address_stays(text: str) -> None:
    assert MASK.text(text) == text


@given(around, names, domains, around)
def test_no_email_survives_masking(before: str, name: str, domain: str, after: str) -> None:
    text = f"{before} {name}@{domain} {after}"
    shown = MASK.text(text)
    assert all("***@" in found.group() for found in EMAIL.finditer(shown))
    assert MASK.text(shown) == shown
    assert not EMAIL.search(HASH.text(text))


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.text(max_size=10), st.emails() | st.lists(st.emails(), max_size=2), max_size=3))
def test_no_email_survives_in_a_message_that_is_kept(properties: dict[str, object]) -> None:
    import orjson

    body = orjson.dumps({"type": "track", "event": "x", "properties": properties})
    shown = Screen(HASH).raw(body).decode()
    assert not EMAIL.search(shown)


@given(st.ip_addresses())
def test_no_whole_ip_address_survives(address: object) -> None:
    assert Masker("drop").text(str(address)) == ""
    short = Masker("truncate").text(f"from {address}")
    assert Masker("truncate").text(short) == short


def test_a_hash_is_the_same_for_the_same_address_and_another_in_another_workspace() -> None:
    assert HASH.text("Mei@Example.com") == HASH.text("mei@example.com")
    assert HASH.text("mei@example.com") != Masker(email="hash", key=b"o" * 32).text("mei@example.com")
    assert HASH.hashed("value", HASH.hashed("value", "6222")) == HASH.hashed("value", "6222")


def test_a_listed_value_keeps_its_first_character_or_its_domain() -> None:
    assert [covered(text) for text in ("Wang", "mei@example.com", "", "a")] == ["W***", "m***@example.com", "", "a***"]
    assert covered(covered("mei@example.com")) == "m***@example.com"


def test_a_version_is_no_address() -> None:
    screen = Screen(Masker("drop"))
    assert screen.properties({"app.version": "1.2.3.4", "seen": "1.2.3.4"}) == {"app.version": "1.2.3.4"}


def test_names_of_properties_are_masked_too() -> None:
    assert set(Screen(MASK).properties({"mei@example.com": "1"})) == {"m***@example.com"}


def test_a_message_packed_in_base64_is_looked_through() -> None:
    import base64

    import orjson

    packed = base64.urlsafe_b64encode(b'{"properties":{"mail":"mei@example.com","secret":"x"}}').decode()
    shown = Screen(MASK, deny=frozenset({"secret"})).raw(orjson.dumps({"ue_px": packed}))
    inner = orjson.loads(base64.urlsafe_b64decode(orjson.loads(shown)["ue_px"]))
    assert inner == {"properties": {"mail": "m***@example.com"}}


def test_a_refused_message_keeps_who_it_was_so_that_it_can_be_sent_again() -> None:
    import orjson

    message = {
        "type": "identify",
        "userId": "mei@example.com",
        "traits": {"email": "mei@example.com", "card": "6222"},
        "properties": {"note": "mei@example.com"},
    }
    shown = orjson.loads(Screen(MASK, deny=frozenset({"card"})).raw(orjson.dumps(message)))
    assert shown["userId"] == "mei@example.com"
    assert shown["traits"] == {"email": "mei@example.com"}
    assert shown["properties"] == {"note": "m***@example.com"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"secret": "s3cr3t", "broken',
        b'{"a": {"secret" : 12345, "b": 1',
        b"event=x&secret=s3cr3t&more=1",
        b'{"a": "' + b"x" * 70_000 + b'", "secret": "s3cr3t',
    ],
)
def test_a_body_that_cannot_be_read_keeps_no_value_of_a_listed_name(body: bytes) -> None:
    shown = Screen(Masker(), deny=frozenset({"secret"})).raw(body)
    assert b"s3cr3t" not in shown
    assert b"12345" not in shown


def test_values_nested_without_end_are_no_trouble() -> None:
    deep = "[" * 1000 + "]" * 1000
    screen = Screen(MASK, deny=frozenset({"secret"}), mask=frozenset({"name"}))
    assert screen.properties({"x": deep}) == {"x": deep}
    value: object = 1
    for _ in range(600):
        value = [value]
    assert screen.traits({"name": value}) == {"name": "[removed]"}
    assert screen.message({"properties": {"x": value}})
