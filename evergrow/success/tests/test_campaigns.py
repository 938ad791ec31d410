"""Campaigns: from the draft to the end, the audience that is frozen at the start, who took part, what it cost."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from conftest import NOON, make_member
from evergrow import warehouse
from evergrow.customers.account_merges.actions import merge_accounts
from evergrow.customers.account_merges.actions import undo_merge as part_accounts
from evergrow.customers.actions import segments
from evergrow.customers.actions.merges import merge_people, undo_merge
from evergrow.customers.models import Account, Person, TimelineEntry
from evergrow.customers.privacy import registry as privacy
from evergrow.customers.privacy.subject import subject_of
from evergrow.customers.segments import membership
from evergrow.customers.tests.segments.stage import happen, make_people
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.customers.timeline import telling
from evergrow.lib import clock
from evergrow.success import errors as room
from evergrow.success.campaigns import acts, audience, costs, errors, participation, reached, sample, turning
from evergrow.success.campaigns.models import AudienceRow, Campaign, CampaignCost
from evergrow.success.plans import acts as plans
from evergrow.success.plans import subjects
from evergrow.success.plans.wishes import Wish as PlanWish
from evergrow.success.tests.campaign_stage import DAY, TODAY, drafted, listed, running, wish
from evergrow.workspaces.models import AuditEntry, Notice

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")


@pytest.fixture
def accounts(workspace):
    return [make_account(workspace, f"Account {n}") for n in range(1, 6)]


def numbers(campaign, member, show="in"):
    return sorted(each.number for each in reached.listed(member, campaign, show))


def counted(campaign):
    found = reached.count(campaign)
    return (found.now, found.newcomers, found.by_hand, found.out, found.took_part)


def told(member):
    return list(Notice.objects.filter(member=member).order_by("pk").values_list("kind", flat=True))


# From the draft to the end


@pytest.mark.once
def test_numbers_are_the_workspaces_own_and_never_given_again(bob, mallory):
    first, second = drafted(bob), drafted(bob)
    assert (first.number, second.number, drafted(mallory).number) == (1, 2, 1)
    acts.delete(campaign=second, by=bob)
    assert drafted(bob).number == 3


@pytest.mark.once
@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"name": {"en": " "}}, errors.CampaignNeedsName),
        ({"kind": "lottery"}, errors.BadKind),
        ({"ends_on": TODAY - DAY}, errors.CampaignDaysReversed),
        ({"ends_on": TODAY + timedelta(days=900)}, errors.CampaignDaysReversed),
        ({"budget": Decimal("-1")}, errors.BadBudget),
        ({"budget": Decimal("NaN")}, errors.BadBudget),
    ],
)
def test_what_cannot_be_a_campaign_is_refused_by_name(bob, wrong, error):
    with pytest.raises(error):
        drafted(bob, **wrong)
    assert not Campaign.objects.exists()


@pytest.mark.once
def test_segments_and_colleagues_of_another_workspace_are_refused(bob, mallory):
    with pytest.raises(errors.BadSegment):
        drafted(bob, segment=listed(mallory, []))
    with pytest.raises(room.NotAColleague):
        drafted(bob, concerned=[mallory])


def test_the_audience_is_who_was_in_the_segment_at_the_start_whatever_becomes_of_it(bob, alice, accounts):
    segment = listed(alice, [1, 2, 3])
    campaign = running(alice, segment, owner=bob)
    assert (campaign.state, campaign.size_at_start, campaign.segment_as_of) == ("running", 3, segment.as_of)
    segments.take_off_list(segment=segment, numbers=[1, 2], by=alice)
    segments.put_on_list(segment=segment, numbers=[4], by=alice)
    turning.turn(campaign.workspace)
    assert numbers(campaign, alice) == [1, 2, 3]
    assert counted(campaign) == (3, 0, 0, 0, 0)
    assert told(bob) == ["campaign.started"]
    story = TimelineEntry.objects.get(account=accounts[0], kind="campaign.joined")
    assert telling(story).sentence(story) == "Came into the campaign “Training week”"


def test_newcomers_come_in_by_a_refresh_and_nobody_leaves_by_one(
    bob, accounts, workspace, django_capture_on_commit_callbacks
):
    segment = listed(bob, [1, 2])
    campaign = running(bob, segment, takes_newcomers=True)
    audience.take_out(campaign=campaign, numbers=[2], reason="Called off", by=bob)
    with django_capture_on_commit_callbacks(execute=True):
        segments.take_off_list(segment=segment, numbers=[1, 2], by=bob)
        segments.put_on_list(segment=segment, numbers=[2, 3], by=bob)
    assert numbers(campaign, bob) == [1, 3], "2 was taken out by hand and stays out"
    with clock.frozen(NOON + timedelta(hours=1)):
        segments.put_on_list(segment=segment, numbers=[4], by=bob)
        assert turning.turn(workspace).newcomers == 1
        assert turning.turn(workspace).newcomers == 0
    assert counted(campaign) == (3, 2, 0, 1, 0)
    acts.end(campaign=campaign, by=bob)
    assert audience.take_in(campaign, audience.members_of(campaign)) == 0


def test_it_starts_on_its_first_day_and_ends_after_its_last_by_itself(bob, accounts, workspace):
    campaign = drafted(bob, segment=listed(bob, [1]), starts_on=TODAY + DAY, ends_on=TODAY + 2 * DAY)
    by_hand = drafted(bob, segment=campaign.segment, starts_by_itself=False)
    assert turning.turn(workspace).started == 0
    for days, state in ((1, "running"), (2, "running"), (3, "ended"), (4, "ended")):
        with clock.frozen(NOON + timedelta(days=days)):
            turning.turn(workspace)
            turning.turn(workspace)
        campaign.refresh_from_db()
        assert campaign.state == state, days
    assert told(bob) == ["campaign.started", "campaign.ended"]
    assert Campaign.objects.get(pk=by_hand.pk).state == "draft"
    assert campaign.started_by is None


def test_what_cannot_start_by_itself_tells_its_owner_once_a_day_and_is_tried_again(
    bob, accounts, workspace, monkeypatch
):
    campaign, bare = drafted(bob, segment=listed(bob, [1])), drafted(bob)

    def away(*_args):
        raise warehouse.StoreUnavailable("busy")

    with monkeypatch.context() as patch:
        patch.setattr(membership, "current", away)
        assert turning.turn(workspace).stuck == 2
        turning.turn(workspace)
        assert told(bob) == ["campaign.stuck"] * 2
        with pytest.raises(errors.StoreAway):
            acts.start(campaign=campaign, by=bob)
    assert turning.turn(workspace).started == 1
    with pytest.raises(errors.NeedsSegment):
        acts.start(campaign=bare, by=bob)


def test_a_start_a_change_and_an_end_are_refused_where_they_do_not_fit(bob, alice, accounts):
    segment = listed(alice, [1])
    campaign = running(bob, segment)
    with pytest.raises(errors.CampaignNotThere):
        acts.start(campaign=campaign, by=bob)
    with pytest.raises(errors.FirstDayFixed):
        acts.change(campaign=campaign, wish=wish(segment=segment, starts_on=TODAY - DAY), by=bob)
    with pytest.raises(errors.SegmentFixed):
        acts.change(campaign=campaign, wish=wish(segment=listed(alice, [2], name="Others")), by=bob)
    changed = acts.change(campaign=campaign, wish=wish(segment=segment, budget=Decimal(900)), by=bob)
    assert changed.budget == 900
    assert AuditEntry.objects.get(verb="campaign.changed").data == {"budget": [None, "900.00"]}
    with pytest.raises(room.ReasonNeeded):
        acts.cancel(campaign=campaign, note=" ", by=bob)
    acts.end(campaign=campaign, by=alice, note="Enough")
    for act in (acts.end, lambda **given: acts.cancel(**given, note="x")):
        with pytest.raises(errors.CampaignNotThere):
            act(campaign=campaign, by=bob)
    with pytest.raises(errors.CampaignNotThere):
        acts.change(campaign=campaign, wish=wish(segment=segment), by=bob)
    late = drafted(bob, segment=segment, starts_on=TODAY - 3 * DAY, ends_on=TODAY - DAY)
    with pytest.raises(errors.CampaignOver):
        acts.start(campaign=late, by=bob)


def test_a_start_does_not_mix_one_segment_with_the_audience_of_another(bob, accounts, monkeypatch):
    first, second = listed(bob, [1]), listed(bob, [2], name="Others")
    campaign, real = drafted(bob, segment=first), membership.current

    def slowly(workspace, segment):
        acts.change(campaign=Campaign.objects.get(), wish=wish(segment=second), by=bob)
        return real(workspace, segment)

    with monkeypatch.context() as patch:
        patch.setattr(membership, "current", slowly)
        with pytest.raises(errors.ChangedMeanwhile):
            acts.start(campaign=campaign, by=bob)
    assert not AudienceRow.objects.exists()
    again = acts.start(campaign=Campaign.objects.get(), by=bob)
    assert numbers(again, bob) == [2]


@pytest.mark.once
def test_only_who_decides_changes_it_and_who_is_concerned_keeps_audience_and_costs(bob, alice, carol, accounts):
    dan, eve = (make_member(bob.workspace, name) for name in ("Dan", "Eve"))
    campaign = running(bob, listed(bob, [1]), concerned=[dan])
    for who in (dan, eve, carol):
        with pytest.raises(PermissionDenied):
            acts.end(campaign=campaign, by=who)
    audience.add(campaign=campaign, numbers=[2], by=dan)
    for who in (eve, carol):
        with pytest.raises(PermissionDenied):
            audience.add(campaign=campaign, numbers=[3], by=who)
        with pytest.raises(PermissionDenied):
            costs.enter(campaign=campaign, day=TODAY, amount=Decimal(1), what_for="x", by=who)
    acts.end(campaign=campaign, by=alice)


@pytest.mark.once
def test_drafts_are_deleted_unless_a_plan_is_about_them(bob, accounts):
    campaign = drafted(bob, segment=listed(bob, [1]))
    plan = plans.draw_up(
        wish=PlanWish(
            name={"en": "More logins"}, metric={"source": "entered"}, target=9, start_value=0,
            starts_on=TODAY, ends_on=TODAY + 30 * DAY, subject_kind="campaign", subject_key=str(campaign.number),
        ),
        by=bob,
    )  # fmt: skip
    assert subjects.find(bob.workspace, plan.subject_kind, plan.subject_key).label == "Training week"
    with pytest.raises(errors.CampaignHasPlans):
        acts.delete(campaign=campaign, by=bob)
    with pytest.raises(errors.OnlyDrafts):
        acts.delete(campaign=running(bob, campaign.segment), by=bob)


# The audience


def test_accounts_are_added_by_hand_and_taken_out_with_a_reason(bob, accounts):
    campaign = running(bob, listed(bob, [1, 2]))
    assert audience.add(campaign=campaign, numbers=[2, 3], by=bob) == 1
    with pytest.raises(room.ReasonNeeded):
        audience.take_out(campaign=campaign, numbers=[1], reason=" ", by=bob)
    assert audience.take_out(campaign=campaign, numbers=[5], reason="No", by=bob) == 0
    audience.take_out(campaign=campaign, numbers=[1, 3], reason="Complained", by=bob)
    assert counted(campaign) == (1, 0, 0, 2, 0)
    assert numbers(campaign, bob, "out") == [1, 3]
    assert audience.add(campaign=campaign, numbers=[3], by=bob) == 1
    assert counted(campaign) == (2, 0, 1, 1, 0)
    acts.end(campaign=campaign, by=bob)
    with pytest.raises(errors.CampaignNotThere):
        audience.add(campaign=campaign, numbers=[1], by=bob)


@pytest.mark.once
def test_members_see_of_the_audience_what_they_see_of_accounts(bob, accounts, alice, seat):
    campaign = running(alice, listed(alice, [1, 2]))
    type(bob).objects.filter(pk=bob.pk).update(scope="own")
    bob.refresh_from_db()
    assert numbers(campaign, bob) == []
    seat(accounts[1], "csm", bob)
    assert numbers(campaign, bob) == [2]


def test_people_come_with_their_account_and_its_story_says_how_many(bob, workspace):
    account = make_account(workspace)
    ann, ben = make_person(account, "Ann"), make_person(account, "Ben", ended_on=TODAY - DAY)
    other = make_account(workspace, "Other")
    make_person(other, "Cy")
    key = Person.objects.get(pk=ben.pk).affiliations.create(account=other, is_key=True)
    campaign = running(bob, listed(bob, [1, 2, 3], "person"))
    rows = {row.person.name: row.account for row in AudienceRow.objects.select_related("person", "account")}
    assert rows == {"Ann": account, "Ben": key.account, "Cy": other}
    stories = TimelineEntry.objects.filter(kind="campaign.joined").order_by("account")
    assert [telling(each).sentence(each) for each in stories] == [
        "1 person came into the campaign “Training week”",
        "2 people came into the campaign “Training week”",
    ]
    assert set(reached.accounts_of(campaign)) == {account, other}
    assert [(found, facts["n"]) for found, facts in reached.of_account(other)] == [(campaign, 2)]
    assert ann.pk


def test_people_who_were_merged_count_once_and_part_again_as_they_were(bob, workspace):
    people = make_people(workspace, 3)
    campaign = running(bob, listed(bob, [1, 2, 3], "person"))
    participation.mark(campaign=campaign, numbers=[2], by=bob)
    merge = merge_people(kept=people[0], merged=people[1], reason="same", by=bob, tell_store=False)
    assert counted(campaign) == (2, 0, 0, 0, 1)
    assert numbers(campaign, bob) == [1, 3]
    assert numbers(campaign, bob, "part") == [1]
    assert numbers(campaign, bob, "not") == [3]
    audience.take_out(campaign=campaign, numbers=[1], reason="Twice", by=bob)
    assert (counted(campaign), numbers(campaign, bob, "out")) == ((1, 0, 0, 1, 0), [1])
    audience.add(campaign=campaign, numbers=[1], by=bob)
    undo_merge(merge=merge, by=None)
    assert counted(campaign) == (3, 0, 0, 0, 1)
    assert numbers(campaign, bob, "part") == [2]


def test_of_two_accounts_that_are_merged_one_stays_with_what_is_known_of_both(alice, bob, accounts):
    campaign = running(bob, listed(bob, [1, 2, 3]))
    participation.mark(campaign=campaign, numbers=[2], by=bob)
    before = list(AudienceRow.objects.order_by("pk").values())
    merge = merge_accounts(kept=accounts[0], merged=accounts[1], reason="same", by=alice)
    assert counted(campaign) == (2, 0, 0, 0, 1)
    assert numbers(campaign, bob, "part") == [1]
    part_accounts(merge=merge, by=alice)
    assert list(AudienceRow.objects.order_by("pk").values()) == before


def test_who_is_erased_leaves_the_audience_without_a_name_and_its_counts_stay(bob, workspace):
    account = make_account(workspace)
    ann, _ben = make_person(account, "Ann"), make_person(account, "Ben")
    campaign = running(bob, listed(bob, [1, 2], "person"))
    holder = next(each for each in privacy.holders() if each.key == "success.AudienceRow")
    subject = subject_of(ann)
    assert holder.count(subject) == 1
    assert [row["came"] for row in holder.rows(subject)] == ["start"]
    assert (holder.erase(subject), holder.erase(subject)) == (1, 0)
    assert counted(campaign)[0] == 2
    assert numbers(campaign, bob) == [2]


# Who took part


def test_a_rule_marks_who_did_it_from_the_first_day_on_and_only_in_the_audience(bob, workspace):
    make_people(workspace, 5)
    campaign = running(bob, listed(bob, [1, 2, 3, 4], "person"))
    happen(workspace, "webinar_joined", NOON - timedelta(days=1), [1])
    happen(workspace, "webinar_joined", NOON, [2, 5])
    participation.set_rule(campaign=campaign, data={"did": "webinar_joined"}, by=bob)
    assert participation.look(campaign=campaign, by=bob) == 1
    assert numbers(campaign, bob, "part") == [2]
    participation.unmark(campaign=campaign, numbers=[2], by=bob)
    assert participation.look(campaign=campaign, by=bob) == 0, "a mark taken away by hand stays away"
    with clock.frozen(NOON + timedelta(days=4)):
        happen(workspace, "webinar_joined", NOON + timedelta(days=4), [3])
    with clock.frozen(NOON + timedelta(days=5)):
        happen(workspace, "webinar_joined", NOON + timedelta(days=5), [4])
        done = turning.turn(workspace)
    assert (done.took_part, done.ended) == (1, 1)
    assert numbers(campaign, bob, "part") == [3]


@pytest.mark.once
@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ({"did": "login", "within": {"days": 3}}, errors.WindowNotYours),
        ({"any": [{"not": {"first": "login", "within": {"days": 3}}}]}, errors.WindowNotYours),
        ({"stopped": "login", "for": {"days": 3}, "after": {"times": 1}}, errors.StoppedNotAsked),
    ],
)
def test_a_rule_with_times_of_its_own_is_refused(bob, accounts, rule, error):
    campaign = drafted(bob, segment=listed(bob, [1]))
    with pytest.raises(error):
        participation.set_rule(campaign=campaign, data=rule, by=bob)
    with pytest.raises(errors.CampaignNotThere):
        participation.look(campaign=campaign, by=bob)
    assert Campaign.objects.get().taking_part == {}


@pytest.mark.once
def test_a_rule_over_accounts_keeps_the_draft_from_another_kind_of_audience(bob, accounts):
    campaign = drafted(bob, segment=listed(bob, [1]))
    participation.set_rule(campaign=campaign, data={"did": "login"}, by=bob)
    people = listed(bob, [], "person", "People")
    with pytest.raises(errors.RuleOfOthers):
        acts.change(campaign=campaign, wish=wish(segment=people), by=bob)
    participation.set_rule(campaign=campaign, data=None, by=bob)
    assert acts.change(campaign=campaign, wish=wish(segment=people), by=bob).audience_kind == "person"
    with pytest.raises(errors.NoRule):
        participation.look(campaign=running(bob, listed(bob, [1], name="More")), by=bob)


def test_the_share_is_of_who_is_in_the_audience_now_and_unknown_for_nobody(bob, accounts):
    campaign = running(bob, listed(bob, [1, 2, 3, 4]))
    participation.mark(campaign=campaign, numbers=[1, 2], by=bob)
    assert participation.mark(campaign=campaign, numbers=[1, 5], by=bob) == 0
    assert reached.count(campaign).share == 0.5
    audience.take_out(campaign=campaign, numbers=[2, 3], reason="Left", by=bob)
    assert reached.count(campaign).share == 0.5
    audience.take_out(campaign=campaign, numbers=[1, 4], reason="Left", by=bob)
    assert reached.count(campaign).share is None


@pytest.mark.once
def test_the_sample_has_one_that_is_over_and_one_that_runs(workspace, alice, bob):
    for n in range(6):
        make_person(make_account(workspace, f"Firm {n}", status="active"), f"Ann {n}", is_key=True)
    sample.load(workspace)
    sample.load(workspace)
    over, runs = Campaign.objects.order_by("number")
    assert (over.state, runs.state, runs.takes_newcomers) == ("ended", "running", True)
    assert clock.now() == NOON
    assert (over.size_at_start, over.ended_at < NOON, over.costs.count()) == (6, True, 3)
    assert reached.count(over).took_part >= 1
    assert [each for each in told(alice) if each.startswith("campaign.")] == []
    assert turning.turn(workspace).ended == 0


# What it cost


@pytest.mark.once
def test_costs_add_up_against_the_budget_and_are_corrected_by_counter_entries(bob, accounts):
    campaign = running(bob, listed(bob, [1, 2, 3, 4]), budget=Decimal(1000))
    hall = costs.enter(campaign=campaign, day=TODAY, amount=Decimal("800.50"), what_for="Hall", by=bob)
    costs.enter(campaign=campaign, day=TODAY, amount=Decimal(300), what_for="Speaker", by=bob)
    spent = costs.spent_on(campaign)
    assert (spent.amount, spent.over, spent.is_over) == (Decimal("1100.50"), Decimal("100.50"), True)
    assert spent.each(4) == Decimal("275.125")
    assert spent.each(0) is None
    balance = costs.counter(cost=hall, by=bob)
    assert costs.spent_on(campaign).amount == 300
    for wrong, error in (
        (lambda: costs.counter(cost=hall, by=bob), errors.CostCorrected),
        (lambda: costs.remove(cost=hall, by=bob), errors.CostCorrected),
        (lambda: costs.counter(cost=balance, by=bob), errors.CounterOfCounter),
    ):
        with pytest.raises(error):
            wrong()
    costs.remove(cost=balance, by=bob)
    costs.remove(cost=hall, by=bob)
    assert costs.spent_on(campaign).amount == 300
    kept = AuditEntry.objects.filter(verb="campaign.cost_removed").order_by("pk").last()
    assert kept.data == {"day": "2026-03-25", "amount": "800.50", "what_for": "Hall"}


@pytest.mark.once
@pytest.mark.parametrize("amount", ["0", "-5", "0.001", "NaN", "1e12"])
def test_an_amount_that_is_no_money_is_refused(bob, amount):
    campaign = drafted(bob)
    with pytest.raises(errors.BadAmount):
        costs.enter(campaign=campaign, day=TODAY, amount=Decimal(amount), what_for="x", by=bob)
    with pytest.raises(errors.CostNeedsWords):
        costs.enter(campaign=campaign, day=TODAY, amount=Decimal(5), what_for=" ", by=bob)
    assert not CampaignCost.objects.exists()
    assert not Account.objects.exists()
