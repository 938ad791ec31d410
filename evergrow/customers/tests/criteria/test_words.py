"""Criteria as sentences in both languages."""

from typing import Any

import pytest
from django.utils import translation

from evergrow.customers import criteria, registry
from evergrow.workspaces.models import Workspace

HERE = Workspace(pk=1, slug="here", name="Here")
SAID: list[tuple[str, Any, str, str]] = [
    ("account", {}, "All accounts", "全部客户"),
    (
        "account",
        {"all": [{"trait": "mrr", "over": 1000}, {"did": "login", "times": 3, "within": {"days": 30}}]},
        "Accounts where MRR is over 1,000 and “login” was done at least 3 times in the last 30 days (incl. today)",
        "符合条件的客户：MRR大于 1,000，且最近 30 天（含今天）内“login”至少 3 次",
    ),
    (
        "account",
        {"any": [{"trait": "tier", "is": ["vip"]}, {"trait": "tier", "is_not": "vip"}]},
        "Accounts where tier is “VIP” or tier is not “VIP” (or has no value)",
        "符合条件的客户：分层为“VIP” 或 分层不为“VIP”（含无值）",
    ),
    (
        "person",
        {"stopped": "login", "for": {"days": 14}, "after": {"times": 3}},
        "People where “login” was not done in the last 14 days (incl. today), but at least 3 times before",
        "符合条件的联系人：最近 14 天（含今天）内没有“login”，而此前至少 3 次",
    ),
    (
        "person",
        {"did_not": "login", "within": {"from": "2026-01-01", "to": {"ago": 0}}},
        "People where “login” was not done from 1 Jan 2026 to today",
        "符合条件的联系人：2026年1月1日至今天没有“login”",
    ),
    (
        "account",
        {"people": {"at_least": 2}, "role": "decides", "who": {"trait": "title", "contains": "VP"}},
        "Accounts where for at least 2 of their people in the role “decides”, job title contains “VP”",
        "符合条件的客户：其“决策”角色的联系人中至少 2 人符合职位包含“VP”",
    ),
]


@pytest.mark.parametrize(("kind", "data", "said", "said_in_chinese"), SAID, ids=range(len(SAID)))
@pytest.mark.django_db
def test_a_sentence_reads_well(kind: str, data: Any, said: str, said_in_chinese: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(registry, "event_names", lambda workspace: lambda event, language: event)
    asked = criteria.parse(data, kind, HERE)
    assert criteria.sentence(asked, HERE) == said
    with translation.override("zh-hans"):
        assert criteria.sentence(asked, HERE) == said_in_chinese
