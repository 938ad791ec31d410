"""The stages that a new lifecycle begins with, for each kind. They are drafts to be changed, not advice."""

from typing import Any

from evergrow.customers.models import StagedKind

Json = dict[str, Any]


def _stage(key: str, zh: str, en: str, kind: str = "active", **more: Any) -> Json:
    return {"key": key, "name": {"zh": zh, "en": en}, "kind": kind, **more}


def _one(trait: str, **test: Any) -> Json:
    return {"all": [{"trait": trait, **test}]}


def _is_customer() -> Json:
    return {"trait": "status", "is": ["active"]}


ACCOUNT: Json = {
    "who": {"all": [{"trait": "status", "is": ["trial", "active", "expired", "cancelled"]}]},
    "back_days": 14,
    "stages": [
        _stage("onboarding", "上线", "Onboarding", "start", expected_days=30, stuck_days=60, owner="csm"),
        _stage(
            "adoption",
            "采用",
            "Adoption",
            expected_days=90,
            stuck_days=180,
            owner="csm",
            entry={"all": [_is_customer()]},
        ),
        _stage(
            "value",
            "价值实现",
            "Value",
            expected_days=365,
            stuck_days=540,
            owner="csm",
            entry={
                "all": [
                    _is_customer(),
                    {"trait": "customer_since", "before": {"ago": 90, "unit": "days"}},
                    {"did": "*", "within": {"days": 30}, "times": {"at_least": 10}},
                ]
            },
        ),
        _stage(
            "renewal",
            "续约",
            "Renewal",
            expected_days=30,
            stuck_days=45,
            owner="sales",
            entry={"all": [_is_customer(), {"trait": "renews_on", "in_next": {"days": 30}}]},
        ),
        _stage("on_hold", "暂停", "On hold", "paused"),
        _stage("lost", "已流失", "Lost", "terminal", entry={"trait": "status", "is": ["cancelled", "expired"]}),
    ],
}

PERSON: Json = {
    "who": {"all": [{"trait": "is_anonymous", "is": False}]},
    "back_days": None,
    "stages": [
        _stage("new", "新用户", "New", "start", expected_days=14, stuck_days=30),
        _stage("using", "使用中", "Using", entry={"did": "*", "within": {"days": 30}, "times": {"at_least": 10}}),
        _stage("champion", "倡导者", "Champion"),
        _stage("silent", "沉默", "Silent", "paused", entry={"did_not": "*", "within": {"days": 60}}),
        _stage("left", "已离开", "Left", "terminal"),
    ],
}

PRODUCT: Json = {
    "back_days": None,
    "stages": [
        _stage("custom", "定制", "Custom", "start", expected_days=365, stuck_days=730),
        _stage("standard", "标准化", "Standard", expected_days=730, entry={"all": [_is_customer()]}, least=5),
        _stage("ecosystem", "生态", "Ecosystem", entry={"all": [_is_customer()]}, least=50),
        _stage("retired", "退市", "Retired", "terminal"),
    ],
}

PROPOSALS: dict[StagedKind, Json] = {
    StagedKind.ACCOUNT: ACCOUNT,
    StagedKind.PERSON: PERSON,
    StagedKind.PRODUCT: PRODUCT,
}
