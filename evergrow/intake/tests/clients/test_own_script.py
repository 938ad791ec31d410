"""Our own script in Chromium on a customer's page: visits arrive once, as the right person, or not at all."""

import json
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from evergrow.intake.tests.clients.site import Site, opened, until
from evergrow.intake.tests.clients.source import Source

pytestmark = [pytest.mark.client, pytest.mark.browser]
GAP = 30 * 60 * 1000
SOON = 500  # milliseconds after which what is to be sent was sent
STORED = "Object.keys(localStorage).filter((name) => name.startsWith('evergrow:'))"


@pytest.fixture
def site(source: Source, browser: Browser) -> Iterator[Site]:
    with opened(source, browser) as site:
        yield site
        assert site.complaints == []


def names(found: list[dict]) -> list[str]:
    return [each["event"] for each in found]


def queue(page: Page) -> list[dict]:
    """What waits in the browser, oldest first."""
    texts = f"{STORED}.filter((name) => name.startsWith('evergrow:queue:')).sort().map((name) => localStorage[name])"
    return [json.loads(text) for text in page.evaluate(texts)]


def test_every_call_arrives_as_the_same_person_in_the_same_session(site: Site) -> None:
    page = site.open(
        "/pricing?utm_source=wechat&utm_medium=social&utm_campaign=spring&gclid=g-1", referer="https://news.example/"
    )
    page.evaluate(
        """() => {
          evergrow.track("saw prices", { plan: "pro", seats: 3 });
          evergrow.identify("u1", { name: "韩梅梅", email: "mei@example.com" });
          evergrow.group("c-1", { name: "Yunke" });
          evergrow.page("Docs", { chapter: 2 });
          evergrow.track("login");
        }"""
    )
    found = site.source.events(6)
    assert names(found) == ["$page", "saw prices", "$identify", "$group", "$page", "login"]
    assert len({each["person"] for each in found}) == 1
    assert len({each["properties"]["session_id"] for each in found}) == 1
    mei = site.source.people()["u1"]
    assert (mei["name"], mei["email"], mei["is_anonymous"]) == ("韩梅梅", "mei@example.com", False)
    account = site.source.accounts()[0]
    assert account["name"] == "Yunke"
    assert [each["account"] for each in found][-3:] == [account["number"]] * 3
    first, prices = found[0]["properties"], found[1]["properties"]
    landing = f"{site.origin}/pricing?utm_source=wechat&utm_medium=social&utm_campaign=spring&gclid=g-1"
    expected = {
        "page.url": landing,
        "page.path": "/pricing",
        "page.title": "A customer's page",
        "page.referrer": "https://news.example/",
        "campaign.source": "wechat",
        "campaign.medium": "social",
        "campaign.name": "spring",
        "gclid": "g-1",
        "session_landing": landing,
        "session_referrer": "https://news.example/",
        "session_source": "wechat",
        "session_campaign": "spring",
        "session_gclid": "g-1",
        "library.name": "evergrow.js",
        "locale": "en-US",
        "timezone": "Asia/Shanghai",
    }
    assert {name: first.get(name) for name in expected} == expected
    assert (prices["plan"], prices["seats"]) == ("pro", "3")
    assert (found[4]["properties"]["name"], found[4]["properties"]["chapter"]) == ("Docs", "2")
    until(page, lambda: queue(page) == [])


def test_calls_before_the_script_is_there_are_not_lost(site: Site) -> None:
    site.early += 'evergrow.push(["identify", "u1"]); evergrow.push(["track", "early", { n: 1 }]);'
    page = site.open()
    page.evaluate("evergrow.push(['track', 'late'])")
    found = site.source.events(4)
    assert names(found) == ["$identify", "early", "$page", "late"]


def test_a_later_campaign_of_a_session_stands_beside_its_first(site: Site) -> None:
    page = site.open("/?utm_source=first&fbclid=f-1")
    site.open("/two", page)
    site.open("/three?utm_source=second", page)
    found = [each["properties"] for each in site.source.events(3)]
    assert [each["campaign.source"] for each in found] == ["first", "first", "second"]
    assert [each["session_source"] for each in found] == ["first"] * 3
    assert [each.get("fbclid") for each in found] == ["f-1", "f-1", None]
    assert {each["session_landing"] for each in found} == {f"{site.origin}/?utm_source=first&fbclid=f-1"}
    assert "session_referrer" not in found[0]


def test_a_page_change_without_a_load_counts_where_it_is_asked_for(site: Site) -> None:
    page = site.open("/a", spa="", auto_page="off")
    page.evaluate("history.pushState({}, '', '/b?utm_source=inner')")
    page.wait_for_timeout(20)
    page.evaluate("history.replaceState({}, '', '/b?filter=1')")
    page.wait_for_timeout(20)
    page.go_back()
    found = [each["properties"] for each in site.source.events(2)]
    assert [each["page.path"] for each in found] == ["/b", "/a"]
    assert found[0]["page.referrer"] == f"{site.origin}/a"
    assert found[1]["page.referrer"] == f"{site.origin}/b?filter=1"
    assert found[1]["campaign.source"] == "inner"
    site.open("/c#/x", page, spa="hash")
    page.evaluate("location.hash = '/y'")
    found = site.source.events(4)
    assert found[3]["properties"]["page.url"] == f"{site.origin}/c#/y"


def test_a_page_counts_when_it_is_seen(site: Site) -> None:
    site.visitor.add_init_script("Object.defineProperty(document, 'prerendering', { value: true, configurable: true })")
    page = site.open("/seen", host=f"{site.source.url}/")
    page.wait_for_timeout(SOON)
    assert site.bodies == []
    page.evaluate("document.dispatchEvent(new Event('prerenderingchange'))")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")  # back from memory
    assert [each["properties"]["page.path"] for each in site.source.events(2)] == ["/seen", "/seen"]


def test_reset_makes_a_new_person_and_so_does_another_sign_in(site: Site) -> None:
    page = site.open(auto_page="off")
    page.evaluate(
        """() => {
          evergrow.identify("u1"); evergrow.group("c-1"); evergrow.track("of u1");
          evergrow.reset(); evergrow.track("of nobody");
          evergrow.identify("u2"); evergrow.track("of u2");
          evergrow.identify("u3"); evergrow.track("of u3");
        }"""
    )
    found = {each["event"]: each for each in site.source.events(8)}
    people = site.source.people()
    of = {who: found[f"of {who}"] for who in ("u1", "nobody", "u2", "u3")}
    assert of["u1"]["account"] > 0
    assert [of[who]["account"] for who in ("nobody", "u2", "u3")] == [0, 0, 0]
    assert of["nobody"]["distinct_id"] in people
    assert people[of["nobody"]["distinct_id"]]["person"] == people["u2"]["person"]
    assert len({people[who]["person"] for who in ("u1", "u2", "u3")}) == 3
    assert len({each["properties"]["session_id"] for each in of.values()}) == 3


def test_thirty_quiet_minutes_end_a_session(site: Site) -> None:
    page = site.tab()
    page.clock.install(time="2026-03-01T08:00:00Z")
    site.open("/?utm_source=ad", page, auto_page="off", referer="https://news.example/")
    page.clock.pause_at("2026-03-01T09:00:00Z")
    page.evaluate("evergrow.track('begin')")
    page.clock.fast_forward(GAP - 1)
    page.evaluate("evergrow.track('just in time')")
    page.clock.fast_forward(GAP)
    page.evaluate("evergrow.track('too late')")
    until(page, lambda: page.clock.run_for(400) or queue(page) == [])
    begin, in_time, late = site.source.events(3)
    sessions = [each["properties"]["session_id"] for each in (begin, in_time, late)]
    assert sessions[0] == sessions[1] != sessions[2]
    assert begin["properties"]["session_referrer"] == "https://news.example/"
    assert "session_referrer" not in late["properties"]
    assert "campaign.source" not in late["properties"]
    assert in_time["original_at"] - begin["original_at"] == GAP - 1
    assert abs(late["at"] - late["received_at"]) < 10_000  # a clock that is wrong by months is corrected


def test_what_happened_offline_is_sent_once_online(site: Site) -> None:
    page = site.open()
    site.source.events(1)
    site.visitor.set_offline(True)
    page.evaluate("() => { for (let n = 0; n < 150; n++) evergrow.track('offline', { n }) }")
    until(page, lambda: len(site.bodies) > 1)
    assert len(queue(page)) == 150
    site.visitor.set_offline(False)
    found = site.source.events(151)
    assert [each["properties"]["n"] for each in found[1:]] == [str(n) for n in range(150)]
    until(page, lambda: queue(page) == [])
    assert all(len(body.encode()) < 32_000 for body in site.bodies)


def test_a_server_that_asks_to_wait_is_not_asked_again_before(site: Site) -> None:
    page = site.open(auto_page="off")
    asked: list[float] = []
    cors = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}

    def busy(route) -> None:
        asked.append(time.monotonic())
        if len(asked) == 1:
            route.fulfill(status=503, headers={"Retry-After": "2", **cors})
        else:
            route.continue_()

    site.answer_instead(site.visitor, busy)
    page.evaluate("evergrow.track('patient')")
    until(page, lambda: asked)
    page.evaluate("evergrow.track('also patient')")
    site.open("/again", page, auto_page="off")
    page.evaluate("evergrow.track('on the next page')")
    until(page, lambda: len(asked) == 2)
    found = site.source.events(3)
    assert names(found) == ["patient", "also patient", "on the next page"]
    assert len(asked) == 2
    assert asked[1] - asked[0] >= 1.9


def test_what_is_refused_for_good_is_dropped_and_counted(site: Site) -> None:
    page = site.open(auto_page="off")
    site.answer_instead(
        site.visitor, lambda route: route.fulfill(status=400, headers={"Access-Control-Allow-Origin": "*"})
    )
    page.evaluate("() => { evergrow.track('bad'); evergrow.track('bad') }")
    until(page, lambda: site.bodies and queue(page) == [])
    site.visitor.unroute_all()
    page.evaluate("evergrow.track('good')")
    assert site.source.events(1)[0]["properties"]["queue_dropped"] == "2"


def test_a_killed_server_loses_nothing(site: Site) -> None:
    page = site.open()
    site.source.events(1)
    server = site.source.served
    server.kill()
    page.evaluate("evergrow.track('while it was down')")
    until(page, lambda: len(site.bodies) > 1)
    assert names_waiting(page) == ["while it was down"]
    page.close()
    server.start()
    other = site.open("/next-visit", auto_page="off")
    assert names(site.source.events(2)) == ["$page", "while it was down"]
    until(other, lambda: queue(other) == [])


def names_waiting(page: Page) -> list[str]:
    return [each.get("event", each["type"]) for each in queue(page)]


def test_a_page_closed_right_after_a_call_has_sent_it(site: Site) -> None:
    page = site.open(auto_page="off")
    page.evaluate("() => { evergrow.track('last words'); }")
    page.close()
    page = site.open(page=site.tab(site.somebody()), auto_page="off")
    page.evaluate("() => { evergrow.track('leaving'); location.href = 'about:blank'; }")
    assert sorted(names(site.source.events(2))) == ["last words", "leaving"]


def test_without_keepalive_a_beacon_carries_the_last_words(site: Site) -> None:
    site.visitor.add_init_script("delete Request.prototype.keepalive")
    page = site.open(auto_page="off")
    page.evaluate("() => { evergrow.track('last words'); location.href = 'about:blank'; }")
    site.source.events(1)
    page = site.open("/back", page, auto_page="off")
    until(page, lambda: queue(page) == [])
    site.source.events(1)  # sent again, because nobody heard an answer; counted once


def test_who_does_not_want_to_be_tracked_is_not(site: Site) -> None:
    for signal in ("doNotTrack: { get: () => '1' }", "globalPrivacyControl: { get: () => true }"):
        visitor = site.somebody()
        page = site.open("/before", site.tab(visitor))
        assert "evergrow:who" in page.evaluate(STORED)
        visitor.add_init_script(f"Object.defineProperties(Navigator.prototype, {{ {signal} }})")
        site.open("/not-me", page)
        page.evaluate("() => { evergrow.identify('u1'); evergrow.track('hidden'); evergrow.consent(true) }")
        page.wait_for_timeout(SOON)
        assert not [body for body in site.bodies if "/not-me" in body]
        assert page.evaluate(STORED) == ["evergrow:consent"]
    site.open("/all-the-same", page, respect_dnt="off")
    until(page, lambda: [body for body in site.bodies if "/all-the-same" in body])


def test_nothing_is_stored_or_sent_before_consent(site: Site) -> None:
    page = site.open("/?utm_source=ad", consent="required", spa="")
    page.evaluate("history.pushState({}, '', '/inside')")
    page.wait_for_timeout(20)
    page.evaluate("const self = {}; self.self = self; evergrow.track('cannot be written', self)")
    page.evaluate("() => { evergrow.identify('u1'); evergrow.track('before') }")
    page.wait_for_timeout(SOON)
    assert page.evaluate(STORED) == []
    assert site.bodies == []
    page.evaluate("evergrow.consent(true)")
    found = site.source.events(4)
    assert names(found) == ["$page", "$page", "$identify", "before"]
    assert {each["properties"]["session_source"] for each in found} == {"ad"}
    assert {each["properties"]["session_landing"] for each in found} == {f"{site.origin}/?utm_source=ad"}
    assert len({each["person"] for each in found}) == 1
    site.open("/next", page, consent="required")
    assert site.source.events(5)[4]["person"] == found[0]["person"]


def test_withdrawn_consent_erases_all_but_the_refusal(site: Site) -> None:
    page = site.open(auto_page="off")
    page.evaluate("() => { evergrow.track('secret'); evergrow.consent(false); evergrow.track('after') }")
    page.wait_for_timeout(SOON)
    site.open("/next", page)
    page.wait_for_timeout(SOON)
    assert page.evaluate("Object.entries(localStorage)") == [["evergrow:consent", "no"]]
    assert site.bodies == []
    page.evaluate("() => { evergrow.consent(true); evergrow.track('welcome back') }")
    assert names(site.source.events(1)) == ["welcome back"]


def test_two_tabs_are_one_visitor_and_send_every_message_once(site: Site) -> None:
    site.answer_instead(site.visitor, lambda route: route.abort())
    first, second = site.open("/one"), site.open("/two")
    for _ in range(5):
        first.evaluate("evergrow.track('first')")
        second.evaluate("evergrow.track('second')")
    for page in (first, second):  # each hears of the other's messages a little later
        until(page, lambda page=page: len(queue(page)) == 12)
    ids = {each["messageId"] for each in queue(second)}
    site.visitor.unroute_all()
    for page in (first, second):
        page.evaluate("dispatchEvent(new Event('online'))")
    found = site.source.events(12)
    assert {each["message_id"] for each in found} == ids
    assert len({each["person"] for each in found}) == 1
    assert len({each["properties"]["session_id"] for each in found}) == 1


def test_the_same_message_sent_by_two_tabs_counts_once(site: Site) -> None:
    site.visitor.add_init_script(
        """Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined });
        const send = fetch;
        window.fetch = (...given) => new Promise((go) => (window.go = go)).then(() => send(...given));"""
    )
    first, second = site.open("/one", auto_page="off"), site.open("/two", auto_page="off")
    first.evaluate("evergrow.track('once')")
    until(second, lambda: len(queue(second)) == 1)
    second.evaluate("dispatchEvent(new Event('online'))")
    until(first, lambda: all(page.evaluate("!!window.go") for page in (first, second)))
    first.evaluate("go()")
    second.evaluate("go()")
    until(first, lambda: len(site.bodies) == 2)
    assert names(site.source.events(1)) == ["once"]


def test_a_full_storage_does_not_stop_it(site: Site) -> None:
    page = site.open("/", auto_page="off")
    page.evaluate(
        """() => {
          let text = "x".repeat(1 << 20), n = 0;
          while (text.length) try { localStorage["host" + n++] = text } catch { text = text.slice(text.length / 2 + 1) }
        }"""
    )
    page.evaluate("() => { evergrow.identify('u1'); evergrow.track('in memory') }")
    found = site.source.events(2)
    assert len({each["person"] for each in found}) == 1
    assert len({each["properties"]["session_id"] for each in found}) == 1


def test_a_refused_storage_does_not_stop_it(site: Site) -> None:
    for how in ("throw new DOMException('denied', 'SecurityError')", "return null"):
        visitor = site.somebody()
        visitor.add_init_script(f"Object.defineProperty(window, 'localStorage', {{ get() {{ {how} }} }})")
        page = site.open(page=site.tab(visitor))
        page.evaluate("() => { evergrow.identify('u1'); evergrow.track('in memory'); evergrow.reset() }")
        page.close()
    found = site.source.events(6)
    assert names(found) == ["$page", "$identify", "in memory"] * 2
    assert len({each["person"] for each in found}) == 1
    assert len({each["properties"]["session_id"] for each in found}) == 2


def test_a_queue_that_is_too_long_loses_its_oldest_and_says_so(site: Site) -> None:
    page = site.open(auto_page="off")
    site.answer_instead(site.visitor, lambda route: route.abort())
    page.evaluate("""() => { for (let n = 0; n < 1010; n++) evergrow.track("many", { n }) }""")
    waiting = queue(page)
    assert [waiting[0]["properties"]["n"], waiting[-1]["properties"]["n"], len(waiting)] == [10, 1009, 1000]
    page.evaluate("() => { for (let n = 0; n < 60; n++) evergrow.track('large', { text: 'x'.repeat(25000) }) }")
    sizes = page.evaluate(f"{STORED}.map((name) => localStorage[name].length)")
    assert sum(sizes) <= 1.1 * 2**20
    page.evaluate("evergrow.track('too large', { text: 'x'.repeat(40000) })")
    page.evaluate("evergrow.track('the last')")
    assert "too large" not in names_waiting(page)
    dropped = sum(each["properties"].get("queue_dropped", 0) for each in queue(page))
    assert dropped + len(queue(page)) + page.evaluate("+localStorage['evergrow:lost'] || 0") == 1010 + 60 + 2


def test_it_never_throws_into_the_page(site: Site) -> None:
    page = site.open(auto_page="off")
    page.evaluate(
        """() => {
          const circle = {}; circle.circle = circle;
          evergrow.track("circle", circle); evergrow.track(); evergrow.track(null, 7); evergrow.identify({});
          evergrow.group(); evergrow.page(undefined, null); evergrow.push("nonsense"); evergrow.push();
          evergrow.track("big", { n: 10n });
          evergrow.track("still there");
        }"""
    )
    found = site.source.events(3)
    assert names(found) == ["$identify", "$page", "still there"]
    assert {each["code"] for each in site.source.rejects()} == {"no_event", "no_group"}


def test_a_script_without_a_key_leaves_the_page_alone(site: Site) -> None:
    site.options = {"key": ""}
    page = site.tab()
    page.goto(site.origin)
    until(page, lambda: site.complaints)
    assert "data-key is missing" in site.complaints.pop()
    assert page.evaluate("Array.isArray(evergrow)")
