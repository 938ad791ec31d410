"""Several cards, what cards ask, exceptions, entered values and overrides, through the actions and the computation."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import ValidationError

from conftest import make_member
from evergrow.health import actions, snapshots
from evergrow.health.actions import cards as card_actions
from evergrow.health.entries.actions import enter
from evergrow.health.explanation import explain
from evergrow.health.models import AccountHealth, Override, ScorecardVersion
from evergrow.health.overrides import actions as overriding
from evergrow.health.tests import stage
from evergrow.health.tests.stage import TODAY
from evergrow.lib import clock
from evergrow.workspaces.models import AuditEntry, Role

pytestmark = [pytest.mark.usefixtures("warehouse_db", "frozen"), pytest.mark.once]
POINTS = {"kind": "linear", "knots": [[0, 0], [100, 100]]}


def measure(key: str, source: str, scoring: Any = POINTS, **more: Any) -> dict[str, Any]:
    return {"key": key, "source": source, "name": {"en": key, "zh": key}, "weight": 1, "scoring": scoring, **more}


def definition(*measures: dict[str, Any], **more: Any) -> dict[str, Any]:
    bands = [{"key": "risk", "from": 0}, {"key": "watch", "from": 50}, {"key": "healthy", "from": 75}]
    group = {"key": "all", "name": {"en": "All", "zh": "全部"}, "weight": 1, "measures": list(measures)}
    return {"null_policy": "within-group", "min_coverage": 0, "bands": bands, "groups": [group], **more}


MOOD = measure("mood", "entry", ask={"entry": "mood"}, validity_days=30, expire_days=60)


def publish(workspace: Any, by: Any, said: dict[str, Any], key: str = "") -> ScorecardVersion:
    actions.start_draft(workspace=workspace, by=by, key=key)
    actions.save_draft(workspace=workspace, definition=said, by=by, key=key)
    return actions.publish_draft(workspace=workspace, by=by, key=key)


def state(account: Any) -> AccountHealth:
    return AccountHealth.objects.get(account=account)


def rule(action: str, value: float, plan: str = "Pro") -> dict[str, Any]:
    name = {"en": "Escalated", "zh": "升级中"}
    return {"key": "x", "name": name, "criteria": {"trait": "plan", "is": [plan]}, "action": action, "value": value}


def adds_up(account: Any, days: int = 30) -> None:
    told = explain(account, days)
    found = told.effects
    whole = sum(float(np.nansum(part)) for part in (found.value, found.null, found.weight, found.scoring))
    whole += sum(part.points for part in told.parts)
    assert told.change == pytest.approx(whole, abs=1e-9)


def test_a_card_asks_traits_criteria_people_and_entered_values(workspace: Any, alice: Any) -> None:
    one = stage.account(workspace, 1, plan="Pro", mrr=40)
    two = stage.account(workspace, 2, plan="Basic", mrr=90)
    yes_no = {"kind": "lookup", "table": [[0, 0], [1, 100]]}
    said = definition(
        measure("revenue", "trait", ask={"trait": "mrr", "reads": "number"}),
        measure("is_pro", "criteria", yes_no, ask={"criteria": {"trait": "plan", "is": ["Pro"]}, "counts": "meets"}),
        measure(
            "plan",
            "trait",
            {"kind": "lookup", "table": [[1, 70], [2, 30]]},
            ask={"trait": "plan", "reads": "choice", "choices": ["Pro", "Basic"]},
        ),
        measure("since", "trait", ask={"trait": "signed_up_on", "reads": "days_since"}),
        MOOD,
    )
    publish(workspace, alice, said)
    enter(account=one, key="mood", value=60, on=TODAY - timedelta(days=40), by=alice)
    actions.compute(workspace=workspace)
    now = snapshots.on(workspace.pk, TODAY)[0]
    days = (TODAY - one.signed_up_on).days
    assert now.observed[0].tolist() == [40, 1, 1, days, 60]
    assert now.observed[1][:4].tolist() == [90, 0, 2, days]
    assert np.isnan(now.observed[1][4])
    line = explain(one).measures[4]
    assert (line.age, line.is_stale) == (40, True)
    assert state(two).coverage == pytest.approx(0.8)


def test_an_entered_value_expires(workspace: Any, alice: Any) -> None:
    one = stage.account(workspace, 1)
    publish(workspace, alice, definition(MOOD))
    enter(account=one, key="mood", value=60, on=TODAY - timedelta(days=61), by=alice)
    actions.compute(workspace=workspace)
    assert state(one).score is None
    assert explain(one).measures[0].reason["en"] == "the last value is too old to count"
    enter(account=one, key="mood", value=70, on=TODAY, by=alice)
    actions.compute(workspace=workspace)
    assert state(one).score == 70
    with pytest.raises(ValidationError):
        enter(account=one, key="mood", value=70, on=TODAY + timedelta(days=1), by=alice)


def test_an_exception_caps_the_score_and_is_a_part_of_the_change(workspace: Any, alice: Any, frozen: Any) -> None:
    one = stage.account(workspace, 1, plan="Basic")
    publish(workspace, alice, definition(MOOD, exceptions=[rule("cap", 30)], trend_days=30))
    enter(account=one, key="mood", value=80, on=TODAY, by=alice)
    actions.compute(workspace=workspace)
    assert state(one).score == 80
    with clock.frozen(frozen + timedelta(days=30)):
        one.plan = "Pro"
        one.save()
        enter(account=one, key="mood", value=60, on=workspace.today(), by=alice)
        actions.compute(workspace=workspace)
        now = state(one)
        assert (now.score, now.computed_score, now.change_30d) == (30, 60, -50)
        assert now.exceptions == [{"en": "Escalated", "zh": "升级中"}]
        (part,) = explain(one, 30).parts
        assert (part.kind, part.points) == ("exception", -30)
        adds_up(one)


def test_an_override_is_asked_by_one_and_approved_by_another(workspace: Any, alice: Any, bob: Any, frozen: Any) -> None:
    one = stage.account(workspace, 1)
    carol = make_member(workspace, "Cara", Role.ADMIN)
    publish(workspace, alice, definition(MOOD))
    enter(account=one, key="mood", value=60, on=TODAY, by=alice)
    until = TODAY + timedelta(days=20)
    asked = overriding.ask(account=one, value=20, reason="Sponsor left", until=until, by=alice)
    actions.compute(workspace=workspace)
    assert state(one).score == 60
    with pytest.raises(overriding.NotYourOwn):
        overriding.approve(override=asked, by=alice)
    overriding.approve(override=asked, by=carol)
    actions.compute(workspace=workspace)
    now = state(one)
    assert (now.score, now.computed_score, now.band, now.override) == (20, 60, "risk", asked)
    assert now.reasons[0]["en"] == f"Set by hand to 20 until {until.isoformat()}: Sponsor left"
    with pytest.raises(overriding.AlreadyDecided):
        overriding.withdraw(override=asked, by=alice)
    with clock.frozen(frozen + timedelta(days=21)):
        actions.compute(workspace=workspace)
        asked.refresh_from_db()
        assert (asked.state, asked.end_reason, asked.ended_on) == ("ended", "expired", until + timedelta(days=1))
        assert (state(one).score, state(one).override) == (60, None)
        adds_up(one, 7)
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"override.asked", "override.approved", "override.ended"} <= verbs


def test_an_override_without_a_reason_or_a_last_day_ahead_is_refused(workspace: Any, alice: Any) -> None:
    one = stage.account(workspace, 1)
    with pytest.raises(overriding.NeedsReason):
        overriding.ask(account=one, value=20, reason=" ", until=TODAY, by=alice)
    with pytest.raises(overriding.BadLastDay):
        overriding.ask(account=one, value=20, reason="x", until=TODAY - timedelta(days=1), by=alice)
    with pytest.raises(overriding.BadScore):
        overriding.ask(account=one, value=120, reason="x", until=TODAY, by=alice)
    overriding.ask(account=one, value=20, reason="x", until=TODAY, by=alice)
    with pytest.raises(overriding.AlreadyAsked):
        overriding.ask(account=one, value=30, reason="y", until=TODAY, by=alice)


def test_an_override_gives_way_to_newer_data_when_it_says_so(workspace: Any, alice: Any, frozen: Any) -> None:
    one = stage.account(workspace, 1)
    carol = make_member(workspace, "Cara", Role.ADMIN)
    publish(workspace, alice, definition(MOOD, trend_epsilon=5))
    enter(account=one, key="mood", value=60, on=TODAY, by=alice)
    until = TODAY + timedelta(days=20)
    asked = overriding.ask(account=one, value=20, reason="x", until=until, mode="yield", by=alice)
    overriding.approve(override=asked, by=carol)
    actions.compute(workspace=workspace)
    assert state(one).score == 20
    enter(account=one, key="mood", value=64, on=TODAY, by=alice)
    actions.compute(workspace=workspace)
    assert state(one).score == 20
    enter(account=one, key="mood", value=80, on=TODAY, by=alice)
    actions.compute(workspace=workspace)
    assert state(one).score == 80
    assert Override.objects.get().end_reason == "yielded"


def second(workspace: Any, by: Any, priority: int, plan: str, name: str) -> str:
    key = actions.add_card(workspace=workspace, name={"en": name, "zh": name}, by=by).scorecard.key
    criteria = {"trait": "plan", "is": [plan]}
    said = definition(measure("revenue", "trait", ask={"trait": "mrr", "reads": "number"}))
    actions.save_draft(
        workspace=workspace, definition=said | {"criteria": criteria, "priority": priority}, by=by, key=key
    )
    return key


def test_the_first_card_by_priority_judges_and_the_default_card_the_rest(workspace: Any, alice: Any) -> None:
    one, two = stage.account(workspace, 1, plan="Pro", mrr=33), stage.account(workspace, 2, plan="Basic", mrr=44)
    for priority, plan, name in ((2, "Pro", "Later"), (1, "Pro", "First")):
        actions.publish_draft(workspace=workspace, by=alice, key=second(workspace, alice, priority, plan, name))
    actions.compute(workspace=workspace)
    assert state(one).version.scorecard.key == "first"
    assert state(one).score == 33
    assert state(two).version.scorecard.is_default


def test_two_cards_of_equal_priority_that_may_claim_one_account_are_not_published(workspace: Any, alice: Any) -> None:
    actions.publish_draft(workspace=workspace, by=alice, key=second(workspace, alice, 1, "Pro", "First"))
    actions.publish_draft(workspace=workspace, by=alice, key=second(workspace, alice, 1, "Basic", "Apart"))
    with pytest.raises(card_actions.EqualPriority, match="same priority 1"):
        actions.publish_draft(workspace=workspace, by=alice, key=second(workspace, alice, 1, "Pro", "Same"))


def test_a_card_that_does_not_say_whom_it_judges_is_not_published(workspace: Any, alice: Any) -> None:
    key = actions.add_card(workspace=workspace, name={"en": "All", "zh": "全部"}, by=alice).scorecard.key
    with pytest.raises(card_actions.NoCriteria):
        actions.publish_draft(workspace=workspace, by=alice, key=key)


def test_two_cards_of_one_name_get_keys_of_their_own(workspace: Any, alice: Any) -> None:
    made = [actions.add_card(workspace=workspace, name={"en": "First months"}, by=alice) for _ in range(2)]
    assert [each.scorecard.key for each in made] == ["first-months", "first-months-2"]


def test_an_account_goes_to_the_next_card_when_its_card_is_put_away(workspace: Any, alice: Any) -> None:
    one = stage.account(workspace, 1, plan="Pro", mrr=33)
    key = second(workspace, alice, 1, "Pro", "First")
    actions.publish_draft(workspace=workspace, by=alice, key=key)
    actions.compute(workspace=workspace)
    actions.put_away(card=actions.card_of(workspace, key), by=alice)
    actions.compute(workspace=workspace)
    assert state(one).version.scorecard.is_default


def test_a_parent_takes_the_mean_of_its_children_by_revenue(workspace: Any, alice: Any) -> None:
    above = stage.account(workspace, 1, mrr=0)
    low, high = stage.account(workspace, 2, mrr=300, parent=above), stage.account(workspace, 3, mrr=100, parent=above)
    publish(workspace, alice, definition(MOOD, roll_up={"children": "mean", "own_share": 0.5}))
    for account, value in ((above, 80), (low, 60), (high, 20)):
        enter(account=account, key="mood", value=value, on=TODAY, by=alice)
    actions.compute(workspace=workspace)
    now = state(above)
    assert now.score == pytest.approx(0.5 * 80 + 0.5 * 50)
    assert now.children_effect == pytest.approx(-15)
    assert now.computed_score == 80
