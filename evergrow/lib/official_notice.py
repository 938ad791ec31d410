"""The days that a notice of the Chinese State Council makes free or worked, read from its text.

《国务院办公厅关于…年部分节假日安排的通知》 comes each November for the following year. Read are the numbered parts
(“二、春节：2月15日（周日）至23日（周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。”);
every weekday and every number of days that the text itself states is checked, so that no slip in copying goes unseen.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
LONGEST = 20_000
HOLIDAYS = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")
WEEKDAYS = "一二三四五六日"
_UNSEEN = ("Zs", "Zl", "Zp", "Cc", "Cf")

_YEAR = re.compile(r"关于(\d{4})年(?:部分)?节假日")
_NAME = f"(?:国际)?(?:{'|'.join(HOLIDAYS)})节?"
_PART = re.compile(rf"(?:[一二三四五六七八九十]+、)?({_NAME}(?:[、和]{_NAME})*):")
_BRACKETS = r"(?:\(([^()]*)\))?"
_DAY = rf"(?:(\d{{4}})年)?(\d{{1,2}})月(\d{{1,2}})日{_BRACKETS}"
_DATED, _IN_BRACKETS = re.compile(r"\d日"), re.compile(r"\([^()]*\)")
_FREE = re.compile(rf"{_DAY}(?:至(?:(\d{{4}})年)?(?:(\d{{1,2}})月)?(\d{{1,2}})日{_BRACKETS})?放假(.*)")
_COUNT = re.compile(r"(?:共|放假)(\d+)天")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")


class BadNotice(ValueError):
    """The text cannot be taken as it stands. ``why`` says what is wrong, ``at`` where, the rest what was found.

    ``why``: "long", "year" (the notice of ``found``), "nothing" (no part can be read), "missing" (holidays),
    "sentence" (cannot be read), "date" (there is none such), "weekday" and "count" (``found`` is right), "order",
    "weekend" (a day that is worked instead lies in the week), "twice" (free and worked), "again" (worked, named twice).
    """

    def __init__(self, why: str, at: str = "", found: str = "") -> None:
        super().__init__(why, at, found)
        self.why, self.at, self.found = why, at, found


@dataclass(frozen=True, slots=True)
class Holiday:
    """A part of the notice: what it is called, the days that are free, and those worked instead."""

    name: str
    free: tuple[date, ...]
    worked: tuple[date, ...]


def read(text: str, year: int) -> list[Holiday]:
    """The holidays of ``year`` in the text of its notice. Raises BadNotice."""
    if len(text) > LONGEST:
        raise BadNotice("long")
    plain = "".join(each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) not in _UNSEEN)
    told = _YEAR.search(plain)
    if told and int(told[1]) != year:
        raise BadNotice("year", found=told[1])
    cut = _PART.split(plain)[1:]
    parts = [_part(name, body, year) for name, body in zip(cut[::2], cut[1::2], strict=True)]
    found = [part for part in parts if part.free]
    if not found:
        raise BadNotice("nothing")
    names = "".join(part.name for part in found)
    if missing := [name for name in HOLIDAYS if name not in names]:
        raise BadNotice("missing", found="、".join(missing))
    told_of: set[date] = set()
    free = {day for part in found for day in part.free}
    for part in found:
        for day in part.worked:
            if day in free:
                raise BadNotice("twice", part.name, day.isoformat())
            if day in told_of:
                raise BadNotice("again", part.name, day.isoformat())
            told_of.add(day)
    return found


def _part(name: str, body: str, year: int) -> Holiday:
    free: list[date] = []
    worked: list[date] = []
    for sentence in re.split(r"[。;]", body):
        if not _DATED.search(_IN_BRACKETS.sub("", sentence)):
            continue  # no day of its own: an advice, or the end of the notice
        if sentence.endswith("上班"):
            worked += _worked(sentence, year)
        else:
            free += _free(sentence, year)
    return Holiday(name, tuple(free), tuple(worked))


def _free(sentence: str, year: int) -> list[date]:
    match = _FREE.fullmatch(sentence)
    if match is None:
        raise BadNotice("sentence", sentence)
    first_year, month, day, says, last_year, last_month, last_day, last_says, rest = match.groups()
    first = _day(first_year or year, month, day, says, sentence)
    last = first
    if last_day:
        last = _day(last_year or first.year, last_month or first.month, last_day, last_says, sentence)
    if not timedelta(0) <= last - first < timedelta(days=31) or year not in (first.year, last.year):
        raise BadNotice("order", sentence)
    days = [first + DAY * n for n in range((last - first).days + 1)]
    count = _COUNT.search("放假" + rest)
    if count and int(count[1]) != len(days):
        raise BadNotice("count", sentence, str(len(days)))
    return days


def _worked(sentence: str, year: int) -> list[date]:
    found = []
    for each in re.split(r"、(?=\d)", sentence.removesuffix("上班")):
        match = re.fullmatch(_DAY, each)
        if match is None:
            raise BadNotice("sentence", sentence)
        day = _day(match[1] or year, match[2], match[3], match[4], sentence)
        if (day.year, day.month) not in [(year, month) for month in range(1, 13)] + [(year - 1, 12)]:
            raise BadNotice("order", sentence)
        if day.weekday() < 5:
            raise BadNotice("weekend", sentence, day.isoformat())
        found.append(day)
    return found


def _day(year: str | int, month: str | int, day: str, says: str | None, sentence: str) -> date:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        raise BadNotice("date", sentence, f"{month}月{day}日") from None
    told = _WEEKDAY.search(says or "")
    if told and WEEKDAYS.index(told[1].replace("天", "日")) != found.weekday():
        raise BadNotice("weekday", sentence, f"{found.month}月{found.day}日(周{WEEKDAYS[found.weekday()]})")
    return found
