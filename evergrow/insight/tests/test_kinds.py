"""Every kind of question can do what pages, API, exports, the list behind and saved questions ask of it."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from evergrow.insight import event_names, kinds
from evergrow.insight.errors import BadQuestion
from evergrow.insight.kind import Kind
from evergrow.insight.saved import wording
from evergrow.insight.saved.actions import save
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events
from evergrow.workspaces.models import Member, Workspace

EVERY_KIND = pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.key)
CHINESE = re.compile("[\u4e00-\u9fff]")
# The least that can be asked, for kinds that need something chosen
EXAMPLES: dict[str, dict[str, Any]] = {
    "funnel": {"steps": [{"event": "login"}, {"event": "exported_report"}]},
}


def example(kind: Kind) -> Any:
    """A question of the kind."""
    return kind.read({"kind": kind.key, **EXAMPLES.get(kind.key, {})})


@EVERY_KIND
def test_a_question_reads_again_what_it_is_kept_as(kind: Kind) -> None:
    question = example(kind)
    kept = kind.data(question)
    assert kept["kind"] == kind.key
    assert kept["version"] >= 1
    assert kind.read(json.loads(json.dumps(kept))) == question


@EVERY_KIND
def test_its_address_leads_to_the_same_question(kind: Kind) -> None:
    assert kind.marks is not None
    question = example(kind)
    assert kind.marks.ask(QueryDict(kind.address(question))) == question
    assert kind.url("acme", question) == f"{reverse(kind.page, args=['acme'])}?{kind.address(question)}"


@EVERY_KIND
@pytest.mark.parametrize("raw", [{"version": 99}, {"colour": "red"}, {"range": "always"}])
def test_what_it_does_not_know_is_refused_by_name(kind: Kind, raw: dict[str, Any]) -> None:
    with pytest.raises(BadQuestion) as refusal:
        kind.read({"kind": kind.key, **EXAMPLES.get(kind.key, {}), **raw})
    assert refusal.value.part.partition(".")[0] in raw
    assert refusal.value.sentence


@pytest.fixture
def stage(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    """Three accounts that log in week after week, and export what they see."""
    events = [
        Happened(event, datetime(2026, month, day, hour, tzinfo=UTC), person=account, account=account)
        for month, day in ((2, 10), (2, 18), (3, 4), (3, 11), (3, 17), (3, 24))
        for account in (1, 2, 3)
        if day % (account + 1) or month == 3
        for hour, event in ((2, "login"), (3, "exported_report"))
    ]
    store_accounts(workspace, {}, [1, 2, 3])
    store_events(workspace, events, World(events))
    return workspace


@pytest.mark.django_db
@pytest.mark.once
@EVERY_KIND
def test_it_is_answered_said_in_both_languages_laid_out_and_told(kind: Kind, stage: Workspace, carol: Member) -> None:
    question, names = example(kind), event_names.of(stage)
    answer = kind.answer(carol, question)
    assert answer.question == question
    assert answer.as_of == datetime(2026, 3, 25, 4, tzinfo=UTC)
    assert answer.version
    assert answer.table
    assert answer.statements
    said = {}
    for language in ("en", "zh-hans"):
        with override(language):
            said[language] = str(kind.reading(answer, names, language))
            heads, rows = kind.sheet(answer, names, language)
            assert {len(row) for row in rows} == {len(heads)}
            assert kind.title(question, names, language)
            assert wording.parts(kind.data(question), names, language, stage.today())
            assert str(kind.label)
    assert said["en"]
    assert not CHINESE.search(said["en"])
    assert CHINESE.search(said["zh-hans"])
    told = json.loads(json.dumps(kind.told(answer), cls=DjangoJSONEncoder))
    assert kind.read(told["question"]) == question


@pytest.mark.django_db
@pytest.mark.once
@EVERY_KIND
def test_its_page_can_be_saved_and_keeps_what_it_was_opened_from(
    kind: Kind, stage: Workspace, bob: Member, sign_in: Callable[[Member], Client]
) -> None:
    question, client = example(kind), sign_in(bob)
    page = client.get(kind.url(stage.slug, question)).content.decode()
    assert 'id="saved-bar"' in page
    assert 'id="question-form"' in page
    assert "Save question" in page
    saved = save(workspace=stage, form=kind.data(question), by=bob, name_en="Kept under this name")
    opened = reverse("insight:question", kwargs={"workspace": stage.slug, "number": saved.number})
    response = client.get(opened, follow=True, headers={"HX-Request": "true"})
    assert "Kept under this name" in response.content.decode()
    assert "Changed since saved" not in response.content.decode()
    assert f"saved={saved.number}" in response.get("HX-Push-Url", f"saved={saved.number}")


def test_keys_and_pages_of_kinds_are_their_own() -> None:
    assert len({kind.key for kind in kinds.KINDS}) == len(kinds.KINDS)
    pages = [reverse(kind.page, kwargs={"workspace": "acme"}) for kind in kinds.KINDS]
    assert len(set(pages)) == len(pages)


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(BadQuestion, match="horoscope") as caught:
        kinds.of({"kind": "horoscope"})
    assert caught.value.part == "kind"
