"""Versions of products: their dates and where they stand, who runs them, their goals, who agreed, who is told."""

from datetime import date, timedelta
from itertools import pairwise
from itertools import product as combinations

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from evergrow import warehouse
from evergrow.customers.account_merges.actions import merge_accounts
from evergrow.customers.tests.stage import make_account
from evergrow.lib import clock
from evergrow.success.day import calendar, listing
from evergrow.success.models import ProductVersion
from evergrow.success.plans import subjects
from evergrow.success.releases import acts, errors, reading, registrations, sample, told, using
from evergrow.success.releases.models import DATES
from evergrow.success.releases.standing import Standing, standing, standing_in
from evergrow.success.tests.version_stage import DAY, LARGE, TODAY, a_plan, a_product, by_seats, wish, written
from evergrow.workspaces.models import AuditEntry, Member, Notice

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def product(workspace):
    return a_product(workspace)


@pytest.fixture
def accounts(workspace, warehouse_db):
    return by_seats(workspace)


# Dates and standing


@pytest.mark.parametrize(("first", "second"), [*pairwise(DATES), ("beta_on", "retired_on")])
def test_of_two_dates_that_disagree_the_refusal_names_both(bob, product, first, second):
    dates = {first: TODAY, second: TODAY - DAY}
    with pytest.raises(errors.DatesDisagree) as refused:
        written(bob, product, dates=dates)
    said = str(refused.value)
    assert all(words in said for words in (str(DATES[first]), str(DATES[second]), "2026-03-25", "2026-03-24"))
    assert refused.value.field == second
    assert not ProductVersion.objects.exists()
    written(bob, product, dates={first: TODAY, second: TODAY})


def test_where_it_stands_follows_from_its_dates_and_the_last_day_of_sale_and_support_still_counts(bob, product):
    days = {name: TODAY + n * 10 * DAY for n, name in enumerate(DATES)}
    version = written(bob, product, dates=days)
    expected = [
        (days["beta_on"] - DAY, Standing.PLANNED),
        (days["beta_on"], Standing.BETA),
        (days["released_on"], Standing.RELEASED),
        (days["sale_ends_on"], Standing.RELEASED),
        (days["sale_ends_on"] + DAY, Standing.SALE_ENDED),
        (days["support_ends_on"], Standing.SALE_ENDED),
        (days["support_ends_on"] + DAY, Standing.UNSUPPORTED),
        (days["retired_on"], Standing.RETIRED),
    ]
    assert [(day, standing(version, day)) for day, _stands in expected] == expected
    with clock.frozen(clock.now() + timedelta(days=10)):
        assert reading.row(bob, version).standing == Standing.RELEASED, "nothing is stored that would have to be moved"


def test_the_store_says_the_same_standing_as_the_dates(bob, product):
    """Over all combinations of the dates that matter, also those that no form would take."""
    names = ("beta_on", "released_on", "sale_ends_on", "support_ends_on", "retired_on")
    every = enumerate(combinations((None, TODAY - DAY, TODAY, TODAY + DAY), repeat=len(names)))
    ProductVersion.objects.bulk_create(
        ProductVersion(workspace=bob.workspace, product=product, name=str(n), **dict(zip(names, days, strict=True)))
        for n, days in every
    )
    found = list(standing_in(ProductVersion.objects.all(), TODAY))
    assert len(found) == 1024
    assert [each for each in found if each.stands != standing(each, TODAY)] == []


@pytest.mark.once
def test_what_is_missing_or_taken_is_refused_beside_its_field(alice, bob, product, mallory):
    written(bob, product)
    other = a_product(bob.workspace, 2, code="old", retired_at=clock.now())
    for facts, error, field in (
        ({"name": " "}, errors.VersionNeedsName, "name"),
        ({"name": "5.2 "}, errors.VersionNameTaken, "name"),
        ({"product": other}, errors.BadProduct, "product"),
        (
            {"name": "6", "used_by": {"all": [{"trait": "seats", "at_least": "many"}]}},
            errors.CriteriaUnreadable,
            "criteria",
        ),
    ):
        with pytest.raises(error) as refused:
            acts.write_in(wish=wish(**{"product": product, **facts}), by=bob)
        assert refused.value.field == field
    with pytest.raises(errors.BadProduct):
        written(mallory, product, name="7")
    assert ProductVersion.objects.count() == 1


# Who runs it


def test_who_runs_it_is_who_meets_its_criteria_counted_as_far_as_a_member_sees(bob, accounts, product, seat):
    version = written(bob, product, used_by=LARGE)
    assert (version.counted_at, set(using.accounts(bob, version))) == (clock.now(), set(accounts[1:]))
    row = reading.row(bob, version)
    assert (row.users.accounts, row.users.mrr, row.users.health) == (2, 160, None)
    Member.objects.filter(pk=bob.pk).update(scope="own")
    bob.refresh_from_db()
    seat(accounts[2], "csm", bob)
    assert reading.row(bob, version).users.accounts == 1
    accounts[1].seats = 10
    accounts[1].save()
    assert acts.look(version=version, by=bob)
    assert list(version.uses.values_list("account", flat=True)) == [accounts[2].pk]
    acts.change(version=version, wish=wish(product), by=bob)
    assert (version.counted_at, version.uses.count()) == (None, 0)
    with pytest.raises(errors.NoCriteria):
        acts.look(version=version, by=bob)


@pytest.mark.once
def test_a_version_is_kept_while_the_event_store_is_away_and_counted_in_the_morning(
    bob, accounts, product, monkeypatch
):
    def away(*_arguments):
        raise warehouse.StoreUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(using.criteria, "find", away)
        version = written(bob, product, used_by=LARGE)
        assert (version.counted_at, version.uses.count()) == (None, 0)
    job = type("Job", (), {"workspace": bob.workspace})
    assert registrations.turn(job, None) == {"asked": 1, "soon": 0}
    version.refresh_from_db()
    assert (version.counted_at, version.uses.count()) == (clock.now(), 2)


def test_of_two_accounts_that_are_merged_one_runs_it(alice, bob, accounts, product):
    version = written(bob, product, used_by=LARGE)
    merge_accounts(kept=accounts[1], merged=accounts[2], reason="same", by=alice)
    assert list(version.uses.values_list("account", flat=True)) == [accounts[1].pk]


@pytest.mark.once
def test_who_is_left_behind_is_counted_once_over_all_versions_that_are_over(bob, accounts, product):
    gone = {"released_on": TODAY - 90 * DAY, "support_ends_on": TODAY - DAY}
    for name in ("4.0", "4.1"):
        written(bob, product, name=name, used_by=LARGE, dates=gone)
    small = {"all": [{"trait": "seats", "under": 50}]}
    retired = written(bob, product, name="3", used_by=small, dates={"retired_on": TODAY})
    soon = written(bob, product, used_by=LARGE, dates={"support_ends_on": TODAY + 180 * DAY})
    later = written(bob, product, name="6", used_by=LARGE, dates={"support_ends_on": TODAY + 181 * DAY})
    assert using.left_behind(bob, TODAY) == 3
    assert [reading.row(bob, each).is_to_leave for each in (retired, soon, later)] == [True, True, False]
    assert {row.version.name for row in reading.rows(bob, reading.chosen(bob, show="over"), TODAY)} == {
        "3",
        "4.0",
        "4.1",
    }


# Goals, and who agreed to them


def test_plans_are_about_a_version_under_a_label_of_their_own_and_keep_it_from_being_deleted(bob, product):
    version = written(bob, product)
    plan = a_plan(bob, version)
    kinds = {each.kind: str(each.label) for each in subjects.every()}
    assert (kinds["version"], kinds["product_version"]) == ("Versions of playbooks", "Product versions")
    with override("zh-hans"):
        assert subjects.find(bob.workspace, plan.subject_kind, plan.subject_key).label == "核心平台 5.2"
        assert [str(subjects.get(kind).label) for kind in ("version", "product_version")] == ["剧本版本", "产品版本"]
    assert [row.plan for row in reading.goals(bob, version)] == [plan]
    with pytest.raises(errors.VersionHasPlans):
        acts.delete(version=version, by=bob)
    plan.delete()
    acts.delete(version=version, by=bob)
    assert not ProductVersion.objects.exists()
    assert AuditEntry.objects.filter(verb="product_version.deleted", target_name="Core platform 5.2").exists()


@pytest.mark.once
def test_who_agreed_is_kept_with_the_day_and_shows_what_was_planned_since(alice, bob, product):
    version = written(bob, product, product_manager=alice, product_owner="Mei Lin")
    acts.agree(version=version, role="pm", on=TODAY - DAY, note="60 accounts by June", by=bob)
    with clock.frozen(clock.now() + timedelta(hours=1)):
        a_plan(bob, version)
    manager, owner = reading.agreed(version)
    assert (manager.latest.who, manager.latest.agreed_on, manager.newer) == (str(alice), TODAY - DAY, 1)
    assert (owner.named, owner.latest) == ("Mei Lin", None)
    entry = AuditEntry.objects.get(verb="product_version.agreed")
    assert entry.data == {
        "agreed_role": "pm", "who": str(alice), "agreed_on": "2026-03-24", "note": "60 accounts by June",
    }  # fmt: skip
    with pytest.raises(errors.AgreedAhead):
        acts.agree(version=version, role="po", on=TODAY + DAY, by=bob)
    with pytest.raises(errors.BadRole):
        acts.agree(version=version, role="ceo", on=TODAY, by=bob)
    with pytest.raises(errors.NobodyNamed):
        acts.agree(version=written(bob, product, name="6"), role="po", on=TODAY, by=bob)


@pytest.mark.once
def test_the_owner_and_managers_change_it_others_do_not_and_the_trail_says_what(alice, bob, carol, product):
    version = written(alice, product)
    for act in (
        lambda: acts.change(version=version, wish=wish(product, name="5.3"), by=bob),
        lambda: acts.agree(version=version, role="pm", on=TODAY, who="x", by=bob),
        lambda: acts.delete(version=version, by=bob),
        lambda: written(carol, product, name="6"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    acts.change(version=version, wish=wish(product, product_manager=bob, dates={"released_on": TODAY}), by=alice)
    changed = AuditEntry.objects.get(verb="product_version.changed").data
    assert changed == {"product_manager": ["", str(bob)], "released_on": [None, "2026-03-25"]}
    acts.change(version=version, wish=wish(product, name="5.3", product_manager=bob), by=bob)
    second = a_product(bob.workspace, 2, code="more")
    with pytest.raises(errors.ProductStays):
        acts.change(version=version, wish=wish(second), by=alice)


# Who is told, and the calendar


def test_owners_are_told_once_of_an_end_within_90_days_and_again_of_another_day(alice, bob, product):
    dates = {"sale_ends_on": TODAY + 90 * DAY, "support_ends_on": TODAY + 91 * DAY}
    version = written(bob, product, dates=dates)
    assert [told.ends_soon(bob.workspace), told.ends_soon(bob.workspace)] == [1, 1]
    notice = Notice.objects.get()
    assert (notice.member, notice.kind) == (bob, told.SALE)
    assert told._sale(notice) == "The sale of Core platform 5.2 ends on 23 Jun"
    with clock.frozen(clock.now() + timedelta(days=1)):
        told.ends_soon(bob.workspace)
        assert [each.kind for each in Notice.objects.order_by("pk")] == [told.SALE, told.SUPPORT]
        acts.change(version=version, wish=wish(product, dates={"sale_ends_on": TODAY + 50 * DAY}), by=bob)
        told.ends_soon(bob.workspace)
    assert Notice.objects.filter(kind=told.SALE).count() == 2
    Member.objects.filter(pk=bob.pk).update(left_at=clock.now())
    told.ends_soon(bob.workspace)
    assert Notice.objects.filter(member=alice).exists(), "where the owner left, those who manage are told"


@pytest.mark.once
def test_nobody_is_told_of_what_is_retired_or_has_ended(bob, product):
    written(bob, product, dates={"support_ends_on": TODAY - DAY})
    written(bob, product, name="5.1", dates={"support_ends_on": TODAY, "retired_on": TODAY})
    assert told.ends_soon(bob.workspace) == 0
    written(bob, product, name="5.3", dates={"support_ends_on": TODAY})
    assert told.ends_soon(bob.workspace) == 1


@pytest.mark.once
def test_the_dates_of_a_version_stand_on_the_calendar_of_those_whose_it_is(alice, bob, carol, product):
    written(bob, product, product_manager=alice, dates={"released_on": TODAY, "retired_on": TODAY + 400 * DAY})

    def on(member):
        weeks = calendar.weeks(listing.ask(member, "mine"), TODAY, "week")
        return [(entry.title, entry.about) for week in weeks for day in week for entry in day.entries]

    assert on(bob) == on(alice) == [("Core platform 5.2", "Released on")]
    assert on(carol) == []


@pytest.mark.once
def test_the_sample_has_versions_at_three_standings_once(workspace, alice, product, warehouse_db):
    for n, since in enumerate(("2024-06-01", "2026-02-01", "2026-03-01")):
        make_account(workspace, f"Firm {n}", status="active", customer_since=date.fromisoformat(since))
    sample.load(workspace)
    sample.load(workspace)
    found = reading.rows(alice, ProductVersion.objects.order_by("name"), TODAY)
    assert [(row.version.name, row.standing.value, row.users.accounts) for row in found] == [
        ("5.0", "sale_ended", 1),
        ("5.1", "released", 2),
        ("5.2", "beta", 0),
    ]
    assert [row.is_to_leave for row in found] == [True, False, False]
