"""One contact budget a person: limits, quiet hours, one send for the same address, priority, and what is kept of it."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from evergrow.customers.models import Account, Person
from evergrow.lib import clock
from evergrow.success.contact import budget, hours, policy, replay
from evergrow.success.contact.hours import Stretch
from evergrow.success.models import Contact, ContactRefusal, ContactSlot
from evergrow.success.tests.test_same_moment import at_once
from evergrow.workspaces.models import AuditEntry, Member, Workspace

NEW_YORK, SHANGHAI = ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 25, 4, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPEN: dict[str, Any] = {"quiet": [], "limits": [], "same_hours": 0}


def person(workspace: Workspace, number: int = 1, email: str = "") -> Person:
    return Person.objects.create(workspace=workspace, number=number, name=f"Person {number}", email=email)


def ask(workspace: Workspace, who: Person, subject: str, channel: str = "mail", **facts: Any) -> budget.Verdict:
    given = {"purpose": f"about {subject}", **facts}
    return budget.reserve(workspace=workspace, person=who, channel=channel, subject=subject, **given)


def rules(workspace: Workspace, **data: Any) -> policy.Policy:
    return policy.save(workspace=workspace, data={**OPEN, **data}, by=None)


def limit(most: int, days: int = 1, channel: str = "", is_calendar: bool = False) -> dict[str, Any]:
    return {"channel": channel, "most": most, "days": days, "is_calendar": is_calendar}


# Stretches of the day


def test_a_stretch_over_midnight_ends_on_the_wall_clock_whatever_the_clock_did_that_night() -> None:
    night = [Stretch(frozenset(range(7)), time(21), time(8))]
    spring = hours.ends(night, datetime(2026, 3, 8, 4, 0, tzinfo=UTC), NEW_YORK)  # 23:00 on the 7th
    assert spring == datetime(2026, 3, 8, 12, 0, tzinfo=UTC)  # 08:00 in summer time already
    autumn = hours.ends(night, datetime(2026, 11, 1, 3, 0, tzinfo=UTC), NEW_YORK)
    assert autumn == datetime(2026, 11, 1, 13, 0, tzinfo=UTC)
    assert hours.ends(night, datetime(2026, 3, 8, 12, 0, tzinfo=UTC), NEW_YORK) is None


def test_a_time_that_the_clock_skips_is_after_the_gap_and_one_that_comes_twice_ends_the_second_time() -> None:
    assert hours.moment(date(2026, 3, 8), time(2, 30), NEW_YORK) == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)
    twice = date(2026, 11, 1), time(1, 30), NEW_YORK
    assert hours.moment(*twice) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert hours.moment(*twice, is_last=True) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_stretches_that_meet_are_one_and_sending_waits_for_a_working_day() -> None:
    lunch = [Stretch(frozenset(range(7)), time(11), time(13)), Stretch(frozenset(range(7)), time(13), time(14))]
    assert hours.ends(lunch, NOON, SHANGHAI) == NOON + 2 * HOUR
    office = [Stretch(frozenset(range(5)), time(9), time(18))]
    evening = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)  # Friday 20:00
    assert hours.begins(office, evening, SHANGHAI) == datetime(2026, 3, 30, 1, 0, tzinfo=UTC)
    assert hours.begins(office, NOON, SHANGHAI) == NOON


# The budget


@pytest.mark.django_db
def test_a_limit_holds_over_all_channels_and_frees_when_the_oldest_leaves_the_window(workspace: Workspace) -> None:
    rules(workspace, limits=[limit(2, days=7), limit(1, days=1, channel="mail", is_calendar=True)])
    who = person(workspace)
    with clock.frozen(NOON):
        assert ask(workspace, who, "a").granted
        second = ask(workspace, who, "b")
        assert (second.granted, second.reason) == (False, "limit")
        assert second.not_before == datetime(2026, 3, 25, 16, 0, tzinfo=UTC)  # midnight in Shanghai
        assert ask(workspace, who, "c", "call").granted
        third = ask(workspace, who, "d", "call")
        assert (third.reason, third.not_before) == ("total", NOON + 7 * DAY)
    with clock.frozen(NOON + 7 * DAY):
        assert ask(workspace, who, "d", "call").granted
    assert sorted(ContactRefusal.objects.values_list("reason", "times")) == [("limit", 1), ("total", 1)]


@pytest.mark.django_db
def test_asked_again_it_is_the_same_contact_and_what_failed_gives_its_place_back(workspace: Workspace) -> None:
    rules(workspace, limits=[limit(1)])
    who = person(workspace)
    with clock.frozen(NOON):
        first = ask(workspace, who, "a")
        assert ask(workspace, who, "a") == first
        assert ContactSlot.objects.count() == 1
        assert not ask(workspace, who, "b").granted
        assert budget.release(first)
        assert not budget.release(first)
        assert ask(workspace, who, "b").granted
        assert budget.sent(Contact.objects.get(subject="b").pk)
        assert ask(workspace, who, "b").reason == "already"
        assert not budget.release(Contact.objects.get(subject="b").pk)


@pytest.mark.django_db
def test_the_same_purpose_to_the_same_address_on_two_accounts_is_one_send_and_both_are_kept(
    workspace: Workspace, make_account: Callable[..., Account]
) -> None:
    rules(workspace, same_hours=24)
    one, two = person(workspace, 1, "Li@Example.com"), person(workspace, 2, "li@example.com")
    with clock.frozen(NOON):
        first = ask(workspace, one, "task:1", purpose="Review", account=make_account(1))
        second = ask(workspace, two, "task:2", purpose="Review", account=make_account(2))
        assert first.granted
        assert (second.granted, second.reason, second.not_before) == (False, "same", None)
        by_address = budget.reserve(
            workspace=workspace, address=" LI@example.com", channel="mail", subject="task:3", purpose="Review"
        )
        assert by_address.reason == "same"
    kept = Contact.objects.get(pk=second.contact)
    assert (kept.one_with_id, kept.account and kept.account.number) == (first.contact, 2)


@pytest.mark.django_db
def test_people_merged_into_one_share_a_budget_also_for_what_was_sent_before(workspace: Workspace) -> None:
    rules(workspace, limits=[limit(2)])
    one, two = person(workspace, 1), person(workspace, 2)
    with clock.frozen(NOON):
        assert ask(workspace, one, "a").granted
        assert ask(workspace, two, "b").granted
        two.merged_into = one
        two.save()
        assert ask(workspace, two, "c").reason == "total"
        assert ask(workspace, one, "d").reason == "total"
        assert len(replay.replay(rules(workspace, limits=[limit(1)]), replay.asked_in(workspace))) == 3


@pytest.mark.django_db
def test_what_was_sent_before_two_became_one_is_not_sent_again_after_it(workspace: Workspace) -> None:
    rules(workspace)
    one, two = person(workspace, 1), person(workspace, 2)
    with clock.frozen(NOON):
        first, held = ask(workspace, two, "task:1"), ask(workspace, two, "task:2")
        budget.sent(first)
        both = [ask(workspace, each, "task:3") for each in (one, two)]
        budget.sent(both[1])
        two.merged_into = one
        two.save()
        for who in (one, two):
            assert ask(workspace, who, "task:1").reason == "already"
            assert ask(workspace, who, "task:2") == held, "the same reservation, whoever is named"
            assert ask(workspace, who, "task:3").reason == "already"
    assert Contact.objects.count() == 4


@pytest.mark.django_db
def test_quiet_hours_wait_or_drop_and_transactional_contacts_pass_and_are_told(workspace: Workspace) -> None:
    night = [{"days": list(range(7)), "from": "21:00", "to": "08:00"}]
    rules(workspace, quiet=night, quiet_channels=["mail"])
    who, late = person(workspace), datetime(2026, 3, 25, 14, 0, tzinfo=UTC)
    with clock.frozen(late):
        waits = ask(workspace, who, "a")
        assert (waits.reason, waits.not_before) == ("quiet", datetime(2026, 3, 26, 0, 0, tzinfo=UTC))
        assert ask(workspace, who, "b", "call").granted
        assert ask(workspace, who, "c", is_transactional=True).granted
        rules(workspace, quiet=night, quiet_channels=["mail"], when_quiet="drop")
        dropped = ask(workspace, who, "d")
        assert (dropped.reason, dropped.not_before) == ("quiet", None)
    with clock.frozen(late + 12 * HOUR):
        assert ask(workspace, who, "a").granted
        assert not ask(workspace, who, "d").granted
    assert AuditEntry.objects.filter(verb="contact.bypassed").count() == 1


@pytest.mark.django_db
def test_another_attempt_of_what_holds_its_places_waits_for_quiet_hours_to_end_and_keeps_them(
    workspace: Workspace,
) -> None:
    night = [{"days": list(range(7)), "from": "21:00", "to": "08:00"}]
    rules(workspace, limits=[limit(1)], quiet=night, quiet_channels=["mail"])
    who, evening = person(workspace), datetime(2026, 3, 25, 12, 50, tzinfo=UTC)  # 20:50
    with clock.frozen(evening):
        assert ask(workspace, who, "a").granted
    morning = datetime(2026, 3, 26, 0, 0, tzinfo=UTC)
    with clock.frozen(evening + timedelta(minutes=30)):
        again = ask(workspace, who, "a")
        assert (again.granted, again.reason, again.not_before) == (False, "quiet", morning)
        assert (Contact.objects.get().state, ContactSlot.objects.count()) == ("reserved", 1)
    with clock.frozen(morning):
        assert ask(workspace, who, "a").granted
        rules(workspace, limits=[limit(1)], quiet=night, quiet_channels=["mail"], when_quiet="drop")
    with clock.frozen(evening + DAY + HOUR):
        assert ask(workspace, who, "a").not_before is None
        assert (Contact.objects.get().state, ContactSlot.objects.count()) == ("refused", 0)


@pytest.mark.django_db
def test_a_colleague_sends_in_their_own_hours(workspace: Workspace, bob: Member) -> None:
    rules(workspace, sending=[{"days": [0, 1, 2, 3, 4], "from": "09:00", "to": "18:00"}])
    who = person(workspace)
    with clock.frozen(NOON + 8 * HOUR):  # 20:00
        assert ask(workspace, who, "a").granted
        assert ask(workspace, who, "b", sender=bob).not_before == datetime(2026, 3, 26, 1, 0, tzinfo=UTC)
        policy.save_hours(member=bob, data=[{"days": [2], "from": "19:00", "to": "22:00"}], by=bob)
        assert ask(workspace, who, "b", sender=bob).granted


@pytest.mark.django_db
def test_the_more_important_of_two_that_wait_gets_the_place(workspace: Workspace) -> None:
    rules(workspace, limits=[limit(1)])
    who = person(workspace)
    with clock.frozen(NOON):
        assert ask(workspace, who, "first").granted
        assert ask(workspace, who, "low", priority=1).not_before == NOON + DAY
        assert ask(workspace, who, "high", priority=3).not_before == NOON + DAY
    with clock.frozen(NOON + DAY):
        assert ask(workspace, who, "low", priority=1).reason == "priority"
        assert ask(workspace, who, "high", priority=3).granted


@pytest.mark.django_db
def test_rules_that_change_count_what_was_sent_before_and_somebody_elses_change_is_not_overwritten(
    workspace: Workspace, alice: Member, bob: Member
) -> None:
    rules(workspace, limits=[limit(5)])
    who = person(workspace)
    with clock.frozen(NOON):
        assert [ask(workspace, who, name).granted for name in "abcd"] == [True] * 4
        rules(workspace, limits=[limit(3), limit(4, days=7)])
        assert ask(workspace, who, "e").reason == "total"
    with clock.frozen(NOON + DAY + HOUR):
        assert ask(workspace, who, "e").not_before == NOON + 7 * DAY
    with pytest.raises(policy.PolicyChanged):
        policy.save(workspace=workspace, data=OPEN, by=alice, version=1)
    with pytest.raises(policy.PolicyUnreadable):
        rules(workspace, limits=[limit(1), limit(2)])


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_never_both_take_the_last_place(workspace: Workspace) -> None:
    rules(workspace, limits=[limit(3), limit(2, channel="mail")])
    who = person(workspace)
    with clock.frozen(NOON):
        assert ask(workspace, who, "before").granted

        def one(name: str, channel: str) -> Callable[[], object]:
            return lambda: ask(workspace, who, name, channel)

        at_once(*(one(f"mail {n}", "mail") for n in range(4)), *(one(f"call {n}", "call") for n in range(4)))
        granted = Contact.objects.filter(state="reserved")
        assert granted.count() == 3
        assert granted.filter(channel="mail").count() <= 2
        assert ContactSlot.objects.filter(limit="all:1r").count() == 3
        assert Contact.objects.count() == 9


@pytest.mark.django_db
@pytest.mark.once
def test_trying_rules_on_the_past_says_what_the_budget_would_have_said(workspace: Workspace) -> None:
    """Random contacts asked one after another in the budget, and the same replayed."""
    chance = random.Random(7)
    tried = rules(
        workspace,
        limits=[limit(2, days=2), limit(1, channel="mail", is_calendar=True), limit(1, days=3, channel="call")],
        quiet=[{"days": list(range(7)), "from": "21:00", "to": "08:00"}],
        when_quiet="drop",
        same_hours=20,
    )
    people = [person(workspace, n) for n in (1, 2, 3)]
    at, said = NOON, {}
    for n in range(60):
        at += timedelta(minutes=chance.randrange(20, 600))
        purpose, channel = chance.choice("xyz"), chance.choice(["mail", "call", "sms"])
        with clock.frozen(at):
            verdict = ask(workspace, chance.choice(people), f"s{n}", channel, purpose=purpose)
            said[verdict.contact] = verdict.reason
    with clock.frozen(at):
        held = replay.replay(tried, replay.asked_in(workspace))
    assert {each.asked.pk: str(each.reason) for each in held} == {pk: str(why) for pk, why in said.items() if why}
    assert len({str(each.reason) for each in held}) == 4
