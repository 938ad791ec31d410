"""Accounts: one row per customer organisation."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Account, Tier
from evergrow.customers.tiers import scheme as schemes
from evergrow.intake.kinds import parents
from evergrow.intake.kinds.dates import day
from evergrow.intake.kinds.kind import Chunk, Field, Kind, Tally
from evergrow.intake.kinds.upsert import upsert
from evergrow.intake.kinds.values import Reading, choice, text
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

TIERS = {
    Tier.STRATEGIC.value: ("战略", "战略客户", "key", "ka", "enterprise", "a"),
    Tier.VIP.value: ("重点", "重点客户", "大客户", "important", "b"),
    Tier.GENERAL.value: ("一般", "普通", "普通客户", "standard", "normal", "long tail", "c"),
}


OUTSIDE = ("name_or_id", "parent", "parent_ref")  # columns that are no fields


def tier_words(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    """The tiers of a workspace with the words that files use for them."""
    return {rule.key: (*rule.names.values(), *TIERS.get(rule.key, ())) for rule in schemes.of(workspace).tiers}


def tier(cell: str, reading: Reading) -> Any:
    """The key of a tier of the workspace."""
    return choice(reading.tiers or TIERS)(cell, reading)


def check(chunk: Chunk) -> None:
    """An account without a name is called by its id; its parent is one that we know."""
    chunk.values["name_or_id"] = [
        name or external_id for name, external_id in zip(chunk.column("name"), chunk.column("external_id"), strict=True)
    ]
    parents.check(chunk)


def write(chunk: Chunk) -> Tally:
    columns = {key: values for key, values in chunk.values.items() if key not in OUTSIDE}
    if any(chunk.kept):
        columns["traits"] = chunk.kept
    now = clock.now()
    defaults = {"name": chunk.column("name_or_id"), "created_at": [now] * len(chunk), "updated_at": [now] * len(chunk)}
    tally = upsert(chunk, Account, columns, number="account", defaults=defaults)
    chunk.learner.save()
    parents.write(chunk, tally)
    return tally


KIND = Kind(
    key="accounts",
    label=_("Accounts"),
    about=_("One row per customer organisation. Everything else refers to accounts, so bring these first."),
    icon="building",
    fields=(
        Field(
            "external_id",
            _("id in your systems"),
            text(200),
            is_required=True,
            hint=_("Never changes and never repeats; other files refer to it."),
        ),
        Field(
            "name",
            _("name"),
            text(200),
        ),
        Field(
            "other_name",
            _("name in the other language"),
            text(200),
        ),
        Field("domain", _("web domain"), text(200)),
        Field("country", _("country"), text(80)),
        Field("industry", _("industry"), text(80)),
        Field(
            "size",
            _("company size"),
            text(40),
        ),
        Field(
            "channel",
            _("first touch"),
            text(80),
        ),
        Field(
            "signed_up_on",
            _("signed up"),
            day,
            looks_like="date",
        ),
        Field(
            "tier",
            _("tier"),
            tier,
            shown=dict(Tier.choices),
        ),
        parents.FIELD,
    ),
    check=check,
    write=write,
    keeps=_("as a trait of the account"),
    example=(
        ("account_id", "name", "english_name", "domain", "country", "industry", "company_size", "signup_date", "tier"),
        ("C-1001", "蓝峰零售", "Bluepeak Retail", "bluepeak.example", "中国", "零售", "51-200", "2025-03-18", "vip"),
        (
            "C-1002",
            "晨光学堂",
            "Dawnlight Academy",
            "dawnlight.example",
            "中国",
            "教育",
            "21-50",
            "2025/7/2",
            "general",
        ),
        (
            "C-1003",
            "北桥医疗",
            "Northbridge Health",
            "northbridge.example",
            "新加坡",
            "医疗",
            "201+",
            "2024年11月5日",
            "战略",
        ),
    ),
)
