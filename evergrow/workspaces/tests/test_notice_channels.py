"""Out of the app: mail through a real SMTP server, robots against a vendor that checks, and nothing lost in between."""

import email
import email.policy
import socket
from datetime import UTC, datetime, time, timedelta
from importlib import import_module

import pytest
from aiosmtpd.controller import Controller
from django.apps import apps
from django.urls import reverse

from evergrow.lib import clock, outside
from evergrow.workspaces import notices
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import Delivery, Notice, NoticeSettings, Posting, Robot
from evergrow.workspaces.notices import gathering, kinds, preferences, reading, robots, sending, when
from evergrow.workspaces.notices.channel_models import DeliveryState, Pace
from evergrow.workspaces.notices.channels import feishu
from evergrow.workspaces.tests.receiver import SECRET, vendor

MINUTE = timedelta(minutes=1)


class Box:
    def __init__(self):
        self.letters, self.refusal = [], ""

    async def handle_DATA(self, server, session, envelope):
        if self.refusal:
            return self.refusal
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture(scope="module")
def post_office():
    box = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


@pytest.fixture
def box(post_office, settings):
    box, settings.EMAIL_PORT = post_office
    box.letters, box.refusal = [], ""
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.MAIL_IS_SET_UP, settings.PUBLIC_URL = True, "https://grow.example"
    return box


@pytest.fixture
def chat(settings):
    settings.PRIVATE_WEBHOOKS, settings.PUBLIC_URL = True, "https://grow.example"
    with vendor() as (it, address):
        it.address = address
        yield it


@pytest.fixture(autouse=True)
def two_kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})
    notices.register("greeting", "bell", lambda notice: f"Hello <{notice.data['name']}>", label="Greetings")
    notices.register("fire", "flame", lambda notice: "Fire", is_urgent=True, label="Fires")
    notices.register(kinds.STOPPED, "robot-off", lambda notice: "Stopped", label="Robots")


def greet(member, name="you", kind="greeting", **fields):
    return notices.tell(member, kind, url="/w/acme/tasks/", data={"name": name}, **fields)


def work(workspace, moment):
    """What the job does at a moment."""
    with clock.frozen(moment):
        gathering.gather(workspace, moment)
        return sending.send_due(workspace)


def robot(workspace, chat, channel="wecom", **fields):
    facts = {"name": "Team", "kinds": ["greeting", "fire"], "language": "en", **fields}
    address = f"{chat.address}/{fields.pop('at', channel)}"
    facts.pop("at", None)
    return robots.add_robot(workspace=workspace, channel=channel, address=address, secret=SECRET, by=None, **facts)


def test_mail_comes_as_one_digest_each_working_morning_of_the_members_zone(box, workspace, bob, frozen):
    NoticeSettings.objects.create(member=bob, zone="Europe/Berlin")
    for name in ("one", "two"):
        greet(bob, name)
    read = greet(bob, "read")
    reading.mark_read(member=bob, notice=read)
    Notice.objects.filter(pk=read.pk).update(read_at=frozen + MINUTE)
    morning = datetime(2026, 3, 25, 8, 0, tzinfo=UTC)  # nine in Berlin, in winter time
    assert work(workspace, morning - MINUTE) == 0
    assert work(workspace, morning) == 1
    assert work(workspace, morning) == 0, "a job that runs twice sends once"
    (letter,) = box.letters
    text = letter.get_body("plain").get_content()
    assert (letter["To"], letter["Subject"]) == ("bob@example.com", "Acme: 2 notifications")
    assert "Hello <one>" in text
    assert "Hello <read>" not in text, "what was read in the app is not mailed"
    assert "https://grow.example/w/acme/tasks/" in text
    assert "Hello &lt;two&gt;" in letter.get_body("html").get_content()


def test_a_killed_worker_loses_no_mail_and_the_second_try_is_the_same_letter(box, workspace, bob, frozen):
    greet(bob, kind="fire")
    gathering.gather(workspace, frozen)
    (delivery,) = Delivery.objects.all()
    assert sending.claim(delivery.pk) is not None
    assert sending.claim(delivery.pk) is None, "two workers, one letter"
    assert work(workspace, frozen + MINUTE) == 0, "the lease still holds"
    assert work(workspace, frozen + 3 * MINUTE) == 1
    from evergrow.workspaces.notices.channels import mail

    assert box.letters[0]["Message-ID"] == mail.message_id(delivery.dedupe_key)


def test_a_mail_server_that_is_busy_is_asked_again_and_a_refusal_is_final(box, workspace, alice, bob, frozen):
    box.refusal = "451 later"
    greet(bob, kind="fire")
    assert work(workspace, frozen) == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.not_before) == (DeliveryState.QUEUED, frozen + MINUTE)
    box.refusal = "550 no such mailbox"
    work(workspace, frozen + MINUTE)
    delivery.refresh_from_db()
    assert (delivery.state, "550" in delivery.error) == (DeliveryState.FAILED, True)
    box.refusal = ""
    assert robots.retry(delivery=delivery, by=alice) is True
    assert robots.retry(delivery=delivery, by=alice) is False
    assert work(workspace, frozen + 2 * MINUTE) == 1


def test_three_hundred_alerts_are_one_card_within_each_vendors_rules(chat, workspace, alice, bob, frozen):
    for channel in ("wecom", "dingtalk", "feishu", "slack"):
        robot(workspace, chat, channel)
    for number in range(300):
        greet(bob, str(number))
    moment = frozen + 2 * MINUTE
    assert work(workspace, moment) == 4
    taken = dict(chat.taken)
    assert "Greetings: 300, the latest “Hello ＜299＞”" in taken["wecom"]["markdown"]["content"]
    assert r"Hello \<299\>" in taken["dingtalk"]["markdown"]["text"]
    assert (
        taken["feishu"]["content"]["post"]["en_us"]["content"][0][0]["href"] == "https://grow.example/w/acme/notices/"
    )
    assert "Hello &lt;299&gt;" in taken["slack"]["text"]
    assert Posting.objects.filter(delivery=None).count() == 0


def test_a_wrong_secret_is_refused_by_the_vendor_and_stops_the_robot_after_three(chat, workspace, alice, bob, frozen):
    one = robot(workspace, chat, "dingtalk")
    one.secret = "other"
    one.save()
    for minute in range(3):
        with clock.frozen(frozen + minute * MINUTE):
            greet(bob, kind="fire")
        work(workspace, frozen + minute * MINUTE)
    one.refresh_from_db()
    assert one.stopped_at is not None
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.FAILED}
    assert Notice.objects.filter(member=alice, kind=kinds.STOPPED).count() == 1
    with clock.frozen(frozen + timedelta(hours=1)):
        robots.change_robot(robot=one, by=alice, secret=SECRET)
        greet(bob, kind="fire")
    assert work(workspace, frozen + timedelta(hours=1)) == 1


def test_addresses_and_secrets_of_robots_are_kept_sealed_and_asked_for_anew_when_the_key_changed(
    chat, workspace, alice, bob, frozen, settings, sign_in
):
    one = robot(workspace, chat, "dingtalk")
    address = f"{chat.address}/dingtalk"
    Robot.objects.update(sealed_address=address, sealed_secret=SECRET, hint="")  # as versions before kept them
    import_module("evergrow.workspaces.migrations.0006_sealed_robots").seal(apps, None)
    kept = str(Robot.objects.values().get())
    assert "/dingtalk" not in kept
    assert SECRET not in kept
    greet(bob, kind="fire")
    assert work(workspace, frozen + MINUTE) == 1
    settings.SECRET_KEY = "another key of this server"
    greet(bob, kind="fire")
    assert work(workspace, frozen + 2 * MINUTE) == 0
    assert "the secret key of this server changed" in Delivery.objects.order_by("pk").last().error
    client, page = sign_in(alice), reverse("workspaces:robot", args=["acme", one.pk])
    shown = client.get(reverse("workspaces:channels", args=["acme"])).content.decode()
    assert "Enter its address anew" in shown
    assert one.hint in shown
    assert "the secret key of this server changed" in client.get(page).content.decode()
    with pytest.raises(BadChoice, match="Enter it anew"):
        robots.change_robot(robot=Robot.objects.get(), by=alice, address=address)  # its secret is still shut
    robots.change_robot(robot=Robot.objects.get(), by=alice, address=address, secret=SECRET)
    greet(bob, kind="fire")
    assert work(workspace, frozen + 3 * MINUTE) == 1
    robots.remove_robot(robot=Robot.objects.get(), by=alice)
    gone = Robot.objects.get()
    assert (gone.sealed_address, gone.sealed_secret, gone.hint) == ("", "", one.hint)


def test_a_robot_stays_under_the_limit_and_waits_as_long_as_it_is_told(chat, workspace, bob, frozen):
    one = robot(workspace, chat, "slack")
    chat.answers = [(429, "slow down", {"Retry-After": "30"})]
    greet(bob, kind="fire")
    assert work(workspace, frozen) == 0
    assert Delivery.objects.get().not_before == frozen + timedelta(seconds=30)
    greet(bob, kind="fire")
    assert work(workspace, frozen + timedelta(seconds=10)) == 0, "the whole robot waits"
    assert work(workspace, frozen + timedelta(seconds=30)) == 1
    assert work(workspace, frozen + timedelta(seconds=32)) == 1
    Delivery.objects.all().delete()
    one.refresh_from_db()
    one.channel, one.address = "wecom", f"{chat.address}/wecom"
    one.save()
    for number in range(30):
        Delivery.objects.create(
            workspace=workspace, channel="wecom", robot=one, dedupe_key=str(number), is_test=True, created_at=frozen
        )
    chat.taken, chat.times = [], []
    for second in range(0, 120, 4):
        work(workspace, frozen + timedelta(minutes=5, seconds=second))
    assert len(chat.taken) == 30, "none was refused: never more than 20 a minute"


def test_dingtalks_block_of_ten_minutes_holds_for_the_robot(chat, workspace, bob, frozen):
    robot(workspace, chat, "dingtalk")
    chat.answers = [(200, {"errcode": 130101, "errmsg": "send too fast"}, {})]
    greet(bob, kind="fire")
    work(workspace, frozen)
    assert Robot.objects.get().next_at == frozen + timedelta(minutes=10)
    assert work(workspace, frozen + timedelta(minutes=9)) == 0
    assert work(workspace, frozen + timedelta(minutes=10)) == 1


def test_feishu_keeps_away_from_full_and_half_hours_unless_it_burns(chat, workspace, bob, frozen):
    robot(workspace, chat, "feishu")
    half = frozen.replace(minute=30)
    with clock.frozen(half - 2 * MINUTE):
        greet(bob)
    assert work(workspace, half) == 0
    assert work(workspace, half + 2 * MINUTE) == 1
    with clock.frozen(half):
        greet(bob, kind="fire")
    with clock.frozen(half + timedelta(minutes=30)):
        greet(bob, kind="fire")
    assert work(workspace, half + timedelta(minutes=30)) == 1
    assert feishu.quiet_until(half) == half + timedelta(seconds=90)


def test_urgent_passes_quiet_hours_and_the_rest_waits_for_their_end(workspace, bob):
    zone = when.ZoneInfo("Asia/Shanghai")
    night = when.Habits(zone, "CN", Pace.AT_ONCE, quiet_from=time(22), quiet_until=time(8))
    late = datetime(2026, 3, 25, 23, 0, tzinfo=zone)
    assert when.due_at(late, night, is_urgent=True) == late
    assert when.due_at(late, night, is_urgent=False) == datetime(2026, 3, 26, 8, 0, tzinfo=zone)
    assert when.due_at(late.replace(hour=3), night, is_urgent=False) == datetime(2026, 3, 25, 8, 0, tzinfo=zone)
    noon = late.replace(hour=12)
    assert when.due_at(noon, night, is_urgent=False) == noon + when.COALESCE
    friday = datetime(2026, 3, 27, 10, 0, tzinfo=zone)
    morning = when.Habits(zone, "CN")
    assert when.due_at(friday, morning, is_urgent=False) == datetime(2026, 3, 30, 9, 0, tzinfo=zone)
    berlin = when.ZoneInfo("Europe/Berlin")
    spring = when.Habits(berlin, "", Pace.DAILY, hour=2, working_days_only=False)
    gap = when.due_at(datetime(2026, 3, 28, 12, 0, tzinfo=berlin), spring, is_urgent=False)
    assert gap == datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "two o'clock does not exist: the moment after the gap"


def test_a_member_chooses_per_kind_and_mutes_the_bell(box, chat, workspace, alice, bob, sign_in, frozen):
    ours = robot(workspace, chat, "slack", kinds=[], for_members=True)
    page = reverse("workspaces:notice_preferences", kwargs={"workspace": "acme"})
    wish = {f"greeting.robot:{ours.pk}": "1", "fire.app": "1", "pace": "at_once", "hour": "9"}
    assert sign_in(bob).post(page, wish).status_code == 302
    greet(bob)
    greet(bob, kind="fire")
    assert [notice.kind for notice in reading.notices(bob, unread=True)] == ["fire"]
    assert work(workspace, frozen + 2 * MINUTE) == 1
    assert "Bob: Hello" in chat.taken[0][1]["text"]
    assert box.letters == []
    bad = sign_in(bob).post(page, {**wish, "zone": "Mars/Base"})
    assert (bad.status_code, "Mars/Base" in bad.content.decode()) == (422, True)
    facts = {"pace": "daily", "hour": 9, "working_days_only": True, "quiet_from": None, "quiet_until": None}
    with pytest.raises(BadChoice):
        preferences.choose(member=bob, choices={"greeting": ["robot:999"]}, **facts)


def test_an_address_is_never_shown_and_never_private(settings, workspace, alice, sign_in, monkeypatch, frozen):
    address = "https://hooks.slack.com/services/T000/B000/verysecretpart"
    monkeypatch.setattr("evergrow.lib.outside.socket.getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("8.8.8.8", 443))])
    client, page = sign_in(alice), reverse("workspaces:channels", kwargs={"workspace": "acme"})
    wish = {"channel": "slack", "name": "Team", "address": address, "language": "en", "pace": "at_once", "hour": "9"}
    assert client.post(page, wish).status_code == 302
    html = client.get(page).content.decode() + client.get(f"{page}{Robot.objects.get().pk}/").content.decode()
    assert "hooks.slack.com…part" in html
    assert "verysecret" not in html
    monkeypatch.setattr("evergrow.lib.outside.socket.getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("10.0.0.8", 443))])
    refused = client.post(page, wish)
    assert (refused.status_code, "private network" in refused.content.decode()) == (422, True)
    for bad in ("http://hooks.slack.com/x", "https://169.254.169.254/x", "ftp://x", "https://user:pw@x/"):
        with pytest.raises(outside.BadAddress):
            outside.check(bad)
