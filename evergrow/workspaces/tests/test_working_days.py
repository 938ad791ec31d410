"""Days of a workspace's own, and official days that were taken in: what counts, the page, the API, the file."""

from datetime import date

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied

from evergrow.lib import workdays
from evergrow.workspaces import configuration
from evergrow.workspaces.calendar import acts, days, year
from evergrow.workspaces.configuration import BadObject
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import AuditEntry, Workspace
from evergrow.workspaces.tests.callers import caller

PAGE = "/w/acme/settings/working-days/"
# Made up: the days of 2027 were not announced when this was written. They are plausible, weekdays and counts fit.
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕、周五）至11日（农历正月初六、周四）放假调休，共7天。1月31日（周日）、2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。"""


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


def test_a_year_that_was_taken_in_counts_as_its_notice_says_over_the_border_of_the_year(workspace, alice):
    before = workdays.add(date(2026, 12, 30), 20, workspace.workdays)
    assert not workdays.is_known(date(2027, 1, 31), workspace.workdays)
    acts.take_in(workspace=workspace, year=2027, text=NOTICE, by=alice)
    for here in (workspace, Workspace.objects.get(pk=workspace.pk)):
        assert workdays.is_known(date(2027, 1, 31), here.workdays)
        assert workdays.is_workday(date(2027, 1, 31), here.workdays), "a Sunday that is worked"
        assert not workdays.is_workday(date(2027, 2, 11), here.workdays), "a Thursday that the law does not name"
        assert workdays.add(date(2026, 12, 30), 1, here.workdays) == date(2026, 12, 31)
        assert workdays.add(date(2026, 12, 30), 2, here.workdays) == date(2027, 1, 4)
        assert workdays.add(date(2026, 12, 30), 20, here.workdays) == date(2027, 1, 28) == before
        assert workdays.add(date(2027, 1, 28), 3, here.workdays) == date(2027, 2, 1), "with the Sunday"
        assert workdays.between(date(2027, 1, 29), date(2027, 2, 14), here.workdays) == 7
    assert sum(month.worked for month in year.months(workspace, 2027)) == 261 - 17 + 6
    acts.take_back(workspace=workspace, year=2027, by=alice)
    assert workspace.workdays == "CN"
    assert [entry.verb for entry in AuditEntry.objects.order_by("pk")][-2:] == [
        "calendar.taken_in",
        "calendar.taken_back",
    ]


def test_own_days_win_over_every_other_and_another_workspace_has_none_of_them(workspace, alice, mallory):
    acts.take_in(workspace=workspace, year=2027, text=NOTICE, by=alice)
    last = date(2027, 2, 12)
    assert acts.set_own(workspace=workspace, first=date(2027, 2, 11), last=last, works=True, name="Fair", by=alice)
    acts.set_own(workspace=workspace, first=last, last=last, works=False, name="Trip", by=alice)
    assert [workdays.is_workday(date(2027, 2, day), workspace.workdays) for day in (10, 11, 12)] == [False, True, False]
    assert workdays.is_workday(last, mallory.workspace.workdays)
    assert not acts.set_own(workspace=workspace, first=last, last=last, works=False, name="Trip", by=alice)
    assert acts.unset_own(workspace=workspace, first=date(2027, 1, 1), last=last, by=alice) == 2
    assert [workdays.is_workday(date(2027, 2, day), workspace.workdays) for day in (11, 12)] == [False, True]


def test_the_notice_counts_for_the_calendar_of_china_alone(workspace, alice):
    acts.take_in(workspace=workspace, year=2027, text=NOTICE, by=alice)
    workspace.calendar = "US"
    assert workspace.workdays == "US"
    with pytest.raises(BadChoice, match="calendar of China"):
        acts.take_in(workspace=workspace, year=2027, text=NOTICE, by=alice)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"first": date(2027, 3, 2)}, "last"),
        ({"last": date(2027, 12, 1)}, "last"),
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"first": date(1999, 3, 1)}, "last"),
        ({"first": date(2127, 3, 1), "last": date(2127, 3, 1)}, "first"),
    ],
)
def test_days_that_make_no_sense_are_refused_and_nothing_changes(workspace, alice, wish, field):
    plain = {"first": date(2027, 3, 1), "last": date(2027, 3, 1), "works": False, "name": "Trip"}
    with pytest.raises(BadChoice) as refused:
        acts.set_own(workspace=workspace, by=alice, **(plain | wish))
    assert refused.value.field == field
    assert workspace.workdays == "CN"


def test_only_administrators_change_working_days(workspace, bob):
    day = date(2027, 3, 1)
    for act in (
        lambda: acts.set_own(workspace=workspace, first=day, last=day, works=True, name="Fair", by=bob),
        lambda: acts.unset_own(workspace=workspace, first=day, last=day, by=bob),
        lambda: acts.take_in(workspace=workspace, year=2027, text=NOTICE, by=bob),
        lambda: acts.take_back(workspace=workspace, year=2027, by=bob),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert workspace.workdays == "CN"


def test_a_notice_is_pasted_looked_at_and_taken_in_on_the_page(workspace, alice, bob, sign_in, frozen):
    client = sign_in(alice)
    assert "2027 are not known here yet" in client.get(PAGE, {"year": 2027}).content.decode()
    wrong = client.post(PAGE + "notice/", {"year": 2027, "text": NOTICE.replace("1月1日（周五）", "1月1日（周四）")})
    assert wrong.status_code == 422
    assert "the weekday is another one in 2027, it should be 1月1日(周五)" in wrong.content.decode()
    seen = client.post(PAGE + "notice/", {"year": 2027, "text": NOTICE}).content.decode()
    assert "Sun 31 Jan 2027" in seen
    assert "What it changes here" in seen
    assert Workspace.objects.get(pk=workspace.pk).workdays == "CN", "looking changes nothing"
    assert client.post(PAGE + "notice/", {"year": 2027, "text": NOTICE, "take_in": "1"}).status_code == 302
    page = sign_in(bob).get(PAGE, {"year": 2027}).content.decode()
    assert "are not known here yet" not in page
    assert "Make-up day, worked · 春节" in page
    assert "Paste a notice" not in page, "bob reads only"
    assert client.post(PAGE + "notice/removal/", {"year": 2027}).status_code == 302
    assert Workspace.objects.get(pk=workspace.pk).workdays == "CN"


def test_own_days_are_added_and_removed_on_the_page_with_errors_beside_their_field(workspace, alice, sign_in, frozen):
    client = sign_in(alice)
    wish = {"first": "2026-12-30", "last": "2026-12-31", "works": "free", "name": "Stocktaking"}
    assert client.post(PAGE + "own/", wish).headers["Location"] == PAGE + "?year=2026"
    page = client.get(PAGE, {"year": 2026}).content.decode()
    assert "Stocktaking" in page
    assert "Free with us" in page
    bad = client.post(PAGE + "own/", {**wish, "last": "2026-12-01"})
    assert (bad.status_code, "lies before the first" in bad.content.decode()) == (422, True)
    unread = client.post(PAGE + "own/removal/", {"first": "soon", "last": ""})
    assert (unread.status_code, "Write a day like" in unread.content.decode()) == (422, True)
    client.post(PAGE + "own/removal/", {"first": "2026-12-30", "last": "2026-12-31"})
    assert Workspace.objects.get(pk=workspace.pk).workdays == "CN"


@pytest.mark.parametrize(
    ("now", "asked"), [(date(2026, 10, 31), None), (date(2026, 11, 1), 2027), (date(2027, 3, 1), 2027)]
)
def test_the_next_year_is_asked_for_from_november_on(workspace, alice, monkeypatch, now, asked):
    monkeypatch.setattr(Workspace, "today", lambda self: now)
    assert year.unknown_year(workspace) == asked
    acts.take_in(workspace=workspace, year=2027, text=NOTICE, by=alice)
    assert year.unknown_year(workspace) is None


def test_working_days_go_out_as_a_file_and_come_in_again(workspace, alice, mallory):
    acts.take_in(workspace=workspace, year=2027, text=NOTICE, by=alice)
    acts.set_own(
        workspace=workspace, first=date(2026, 12, 30), last=date(2027, 1, 4), works=False, name="Rest", by=alice
    )
    kind = configuration.kind_of("working-days")
    data = kind.export(workspace, "counts")["days"]
    assert data["own"] == [{"from": "2026-12-30", "until": "2027-01-04", "works": False, "name": "Rest"}]
    assert kind.read(workspace, "days", data) == data
    kind.write(mallory.workspace, "days", data, mallory)
    assert mallory.workspace.workdays == workspace.workdays
    assert days.official(mallory.workspace.calendar_days) == days.official(workspace.calendar_days)


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"own": {}}, ("own",)),
        ({"own": [{"from": "soon"}]}, ("own", 1, "from")),
        ({"own": [{"from": "2027-01-04", "until": "2027-01-01"}]}, ("own", 1, "until")),
        ({"own": [{"from": "2027-01-04", "until": "2027-01-04", "name": "x"}]}, ("own", 1, "works")),
        ({"official": [{"year": "2027"}]}, ("official", 1, "year")),
        ({"official": [{"year": 2027, "holidays": [{"free": []}]}]}, ("official", 1, "holidays", 1, "name")),
        (
            {"official": [{"year": 2027, "holidays": [{"name": "x", "free": ["2025-01-01"]}]}]},
            ("official", 1, "holidays", 1, "free"),
        ),
    ],
)
def test_a_file_with_a_mistake_is_refused_at_its_place(workspace, data, path):
    with pytest.raises(BadObject) as refused:
        configuration.kind_of("working-days").read(workspace, "days", data)
    assert refused.value.path == path


def test_programs_read_and_change_working_days(alice, bob):
    client, json = caller(alice), {"content_type": "application/json"}
    assert client.get("/api/v1/working-days", {"year": 2027}).json()["is_known"] is False
    taken = client.post("/api/v1/holiday-notices", {"year": 2027, "text": NOTICE}, **json)
    assert (taken.status_code, taken.json()["is_known"]) == (201, True)
    assert "2027-01-31" in taken.json()["working_days"]
    wish = {"first": "2027-01-30", "last": "2027-01-31", "name": "Trip"}
    assert client.post("/api/v1/own-days", wish, **json).json() == [{**wish, "works": False}]
    seen = caller(bob).get("/api/v1/working-days?year=2027").json()
    assert "2027-01-31" not in seen["working_days"]
    assert client.get("/api/v1/working-days?year=1999").status_code == 422
    assert client.delete("/api/v1/own-days?first=2027-01-01&last=2027-12-31").status_code == 204
    assert client.delete("/api/v1/holiday-notices?year=2027").status_code == 204
    assert Workspace.objects.get(slug="acme").workdays == "CN"
