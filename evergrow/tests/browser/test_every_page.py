"""Every page that links lead to, wide and narrow, light and dark, in both languages."""

from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

import pytest
from django.urls import Resolver404, resolve

from evergrow.tests.test_gates import GATED

pytestmark = pytest.mark.browser
LOOKS = [("light", "en", 1440, 390), ("dark", "zh-hans", 390)]
LANGUAGES = {"en": "en", "zh-hans": "zh-Hans"}
# Two frames later everything that follows the width of the window has done so.
OVERFLOW = """() => new Promise(tell => requestAnimationFrame(() => requestAnimationFrame(
    () => tell(document.documentElement.scrollWidth - window.innerWidth))))"""
FILES = ("export", ".csv", ".xlsx", "download", "rejected", "example", "format=", "/work/file/")
START = "/w/sample/"


def page_name(path: str) -> str | None:
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None


def linked_pages(page) -> Iterator[tuple[str, str]]:
    """Each kind of page once, by following the links of those already seen; its name and its address."""
    seen, waiting = {}, [START]
    while waiting:
        path = waiting.pop(0)
        name = page_name(path)
        if name is None or name in seen or any(word in path for word in FILES):
            continue
        seen[name] = path
        yield name, path
        links = page.eval_on_selector_all("a[href]", "found => found.map(a => a.href)")
        here = f"{urlsplit(page.url).scheme}://{urlsplit(page.url).netloc}"
        waiting += [urldefrag(link)[0].removeprefix(here) for link in links if link.startswith(f"{here}/w/")]


def faults_of(watched, answer, language: str, widths: tuple[int, ...]) -> Iterator[str]:
    """What is wrong with the page that is open, drawn as wide as the first width, then made as narrow as the next."""
    if not answer or answer.status != 200:
        yield f"status {answer and answer.status}"
        return
    for width in widths:
        resize(watched.page, width)
        overflow = watched.page.evaluate(OVERFLOW)
        if overflow > 0:
            yield f"{overflow} px wider than a screen of {width}"
    resize(watched.page, widths[0])
    if watched.page.evaluate("document.documentElement.lang") != LANGUAGES[language]:
        yield "wrong lang attribute"
    yield from watched.complaints
    watched.complaints.clear()


def resize(page, width: int) -> None:
    if page.viewport_size["width"] != width:
        page.set_viewport_size({"width": width, "height": page.viewport_size["height"]})


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("scheme", "language", "widths"), [(look[0], look[1], look[2:]) for look in LOOKS])
def test_every_linked_page_is_whole_and_links_lead_to_every_room(visit, scheme, language, widths):
    watched, faults, reached = visit(widths[0], scheme, language), [], set()
    for name, path in linked_pages(watched.page):
        answer = watched.page.goto(path, wait_until="load")
        reached.add(name)
        faults += [f"{name} {path}: {fault}" for fault in faults_of(watched, answer, language, widths)]
    assert not faults, "\n".join(faults)
    assert len(reached) > 15
    assert {name.split(":")[0] for name in GATED} <= {name.split(":")[0] for name in reached}
