"""Sources that go quiet, change shape, swing or fail raise a signal, by their own habits; it passes by itself."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from conftest import NOON
from evergrow.customers.models import TimelineEntry
from evergrow.intake.events import NormalEvent, insert_events
from evergrow.intake.pipeline.tally import Counts, write
from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.actions import signals as actions
from evergrow.success.actions.raising import raise_source_signals
from evergrow.success.models import Signal, SignalKind, SignalState
from evergrow.success.queries import signals_to_triage
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.actions.keys import create_key, revoke_key
from evergrow.workspaces.models import AccountScope, Job, Key, Member, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("warehouse_db")]
SHANGHAI = ZoneInfo("Asia/Shanghai")
WEDNESDAY = datetime(2026, 3, 25, 11, 30, tzinfo=SHANGHAI)
SATURDAY = datetime(2026, 3, 28, 11, 30, tzinfo=SHANGHAI)
MONDAY = datetime(2026, 3, 30, 8, 30, tzinfo=SHANGHAI)


@pytest.fixture
def source(workspace: Workspace) -> Key:
    workspace.calendar = "CN"
    workspace.save()
    return create_key(workspace=workspace, kind="write", name="Web", by=None)[0]


def sent(source: Key, moments: Iterable[datetime], count: int = 10, bad: int = 0) -> None:
    """Counts as the drain writes them: ``count`` accepted and ``bad`` rejected messages at each moment."""
    rows: dict[Any, Counts] = {}
    for moment in moments:
        milliseconds = int(moment.timestamp() * 1000)
        place = (source.workspace_id, source.pk, milliseconds // 60_000)
        rows[place] = Counts(accepted=count, rejected=bad, last_at=milliseconds if count else 0)
    write(rows)


def office_hours(until: datetime, days: int = 20, every: int = 20) -> list[datetime]:
    """Every 20 minutes from nine to six on working days; the weekend is silent."""
    moment, found = until - timedelta(days=days), []
    while moment <= until:
        if moment.weekday() < 5 and 9 <= moment.hour < 18:
            found.append(moment)
        moment += timedelta(minutes=every)
    return found


def evaluated(workspace: Workspace, at: datetime) -> dict[str, int]:
    with clock.frozen(at.astimezone(UTC)):
        return {name: count for name, count in raise_source_signals(workspace).items() if count}


def test_a_source_is_quiet_against_its_own_week(workspace: Workspace, source: Key) -> None:
    sent(source, office_hours(WEDNESDAY))
    assert evaluated(workspace, WEDNESDAY + timedelta(minutes=50)) == {}, "not an hour yet"
    assert evaluated(workspace, WEDNESDAY + timedelta(hours=3)) == {"raised": 1}
    signal = Signal.objects.get()
    assert (signal.kind, signal.source, signal.account) == (SignalKind.SOURCE_QUIET, source, None)
    assert "Web" in signal.reason["en"]
    assert "Web" in signal.reason["zh"]
    assert all(set(line) == {"zh", "en"} for line in signal.evidence)
    assert evaluated(workspace, WEDNESDAY + timedelta(hours=3, minutes=10)) == {"repeated": 1}


def test_silence_at_night_and_over_the_weekend_is_usual(workspace: Workspace, source: Key) -> None:
    sent(source, office_hours(SATURDAY))
    for hours in (0, 6, 12, 24, 36, 44):
        assert evaluated(workspace, SATURDAY + timedelta(hours=hours)) == {}, hours


def test_after_the_weekend_it_is_due_when_its_day_begins(workspace: Workspace, source: Key) -> None:
    sent(source, office_hours(SATURDAY))
    assert evaluated(workspace, MONDAY) == {}, "half past eight: nobody works yet"
    assert evaluated(workspace, MONDAY + timedelta(minutes=75)) == {}, "a quarter to ten"
    assert evaluated(workspace, MONDAY + timedelta(hours=3)) == {"raised": 1}


def test_a_source_without_a_week_of_history_is_never_quiet(workspace: Workspace, source: Key) -> None:
    sent(source, office_hours(WEDNESDAY, days=5))
    assert evaluated(workspace, WEDNESDAY + timedelta(hours=5)) == {}


def test_a_rare_source_is_missed_an_hour_after_it_was_due(workspace: Workspace, source: Key) -> None:
    daily = [WEDNESDAY - timedelta(days=back) for back in range(20)]
    sent(source, daily)
    assert evaluated(workspace, WEDNESDAY + timedelta(hours=23)) == {}
    assert evaluated(workspace, WEDNESDAY + timedelta(hours=24, minutes=40)) == {}, "due for 40 minutes"
    assert evaluated(workspace, WEDNESDAY + timedelta(hours=26)) == {"raised": 1}


def test_it_passes_by_itself_when_events_flow_again_even_if_somebody_took_it(
    workspace: Workspace, source: Key, alice: Member
) -> None:
    sent(source, office_hours(WEDNESDAY))
    later = WEDNESDAY + timedelta(hours=3)
    evaluated(workspace, later)
    actions.take_signal(signal=Signal.objects.get(), by=alice)
    sent(source, [later + timedelta(minutes=5)])
    assert evaluated(workspace, later + timedelta(minutes=10)) == {"expired": 1}
    signal = Signal.objects.get()
    assert (signal.state, signal.ended_by) == (SignalState.EXPIRED, None)
    assert evaluated(workspace, later + timedelta(hours=2)) == {"raised": 1}, "a second silence is another signal"
    assert TimelineEntry.objects.count() == 0


def test_what_somebody_closed_rests_for_a_day(workspace: Workspace, source: Key, alice: Member) -> None:
    sent(source, office_hours(WEDNESDAY))
    later = WEDNESDAY + timedelta(hours=2)
    evaluated(workspace, later)
    with clock.frozen(later.astimezone(UTC)):
        actions.resolve_signal(signal=Signal.objects.get(), by=alice)
    assert evaluated(workspace, later + timedelta(minutes=10)) == {"suppressed": 1}


def test_a_revoked_key_is_not_missed(workspace: Workspace, source: Key, alice: Member) -> None:
    sent(source, office_hours(WEDNESDAY))
    evaluated(workspace, WEDNESDAY + timedelta(hours=3))
    revoke_key(key=source, by=alice)
    assert evaluated(workspace, WEDNESDAY + timedelta(hours=3, minutes=10)) == {"expired": 1}


@pytest.mark.parametrize(("now", "word"), [(5, "fell"), (400, "rose"), (70, None), (200, None)])
def test_volume_far_from_what_is_usual_at_these_hours(workspace: Workspace, source: Key, now, word) -> None:
    noon = WEDNESDAY.replace(hour=12, minute=0)
    for back in range(29):
        day = noon - timedelta(days=back)
        count = now if not back else 95 + back % 10
        sent(source, [day - timedelta(hours=step, minutes=-7) for step in range(1, 4)], count=count)
    assert evaluated(workspace, noon + timedelta(minutes=5)) == ({"raised": 1} if word else {})
    if word:
        signal = Signal.objects.get()
        assert signal.kind == SignalKind.SOURCE_VOLUME
        assert word in signal.reason["en"]


def test_a_source_that_begins_to_fail_is_told_and_one_that_always_did_is_not(workspace: Workspace, source: Key) -> None:
    week = [WEDNESDAY - timedelta(hours=back) for back in range(2, 160)]
    chronic = create_key(workspace=workspace, kind="write", name="Chronic", by=None)[0]
    sent(source, week, count=100, bad=1)
    sent(chronic, week, count=80, bad=20)
    sent(source, [WEDNESDAY - timedelta(minutes=9)], count=80, bad=30)
    sent(chronic, [WEDNESDAY - timedelta(minutes=9)], count=80, bad=20)
    assert evaluated(workspace, WEDNESDAY) == {"raised": 1}
    signal = Signal.objects.get()
    assert (signal.kind, signal.source) == (SignalKind.SOURCE_ERRORS, source)
    assert "27.3%" in signal.reason["en"]
    assert evaluated(workspace, WEDNESDAY + timedelta(hours=2)) == {"expired": 1}


def orders(workspace: Workspace, moment: datetime, count: int, shape: Callable[[int], dict[str, str]]) -> None:
    insert_events(
        workspace,
        [
            NormalEvent(
                "ordered",
                moment,
                f"{moment.isoformat()}-{n}",
                person=1,
                source="Web",
                properties=shape(n),
                received_at=moment,
            )
            for n in range(count)
        ],
        segment=f"s-{moment.isoformat()}",
    )


def test_events_that_change_shape_are_told_with_the_shares(workspace: Workspace, source: Key) -> None:
    def before(n: int) -> dict[str, str]:
        return {"amount": str(n), "plan": "pro", "always": "x", **({"rare": "1"} if n % 100 == 0 else {})}

    def after(n: int) -> dict[str, str]:
        return {"amount": "n/a" if n % 4 else str(n), "tier": "gold", "always": "x"}

    orders(workspace, WEDNESDAY - timedelta(days=1), 150, before)
    orders(workspace, WEDNESDAY - timedelta(days=7), 150, before)
    orders(workspace, WEDNESDAY - timedelta(hours=1), 120, before)
    assert evaluated(workspace, WEDNESDAY) == {}
    orders(workspace, WEDNESDAY + timedelta(hours=4), 120, after)
    assert evaluated(workspace, WEDNESDAY + timedelta(hours=4, minutes=5)) == {"raised": 1}
    signal = Signal.objects.get()
    told = [line["en"] for line in signal.evidence]
    assert signal.reason["en"] == "3 properties of ordered from Web changed"
    assert "tier appeared: in 100% of the events, in 0% before" in told
    assert "amount turned from number to text (number: 100% → 25%)" in told
    assert "plan vanished: in 100% of the events before, in 0% now" in told
    assert not any("rare" in line or "always" in line for line in told)


def test_few_events_are_no_change_of_shape(workspace: Workspace, source: Key) -> None:
    orders(workspace, WEDNESDAY - timedelta(days=1), 300, lambda n: {"plan": "pro"})
    orders(workspace, WEDNESDAY - timedelta(hours=1), 40, lambda n: {})
    assert evaluated(workspace, WEDNESDAY) == {}


@pytest.fixture
def quiet(workspace: Workspace, source: Key) -> Signal:
    sent(source, office_hours(WEDNESDAY))
    evaluated(workspace, WEDNESDAY + timedelta(hours=3))
    return Signal.objects.get()


def test_it_is_listed_opened_and_decided_like_any_other(quiet: Signal, alice, sign_in) -> None:
    client, slug = sign_in(alice), alice.workspace.slug
    for name, arguments in (("success:signals", []), ("success:signal", [quiet.pk]), ("web:home", [])):
        text = client.get(reverse(name, args=[slug, *arguments])).content.decode()
        if name != "web:home" or "Signals to triage" in text:
            assert "No event from Web for" in text, name
            assert f"pipeline/?source={quiet.source_id}" in text, name
    assert "MRR" not in client.get(reverse("success:signals", args=[slug])).content.decode().split("page-actions")[0]
    url = reverse("success:move_signal", args=[slug, quiet.pk])
    for move in ({"move": "take"}, {"move": "later", "until": "2030-01-01"}, {"move": "wrong", "reason": "holiday"}):
        assert client.post(url, move).status_code == 302
    quiet.refresh_from_db()
    assert quiet.state == SignalState.FALSE_POSITIVE
    assert "No event from Web" in client.get(reverse("success:signals", args=[slug]) + "?show=closed").content.decode()
    audit = client.get(reverse("workspaces:audit", args=[slug]))
    assert audit.status_code == 200


def test_the_home_page_counts_it(quiet: Signal, alice, sign_in, workspace) -> None:
    from evergrow.customers.models import Account

    Account.objects.create(workspace=workspace, number=1, external_id="a", name="A", status="active")
    text = sign_in(alice).get(reverse("web:home", args=[workspace.slug]) + "?scope=all").content.decode()
    assert "No event from Web for" in text
    assert "source of events" in text


def test_only_members_who_see_every_account_see_it(quiet: Signal, alice, bob, mallory, sign_in) -> None:
    bob.scope = AccountScope.OWN
    bob.save()
    for member, status in ((alice, 200), (bob, 404), (mallory, 404)):
        url = reverse("success:signal", args=[member.workspace.slug, quiet.pk])
        assert sign_in(member).get(url).status_code == status
    assert list(signals_to_triage(alice)) == [quiet]
    assert list(signals_to_triage(bob)) == []


def test_no_playbook_is_started_from_it(quiet: Signal, alice) -> None:
    from evergrow.customers.models import Account
    from evergrow.success.actions import runs
    from evergrow.success.models import Playbook

    account = Account.objects.create(workspace=alice.workspace, number=1, external_id="a", name="A")
    playbook = Playbook.objects.filter(workspace=alice.workspace).first()
    with pytest.raises(errors.SignalOfAnother):
        runs.start_run(account=account, playbook=playbook, by=alice, signal=quiet)


def test_the_api_tells_the_source(quiet: Signal, alice, client) -> None:
    token = create_key(workspace=alice.workspace, kind="api", name="t", by=alice, role="operator")[1]
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.get("/api/v1/signals", headers=headers).json()
    (row,) = answer["items"] if "items" in answer else answer["data"]
    assert (row["account"], row["source"], row["source_name"]) == (None, quiet.source_id, "Web")


def test_a_signal_is_about_a_customer_or_a_source_never_both_or_neither(quiet: Signal) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Signal.objects.filter(pk=quiet.pk).update(source=None)


def test_the_sources_are_looked_at_every_ten_minutes(workspace: Workspace, source: Key) -> None:
    looks = Job.objects.filter(kind="success.sources")
    for minutes, count in ((0, 1), (1, 1), (10, 2), (19, 2), (20, 3)):
        with clock.frozen(NOON + timedelta(minutes=minutes)):
            ticks.enqueue_due()
            assert looks.count() == count, minutes
            while jobs.run_next():
                pass
    with clock.frozen(NOON + timedelta(days=2)):
        ticks.enqueue_due()
    assert looks.count() == 1, "what was done before is forgotten"
