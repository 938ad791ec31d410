"""Rules that people make: over criteria, changes and silence; drafted, previewed, published, held back."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from conftest import NOON
from evergrow.customers.models import (
    Account,
    Affiliation,
    Note,
    Person,
    Product,
    ProductUse,
    Subscription,
    TeamSeat,
)
from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.actions import raise_signals
from evergrow.success.actions import signals as actions
from evergrow.success.models import Severity, Signal, SignalRule, SignalSettings, SignalState
from evergrow.success.rules import RULES
from evergrow.success.signals import capacity, definition, escalation, forms, ours, preview, rules, waiting, watching
from evergrow.success.tests.test_rules import days_of_use
from evergrow.workspaces.models import AccountScope, AuditEntry, Member, Workspace

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db")]
TODAY = date(2026, 3, 25)


def made(workspace: Workspace, by: Member, *, name: str = "Ours", **facts: Any) -> SignalRule:
    """A published rule."""
    given = {"criteria": {"trait": "plan", "is": ["Pro"]}, "reason": {"en": "{account} is on {plan}"}, **facts}
    rule = rules.create_rule(workspace=workspace, name={"en": name}, definition=given, by=by)
    rules.publish_draft(rule=rule, by=by)
    return rule


def evaluate(workspace: Workspace, day: int = 0) -> dict[str, int]:
    with clock.frozen(NOON + timedelta(days=day)):
        watching.remember(workspace)
        counts = raise_signals(workspace, rules=ours.made(workspace))
    return {name: n for name, n in counts.items() if n}


def test_a_rule_over_criteria_raises_with_its_numbers_filled_in_and_repeats_without_doubling(
    workspace: Workspace,
    alice: Member,
    bob: Member,
    make_account: Callable[..., Account],
    seat: Callable[..., TeamSeat],
) -> None:
    pro, small = make_account(1, plan="Pro", tier="vip", mrr=12000), make_account(2, plan="Pro", mrr=10)
    make_account(3, plan="Free")
    seat(pro, "csm", bob)
    owner = {"rule": "csm", "fallback": "member", "fallback_member": alice.pk}
    severity = {"by": "amount", "steps": [[5000, 3]], "otherwise": 1}
    said = {"zh": "{account}使用{plan}，MRR {mrr}", "en": "{account} is on {plan} with {mrr}, renews in {renews_in}"}
    draft = {"criteria": {"trait": "plan", "is": ["Pro"]}, "reason": said, "severity": severity, "owner": owner}
    seen = preview.preview(alice, definition.read({**draft, "due_days": 1}, workspace))
    assert (seen.new, seen.lines[0].account, seen.lines[0].owner) == (2, pro, bob)
    assert not Signal.objects.exists(), "a preview raises nothing"
    Member.objects.filter(pk=bob.pk).update(scope=AccountScope.OWN)
    bob.refresh_from_db()
    narrow = preview.preview(bob, definition.read(draft, workspace))
    assert (narrow.new, [line.account for line in narrow.lines]) == (2, [pro]), "he sees only his own accounts"
    rule = made(workspace, alice, **draft, due_days=1)
    assert evaluate(workspace) == {"raised": 2}
    signal, other = Signal.objects.get(account=pro), Signal.objects.get(account=small)
    assert signal.reason["en"] == "Brookbridge 1 is on Pro with ¥12K, renews in —"
    assert (signal.severity, other.severity) == (Severity.HIGH, Severity.LOW)
    assert (signal.owner, other.owner, signal.rule, signal.edition) == (bob, alice, rule, 1)
    assert signal.due_on == date(2026, 3, 26)
    assert evaluate(workspace, day=1) == {"repeated": 2}
    signal.refresh_from_db()
    assert signal.occurrences == 2
    Account.objects.filter(pk=small.pk).update(plan="Free")
    for day in (2, 3):
        evaluate(workspace, day=day)
    assert evaluate(workspace, day=4) == {"repeated": 1, "expired": 1}, "three evaluations in a row without it"


def test_missing_data_never_closes_and_human_work_keeps_open(
    workspace: Workspace, alice: Member, make_account: Callable[..., Account]
) -> None:
    a, b = make_account(1, seats=5), make_account(2, seats=6)
    made(workspace, alice, criteria={"trait": "seats", "over": 1}, clear_after=1)
    evaluate(workspace)
    actions.take_signal(signal=Signal.objects.get(account=b), by=alice)
    Account.objects.filter(pk=a.pk).update(seats=None)
    Account.objects.filter(pk=b.pk).update(seats=1)
    for day in (1, 2, 3):
        assert evaluate(workspace, day=day) == {}
    assert {s.state for s in Signal.objects.all()} == {SignalState.NEW, SignalState.ACKNOWLEDGED}


def test_changes_are_found_against_what_was_watched(
    workspace: Workspace, alice: Member, make_account: Callable[..., Account]
) -> None:
    down, same, unsure = (make_account(n, plan="Business", mrr=100) for n in (1, 2, 3))
    change = {"how": "to", "trait": "plan", "before": ["Business"], "after": ["Free"], "days": 7}
    made(workspace, alice, way="change", criteria={}, change=change, reason={"en": "{before} to {now}"})
    fell = {"how": "fell", "trait": "mrr", "percent": 20, "days": 3}
    made(workspace, alice, name="Fell", way="change", criteria={}, change=fell, reason={"en": "MRR fell by {change}"})
    late = make_account(4, plan="Free")
    assert evaluate(workspace) == {}, "nothing is known of before yet"
    Account.objects.filter(pk=down.pk).update(plan="Free", mrr=75)
    Account.objects.filter(pk=same.pk).update(mrr=81)
    Account.objects.filter(pk=unsure.pk).update(plan="")
    assert evaluate(workspace, day=1) == {"raised": 2}
    assert {s.reason["en"] for s in Signal.objects.all()} == {"Business to Free", "MRR fell by 25%"}
    assert {s.account for s in Signal.objects.all()} == {down}
    evaluate(workspace, day=12)
    assert late.signals.count() == 0
    assert Signal.objects.get(reason__en="Business to Free").clear_count == 1, "a change is over after its window"


def test_silence_counts_working_days_and_is_not_judged_while_no_events_arrive(
    workspace: Workspace, alice: Member, make_account: Callable[..., Account]
) -> None:
    busy, quiet, never = (make_account(n, created_at=NOON - timedelta(days=90)) for n in (1, 2, 3))
    make_account(4, created_at=NOON - timedelta(days=3))
    silence = {"what": "event", "event": "login", "n": 5, "unit": "working_days"}
    made(workspace, alice, way="silence", criteria={}, silence=silence, reason={"en": "{days} working days"})
    contact = {"what": "contact", "n": 30, "only_after": False}
    made(workspace, alice, name="Talk", way="silence", criteria={}, silence=contact, reason={"en": "{days} d, {last}"})
    Note.objects.create(account=busy, author=alice, body="Spoke", created_at=NOON - timedelta(days=2))
    Note.objects.create(account=quiet, author=alice, body="Spoke", created_at=NOON - timedelta(days=31))
    days_of_use(workspace, quiet, TODAY - timedelta(days=7))
    assert evaluate(workspace) == {"raised": 2}, "contact only: nobody's events are fresh"
    assert {s.reason["en"] for s in Signal.objects.all()} == {"31 d, 2026-02-22", "90 d, —"}
    days_of_use(workspace, busy, TODAY - timedelta(days=1))
    assert evaluate(workspace) == {"raised": 1, "repeated": 2}
    assert Signal.objects.get(reason__en="5 working days").account == quiet
    assert never.signals.count() == 1
    silence |= {"only_after": False}
    made(workspace, alice, name="Never", way="silence", criteria={}, silence=silence, reason={"en": "Never: {last}"})
    assert evaluate(workspace)["raised"] == 2, "whom we know for three days was not silent for five"
    assert set(never.signals.values_list("reason__en", flat=True)) == {"90 d, —", "Never: —"}


def test_people_contracts_and_products_have_signals_of_their_own(
    workspace: Workspace, alice: Member, make_account: Callable[..., Account]
) -> None:
    one, two = make_account(1, plan="Pro"), make_account(2, plan="Pro")
    people = [Person.objects.create(workspace=workspace, number=n, name=f"P{n}", title="VP Sales") for n in (1, 2, 3)]
    for person in people[:2]:
        Affiliation.objects.create(account=one, person=person, started_on=date(2026, 1, 1))
    made(workspace, alice, subject="person", criteria={"trait": "title", "contains": "VP"}, reason={"en": "{person}"})
    for n, account, renews in ((1, one, 20), (2, one, 200), (3, two, 20)):
        facts = {"status": "active", "plan": "Pro", "mrr": 100 * n, "renews_on": TODAY + timedelta(days=renews)}
        Subscription.objects.create(workspace=workspace, account=account, external_id=f"S-{n}", **facts)
    contract = {"ends_within": 30, "least_mrr": 200}
    told = {"en": "{contract} ends in {renews_in} days"}
    made(workspace, alice, name="Ends", subject="contract", criteria={}, contract=contract, reason=told)
    product = Product.objects.create(workspace=workspace, number=1, code="core", name="Core")
    for account in (one, two):
        ProductUse.objects.create(product=product, account=account, since=TODAY)
    told = {"en": "{count} of {product} ({share})"}
    made(workspace, alice, name="Product", subject="product", product={"least": 2, "share": 0.5}, reason=told)
    assert evaluate(workspace) == {"raised": 4}
    assert {s.reason["en"] for s in Signal.objects.all()} == {"P1", "P2", "S-3 ends in 20 days", "2 of Core (100%)"}
    first, second = Signal.objects.filter(person__isnull=False).order_by("pk")
    actions.resolve_signal(signal=first, by=alice, reason="Spoke")
    second.refresh_from_db()
    assert second.is_open, "closing for one contact leaves the other's open"
    days_of_use(workspace, one, *(TODAY - timedelta(days=n) for n in (8, 9, 10)), people=2)
    days_of_use(workspace, two, TODAY - timedelta(days=1))
    less = {"how": "fell", "event": "login", "percent": 80, "days": 7}
    told = {"en": "{person}: {before} to {now}"}
    made(workspace, alice, name="Less", subject="person", way="change", criteria={}, change=less, reason=told)
    assert evaluate(workspace, day=1) == {"raised": 1, "repeated": 3, "suppressed": 1}
    assert Signal.objects.get(reason__en="P2: 3 to 0").account == one, "each person's own events count"
    assert Signal.objects.get(product=product).account is None
    Account.objects.filter(pk=two.pk).update(plan="")
    assert evaluate(workspace, day=2)["repeated"] == 3
    assert Signal.objects.get(product=product).clear_count == 0, "whether it is over cannot be told"
    Account.objects.filter(pk=two.pk).update(plan="Free")
    evaluate(workspace, day=3)
    assert Signal.objects.get(product=product).clear_count == 1


def test_a_preview_names_no_product_to_who_sees_only_some_accounts(
    workspace: Workspace, alice: Member, bob: Member, make_account: Callable[..., Account]
) -> None:
    product = Product.objects.create(workspace=workspace, number=1, code="core", name="Core")
    ProductUse.objects.create(product=product, account=make_account(1, plan="Pro"), since=TODAY)
    draft = {"subject": "product", "criteria": {"trait": "plan", "is": ["Pro"]}, "reason": {"en": "{count}"}}
    Member.objects.filter(pk=bob.pk).update(scope=AccountScope.OWN)
    bob.refresh_from_db()
    seen = [preview.preview(member, definition.read(draft, workspace)) for member in (alice, bob)]
    assert [(each.new, len(each.lines)) for each in seen] == [(1, 1), (1, 0)]


def test_what_is_typed_where_a_number_is_meant_is_kept_to_be_refused() -> None:
    endless = "9" * 5000
    assert forms.numbered({"n": " 14", "days": "²", "least": endless}) == {"n": 14, "days": "²", "least": endless}


def test_what_comes_back_within_the_cool_down_opens_again_where_the_rule_says_so(
    workspace: Workspace, alice: Member, make_account: Callable[..., Account]
) -> None:
    make_account(1, plan="Pro")
    made(workspace, alice, cool_down={"days": 10, "then": "reopen"})
    evaluate(workspace)
    signal = Signal.objects.get()
    Signal.objects.update(escalation=2, escalated_to=alice)
    actions.resolve_signal(signal=signal, by=alice, reason="Called")
    assert evaluate(workspace, day=9) == {"reopened": 1}
    signal.refresh_from_db()
    assert (signal.state, signal.reopened, signal.ended_at) == (SignalState.NEW, 1, None)
    assert (signal.escalation, signal.due_on) == (0, date(2026, 4, 9)), "it begins anew"
    with clock.frozen(NOON + timedelta(days=9)):
        assert escalation.escalate(workspace) == 0
    assert [move.act for move in signal.moves.order_by("pk")] == ["resolved", "reopened"]
    actions.mark_false_positive(signal=signal, by=alice, reason="No")
    assert evaluate(workspace, day=10) == {"suppressed": 1}, "a false positive is never opened again"
    assert Signal.objects.count() == 1


def test_a_flood_is_held_back_and_says_so_until_a_manager_lets_it_go(
    workspace: Workspace, alice: Member, bob: Member, make_account: Callable[..., Account]
) -> None:
    for n in range(1, 5):
        make_account(n, plan="Pro")
    rule = made(workspace, alice, most_a_day=3)
    assert evaluate(workspace) == {"held": 4}
    rule.refresh_from_db()
    assert (rule.held_on, rule.held_count, rule.held_why) == (TODAY, 4, "day")
    assert AuditEntry.objects.filter(verb="signal_rule.held").count() == 1
    evaluate(workspace)
    assert AuditEntry.objects.filter(verb="signal_rule.held").count() == 1, "told once a day"
    rules.release_rule(rule=rule, by=alice)
    assert evaluate(workspace) == {"raised": 4}
    rule.refresh_from_db()
    assert rule.held_on is None
    SignalSettings.objects.create(workspace=workspace, most_open=5, warn_percent=80, per_member_a_day=100)
    assert capacity.load(workspace).is_near
    assert not capacity.load(workspace).is_full
    make_account(5, plan="Free")
    make_account(6, plan="Free")
    other = made(workspace, alice, name="Free", criteria={"trait": "plan", "is": ["Free"]})
    assert evaluate(workspace) == {"held": 2, "repeated": 4}
    other.refresh_from_db()
    assert other.held_why == "open"


def test_delivered_rules_are_tuned_switched_off_and_told_with_their_numbers(
    workspace: Workspace, alice: Member, bob: Member, make_account: Callable[..., Account]
) -> None:
    make_account(1, tier="vip", created_at=NOON - timedelta(days=12))
    delivered = [rule for rule in RULES if rule.kind == "no_contact"]
    assert raise_signals(workspace, rules=ours.switched_on(workspace, delivered))["raised"] == 0
    row = capacity.built_in_row(workspace, "no_contact")
    for numbers in ({"days": 1}, {"days": 10, "dasy": 20}):
        with pytest.raises(errors.RuleWrong):
            rules.tune_rule(rule=row, numbers=numbers, by=alice)
    for more in ({"clear_after": 0}, {"cool_down_days": 10**9}, {"most_a_day": -1}):
        with pytest.raises(errors.RuleWrong):
            rules.tune_rule(rule=row, numbers={"days": 10}, by=alice, **more)
    rules.tune_rule(rule=row, numbers={"days": 10}, by=alice, clear_after=2)
    (tuned,) = ours.switched_on(workspace, delivered)
    assert "for 10 days" in tuned.words["en"]
    assert tuned.clear_after == 2
    assert raise_signals(workspace, rules=[tuned])["raised"] == 1
    signal = Signal.objects.get()
    assert (signal.rule, signal.edition, signal.rule_version) == (row, 1, 1)
    rules.switch_rule(rule=row, is_on=False, by=alice)
    assert ours.switched_on(workspace, delivered) == []
    with pytest.raises(PermissionDenied):
        rules.switch_rule(rule=row, is_on=True, by=bob)


@pytest.mark.once
@pytest.mark.parametrize(
    ("facts", "part"),
    [
        ({"criteria": {}}, "criteria"),
        ({"criteria": {"trait": "plan"}}, "criteria"),
        ({"reason": {}}, "reason"),
        ({"reason": {"en": "{nonsense}"}}, "reason"),
        ({"way": "change", "change": {"trait": "plan", "how": "to"}}, "change"),
        ({"way": "change", "change": {"trait": "mrr", "how": "fell", "percent": 0}}, "change.percent"),
        ({"way": "silence", "silence": {"what": "event"}}, "silence.event"),
        ({"way": "silence", "subject": "person", "silence": {"what": "contact"}}, "silence.what"),
        ({"severity": {"otherwise": 9}}, "severity"),
        ({"severity": {"by": "amount", "steps": [5]}}, "severity.steps"),
        ({"owner": {"rule": "member"}}, "owner"),
        ({"subject": "planet"}, "subject"),
        ({"due_days": "soon"}, "due_days"),
        ({"product": {"share": 3}}, "product.share"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_at_its_part(workspace: Workspace, facts: dict[str, Any], part: str) -> None:
    given = {"criteria": {"trait": "plan", "is": ["Pro"]}, "reason": {"en": "x"}, **facts}
    with pytest.raises(errors.RuleWrong) as refused:
        definition.read(given, workspace)
    assert refused.value.facts["part"] == part
    assert str(refused.value)


def test_a_signal_waits_for_a_condition_or_a_day_whichever_comes_first(
    workspace: Workspace, alice: Member, make_account: Callable[..., Account]
) -> None:
    make_account(1, plan="Pro", seats=5)
    make_account(2, plan="Pro", seats=5)
    made(workspace, alice)
    evaluate(workspace)
    first, second = Signal.objects.order_by("account__number")
    with pytest.raises(errors.RuleWrong):
        actions.snooze_signal(signal=first, by=alice, until=None)
    with pytest.raises(errors.RuleWrong):
        actions.snooze_signal(signal=first, by=alice, until=None, condition={"trait": "seats"})
    full = {"trait": "seats", "at_least": 10}
    actions.snooze_signal(signal=first, by=alice, until=None, condition=full)
    actions.snooze_signal(signal=second, by=alice, until=TODAY + timedelta(days=9), condition=full)
    assert waiting.return_met(workspace) == 0
    Account.objects.filter(number=1).update(seats=10)
    assert waiting.return_met(workspace) == 1
    first.refresh_from_db()
    assert (first.state, first.snoozed_for) == (SignalState.NEW, None)
    with clock.frozen(NOON + timedelta(days=9)):
        assert waiting.return_due(workspace) == 1


def test_a_rule_goes_from_draft_to_published_to_retired(workspace: Workspace, alice: Member, bob: Member) -> None:
    rule = made(workspace, alice)
    given = {"criteria": {"trait": "plan", "is": ["Free"]}, "reason": {"en": "x"}}
    rules.save_draft(rule=rule, definition=given, by=alice, note="Other plan")
    assert [(v.number, v.state) for v in rule.versions.order_by("number")] == [(1, "published"), (2, "draft")]
    rules.publish_draft(rule=rule, by=alice)
    assert [(v.number, v.state) for v in rule.versions.order_by("number")] == [(1, "retired"), (2, "published")]
    with pytest.raises(errors.NoDraft):
        rules.publish_draft(rule=rule, by=alice)
    rules.retire_rule(rule=rule, by=alice)
    assert ours.made(workspace) == []
    with pytest.raises(errors.RuleRetired):
        rules.save_draft(rule=rule, definition=given, by=alice)
    rules.restore_rule(rule=rule, by=alice)
    assert len(ours.made(workspace)) == 1
    with pytest.raises(errors.NameTaken):
        rules.create_rule(workspace=workspace, name={"en": "Ours"}, definition=given, by=alice)
    for name in ({"en": "No contact"}, {"zh": "我们的规则"}):
        made_here = rules.create_rule(workspace=workspace, name=name, definition=given, by=alice)
        assert capacity.built_in_row(workspace, "no_contact") != made_here
    assert set(SignalRule.objects.values_list("key", flat=True)) == {"ours", "no-contact", "rule-1", "rule-2"}
