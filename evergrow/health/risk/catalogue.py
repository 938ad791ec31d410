"""The features that a model may look at: what each is, where it comes from, and when it was known.

A feature of a day holds only what was known before that day began. What stands in a row today without the time it came
there (the present plan, seats, the renewal day, the price of a subscription) is no feature: nobody can say what it was.
"""

from dataclasses import dataclass

from evergrow.lib.bilingual import Name


@dataclass(frozen=True, slots=True)
class Source:
    name: Name
    known: Name


@dataclass(frozen=True, slots=True)
class Feature:
    """``unit``: days, count, ratio, money, hours, points or level. Counts are looked at by their order of size."""

    key: str
    name: Name
    source: str
    unit: str

    @property
    def is_log(self) -> bool:
        return self.unit in ("count", "money", "hours")


def _name(english: str, chinese: str) -> Name:
    return {"en": english, "zh": chinese}


SOURCES: dict[str, Source] = {
    "events": Source(
        _name("Product events, by account and day", "产品事件（按客户与日汇总）"),
        _name("at the event's own time, on full days before", "以事件发生时间为准，只算此前的完整日"),
    ),
    "subscriptions": Source(
        _name("Subscriptions: first day and last day", "订阅的开始日与取消日"),
        _name("on those days", "以当日为准"),
    ),
    "invoices": Source(
        _name("Invoices: issued, due, paid", "发票的开具、到期与付款"),
        _name("on those days", "以当日为准"),
    ),
    "tickets": Source(
        _name("Tickets: opened, solved, rated", "工单的提交、解决与评分"),
        _name("when opened; how long it took and its rating, when solved", "提交时；耗时与评分以解决时为准"),
    ),
    "contacts": Source(
        _name("Visits and notes", "拜访与记录"),
        _name("on the day they are dated or were written, the later one", "以发生日与记录日中较晚者为准"),
    ),
    "people": Source(
        _name("People of the account: joined, left", "客户成员的加入与离开"),
        _name("on those days", "以当日为准"),
    ),
    "tiers": Source(
        _name("History of tiers", "分层变动历史"),
        _name("on the day of each change", "以变动当日为准"),
    ),
    "scores": Source(
        _name("History of health scores", "健康度历史"),
        _name("when it was computed, not the day it is about", "以计算时间为准，而不是所属日期"),
    ),
}

_LISTED = (
    ("days_since_use", "Days since last use", "距上次使用天数", "events", "days"),
    ("active_days_28", "Active days in 28 days", "28 天内活跃天数", "events", "count"),
    ("events_28", "Events in 28 days", "28 天内事件数", "events", "count"),
    ("usage_change", "Use against the 84 days before (log ratio)", "使用量较此前 84 天（对数比）", "events", "ratio"),
    ("active_weeks_12", "Active weeks of the last 12", "近 12 周活跃周数", "events", "count"),
    ("features_28", "Kinds of events in 28 days", "28 天内用到的事件种类", "events", "count"),
    (
        "features_change",
        "Kinds of events, change to the 84 days before",
        "事件种类较此前 84 天的变化",
        "events",
        "ratio",
    ),
    ("people_28", "People active in 28 days", "28 天内活跃人数", "events", "count"),
    (
        "people_change",
        "People active, against the 84 days before (log ratio)",
        "活跃人数较此前 84 天（对数比）",
        "events",
        "ratio",
    ),
    ("days_since_first_use", "Days since first use", "距首次使用天数", "events", "days"),
    ("tenure_days", "Days as a customer", "成为客户的天数", "subscriptions", "days"),
    ("term_days", "Days since the latest subscription began", "最近一次订阅开始至今天数", "subscriptions", "days"),
    ("days_to_anniversary", "Days to the yearly day of the subscription", "距订阅周年日天数", "subscriptions", "days"),
    ("subscriptions", "Running subscriptions", "生效中的订阅数", "subscriptions", "count"),
    ("cancelled_before", "Subscriptions cancelled before", "此前取消的订阅数", "subscriptions", "count"),
    ("trial_days", "Length of the trial in days", "试用天数", "subscriptions", "days"),
    ("invoice_amount", "Amount of the latest invoice", "最近一张发票金额", "invoices", "money"),
    (
        "invoiced_change",
        "Invoiced in 90 days against the 90 before (log ratio)",
        "90 天开票额较此前 90 天（对数比）",
        "invoices",
        "ratio",
    ),
    ("days_overdue", "Days the oldest unpaid invoice is overdue", "最久未付发票逾期天数", "invoices", "days"),
    ("late_payments", "Invoices paid late in a year", "一年内逾期付款次数", "invoices", "count"),
    ("tickets_90", "Tickets in 90 days", "90 天内工单数", "tickets", "count"),
    ("tickets_urgent_180", "Urgent tickets in 180 days", "180 天内紧急工单数", "tickets", "count"),
    ("tickets_open", "Open tickets", "未解决工单数", "tickets", "count"),
    ("csat_180", "Satisfaction with solved tickets, 180 days", "180 天内工单满意度", "tickets", "points"),
    ("resolution_hours_180", "Hours to solve a ticket, 180 days", "180 天内工单解决时长", "tickets", "hours"),
    ("days_since_contact", "Days since a visit or a note", "距上次拜访或记录天数", "contacts", "days"),
    ("contacts_90", "Visits and notes in 90 days", "90 天内拜访与记录数", "contacts", "count"),
    ("people_known", "People of the account", "客户成员数", "people", "count"),
    ("people_left_90", "People who left in 90 days", "90 天内离开的成员", "people", "count"),
    ("tier_level", "Tier, 1 the highest", "分层级别（1 为最高）", "tiers", "level"),
    ("health_score", "Health score", "健康度", "scores", "points"),
    ("health_change", "Change of the health score in 28 days", "健康度 28 天变化", "scores", "points"),
)

FEATURES: dict[str, Feature] = {
    key: Feature(key, _name(english, chinese), source, unit) for key, english, chinese, source, unit in _LISTED
}
KEYS = tuple(FEATURES)
