"""A source of events went quiet, sends another shape, far more or less than usual, or what cannot be taken."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

from evergrow.intake.pipeline import quiet as silences
from evergrow.intake.pipeline import shape as shapes
from evergrow.intake.pipeline import volume as volumes
from evergrow.lib import clock, moments, numerals
from evergrow.success.models import Severity
from evergrow.success.rules.finding import EN, ZH, Finding, Seen, Text, Watch, text
from evergrow.workspaces.models import Key, KeyKind

LONG = timedelta(days=1)
MOST_LINES = 6
KINDS = {
    "text": text("文本", "text"),
    "number": text("数字", "number"),
    "truth": text("布尔值", "true or false"),
    "list": text("列表", "list"),
    "object": text("对象", "object"),
}


def quiet(watch: Watch) -> Seen:
    """Working write keys that are silent against their habits."""
    keys = _keys(watch)
    found = []
    for pk, silence in silences.silent(watch.workspace, silences.rhythms(watch.workspace)).items():
        if pk not in keys:
            continue
        length = clock.now() - silence.since
        zh, en = (moments.duration(length.total_seconds(), language) for language in (ZH, EN))
        usual = [moments.duration(silence.habit, language) for language in (ZH, EN)]
        rests = silence.usual > silences.QUARTER
        since = [_moment(watch, silence.since, language) for language in (ZH, EN)]
        reason = text(f"“{keys[pk].name}”已 {zh}没有事件", f"No event from {keys[pk].name} for {en}")
        lines = [
            text(f"最后一个事件：{since[0]}", f"last event {since[1]}"),
            text(
                f"此时段通常最长沉默 {usual[0]}" if rests else "此时段通常一直有事件",
                f"at this hour it is never silent longer than {usual[1]}" if rests else "at this hour it always sends",
            ),
        ]
        severity = Severity.HIGH if length >= LONG or not rests else Severity.MEDIUM
        found.append(Finding(None, severity, reason, lines, source=pk))
    return Seen(found)


def shape(watch: Watch) -> Seen:
    """Events whose properties vanished, appeared or changed their kind; one finding an event of a source."""
    by_name = {key.name: key.pk for key in reversed(list(_keys(watch).values()))}
    found = []
    changes = [change for change in shapes.changes(watch.workspace) if change.source in by_name]
    for (source, event), group in groupby(changes, key=lambda change: (change.source, change.event)):
        mine = list(group)
        worst = Severity.LOW if all(change.what == "appeared" for change in mine) else Severity.MEDIUM
        count = len(mine)
        reason = text(
            f"“{source}”的事件 {event} 有 {count} 个属性发生变化",
            f"{count} {'property' if count == 1 else 'properties'} of {event} from {source} changed",
        )
        lines = [_told(change) for change in mine[:MOST_LINES]]
        lines.append(
            text(
                f"近 2 小时 {mine[0].events:,} 个事件，与昨天及上周同日比较",
                f"{mine[0].events:,} events within 2 hours, against yesterday and the same day last week",
            )
        )
        found.append(Finding(None, worst, reason, lines, part=event[:80], source=by_name[source]))
    return Seen(found)


def volume(watch: Watch) -> Seen:
    """Sources that send less than a third of the least, or three times the most, that is usual at these hours."""
    keys, found = _keys(watch), []
    for pk, swing in volumes.swings(watch.workspace, volumes.hours(watch.workspace)).items():
        if pk not in keys:
            continue
        name = keys[pk].name
        now, usual = [[numerals.short_number(each, language) for language in (ZH, EN)] for each in _both(swing)]
        word = ("骤降", "fell") if swing.fell else ("骤增", "rose")
        reason = text(
            f"“{name}”的事件量{word[0]}：{now[0]}，通常 {usual[0]}",
            f"Volume of {name} {word[1]}: {now[1]}, usually {usual[1]}",
        )
        line = text(
            f"近 3 个整点小时；此前同一时段 {swing.compared} 次为 {swing.low:,} 至 {swing.high:,}",
            f"over 3 full hours; {swing.low:,} to {swing.high:,} at these hours of {swing.compared} days before",
        )
        severity = Severity.MEDIUM if swing.fell else Severity.LOW
        found.append(Finding(None, severity, reason, [line], source=pk))
    return Seen(found)


def errors(watch: Watch) -> Seen:
    """Sources whose messages are refused far more often than before."""
    keys, found = _keys(watch), []
    for pk, fault in volumes.errors(watch.workspace, volumes.hours(watch.workspace)).items():
        if pk not in keys:
            continue
        share, before = (numerals.percent(each, EN, 1) for each in (fault.share, fault.before))
        reason = text(
            f"“{keys[pk].name}”{share} 的消息未被接收", f"{share} of the messages of {keys[pk].name} were not taken"
        )
        lines = [
            text(f"近 1 小时 {fault.count:,} 条未被接收", f"{fault.count:,} messages in the last hour"),
            text(f"此前 7 天为 {before}", f"{before} in the 7 days before"),
        ]
        severity = Severity.HIGH if fault.share >= 0.5 else Severity.MEDIUM
        found.append(Finding(None, severity, reason, lines, source=pk))
    return Seen(found)


def _keys(watch: Watch) -> dict[int, Key]:
    """The workspace's working write keys by id, without those that a colleague paused."""
    rows = Key.objects.filter(workspace=watch.workspace, kind=KeyKind.WRITE, revoked_at=None)
    rows = rows.filter(source_settings__paused_at=None)
    return {key.pk: key for key in rows.order_by("pk")}


def _both(swing: volumes.Swing) -> Iterable[float]:
    return swing.now, swing.usual


def _moment(watch: Watch, moment: datetime, language: str) -> str:
    return moments.moment_text(moment.astimezone(watch.workspace.tz), watch.today, language)


def _told(change: shapes.Change) -> Text:
    before, now = (numerals.percent(share, EN) for share in (change.before, change.now))
    if change.what == "vanished":
        return text(
            f"{change.property} 消失：此前 {before} 的事件有，现在 {now}",
            f"{change.property} vanished: in {before} of the events before, in {now} now",
        )
    if change.what == "appeared":
        return text(
            f"{change.property} 新增：{now} 的事件有，此前 {before}",
            f"{change.property} appeared: in {now} of the events, in {before} before",
        )
    old, new = KINDS[change.kind], KINDS[change.new_kind]
    return text(
        f"{change.property} 的类型由{old['zh']}变为{new['zh']}（{old['zh']}占比 {before} → {now}）",
        f"{change.property} turned from {old['en']} to {new['en']} ({old['en']}: {before} → {now})",
    )
