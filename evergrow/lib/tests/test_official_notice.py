"""Notices on the holidays of a year: what they make free and worked, against what the installed calendar knows."""

import re
from datetime import date, timedelta

import pytest

from evergrow.lib import official_notice, workdays

NOTICES = {
    2024: """国务院办公厅关于2024年部分节假日安排的通知
国办发明电〔2023〕7号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2024年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。""",
    2025: """一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。""",
    2026: """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。""",
}

FORMS = [
    str,
    lambda text: text.replace("（", " ( ").replace("）", " ) ").replace("：", " :\n"),
    lambda text: re.sub("[一二三四五六七]、", "• ", text),  # as lists lose their numbers
    lambda text: text.replace("月", "\u200b月\u00a0"),
]


def calendar(text: str, year: int) -> workdays.Calendar:
    parts = official_notice.read(text, year)
    days = [(day, False) for part in parts for day in part.free] + [
        (day, True) for part in parts for day in part.worked
    ]
    return workdays.Calendar("", tuple(days), frozenset([year]))


@pytest.mark.parametrize("year", NOTICES)
@pytest.mark.parametrize(
    "form", [str, lambda text: text.replace("（", " ( ").replace("）", " ) ").replace("：", " :\n")]
)
def test_a_notice_gives_every_day_of_its_year_as_the_installed_calendar_has_it(year, form) -> None:
    mine = calendar(form(NOTICES[year]), year)
    for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
        day = date(year, 1, 1) + timedelta(n)
        assert workdays.is_workday(day, mine) == workdays.is_workday(day, "CN"), day


def test_parts_keep_their_names_and_days_may_begin_in_the_year_before() -> None:
    parts = official_notice.read(NOTICES[2025], 2025)
    assert [part.name for part in parts] == ["元旦", "春节", "清明节", "劳动节", "端午节", "国庆节、中秋节"]
    assert parts[4].free == (date(2025, 5, 31), date(2025, 6, 1), date(2025, 6, 2)), "over the end of a month"
    text = NOTICES[2025].replace(
        "1月1日（周三）放假1天，不调休", "2024年12月31日（周二）至2025年1月1日（周三）放假，共2天"
    )
    assert official_notice.read(text, 2025)[0].free == (date(2024, 12, 31), date(2025, 1, 1))


@pytest.mark.parametrize(
    ("old", "new", "why", "found"),
    [
        ("1月1日（周四）", "1月1日（周五）", "weekday", "1月1日(周四)"),
        ("至23日（农历正月初七、周一）", "至22日（农历正月初七、周日）", "count", "8"),
        ("2月14日（周六）", "2月12日（周四）", "weekend", "2026-02-12"),
        ("2月14日（周六）", "2月15日（周日）", "twice", "2026-02-15"),
        ("4月4日（周六）至6日（周一）", "4月34日至6日", "date", "4月34日"),
        ("10月1日（周四）至7日（周三）", "10月7日（周三）至1日（周四）", "order", ""),
        ("5月9日（周六）上班", "5月9日（周六）起上班", "sentence", ""),
        ("5月9日（周六）上班", "5月9日（周六）上班，特此说明", "sentence", ""),
        ("5月9日（周六）上班", "5月6日（周三）补休", "sentence", ""),
        ("5月9日（周六）上班", "2027年5月9日（周日）上班", "order", ""),
        ("10月10日（周六）上班", "5月9日（周六）上班", "again", "2026-05-09"),
        ("五、端午节：6月19日（周五）至21日（周日）放假，共3天。", "", "missing", "端午"),
        ("一、元旦", "国务院办公厅关于2027年部分节假日安排的通知 一、元旦", "year", "2027"),
    ],
)
def test_a_slip_is_told_with_its_place_and_nothing_is_taken(old, new, why, found) -> None:
    assert old in NOTICES[2026]
    with pytest.raises(official_notice.BadNotice) as refused:
        official_notice.read(NOTICES[2026].replace(old, new), 2026)
    assert (refused.value.why, refused.value.found) == (why, found)


@pytest.mark.parametrize("text", ["", "一、二、三", "放假通知", "一、元旦：放假。", "x" * 30_000])
def test_a_text_without_days_or_too_long_is_refused(text) -> None:
    with pytest.raises(official_notice.BadNotice):
        official_notice.read(text, 2026)
