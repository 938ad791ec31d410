"""How days and moments are written, by language: 4月8日 周三 14:30 or Wed 8 Apr 14:30, 14 天后 or in 14 d.

Moments are aware datetimes already moved into the reader's zone; ``today`` is the day there.
"""

from datetime import date, datetime

from evergrow.lib.numerals import UNKNOWN, is_chinese

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
CHINESE_WEEKDAYS = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
DAYS_TOLD_AS_DISTANCE = 60


def weekday(day: date, language: str) -> str:
    return (CHINESE_WEEKDAYS if is_chinese(language) else WEEKDAYS)[day.weekday()]


def day_text(day: date | None, today: date, language: str, *, with_weekday: bool = False) -> str:
    """``4月8日`` / ``8 Apr``; another year than today's is added: ``2025年8月12日`` / ``12 Aug 2025``."""
    if day is None:
        return UNKNOWN
    if is_chinese(language):
        year = "" if day.year == today.year else f"{day.year}年"
        return f"{year}{day.month}月{day.day}日" + (f" {weekday(day, language)}" if with_weekday else "")
    year = "" if day.year == today.year else f" {day.year}"
    return (f"{weekday(day, language)} " if with_weekday else "") + f"{day.day} {MONTHS[day.month - 1]}{year}"


def month_text(day: date | None, language: str) -> str:
    """``2025年8月`` / ``Aug 2025``."""
    if day is None:
        return UNKNOWN
    return f"{day.year}年{day.month}月" if is_chinese(language) else f"{MONTHS[day.month - 1]} {day.year}"


def axis_day(day: date, language: str) -> str:
    """The shortest form, for a chart's axis: ``4/8`` / ``8 Apr``."""
    return f"{day.month}/{day.day}" if is_chinese(language) else f"{day.day} {MONTHS[day.month - 1]}"


def moment_text(moment: datetime | None, today: date, language: str, *, with_weekday: bool = False) -> str:
    """``4月8日 14:30`` / ``8 Apr 14:30``."""
    if moment is None:
        return UNKNOWN
    return f"{day_text(moment.date(), today, language, with_weekday=with_weekday)} {moment:%H:%M}"


def in_days(day: date | None, today: date, language: str) -> str:
    """How far away a day is: ``14 天后`` / ``in 14 d``, ``今天``, ``昨天``, ``9 天前`` / ``9 d ago``."""
    if day is None:
        return UNKNOWN
    distance, zh = (day - today).days, is_chinese(language)
    near = {-1: ("昨天", "yesterday"), 0: ("今天", "today"), 1: ("明天", "tomorrow")}
    if distance in near:
        return near[distance][0 if zh else 1]
    if distance > 0:
        return f"{distance} 天后" if zh else f"in {distance} d"
    return f"{-distance} 天前" if zh else f"{-distance} d ago"


def due(day: date | None, today: date, language: str) -> str:
    """When work is due: ``逾期 1 天`` / ``1 d late``, ``今天``, ``明天``, ``周五`` within a week, else the day."""
    if day is None:
        return UNKNOWN
    distance, zh = (day - today).days, is_chinese(language)
    if distance < 0:
        return f"逾期 {-distance} 天" if zh else f"{-distance} d late"
    if distance <= 1:
        return (("今天", "明天") if zh else ("Today", "Tomorrow"))[distance]
    return weekday(day, language) if distance < 7 else day_text(day, today, language)


def ago(moment: datetime | None, now: datetime, language: str) -> str:
    """How long ago, both moments in the reader's zone: ``刚刚``, ``5 分钟前``, ``2 小时前``, ``昨天``, then the day."""
    if moment is None:
        return UNKNOWN
    zh, minutes = is_chinese(language), int((now - moment).total_seconds() // 60)
    if minutes < 0:
        return moment_text(moment, now.date(), language)
    if minutes < 1:
        return "刚刚" if zh else "just now"
    if minutes < 60:
        return f"{minutes} 分钟前" if zh else f"{minutes} min ago"
    if moment.date() == now.date() or minutes < 6 * 60:
        return f"{minutes // 60} 小时前" if zh else f"{minutes // 60} h ago"
    if (now.date() - moment.date()).days <= DAYS_TOLD_AS_DISTANCE:
        return in_days(moment.date(), now.date(), language)
    return day_text(moment.date(), now.date(), language)


def duration(seconds: float | None, language: str) -> str:
    """A length of time in its largest fitting unit: ``45 秒``, ``26 小时`` (until two days), ``3 天`` / ``3 d``."""
    if seconds is None:
        return UNKNOWN
    if 0 < seconds < 1:
        return f"{max(1, round(seconds * 1000))} {'毫秒' if is_chinese(language) else 'ms'}"
    units = [(86400, 2, "天", "d"), (3600, 1, "小时", "h"), (60, 1, "分钟", "min"), (1, 0, "秒", "s")]
    for size, at_least, chinese, english in units:
        if seconds >= size * at_least:
            return f"{round(seconds / size)} {chinese if is_chinese(language) else english}"
    return UNKNOWN
