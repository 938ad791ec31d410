"""Saved questions through the API."""

from datetime import datetime
from typing import Any

import pytest

from evergrow.insight.saved.models import SavedQuestion, Sharing
from evergrow.insight.tests.test_saved_pages import LOGINS, save, stage  # noqa: F401 - the stage is a fixture
from evergrow.workspaces.models import Member, Workspace
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.once]
JSON = {"content_type": "application/json"}
PATH = "/api/v1/questions/saved"


def test_a_question_is_saved_listed_changed_and_archived(bob: Member, frozen: datetime) -> None:
    program = caller(bob)
    made = program.post(PATH, {"question": LOGINS, "name_en": "Logins", "folder": "Monday"}, **JSON)
    assert (made.status_code, made.json()["number"], made.json()["version"]) == (201, 1, 1)
    assert made.json()["question"] == SavedQuestion.objects.get().form
    changed = {"question": LOGINS | {"event": "exported_report"}, "name_zh": "导出", "base": 1}
    told = program.patch(f"{PATH}/1", changed, **JSON).json()
    assert (told["version"], told["name_zh"], told["name_en"]) == (3, "导出", "Logins")
    assert program.patch(f"{PATH}/1", changed | {"question": LOGINS}, **JSON).status_code == 422
    items = program.get(f"{PATH}?q=logins&folder=Monday").json()["items"]
    assert [item["number"] for item in items] == [1]
    assert [each["number"] for each in program.get(f"{PATH}/1/versions").json()["items"]] == [3, 2, 1]
    assert program.post(f"{PATH}/1/versions/1/restore").json()["name_zh"] == ""
    assert program.post(f"{PATH}/1/versions/9/restore").status_code == 404
    assert program.post(f"{PATH}/1/archive").json()["archived_at"]
    assert program.get(PATH).json()["items"] == []
    assert len(program.get(f"{PATH}?is_archived=true").json()["items"]) == 1
    assert program.post(f"{PATH}/1/bring-back").json()["archived_at"] is None


def test_it_is_answered_as_its_kind_answers(stage: Workspace, bob: Member, carol: Member) -> None:  # noqa: F811
    save(bob)
    told = caller(carol).post(f"{PATH}/1/answer").json()
    alone = caller(carol).post("/api/v1/questions/trend", LOGINS, **JSON).json()
    assert told["kind"] == "trend"
    assert "2 accounts" in told["reading"]
    assert told["answer"] == alone
    assert told["as_of"] == alone["as_of"]


def test_a_private_one_is_not_found_by_others(bob: Member, carol: Member, frozen: datetime) -> None:
    save(bob, sharing=Sharing.PRIVATE)
    program = caller(carol)
    assert program.get(PATH).json()["items"] == []
    for path in (f"{PATH}/1", f"{PATH}/1/versions"):
        assert program.get(path).status_code == 404
    assert program.post(f"{PATH}/1/answer").status_code == 404


def test_one_that_can_no_longer_be_asked_names_its_part(bob: Member, frozen: datetime, warehouse_db: None) -> None:
    saved = save(bob, form=LOGINS | {"filters": [{"on": "account.plan", "is": "is", "values": ["Pro"]}]})
    saved.form["filters"][0]["on"] = "account.gone"
    saved.save()
    assert caller(bob).get(f"{PATH}/1").json()["problem"].startswith("filters.0.on: ")
    refused = caller(bob).post(f"{PATH}/1/answer")
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.filters.0.on")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"question": {"kind": "trend", "colour": 1}, "name_en": "X"}, "body.colour"),
        ({"question": LOGINS}, "body.name"),
        ({"question": LOGINS, "name_en": "X", "sharing": "public"}, "body.facts.sharing"),
    ],
)
def test_refusals_name_the_part(bob: Member, frozen: datetime, body: dict[str, Any], where: str) -> None:
    refused = caller(bob).post(PATH, body, **JSON)
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, where)
