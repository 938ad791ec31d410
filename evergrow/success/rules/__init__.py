"""The rules that raise signals, one file a topic. A changed rule gets a new version number."""

from evergrow.success.models import SignalKind
from evergrow.success.rules import contact, health, renewal, support, usage
from evergrow.success.rules.finding import Finding, Rule, Seen, Text, Watch, text

RULES = [
    Rule(
        SignalKind.HEALTH_FELL,
        1,
        health.fell,
        text(
            "健康度在 7 天内跌入更差的档位，且至少下降 3 分；数据不足时不触发。",
            "Health fell into a worse band within 7 days, by at least 3 points; never on too little data.",
        ),
    ),
    Rule(
        SignalKind.RENEWAL_NEAR,
        1,
        renewal.near,
        text(
            "90、60、30 天内续约，而健康度为风险或关注。",
            "Renewal within 90, 60, 30 days while health is at risk or watch.",
        ),
        clear_after=2,
    ),
    Rule(
        SignalKind.NO_CONTACT,
        1,
        contact.silent,
        text(
            "战略或 VIP 客户 30 天没有拜访、记录，也没有完成的电话、会议或消息。",
            "A strategic or VIP account without visit, note, finished call, meeting or message for 30 days.",
        ),
        clear_after=1,
    ),
    Rule(
        SignalKind.TICKET,
        1,
        support.trouble,
        text(
            "有未关闭的高优先级工单，或近 14 天内有 2 分及以下的满意度评价。",
            "A high-priority ticket is open, or satisfaction of 2 or less within 14 days.",
        ),
    ),
    Rule(
        SignalKind.USAGE_QUIET,
        1,
        usage.quiet,
        text(
            "此前四周中至少三周在用，之后连续 14 天没有任何事件；全部客户都没有数据时不触发。",
            "In use in at least 3 of 4 weeks, then no event for 14 days; never while no customer sends data.",
        ),
        clear_after=2,
    ),
    Rule(
        SignalKind.EXPANSION,
        1,
        usage.seats_nearly_used,
        text(
            "近 28 天活跃人数达到付费席位的 90%，仅限席位已知的客户。",
            "People active in 28 days reach 90% of the paid seats, where the seats are known.",
        ),
        cool_down_days=60,
    ),
]

__all__ = ["RULES", "Finding", "Rule", "Seen", "Text", "Watch"]
