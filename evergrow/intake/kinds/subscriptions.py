"""Subscriptions: what an account pays for, from when to when."""

from django.utils.translation import gettext_lazy as _

from evergrow.customers.actions.commerce import refresh_commerce
from evergrow.customers.models import Subscription, SubscriptionStatus
from evergrow.intake.kinds.dates import day
from evergrow.intake.kinds.kind import Chunk, Field, Kind, Tally
from evergrow.intake.kinds.problems import Problem
from evergrow.intake.kinds.references import ACCOUNT, check_account
from evergrow.intake.kinds.upsert import upsert
from evergrow.intake.kinds.values import choice, currency, money, text, whole, yes_no
from evergrow.intake.models import Import

STATUSES = {
    SubscriptionStatus.TRIAL.value: ("trialing", "in trial", "试用", "试用中"),
    SubscriptionStatus.ACTIVE.value: (
        "live",
        "paid",
        "paying",
        "current",
        "past_due",
        "生效",
        "有效",
        "使用中",
        "正常",
        "已付费",
    ),
    SubscriptionStatus.CANCELLED.value: (
        "canceled",
        "churned",
        "ended",
        "terminated",
        "inactive",
        "expired",
        "取消",
        "已取消",
        "流失",
        "已流失",
        "终止",
        "到期",
    ),
    SubscriptionStatus.EXPIRED.value: ("trial ended", "unconverted", "试用到期", "试用过期", "未转化"),
}
CANCELLED_FIRST = _("It ends before it starts. Swap the two dates or correct one.")


def check(chunk: Chunk) -> None:
    """Find the accounts; a subscription cannot end before it starts."""
    check_account(chunk)
    dates = zip(chunk.column("started_on"), chunk.column("cancelled_on"), strict=True)
    for index, (started, cancelled) in enumerate(dates):
        if started and cancelled and cancelled < started:
            chunk.reject(index, Problem(CANCELLED_FIRST, {}, _("cancelled")))
    chunk.values["derived_status"] = [
        SubscriptionStatus.CANCELLED
        if cancelled
        else SubscriptionStatus.ACTIVE
        if started
        else SubscriptionStatus.TRIAL
        for started, cancelled in zip(chunk.column("started_on"), chunk.column("cancelled_on"), strict=True)
    ]


def write(chunk: Chunk) -> Tally:
    made = ("account", "account_number", "derived_status")
    columns = {key: values for key, values in chunk.values.items() if key not in made}
    return upsert(chunk, Subscription, columns, defaults={"status": chunk.column("derived_status")})


def finish(source: Import) -> None:
    """Status, plan, revenue and renewal of the accounts follow from their subscriptions."""
    refresh_commerce(source.workspace)


KIND = Kind(
    key="subscriptions",
    label=_("Subscriptions"),
    about=_("What each account pays for. Plan, recurring revenue, renewal and status of the accounts follow from it."),
    icon="repeat",
    fields=(
        Field(
            "external_id",
            _("subscription id"),
            text(200),
            is_required=True,
        ),
        ACCOUNT,
        Field(
            "plan",
            _("plan"),
            text(80),
            is_required=True,
        ),
        Field("status", _("status"), choice(STATUSES), shown=dict(SubscriptionStatus.choices)),
        Field(
            "mrr",
            _("MRR"),
            money,
            looks_like="money",
        ),
        Field("currency", _("currency"), currency),
        Field(
            "seats",
            _("seats"),
            whole,
        ),
        Field(
            "trial_started_on",
            _("trial started"),
            day,
            looks_like="date",
        ),
        Field(
            "started_on",
            _("started"),
            day,
            looks_like="date",
        ),
        Field(
            "renews_on",
            _("renewal"),
            day,
            looks_like="date",
        ),
        Field(
            "cancelled_on",
            _("cancelled"),
            day,
            looks_like="date",
        ),
        Field("auto_renews", _("renews by itself"), yes_no),
    ),
    check=check,
    write=write,
    finish=finish,
    example=(
        (
            "subscription_id",
            "account_id",
            "plan_name",
            "status",
            "mrr",
            "seats",
            "start_date",
            "renewal_date",
            "cancel_date",
        ),
        ("S-501", "C-1001", "Business", "active", "4,900.00", "60", "2025-04-01", "2027-04-01", ""),
        ("S-502", "C-1002", "Starter", "试用中", "0", "5", "", "", ""),
        ("S-503", "C-1003", "Pro", "cancelled", "¥1,980", "25", "2024-12-01", "", "2026-01-15"),
    ),
)
