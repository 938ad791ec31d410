"""Plausible."""

from evergrow.intake.tests.capture.cases import Case

PATH = "/api/event"
PAGE = {"domain": "egw_wrong", "url": "https://a.example/x?utm_source=mail", "referrer": "https://b.example/"}
WORDS = {"domain": "egw_wrong", "page.url": PAGE["url"], "page.path": "/x", "page.search": "?utm_source=mail",
         "page.referrer": "https://b.example/", "campaign.source": "mail"}  # fmt: skip

CASES = [
    Case(
        "a page view",
        PATH,
        PAGE | {"name": "pageview"},
        [{"type": "page", "event": "$page", "anonymous": "visitor", "properties": WORDS}],
        headers={"Content-Type": "text/plain"},
        status=202,
        answer=b"ok",
    ),
    Case(
        "an event that earned money",
        PATH,
        PAGE | {"name": "Purchase", "props": {"plan": "pro"}, "revenue": {"currency": "EUR", "amount": "30.5"}},
        [{"type": "track", "event": "Purchase", "properties": WORDS | {
            "plan": "pro", "revenue": "30.5", "currency": "EUR"}}],
        status=202,
    ),
    Case(
        "the short names of its script",
        PATH,
        {"n": "engagement", "d": "egw_wrong", "u": "https://a.example/x", "r": None, "sd": 80, "e": 3000,
         "p": '{"a":"b"}'},
        [{"event": "engagement", "properties": {
            "a": "b", "domain": "egw_wrong", "scroll_depth": "80", "engagement_time": "3000",
            "page.url": "https://a.example/x", "page.path": "/x"}}],
        status=202,
    ),
    Case("without a name", PATH, PAGE, [{"code": "missing_field"}], status=202),
    Case("without an address", PATH, {"name": "pageview"}, [{"code": "missing_field"}], status=202),
]  # fmt: skip
