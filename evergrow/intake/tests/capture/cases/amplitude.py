"""Amplitude."""

from evergrow.intake.tests.capture.cases import RECEIVED, Case

COMMON = {"library": "amplitude-python/1.3.0", "time": RECEIVED - 3_000, "user_id": "amp-user-1"}
LIBRARY = {"library.name": "amplitude-python", "library.version": "1.3.0"}

CASES = [
    Case(
        "a batch as amplitude-analytics for Python sends it",
        "/2/httpapi",
        {"api_key": "egw_key", "events": [
            COMMON | {"event_type": "login", "device_id": "amp-device-1", "insert_id": "i1",
                      "session_id": 1774411000000, "event_properties": {"plan": "pro", "platform": "own"},
                      "platform": "Web", "app_version": "2.1", "os_name": "iOS",
                      "os_version": "19", "device_model": "iPhone", "language": "de",
                      "ip": "10.0.0.1", "groups": {"sport": "chess", "company": ["amp-c1", "amp-c2"]}},
            COMMON | {"event_type": "$identify", "insert_id": "i2", "user_properties": {
                "$set": {"email": "mei@amp.example"}, "$setOnce": {"first": "a"}, "$add": {"logins": 1},
                "$append": {"tags": "x"}, "$unset": {"old": "-"}}},
            COMMON | {"event_type": "$identify", "insert_id": "i3", "groups": {"company": "amp-c1"},
                      "user_properties": {"$set": {"company": "amp-c1"}}},
            COMMON | {"event_type": "$groupidentify", "insert_id": "i4", "groups": {"company": "amp-c1"},
                      "group_properties": {"$set": {"name": "Yunke"}, "$unset": {"old": "-"}}},
            COMMON | {"event_type": "revenue_amount", "insert_id": "i5",
                      "event_properties": {"$price": 3.5, "$quantity": 2}, "user_properties": {"plan": "pro"}},
        ]},
        [
            {"type": "track", "event": "login", "user": "amp-user-1", "anonymous": "amp-device-1", "group": "amp-c1",
             "message_id": "amp-device-1 i1", "at": RECEIVED - 3_000, "profile": None, "properties": LIBRARY | {
                 "plan": "pro", "platform": "own", "session_id": "1774411000000", "app.version": "2.1",
                 "os.name": "iOS", "os.version": "19", "device.model": "iPhone", "locale": "de"}},
            {"type": "identify", "event": "$identify", "message_id": "amp-user-1 i2",
             "traits": {"email": "mei@amp.example"}, "profile": {"once": {"first": "a"}, "add": {"logins": 1},
                                                                 "append": {"tags": "x"}, "unset": ["old"]}},
            {"type": "group", "user": "amp-user-1", "group": "amp-c1", "profile": {"set": {"company": "amp-c1"}}},
            {"type": "group", "user": "", "anonymous": "", "group": "amp-c1", "traits": {"name": "Yunke", "old": None}},
            {"event": "revenue_amount", "properties": LIBRARY | {"$price": "3.5", "$quantity": "2"},
             "profile": {"set": {"plan": "pro"}}},
        ],
        headers={"Content-Type": "application/json; charset=UTF-8"},
    ),
    Case(
        "what Amplitude would not take either, beside what it would",
        "/2/httpapi",
        {"api_key": "egw_key", "events": [
            {"user_id": "amp1", "event_type": "short"},
            {"event_type": "nobody's"},
            COMMON | {"event_type": "", "insert_id": "i6"},
            COMMON | {"event_type": "$identify", "insert_id": "i7", "user_properties": {"$clearAll": "-"}},
            COMMON | {"event_type": "$groupidentify", "groups": {"company": "c"},
                      "group_properties": {"$add": {"n": 1}}},
            COMMON | {"event_type": "[Amplitude] Page Viewed", "insert_id": "i8", "event_properties": {
                "[Amplitude] Page Title": "Home", "[Amplitude] Page Location": "https://a.example/"}},
            7,
        ]},
        [{"code": "id_too_short"}, {"code": "no_id"}, {"code": "no_event"}, {"code": "not_followed"},
         {"code": "not_followed"}, {"type": "page", "event": "$page", "message_id": "amp-user-1 i8"},
         {"code": "not_an_object"}],
    ),
    Case(
        "shorter ids where the request allows them",
        "/2/httpapi",
        {"api_key": "egw_key", "events": [{"user_id": "amp1", "event_type": "login"}], "options": {"min_id_length": 2}},
        [{"event": "login", "user": "amp1"}],
    ),
]  # fmt: skip
