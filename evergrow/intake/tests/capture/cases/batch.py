"""The address that PostHog and Amplitude share."""

from evergrow.intake.tests.capture.cases import RECEIVED, Case

LIB = {"$lib": "posthog-python", "$lib_version": "7.91.1", "$is_server": True}


def event(name: str, uuid: str, who: str = "ph-u9", properties: dict | None = None, **more: object) -> dict:
    said = {"event": name, "uuid": uuid, "distinct_id": who, "timestamp": "2026-03-25T03:59:50+00:00"}
    return {**said, "properties": LIB | (properties or {}), **more}


CASES = [
    Case(
        "a batch as posthog-python sends it",
        "/batch/",
        {"api_key": "egw_key", "historical_migration": False, "sent_at": "2026-03-25T04:00:10+00:00", "batch": [
            event("login", "py-1", properties={"plan": "pro", "$groups": {"company": "ph-c9"}, "$set": {"a": 1}}),
            event("$set", "py-2", **{"$set": {"email": "han@ph.example"}}),
            event("$set_once", "py-3", **{"$set_once": {"first": 1}}),
            event("$groupidentify", "py-4", "492e0c8d", {"$group_type": "company", "$group_key": "ph-c9",
                                                         "$group_set": {"name": "Lanhai"}}),
            event("$create_alias", "py-5", "ph-a9", {"distinct_id": "ph-a9", "alias": "ph-u9"}),
            event("nobody", "py-6", "3f626c94", {"$process_person_profile": False}),
            {"event": "no one", "properties": {}},
            event("$create_alias", "py-7", "ph-u9"),
            7,
        ]},
        [
            {"type": "track", "event": "login", "user": "ph-u9", "anonymous": "", "group": "ph-c9",
             "message_id": "py-1", "at": RECEIVED - 20_000, "profile": {"set": {"a": 1}}},
            {"type": "identify", "user": "ph-u9", "traits": {"email": "han@ph.example"}, "profile": None},
            {"type": "identify", "user": "ph-u9", "traits": {}, "profile": {"once": {"first": 1}}},
            {"type": "group", "user": "", "anonymous": "", "group": "ph-c9", "traits": {"name": "Lanhai"}},
            {"type": "alias", "user": "ph-u9", "previous": "ph-a9"},
            {"event": "nobody", "user": "", "anonymous": "3f626c94"},
            {"code": "no_id"}, {"code": "missing_field"}, {"code": "not_an_object"},
        ],
        answer={"status": 1},
    ),
    Case(
        "history, whose times are believed",
        "/batch",
        {"api_key": "egw_key", "historical_migration": True, "sent_at": "2026-03-25T05:00:00Z", "batch": [
            event("old", "py-8", timestamp="2024-03-25T04:00:00Z")]},
        [{"event": "old", "at": RECEIVED - 730 * 86_400_000, "message_id": "py-8"}],
    ),
    Case(
        "a batch as Amplitude's clients send it",
        "/batch",
        {"api_key": "egw_key", "events": [
            {"user_id": "amp-user-9", "event_type": "login", "insert_id": "b1", "time": RECEIVED - 3_000},
            {"event_type": "nobody's"}]},
        [{"event": "login", "user": "amp-user-9", "message_id": "amp-user-9 b1", "at": RECEIVED - 3_000},
         {"code": "no_id"}],
    ),
]  # fmt: skip
