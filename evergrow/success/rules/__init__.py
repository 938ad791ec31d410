"""The rules that raise signals, one file a topic. A changed rule gets a new version number."""

from evergrow.success.models import SignalKind
from evergrow.success.rules import contact, health, renewal, sources, support, usage
from evergrow.success.rules.finding import Finding, Rule, Seen, Text, Watch, text

RULES = [
    Rule(
        SignalKind.HEALTH_FELL,
        2,
        health.fell,
        text(
            "健康度在 7 天内跌入更差的档位，至少下降 3 分，且低于档位边界 3 分以上或连续两次评估都在更差档位；"
            "数据缺失引起的下降不触发。",
            "Health fell into a worse band within 7 days, by at least 3 points, and stands 3 points below the edge or"
            " was found there twice in a row; never because data is missing.",
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

SOURCE_RULES = [
    Rule(
        SignalKind.SOURCE_QUIET,
        1,
        sources.quiet,
        text(
            "来源沉默的时间超过其近 14 天同类日期（工作日或休息日）同一时刻最长沉默的 3 倍，"
            "且至少 1 小时；历史不足 7 天的来源不触发。",
            "Silent three times longer than the source ever was at this hour on such days (working or free) of the last"
            " 14 days, and for an hour at least; never without a week of history.",
        ),
        cool_down_days=1,
        false_positive_days=14,
        clear_after=0,
    ),
    Rule(
        SignalKind.SOURCE_SHAPE,
        1,
        sources.shape,
        text(
            "近 2 小时某事件的属性与昨天及上周同日相比消失、新增或改变类型，且两边样本足够。",
            "Within 2 hours a property of an event vanished, appeared or changed its type against yesterday and the"
            " same day last week, with enough events on both sides.",
        ),
        cool_down_days=3,
        false_positive_days=14,
        clear_after=0,
    ),
    Rule(
        SignalKind.SOURCE_VOLUME,
        1,
        sources.volume,
        text(
            "近 3 个整点小时的事件数低于以往同一时段最低值的三分之一，或高于最高值的 3 倍，且超出正常波动。",
            "Over the last 3 full hours less than a third of the least, or more than three times the most, that came at"
            " these hours before, and beyond the usual variation.",
        ),
        cool_down_days=1,
        false_positive_days=14,
        clear_after=0,
    ),
    Rule(
        SignalKind.SOURCE_ERRORS,
        1,
        sources.errors,
        text(
            "近 1 小时至少 20 条且 5% 以上的消息未被接收，并显著高于此前 7 天的 3 倍。",
            "In the last hour at least 20 messages and 5% of all were not taken: significantly more than three times"
            " the share of the 7 days before.",
        ),
        cool_down_days=1,
        false_positive_days=14,
        clear_after=0,
    ),
]
EVERY_RULE = [*RULES, *SOURCE_RULES]

__all__ = ["EVERY_RULE", "RULES", "SOURCE_RULES", "Finding", "Rule", "Seen", "Text", "Watch"]
