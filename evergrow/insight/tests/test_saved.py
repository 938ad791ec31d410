"""Saved questions: versions and what they changed, who may do what, what can no longer be read."""

from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from evergrow.insight import event_names
from evergrow.insight.errors import BadQuestion
from evergrow.insight.saved import access, actions, queries, wording
from evergrow.insight.saved.errors import ChangedMeanwhile, IsArchived, NoSuchVersion, QuestionNeedsName
from evergrow.insight.saved.models import SavedQuestion, Sharing
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import AuditEntry, Member, Workspace

pytestmark = pytest.mark.django_db
LOGINS = {"kind": "trend", "event": "login", "measure": "accounts", "range": {"last": 12, "unit": "week"}}


def save(by: Member, form: Any = LOGINS, **facts: Any) -> SavedQuestion:
    facts = {"name_en": "Logins", **facts}
    return actions.save(workspace=by.workspace, form=form, by=by, **facts)


def said(saved: SavedQuestion, number: int) -> list[tuple[str, str, str]]:
    """What a version changed."""
    told = wording.history(list(saved.versions.all()), event_names.of(saved.workspace), "en", saved.workspace.today())
    changes = next(changes for version, changes in told if version.number == number)
    return [(each.label, each.before, each.after) for each in changes]


def test_a_question_is_kept_as_its_kind_writes_it(bob: Member) -> None:
    saved = save(bob)
    assert saved.form["version"] >= 1
    assert saved.form["range"] == {"last": 12, "unit": "week"}
    assert (saved.number, saved.version, saved.owner, saved.sharing) == (1, 1, bob, "private")
    assert save(bob).number == 2
    assert AuditEntry.objects.filter(verb="question.saved").count() == 2


def test_numbers_begin_anew_in_each_workspace(bob: Member, mallory: Member) -> None:
    assert (save(bob).number, save(mallory).number) == (1, 1)


@pytest.mark.parametrize(
    ("form", "part"),
    [
        ({"kind": "trend", "range": {"last": 0, "unit": "week"}}, "range.last"),
        ({"kind": "trend", "colour": "red"}, "colour"),
        ({"kind": "horoscope"}, "kind"),
    ],
)
def test_what_cannot_be_asked_is_not_saved(bob: Member, form: Any, part: str) -> None:
    with pytest.raises(BadQuestion) as refusal:
        save(bob, form)
    assert refusal.value.part == part
    assert not SavedQuestion.objects.exists()


@pytest.mark.parametrize("form", [None, [], "trend", 7])
def test_what_is_no_question_is_not_saved(bob: Member, form: Any) -> None:
    with pytest.raises(BadQuestion):
        save(bob, form)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"name_en": " "}, QuestionNeedsName),
        ({"name_en": "x" * 121}, QuestionNeedsName),
        ({"description_en": "x" * 2001}, BadChoice),
        ({"folder": "x" * 81}, BadChoice),
        ({"sharing": "public"}, BadChoice),
    ],
)
def test_words_that_do_not_fit_are_refused(bob: Member, facts: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        save(bob, **facts)
    assert not SavedQuestion.objects.exists()


def test_another_form_is_the_next_version_and_the_same_is_none(bob: Member) -> None:
    saved = actions.save_again(question=save(bob), form=LOGINS, by=bob)
    assert saved.version == 1
    changed = LOGINS | {"event": "exported_report", "range": {"last": 30, "unit": "day"}}
    saved = actions.save_again(question=saved, form=changed, by=bob, base=1)
    assert (saved.version, saved.changed_by) == (2, bob)
    assert said(saved, 2) == [
        (label, before, after)
        for label, before, after in said(saved, 2)
        if (before, after) in {("Log in", "Export report"), ("Last 12 weeks", "Last 30 days")}
    ]
    assert len(said(saved, 2)) == 2


def test_who_opened_an_older_version_does_not_overwrite_a_newer(bob: Member, alice: Member) -> None:
    saved = save(bob, sharing=Sharing.EDIT)
    actions.save_again(question=saved, form=LOGINS | {"event": "a"}, by=alice, base=1)
    with pytest.raises(ChangedMeanwhile, match="Alice saved version 2"):
        actions.save_again(question=saved, form=LOGINS | {"event": "b"}, by=bob, base=1)
    assert SavedQuestion.objects.get().version == 2


def test_other_texts_are_a_version_and_another_folder_is_not(bob: Member) -> None:
    saved = actions.describe(
        question=save(bob), by=bob, name_zh="登录", description_en="For Mondays", folder=" Monday "
    )
    assert (saved.version, saved.folder, saved.name) == (2, "Monday", {"zh": "登录", "en": "Logins"})
    assert said(saved, 2) == [("Chinese name", "", "登录"), ("English description", "", "For Mondays")]
    assert actions.describe(question=saved, by=bob, folder="Friday").version == 2


def test_an_earlier_version_is_restored_as_the_newest(bob: Member) -> None:
    saved = actions.save_again(question=save(bob), form=LOGINS | {"event": "a"}, by=bob)
    actions.describe(question=saved, by=bob, name_en="A")
    saved = actions.restore_version(question=saved, number=1, by=bob)
    assert (saved.version, saved.name_en, saved.versions.get(number=4).restores) == (4, "Logins", 1)
    assert queries.read(saved).form == saved.versions.get(number=1).form
    assert actions.restore_version(question=saved, number=4, by=bob).version == 4
    with pytest.raises(NoSuchVersion):
        actions.restore_version(question=saved, number=9, by=bob)


def test_a_copy_is_ones_own(bob: Member, alice: Member) -> None:
    made = actions.duplicate(question=save(bob, sharing=Sharing.VIEW, folder="Monday", name_zh="登录"), by=alice)
    assert (made.owner, made.sharing, made.folder) == (alice, "private", "Monday")
    assert made.name == {"zh": "登录（副本）", "en": "Logins (copy)"}


def test_an_archived_question_comes_back_and_does_not_change_meanwhile(bob: Member) -> None:
    saved = save(bob)
    actions.archive(question=saved, by=bob)
    assert not queries.searched(bob, "logins").exists()
    with pytest.raises(IsArchived):
        actions.describe(question=saved, by=bob, name_en="X")
    actions.bring_back(question=saved, by=bob)
    assert queries.searched(bob, "log ins").get() == saved
    verbs = AuditEntry.objects.filter(verb__startswith="question.").values_list("verb", flat=True)
    assert sorted(verbs) == ["question.archived", "question.brought_back", "question.saved"]


def test_a_private_question_is_not_there_for_others_but_managers(
    bob: Member, carol: Member, alice: Member, mallory: Member
) -> None:
    saved = save(bob)
    assert access.get(bob, saved.number) == access.get(alice, saved.number) == saved
    for stranger in (carol, mallory):
        with pytest.raises(Http404):
            access.get(stranger, saved.number)
    actions.describe(question=saved, by=bob, sharing=Sharing.VIEW)
    assert access.get(carol, saved.number) == saved
    with pytest.raises(Http404):
        access.get(mallory, saved.number)


def test_sharing_says_who_changes_it(workspace: Workspace, bob: Member, carol: Member, alice: Member) -> None:
    from conftest import make_member

    dave = make_member(workspace, "Dave")
    saved = save(bob, sharing=Sharing.VIEW)
    with pytest.raises(PermissionDenied):
        actions.describe(question=saved, by=dave, name_en="Mine")
    actions.describe(question=saved, by=bob, sharing=Sharing.EDIT)
    assert actions.describe(question=saved, by=dave, name_en="Ours").name_en == "Ours"
    for facts in ({"sharing": Sharing.PRIVATE}, {"owner": dave}):
        with pytest.raises(PermissionDenied):
            actions.describe(question=saved, by=dave, **facts)
    with pytest.raises(PermissionDenied):
        actions.save_again(question=saved, form=LOGINS | {"event": "a"}, by=carol)
    assert actions.describe(question=saved, by=alice, owner=dave).owner == dave


def test_a_viewer_saves_nothing_and_stars_what_is_seen(bob: Member, carol: Member) -> None:
    with pytest.raises(PermissionDenied):
        save(carol)
    saved = save(bob, sharing=Sharing.VIEW)
    actions.star(question=saved, by=carol)
    actions.star(question=saved, by=carol)
    assert (queries.starred(carol, [saved]), queries.starred(bob, [saved])) == ({saved.pk}, set())
    actions.star(question=saved, by=carol, is_on=False)
    assert queries.starred(carol, [saved]) == set()


def test_managers_pin_what_everybody_sees(bob: Member, alice: Member) -> None:
    saved = save(bob)
    with pytest.raises(BadChoice, match="Share the question first"):
        actions.pin(question=saved, by=alice)
    saved = actions.describe(question=saved, by=bob, sharing=Sharing.VIEW)
    with pytest.raises(PermissionDenied):
        actions.pin(question=saved, by=bob)
    actions.pin(question=saved, by=alice)
    assert SavedQuestion.objects.get().is_pinned


def test_a_form_whose_part_is_gone_says_which(bob: Member, warehouse_db: None, frozen: datetime) -> None:
    saved = save(bob, LOGINS | {"filters": [{"on": "account.plan", "is": "is", "values": ["Pro"]}]})
    saved.form["filters"][0]["on"] = "account.retired_fact"
    saved.save()
    read = queries.read(saved)
    assert (read.question, read.wrong.part) == (None, "filters.0.on")
    now = queries.now(bob, saved, "en")
    assert (now.reading, now.part) == (None, "filters.0.on")
    assert "retired_fact" in now.problem
    assert ("Filters", "account.retired_fact is Pro") in wording.parts(
        saved.form, event_names.of(saved.workspace), "en", saved.workspace.today()
    )


def test_a_kind_that_is_gone_is_said(bob: Member, warehouse_db: None, frozen: datetime) -> None:
    saved = save(bob)
    saved.kind, saved.form = "horoscope", {"kind": "horoscope", "star": "Leo"}
    saved.save()
    assert queries.now(bob, saved, "en").part == "kind"
    assert wording.parts(saved.form, event_names.of(saved.workspace), "en", saved.workspace.today()) == [
        ("star", "Leo")
    ]
