"""Our own script for browsers, as it is served and as it is documented. (What it does: ``tests/clients``.)"""

import gzip
import re
from pathlib import Path

import pytest

from evergrow.intake.capture.formats.browser import SOURCE, script
from evergrow.intake.tests.capture.stage import Door

DOCUMENT = (Path(__file__).parents[4] / "docs" / "browser.md").read_text()


def test_it_is_small() -> None:
    assert len(script().packed) <= 5_000


def test_it_can_run_under_a_strict_policy() -> None:
    text = SOURCE.read_text()
    for forbidden in (
        "eval(",
        "new Function",
        "document.write",
        "innerHTML",
        ".style",
        "createElement",
        "import(",
        "cookie =",
    ):
        assert forbidden not in text


@pytest.mark.django_db
def test_it_is_served_to_every_site(door: Door) -> None:
    reply = door.ask("GET", "/evergrow.js", headers={"Origin": "https://shop.example"}, key="")
    assert reply.status == 200
    assert reply.body == SOURCE.read_bytes()
    assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
    assert reply.headers["cache-control"] == "public, max-age=3600"
    assert reply.headers["access-control-allow-origin"] == "https://shop.example"
    assert reply.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.django_db
def test_it_comes_packed_to_those_who_can_unpack_it(door: Door) -> None:
    reply = door.ask("GET", "/evergrow.js", headers={"Accept-Encoding": "gzip, deflate, br"}, key="")
    assert reply.headers["content-encoding"] == "gzip"
    assert gzip.decompress(reply.body) == SOURCE.read_bytes()
    assert reply.headers["vary"] == "Accept-Encoding"


@pytest.mark.django_db
def test_who_has_it_is_told_so(door: Door) -> None:
    tag = door.ask("GET", "/evergrow.js", key="").headers["etag"]
    again = door.ask("GET", "/evergrow.js", headers={"If-None-Match": tag}, key="")
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert door.ask("GET", "/evergrow.js", headers={"If-None-Match": 'W/"older"'}, key="").status == 200
    assert door.ask("POST", "/evergrow.js", key="").status == 405


def test_every_option_and_call_is_documented() -> None:
    text = SOURCE.read_text()
    options = {re.sub(r"[A-Z]", lambda m: f"-{m[0].lower()}", name) for name in re.findall(r"\boptions\.(\w+)", text)}
    options |= set(re.findall(r'"(\w+)" in options', text))
    assert options == {"key", "host", "auto-page", "consent", "respect-dnt", "spa"}
    assert [name for name in options if f"`data-{name}`" not in DOCUMENT] == []
    calls = re.findall(
        r"^    (\w+)\(.*\) \{$", text[text.index("const api = {") : text.index("const safely")], re.MULTILINE
    )
    assert calls == ["page", "track", "identify", "group", "reset", "consent", "ready", "push"]
    assert [name for name in calls if f"`{name}(" not in DOCUMENT] == []
    assert "`version`" in DOCUMENT


def test_what_the_document_says_of_limits_and_names_is_so() -> None:
    text = SOURCE.read_text()
    stored = set(re.findall(r'(?<!\.)\b(?:get|set|read|write)\("(\w+)"', text)) | {"queue"}
    assert [name for name in stored if f"`evergrow:{name}" not in DOCUMENT] == []
    added = set(re.findall(r"properties\.(\w+) =", text))
    clicks = re.search(r"CLICKS = \[(.*)\]", text)
    added |= set(re.findall(r'"(\w+)"', clicks[1]))
    assert added == {"session_id", "queue_dropped", "gclid", "fbclid", "msclkid", "bd_vid", "clickid"}
    assert [name for name in added if f"`{name}`" not in DOCUMENT] == []
