"""The pages of health through their addresses."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from conftest import make_member
from evergrow.customers import access
from evergrow.customers.models import TeamSeat
from evergrow.health import actions, default_card, queries, sources, story
from evergrow.health.explanation import explain
from evergrow.health.models import AccountHealth, ScorecardVersion, VersionState
from evergrow.health.tests import stage
from evergrow.health.tests.stage import TODAY
from evergrow.workspaces import jobs
from evergrow.workspaces.models import AccountScope, AuditEntry, Job

pytestmark = [pytest.mark.usefixtures("warehouse_db", "frozen"), pytest.mark.once]


def url(name: str, *arguments: Any) -> str:
    return reverse(f"health:{name}", args=["acme", *arguments])


@pytest.fixture
def scored(workspace: Any) -> Any:
    """Account 1 fell, account 2 is steady, account 3 has no data."""
    for number in (1, 2, 3):
        stage.account(workspace, number, customer_since=stage.date(2025, 2, 1) if number < 3 else None)
    stage.events(workspace, stage.steady_use(1, until=TODAY - timedelta(days=25)) + stage.steady_use(2))
    actions.compute(workspace=workspace)
    return workspace


def typed(client: Any, **changes: Any) -> dict[str, Any]:
    """What the editor's form holds, with some fields typed over."""
    form = client.get(url("draft")).context["form"]
    return {name: form[name].value() for name in form.fields} | changes


def test_before_the_first_score_the_portfolio_teaches(workspace: Any, alice: Any, sign_in: Any) -> None:
    page = sign_in(alice).get(url("portfolio")).content.decode()
    assert "No scores yet" in page
    assert "Read the scorecard" in page


def test_the_portfolio_counts_bands_moves_and_gaps(scored: Any, alice: Any, sign_in: Any) -> None:
    response = sign_in(alice).get(url("portfolio"))
    found = response.context["found"]
    assert {share.band: share.accounts for share in found.shares} == {
        "risk": 1,
        "watch": 0,
        "healthy": 1,
        "insufficient": 1,
    }
    assert sum(found.histogram) == 2
    assert found.gaps[0].share == 0
    assert "Too little data for a band" in response.content.decode()


@pytest.mark.parametrize(("language", "words"), [("en", "Since last week"), ("zh-hans", "与上周相比")])
def test_the_portfolio_speaks_both_languages(scored: Any, alice: Any, sign_in: Any, language: str, words: str) -> None:
    client = sign_in(alice)
    client.cookies["evergrow_language"] = language
    assert words in client.get(url("portfolio")).content.decode()


def test_a_member_sees_the_health_of_their_own_accounts_only(scored: Any, sign_in: Any) -> None:
    dora = make_member(scored, "Dora", scope=AccountScope.OWN)
    mine = access.accounts(make_member(scored, "Eve")).get(number=2)
    TeamSeat.objects.create(account=mine, role="csm", member=dora, started_on=TODAY)
    client = sign_in(dora)
    assert client.get(url("portfolio")).context["found"].accounts == 1
    assert client.get(url("account", 2)).status_code == 200
    assert client.get(url("account", 1)).status_code == 404


def test_the_card_says_why_and_its_parts_add_up(scored: Any, alice: Any, sign_in: Any) -> None:
    response = sign_in(alice).get(url("account", 1), headers={"hx-request": "true"})
    rows, page = response.context["rows"], response.content.decode()
    assert "<html" not in page
    assert "Active days" in page
    parts = sum(row["points"] for row in rows[1:-1])
    assert round(rows[0]["value"] + parts, 1) == rows[-1]["value"]
    assert rows[1]["points"] < -5
    assert "Down" in response.context["saying"].lead


def test_the_period_of_the_card_can_be_chosen(scored: Any, alice: Any, sign_in: Any) -> None:
    client = sign_in(alice)
    days = [client.get(url("account", 1), {"health_days": text}).context["days"] for text in ("7", "90", "8", "x")]
    assert days == [7, 90, 30, 30]


def test_an_account_with_too_little_data_says_what_is_missing(scored: Any, alice: Any, sign_in: Any) -> None:
    page = sign_in(alice).get(url("account", 3)).content.decode()
    assert "no product event was ever recorded" in page
    assert "Insufficient" in page


def test_the_formula_comes_to_the_score(scored: Any, alice: Any) -> None:
    told = explain(access.accounts(alice).get(number=1))
    assert told is not None
    with translation.override("en"):
        score, _, terms = story.formula(told).partition(" = ")
    parts = [float(share) / 100 * float(points) for share, points in re.findall(r"([\d.]+)% × ([\d.]+)", terms)]
    assert sum(parts) == pytest.approx(float(score), abs=0.2)


def test_the_scorecard_is_told_in_words(workspace: Any, carol: Any, sign_in: Any) -> None:
    client = sign_in(carol)
    page = client.get(url("scorecard")).content.decode()
    assert "days with at least one event, out of the last 28 full days" in page
    assert "0 → 0, 4 → 40, 14 → 100 points; straight lines between" in page
    assert "more is better" in page
    assert "Change in a draft" not in page
    client.cookies["evergrow_language"] = "zh-hans"
    assert "越多越好" in client.get(url("scorecard")).content.decode()


def test_the_preview_shows_the_effect_and_stores_nothing(scored: Any, alice: Any, sign_in: Any) -> None:
    client = sign_in(alice)
    found = client.post(url("draft_preview"), typed(client, healthy="99", watch="98")).context["preview"]
    assert {band: after for band, _now, after, _change in found.bands}["risk"] == 2
    assert (found.fall, found.rise) == (1, 0)
    assert ScorecardVersion.objects.count() == 1
    assert len(found.sample) == 2


def test_an_impossible_draft_is_refused_in_words_and_keeps_what_was_typed(
    scored: Any, alice: Any, sign_in: Any
) -> None:
    client = sign_in(alice)
    response = client.post(url("draft"), typed(client, watch="80", **{"group-depth": "44"}))
    assert response.status_code == 422
    page = response.content.decode()
    assert "has to begin above" in page
    assert 'value="44"' in page
    assert ScorecardVersion.objects.count() == 1
    empty = typed(client, **{f"group-{key}": "0" for key in ("depth", "breadth", "trend", "support", "commerce")})
    assert "has to weigh something" in client.post(url("draft"), empty).content.decode()


def test_publishing_recomputes_and_is_no_trend(scored: Any, alice: Any, sign_in: Any) -> None:
    client = sign_in(alice)
    before = {state.account.number: state for state in AccountHealth.objects.select_related("account")}
    data = typed(client, note="Commerce matters more", **{"group-commerce": "60"})
    assert client.post(url("draft"), data).status_code == 302
    assert ScorecardVersion.objects.get(state=VersionState.DRAFT).note == "Commerce matters more"
    assert client.post(url("publication")).status_code == 302
    assert [v.state for v in ScorecardVersion.objects.order_by("number")] == ["retired", "published"]
    assert AuditEntry.objects.filter(verb="scorecard.published", by=alice).exists()
    while jobs.run_next():
        pass
    assert Job.objects.get(kind="health.compute").state == "done"
    steady = AccountHealth.objects.get(account__number=2)
    assert steady.version.number == 2
    assert abs(steady.score - before[2].score) > 1
    assert steady.change_7d == pytest.approx(before[2].change_7d, abs=1)
    assert steady.band_before == steady.band
    told = explain(access.accounts(alice).get(number=2))
    assert told is not None
    with translation.override("en"):
        rows = story.rows(told)
    assert rows[-2]["label"] == "Scorecard v1 → v2"
    assert rows[-2]["ours"]
    assert round(sum(row["points"] for row in rows[1:-1]), 1) == round(rows[-1]["value"] - rows[0]["value"], 1)
    card = client.get(url("account", 2))
    assert [name for _x, name in card.context["history"].versions] == ["v2"]
    moves = queries.band_moves(scored, TODAY - timedelta(days=7), TODAY)
    assert all(move.is_new_card for move in moves)


def test_yesterday_keeps_its_version_after_publishing(scored: Any, alice: Any) -> None:
    draft = actions.start_draft(workspace=scored, by=alice)
    definition = dict(draft.definition, min_coverage=0.9)
    actions.save_draft(workspace=scored, definition=definition, by=alice)
    actions.publish_draft(workspace=scored, by=alice)
    actions.compute(workspace=scored)
    with translation.override("en"):
        told = explain(access.accounts(alice).get(number=2), 7)
    assert told is not None
    assert (told.then.version.number, told.now.version.number) == (1, 2)


def test_discarding_takes_the_draft_away_and_a_second_time_says_so(scored: Any, alice: Any, sign_in: Any) -> None:
    client = sign_in(alice)
    client.post(url("draft"), typed(client))
    assert ScorecardVersion.objects.filter(state="draft").exists()
    client.post(url("discard"))
    assert not ScorecardVersion.objects.filter(state="draft").exists()
    assert "no draft any more" in client.post(url("discard"), follow=True).content.decode()


def test_a_draft_is_hidden_from_those_who_may_not_edit(scored: Any, alice: Any, bob: Any, sign_in: Any) -> None:
    actions.start_draft(workspace=scored, by=alice)
    assert sign_in(bob).get(url("version", 2)).status_code == 404
    assert sign_in(alice).get(url("version", 2)).status_code == 200
    assert [v.number for v in sign_in(bob).get(url("scorecard")).context["versions"]] == [1]


def test_a_definition_with_an_unknown_source_is_refused(scored: Any, alice: Any) -> None:
    draft = actions.start_draft(workspace=scored, by=alice)
    definition = draft.definition
    definition["groups"][0]["measures"][0]["source"] = "horoscope"
    with pytest.raises(actions.BadDefinition, match="horoscope"):
        actions.save_draft(workspace=scored, definition=definition, by=alice)


@pytest.mark.parametrize("page", ["account", "scorecard", "draft", "portfolio"])
def test_no_page_is_half_translated(scored: Any, alice: Any, sign_in: Any, page: str) -> None:
    client = sign_in(alice)
    client.cookies["evergrow_language"] = "zh-hans"
    text = client.get(url(page, *([1] if page == "account" else []))).content.decode()
    main = re.sub(r"<script.*?</script>|<[^>]*>", " ", text[text.index("<main") : text.index("</main")], flags=re.S)
    english = re.findall(r"\b[A-Z]?[a-z]{3,}\b", main)
    assert set(english) <= {"Shanghai", "Asia", "Account", "Alice"}, english


def test_every_source_is_observed_and_explained_in_both_languages(scored: Any) -> None:
    observed = set()
    for source in sources.SOURCES.values():
        assert all([source.name["en"], source.name["zh"], source.formula["en"], source.formula["zh"]])
        observed.add(source.key)
    used = {m["source"] for group in default_card.definition()["groups"] for m in group["measures"]}
    assert used == observed
