"""Product lines have scores of their own, by their own events, and accounts' scores roll up from them."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.urls import reverse

from conftest import make_member
from evergrow.health import actions, default_card, facts, preview, queries, usage
from evergrow.health import card as cards
from evergrow.health.explanation import explain
from evergrow.health.lines.models import ProductLineHealth
from evergrow.health.lines.tests.stage import line_card, measure, product
from evergrow.health.models import AccountHealth, Scorecard, ScorecardVersion
from evergrow.health.scoring import score
from evergrow.health.tests import stage
from evergrow.health.tests.stage import TODAY
from evergrow.lib import clock
from evergrow.workspaces.models import Role
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.usefixtures("warehouse_db", "frozen"), pytest.mark.once]


def uses(number: int, event: str, every: int) -> list[tuple[int, Any, str, int]]:
    return [(number, TODAY - timedelta(days=back), event, 10 * number) for back in range(1, 120, every)]


@pytest.fixture
def world(workspace: Any, alice: Any) -> Any:
    """1 uses docs daily and mail rarely, 2 docs now and then, 3 neither, 4 mail without a single event of it."""
    for number in (1, 2, 3, 4):
        stage.account(workspace, number)
    stage.events(workspace, [*uses(1, "doc", 1), *uses(1, "mail", 25), *uses(2, "doc", 9), *uses(3, "login", 1)])
    docs, mail = product(workspace, "docs", 1, 2), product(workspace, "mail", 1, 4)
    line_card(workspace, docs, alice, events=["doc"])
    line_card(workspace, mail, alice, events=["mail"])
    definition = default_card.definition()
    asked = {"docs": {"product": "docs"}, "worst": {"lines": "worst"}, "mean": {"lines": "mean"}}
    group = {"key": "lines", "name": {"en": "Product lines", "zh": "产品线"}, "weight": 40}
    definition["groups"].append(group | {"measures": [measure(key, ask) for key, ask in asked.items()]})
    actions.start_draft(workspace=workspace, by=alice)
    actions.save_draft(workspace=workspace, definition=definition, by=alice)
    actions.publish_draft(workspace=workspace, by=alice)
    actions.compute(workspace=workspace)
    return workspace


def state(number: int, code: str) -> ProductLineHealth:
    return ProductLineHealth.objects.get(account__number=number, product__code=code)


def plainly(workspace: Any, code: str, event: str, number: int) -> float:
    """A line's score worked out from the events of that line alone, as if there were no others."""
    version = ScorecardVersion.objects.get(scorecard__product__code=code, state="published")
    card, seen = cards.read(version.definition), facts.read(workspace).on(TODAY)
    usage.observe(seen, workspace.pk, TODAY, [event])
    return float(score(card, seen.of(card).values).overall[seen.accounts.tolist().index(number)])


def test_each_line_is_scored_by_its_own_events_for_those_who_use_it(world: Any) -> None:
    pairs = ProductLineHealth.objects.values_list("account__number", "product__code")
    assert set(pairs) == {(1, "docs"), (2, "docs"), (1, "mail"), (4, "mail")}
    assert state(1, "docs").score == pytest.approx(plainly(world, "docs", "doc", 1))
    assert state(1, "mail").score == pytest.approx(plainly(world, "mail", "mail", 1))
    assert state(1, "docs").score > state(1, "mail").score + 20
    assert (state(4, "mail").score, state(4, "mail").band) == (None, "insufficient")
    days = next(part for part in state(1, "docs").measures if part["key"] == "active_days")
    assert days["value"] == 28


def test_accounts_roll_up_from_their_lines_and_the_explanation_adds_up(world: Any) -> None:
    told = {number: explain(AccountHealth.objects.get(account__number=number).account) for number in (1, 2, 3, 4)}
    values = {
        number: {line.measure.key: line.value for line in each.measures if line.measure.source == "product"}
        for number, each in told.items()
    }
    docs, mail = state(1, "docs").score, state(1, "mail").score
    assert values[1] == pytest.approx({"docs": docs, "worst": mail, "mean": (docs + mail) / 2})
    assert values[2] == pytest.approx(dict.fromkeys(["docs", "worst", "mean"], state(2, "docs").score))
    assert values[3] == dict.fromkeys(["docs", "worst", "mean"])
    reasons = {n: {line.reason["en"] for line in told[n].missing if line.measure.source == "product"} for n in (3, 4)}
    assert reasons[3] == {"it uses no product with a scorecard of its own"}
    assert "its product lines have too little data" in reasons[4]
    group = next(each for each in told[1].groups if each.group.key == "lines")
    assert group.score == pytest.approx((docs + mail + (docs + mail) / 2) / 3)
    assert told[1].now.score == pytest.approx(sum(line.weight * (line.points or 0) for line in told[1].measures))


def test_a_line_that_falls_explains_the_fall_of_the_account(world: Any, alice: Any) -> None:
    with clock.frozen(clock.now() + timedelta(days=40)):
        actions.compute(workspace=world)
        told = explain(AccountHealth.objects.get(account__number=1).account, 40)
        effects = {line.measure.key: line.effect for line in told.measures}
        assert effects["docs"] < -1
        parts = told.effects.value + told.effects.null + told.effects.weight + told.effects.scoring
        assert told.change == pytest.approx(float(np.nansum(parts)), abs=1e-6)
        yesterday = actions.compute(workspace=world, day=world.today() - timedelta(days=1))
        assert yesterday.accounts == 4, "of a past day that nobody scored lines are not known, and it says so"


def test_a_card_of_a_product_judges_no_account_and_cannot_ask_about_lines(world: Any, alice: Any) -> None:
    judged = set(AccountHealth.objects.values_list("version__scorecard__key", flat=True))
    assert judged == {"standard"}
    key = Scorecard.objects.get(product__code="docs").key
    draft = actions.start_draft(workspace=world, by=alice, key=key)
    draft.definition["groups"][0]["measures"].append(measure("all", {"lines": "mean"}))
    with pytest.raises(actions.BadDefinition, match="cannot ask about product lines"):
        actions.save_draft(workspace=world, definition=draft.definition, by=alice, key=key)
    with pytest.raises(actions.BadDefinition, match="has a scorecard already"):
        actions.add_card(workspace=world, name={"en": "x"}, by=alice, product=Scorecard.objects.get(key=key).product)
    for ask, words in [
        ({"lines": "best"}, "name a “product”"),
        ({"product": "docs", "lines": "mean"}, "name a “product”"),
    ]:
        definition = default_card.definition()
        definition["groups"][0]["measures"].append(measure("line", ask))
        with pytest.raises(actions.BadDefinition, match=words):
            actions.cards.check(definition)
    with pytest.raises(actions.BadDefinition, match="names of events"):
        cards.read(default_card.definition() | {"events": "doc"})


def test_the_preview_of_a_line_shows_its_movers_before_it_is_published(world: Any, alice: Any) -> None:
    card = Scorecard.objects.get(product__code="docs")
    definition = card.versions.get(state="published").definition
    found = preview.preview(world, queries.portfolio(alice), definition | {"events": ["mail"]}, card)
    assert found is not None
    assert found.accounts == 2
    assert {each.account.number: each.after < each.before for each in found.sample}[1]
    same = preview.preview(world, queries.portfolio(alice), definition, card)
    assert same is not None
    assert (same.fall, same.rise) == (0, 0)


def test_pages_make_a_card_of_a_product_and_show_the_lines_of_an_account(world: Any, alice: Any, sign_in: Any) -> None:
    client = sign_in(alice)
    crm = product(world, "crm", 3)
    page = reverse("health:new_card", args=["acme"])
    assert "Crm" in client.get(page).content.decode()
    assert ">Docs<" not in client.get(page).content.decode(), "it has a card"
    assert client.post(page, {"name_en": "Crm line", "product": crm.pk}).status_code == 302
    key = Scorecard.objects.get(product=crm).key
    claim = reverse("health:claim", args=["acme", key])
    assert "login" in client.get(claim).content.decode(), "what was captured is shown"
    assert client.post(claim, {"events": "login\r\n\r\nlogin\r\nopened"}).status_code == 302
    assert Scorecard.objects.get(key=key).versions.get().definition["events"] == ["login", "opened"]
    assert "those that use “Crm”" in client.get(reverse("health:draft", args=["acme", key])).content.decode()
    client.post(reverse("health:publication", args=["acme", key]))
    actions.compute(workspace=world)
    assert state(3, "crm").score is not None
    shown = client.get(reverse("health:account", args=["acme", 1])).content.decode()
    assert "Product lines" in shown
    assert "Docs" in shown
    kinds = client.get(reverse("health:new_measure", args=["acme", "standard"])).content.decode()
    assert "Scores of its product lines" in kinds
    assert "Scores of its" not in client.get(reverse("health:new_measure", args=["acme", key])).content.decode()
    typed = {"name_en": "Crm", "group": "lines", "weight": 5, "direction": "higher", "kind": "linear", "line": "crm",
             "value_0": "0", "points_0": "0", "value_1": "100", "points_1": "100"}  # fmt: skip
    assert (
        client.post(reverse("health:new_measure", args=["acme", "standard"]) + "?what=product", typed).status_code
        == 302
    )
    made = ScorecardVersion.objects.get(state="draft", scorecard__is_default=True).definition["groups"][-1]["measures"][
        -1
    ]
    assert made["ask"] == {"product": "crm", "says": {"en": "Crm", "zh": "crm产品"}}
    told = caller(alice).get("/api/v1/accounts/1/health/lines").json()
    assert [each["product"] for each in told] == ["docs", "mail"]
    assert {each["product"] for each in caller(alice).get("/api/v1/scorecards").json()} == {None, "docs", "mail", "crm"}
    own = make_member(world, "Own", Role.OPERATOR, scope="own")
    assert caller(own).get("/api/v1/accounts/1/health/lines").status_code == 404
