"""Every page that links lead to, wide and narrow, light and dark, in both languages."""

from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

import pytest
from django.urls import Resolver404, resolve

from evergrow.tests.test_gates import GATED

pytestmark = pytest.mark.browser
LOOKS = [(1440, "light", "en"), (390, "dark", "zh-hans"), (390, "light", "en")]
FILES = ("export", ".csv", ".xlsx", "download", "rejected", "example", "format=")
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


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_every_linked_page_is_whole(visit, width, scheme, language):
    watched = visit(width, scheme, language)
    page, faults, count = watched.page, [], 0
    for name, path in linked_pages(page):
        answer = page.goto(path, wait_until="load")
        count += 1
        if not answer or answer.status != 200:
            faults.append(f"{name} {path}: status {answer and answer.status}")
            continue
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if overflow > 0:
            faults.append(f"{name} {path}: {overflow} px wider than the screen")
        if page.evaluate("document.documentElement.lang") != {"en": "en", "zh-hans": "zh-Hans"}[language]:
            faults.append(f"{name} {path}: wrong lang attribute")
        faults += [f"{name} {path}: {complaint}" for complaint in watched.complaints]
        watched.complaints.clear()
    assert not faults, "\n".join(faults)
    assert count > 15


def test_the_pages_of_the_table_can_be_reached_by_links(visit):
    page = visit().page
    reached = set()
    for name, path in linked_pages(page):
        page.goto(path, wait_until="domcontentloaded")
        reached.add(name)
    rooms = {name.split(":")[0] for name in GATED}
    assert rooms <= {name.split(":")[0] for name in reached}
