"""What can be observed of an account: the sources that measures draw on, each explained in both languages.

Windows over events are full days that end the day before the score's day: the running day is never counted.
"""

from dataclasses import dataclass

from evergrow.health.units import Unit, between, say
from evergrow.lib import numerals
from evergrow.lib.bilingual import Name


@dataclass(frozen=True, slots=True)
class Source:
    """``formula`` says in words how the value comes about."""

    key: str
    name: Name
    unit: Unit
    formula: Name
    window_days: int | None = None
    choices: tuple[str, ...] = ()

    def say(self, value: float | None, language: str) -> str:
        """A value in words: with its unit, or as the choice that it stands for."""
        if self.choices and numerals.is_known(value):
            return choice(self.choices, value)
        return say(value, self.unit, language)

    def between(self, before: float | None, after: float | None, language: str) -> str:
        """From one value to another."""
        if self.choices:
            return f"{self.say(before, language)} → {self.say(after, language)}"
        return between(before, after, self.unit, language)


def choice(choices: tuple[str, ...], value: float | None) -> str:
    """The text that a number from 1 stands for; ``—`` for one that is none of them."""
    place = int(value or 0) - 1
    return choices[place] if 0 <= place < len(choices) else numerals.UNKNOWN


# Why a value is missing; the number is what snapshots store.
NULL_REASONS: tuple[tuple[str, Name], ...] = (
    ("", {"en": "", "zh": ""}),
    ("no_events", {"en": "no product event was ever recorded", "zh": "从未收到过产品事件"}),
    ("no_person", {"en": "events carry no person", "zh": "事件未带用户"}),
    ("nobody_known", {"en": "neither seats nor people are known", "zh": "席位数和联系人均未知"}),
    (
        "too_few",
        {
            "en": "fewer than 5 events in the 28 days before, too few to compare",
            "zh": "前 28 天事件少于 5 次，不足以比较",
        },
    ),
    ("no_tickets", {"en": "no ticket was imported yet", "zh": "尚未导入任何工单"}),
    ("no_rating", {"en": "no rated ticket in 180 days", "zh": "180 天内没有评分的工单"}),
    ("none_solved", {"en": "no ticket solved in 180 days", "zh": "180 天内没有已解决的工单"}),
    ("no_invoices", {"en": "no invoice yet", "zh": "尚无发票"}),
    ("not_customer", {"en": "not a customer yet", "zh": "尚未成为付费客户"}),
    ("no_renewal", {"en": "no renewal date ahead", "zh": "没有未来的续约日期"}),
    ("expired", {"en": "the last value is too old to count", "zh": "最近一次取值已过期"}),
    ("unlisted", {"en": "the value is not in the scoring table", "zh": "取值不在计分表中"}),
    ("not_set", {"en": "the trait is not set", "zh": "该属性没有值"}),
    ("not_entered", {"en": "nobody has entered a value yet", "zh": "尚未有人填写"}),
    ("not_kept", {"en": "what it was on that day is not kept", "zh": "当天的取值没有留存"}),
    ("source_gone", {"en": "what it asks cannot be answered any more", "zh": "它所依据的问题已无法回答"}),
    ("no_answers", {"en": "nobody answered the survey in its time", "zh": "统计期内无人回答该调查"}),
    ("few_answers", {"en": "fewer answers than the scorecard asks for", "zh": "回答少于记分卡要求的份数"}),
    ("no_product", {"en": "it uses no product with a scorecard of its own", "zh": "未使用任何有独立记分卡的产品"}),
    ("line_insufficient", {"en": "its product lines have too little data", "zh": "所用产品线的数据不足"}),
)
REASON_CODE = {key: code for code, (key, _) in enumerate(NULL_REASONS)}

_ALL = [
    Source(
        "active_days_28",
        {"en": "Active days", "zh": "活跃天数"},
        Unit.COUNT,
        {
            "en": "days with at least one event, out of the last 28 full days",
            "zh": "最近 28 个完整日中至少有一次事件的天数",
        },
        28,
    ),
    Source(
        "events_per_person_week",
        {"en": "Actions per person", "zh": "人均每周操作"},
        Unit.PER_WEEK,
        {
            "en": "events of the last 28 full days ÷ people active in them ÷ 4 weeks",
            "zh": "最近 28 个完整日的事件数 ÷ 其间活跃人数 ÷ 4 周",
        },
        28,
    ),
    Source(
        "days_since_use",
        {"en": "Days idle", "zh": "未使用天数"},
        Unit.COUNT,
        {
            "en": "days from the last day with an event to the day of the score",
            "zh": "从最近一次有事件的日期到计分日的天数",
        },
    ),
    Source(
        "features_28",
        {"en": "Features in use", "zh": "在用功能"},
        Unit.COUNT,
        {"en": "different event names in the last 28 full days", "zh": "最近 28 个完整日出现的不同事件种类数"},
        28,
    ),
    Source(
        "people_share_28",
        {"en": "Active people", "zh": "活跃人员占比"},
        Unit.SHARE,
        {
            "en": "people active in the last 28 full days ÷ seats (people known, where seats are not); at most 100%",
            "zh": "最近 28 个完整日的活跃人数 ÷ 席位数（无席位数时用已知人数），最高 100%",
        },
        28,
    ),
    Source(
        "usage_change_28",
        {"en": "Usage trend", "zh": "用量趋势"},
        Unit.CHANGE,
        {
            "en": "events of the last 28 full days ÷ the usual 28 days − 1; usual = mean of up to 84 days before",
            "zh": "最近 28 个完整日事件数 ÷ 平常 28 天事件数 − 1；平常 = 之前至多 84 天的均值",
        },
        112,
    ),
    Source(
        "active_weeks_8",
        {"en": "Active weeks", "zh": "活跃周数"},
        Unit.COUNT,
        {
            "en": "weeks with at least one event, out of the last 8 full weeks",
            "zh": "最近 8 个完整周中至少有一次事件的周数",
        },
        56,
    ),
    Source(
        "open_urgent_tickets",
        {"en": "Urgent tickets open", "zh": "未解决的紧急工单"},
        Unit.COUNT,
        {"en": "tickets of priority high or urgent that are not closed", "zh": "优先级为高或紧急且未关闭的工单数"},
    ),
    Source(
        "csat_180",
        {"en": "Satisfaction (CSAT)", "zh": "工单满意度"},
        Unit.RATING,
        {"en": "mean rating of the tickets opened in the last 180 days", "zh": "最近 180 天开启的工单评分均值"},
        180,
    ),
    Source(
        "resolution_hours_180",
        {"en": "Time to solve", "zh": "工单解决时长"},
        Unit.HOURS,
        {
            "en": "mean hours to solve the tickets closed in the last 180 days",
            "zh": "最近 180 天关闭的工单的平均解决小时数",
        },
        180,
    ),
    Source(
        "days_overdue",
        {"en": "Days overdue", "zh": "欠款逾期天数"},
        Unit.COUNT,
        {
            "en": "days since the due date of the oldest unpaid invoice; 0 when all are paid",
            "zh": "最早一张未付发票超过到期日的天数；全部付清为 0",
        },
    ),
    Source(
        "tenure_months",
        {"en": "Tenure", "zh": "合作时长"},
        Unit.MONTHS,
        {"en": "days since the account became a customer ÷ 30.4375", "zh": "成为付费客户以来的天数 ÷ 30.4375"},
    ),
    Source(
        "renewal_without_contact",
        {"en": "Renewal without contact", "zh": "临近续约无联系"},
        Unit.FLAG,
        {
            "en": "yes when the renewal is at most 90 days away and nobody noted a visit or a note in 30 days",
            "zh": "续约在 90 天以内、且 30 天内无拜访或备注记录时为“是”",
        },
        30,
    ),
]
SOURCES = {source.key: source for source in _ALL}
PLACE = {source.key: place for place, source in enumerate(_ALL)}
