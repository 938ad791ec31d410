"""Every page of the table, in both languages: nothing inline, one heading."""

import re

import pytest
from django.urls import reverse

from evergrow.tests.conftest import Cast
from evergrow.tests.test_gates import GATED

pytestmark = pytest.mark.once
PAGES = sorted(name for name, (_, method, _) in GATED.items() if method == "GET")
INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "style element": re.compile(r"<style\b"),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']"),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)"),
    "script address": re.compile(r"(?:href|action)\s*=\s*[\"']javascript:"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_nothing_inline(name: str, cast: Cast) -> None:
    workspace, arguments = cast.workspace, GATED[name][2]
    kwargs = arguments(workspace) if callable(arguments) else arguments
    client = cast.browser("alice")
    for language in ("en", "zh-hans"):
        client.cookies["evergrow_language"] = language
        answer = client.get(reverse(name, kwargs={"workspace": workspace.slug, **kwargs}))
        if not answer.get("Content-Type", "").startswith("text/html"):
            return
        html = answer.content.decode()
        found = {fault: match.group() for fault, pattern in INLINE.items() if (match := pattern.search(html))}
        assert not found
        if "<html" in html:
            assert len(re.findall(r"<h1\b", html)) == 1, "one heading says where one is"
