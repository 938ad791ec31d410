"""Google Analytics 4, Measurement Protocol."""

from evergrow.intake.tests.capture.cases import RECEIVED, Case

PATH = "/mp/collect?measurement_id=G-1&api_secret=egw_wrong"
CLIENT = {"client_id": "ga-1.2"}
MICROS = (RECEIVED - 60_000) * 1_000

CASES = [
    Case(
        "events of a web site",
        PATH,
        CLIENT | {
            "user_id": "ga-u1", "timestamp_micros": str(MICROS), "consent": {"ad_user_data": "DENIED"},
            "user_properties": {"plan": {"value": "pro"}, "a_name_that_is_longer_than_24": {"value": "x"}},
            "events": [
                {"name": "login", "params": {"session_id": "123", "engagement_time_msec": 100, "method": "mail",
                                             "group_id": "ga-c1"}},
                {"name": "page_view", "timestamp_micros": MICROS + 1_000_000, "params": {
                    "page_location": "https://a.example/x?utm_source=mail", "page_title": "X"}},
            ]},
        [
            {"type": "track", "event": "login", "user": "ga-u1", "anonymous": "ga-1.2", "group": "ga-c1",
             "at": RECEIVED - 60_000, "profile": {"set": {"plan": "pro"}}, "properties": {
                 "session_id": "123", "engagement_time_msec": "100", "method": "mail", "group_id": "ga-c1",
                 "consent.ad_user_data": "DENIED"}},
            {"type": "page", "event": "$page", "at": RECEIVED - 59_000, "properties": {
                "page_location": "https://a.example/x?utm_source=mail", "page_title": "X", "name": "X",
                "consent.ad_user_data": "DENIED", "page.url": "https://a.example/x?utm_source=mail", "page.path": "/x",
                "page.search": "?utm_source=mail", "page.title": "X", "campaign.source": "mail"}},
        ],
        status=204,
        answer=b"",
    ),
    Case(
        "an event of an app",
        "/mp/collect?firebase_app_id=1:2:web:3&api_secret=egw_wrong",
        {"app_instance_id": "ga-app-1", "events": [{"name": "screen_view", "params": {"screen_name": "main"}}]},
        [{"type": "screen", "anonymous": "ga-app-1", "properties": {"screen_name": "main", "name": "main"}}],
        status=204,
    ),
    Case(
        "what Google would drop is kept aside with its reason",
        PATH,
        CLIENT | {"events": [
            {"name": "1st"}, {"name": "x" * 41}, {"params": {}}, 7, {"name": "wide", "params": 7},
            {"name": "many", "params": {f"p{i}": i for i in range(26)}},
            {"name": "odd", "params": {"a b": 1}},
            {"name": "old", "timestamp_micros": (RECEIVED - 73 * 3_600_000) * 1_000},
            {"name": "unclear", "timestamp_micros": "noon"},
            {"name": "long_value", "params": {"text": "x" * 101}},
        ]},
        [{"code": "invalid_name"}, {"code": "invalid_name"}, {"code": "no_event"}, {"code": "not_an_object"},
         {"code": "missing_field"}, {"code": "too_many_parameters"}, {"code": "invalid_name"}, {"code": "too_old"},
         {"code": "invalid_time"}, {"event": "long_value", "properties": {"text": "x" * 101}}],
        status=204,
    ),
    Case(
        "more than 25 events",
        PATH,
        CLIENT | {"events": [{"name": f"event_{i}"} for i in range(26)]},
        [*({"event": f"event_{i}"} for i in range(25)), {"code": "too_many_events"}],
        status=204,
    ),
    Case("nobody's event", PATH, {"events": [{"name": "login"}]}, [{"code": "no_id"}], status=204),
    Case("no events", PATH, CLIENT | {"events": []}, [{"code": "missing_field"}], status=204),
    Case("a list instead of a request", PATH, [1], [{"code": "not_an_object"}], status=204),
]  # fmt: skip
