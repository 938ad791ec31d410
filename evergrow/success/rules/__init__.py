"""The rules that raise signals, one file a topic. A changed rule gets a new version number."""

from evergrow.success.models import SignalKind
from evergrow.success.rules import contact, health, renewal, reviews, sources, support, usage
from evergrow.success.rules.finding import Finding, Knob, Rule, Seen, Text, Watch, text

RULES = [
    Rule(
        SignalKind.HEALTH_FELL,
        2,
        health.fell,
        text(
            "健康度在 {days} 天内跌入更差的档位，至少下降 3 分，且低于档位边界 3 分以上或连续两次评估都在更差档位；"
            "数据缺失引起的下降不触发。",
            "Health fell into a worse band within {days} days, by at least 3 points, and stands 3 points below the edge"
            " or was found there twice in a row; never because data is missing.",
        ),
        knobs=(Knob("days", text("在多少天内", "within days"), health.DAYS, 1, 60),),
    ),
    Rule(
        SignalKind.RENEWAL_NEAR,
        1,
        renewal.near,
        text(
            "{days} 天内续约，而健康度为风险或关注；剩 60 天、30 天时升级。",
            "Renewal within {days} days while health is at risk or watch; more severe from 60 and from 30 days on.",
        ),
        knobs=(Knob("days", text("续约前多少天", "days before the renewal"), renewal.FARTHEST, 1, 365),),
        clear_after=2,
    ),
    Rule(
        SignalKind.NO_CONTACT,
        1,
        contact.silent,
        text(
            "重点分层的客户 {days} 天没有拜访、记录，也没有完成的电话、会议或消息。",
            "An account of a key tier without visit, note, finished call, meeting or message for {days} days.",
        ),
        knobs=(Knob("days", text("没有联系的天数", "days without contact"), contact.DAYS, 3, 365),),
        clear_after=1,
    ),
    Rule(
        SignalKind.TICKET,
        1,
        support.trouble,
        text(
            "有未关闭的高优先级工单，或近 {days} 天内有 {csat} 分及以下的满意度评价。",
            "A high-priority ticket is open, or satisfaction of {csat} or less within {days} days.",
        ),
        knobs=(
            Knob("csat", text("满意度不高于", "satisfaction of at most"), support.LOW_CSAT, 1, 5),
            Knob("days", text("近多少天内关闭的工单", "tickets closed within days"), support.RECENT_DAYS, 1, 90),
        ),
    ),
    Rule(
        SignalKind.USAGE_QUIET,
        1,
        usage.quiet,
        text(
            "此前四周中至少三周在用，之后连续 {days} 天没有任何事件；全部客户都没有数据时不触发。",
            "In use in at least 3 of 4 weeks, then no event for {days} days; never while no customer sends data.",
        ),
        knobs=(Knob("days", text("没有使用的天数", "days without use"), usage.QUIET_DAYS, 3, 89),),
        clear_after=2,
    ),
    Rule(
        SignalKind.EXPANSION,
        1,
        usage.seats_nearly_used,
        text(
            "近 28 天活跃人数达到付费席位的 {share}，仅限席位已知的客户。",
            "People active in 28 days reach {share} of the paid seats, where the seats are known.",
        ),
        knobs=(Knob("share", text("席位使用比例", "share of the seats"), usage.NEARLY, 0.1, 1.5, is_share=True),),
        cool_down_days=60,
    ),
    Rule(
        SignalKind.RISK_REVIEW,
        1,
        reviews.overdue,
        text(
            "风险登记册中一项未关闭的风险已过复核日期。",
            "An open risk of the register is past the day on which it was to be reviewed.",
        ),
        cool_down_days=1,
        false_positive_days=30,
        clear_after=0,
        chooses_owner=True,
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

__all__ = ["EVERY_RULE", "RULES", "SOURCE_RULES", "Finding", "Knob", "Rule", "Seen", "Text", "Watch"]
