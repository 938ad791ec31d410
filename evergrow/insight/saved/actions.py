"""What colleagues do with saved questions: save, save again, describe, restore, copy, archive, star, pin."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from evergrow.customers.models import Counter
from evergrow.insight import kinds
from evergrow.insight.saved import access
from evergrow.insight.saved.errors import ChangedMeanwhile, IsArchived, NoSuchVersion, QuestionNeedsName
from evergrow.insight.saved.models import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    WORDS,
    Form,
    QuestionVersion,
    SavedQuestion,
    Sharing,
    Star,
)
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import Member, Workspace

COUNTED = "saved_question"
LONGEST_FOLDER = 80


@transaction.atomic
def save(
    *,
    workspace: Workspace,
    form: Any,
    by: Member | None,
    folder: str = "",
    sharing: str = Sharing.PRIVATE,
    owner: Member | None = None,
    name_zh: str = "",
    name_en: str = "",
    description_zh: str = "",
    description_en: str = "",
) -> SavedQuestion:
    """Keep a question (its kind's JSON form) under a name, in one language at least.

    Raises BadQuestion at the part that is wrong, QuestionNeedsName, BadChoice, PermissionDenied without "work".
    """
    require(by, "work")
    read = _canonical(form)
    question = SavedQuestion(
        workspace=workspace,
        number=_next_number(workspace),
        kind=read["kind"],
        form=read,
        owner=owner or by,
        changed_by=by,
        folder=_folder(folder),
        sharing=_sharing(sharing),
        **_words(
            {
                "name_zh": name_zh,
                "name_en": name_en,
                "description_zh": description_zh,
                "description_en": description_en,
            }
        ),
    )
    question.save()
    _keep_version(question, by)
    audit.record(workspace, "question.saved", question, by=by, data={"kind": question.kind})
    return question


@transaction.atomic
def save_again(*, question: SavedQuestion, form: Any, by: Member | None, base: int | None = None) -> SavedQuestion:
    """Save another form over a question, as its next version; the same form again changes nothing.

    ``base`` is the version that was opened. Raises BadQuestion, ChangedMeanwhile where that is no longer the newest,
    IsArchived, PermissionDenied.
    """
    current = _locked(question, by)
    read = _canonical(form)
    if base is not None and base != current.version:
        raise ChangedMeanwhile(
            _("%(name)s saved version %(version)s of this question meanwhile. Open it, or save yours as another.")
            % {"name": current.changed_by or "Evergrow", "version": current.version}
        )
    if read != current.form:
        _next_version(current, by, changed={"form": read, "kind": read["kind"]})
    return current


@transaction.atomic
def describe(*, question: SavedQuestion, by: Member | None, **facts: Any) -> SavedQuestion:
    """Change texts and folder, and for owners and managers ``sharing`` and ``owner``; what is left out stays.

    Other texts are a new version. Raises QuestionNeedsName, BadChoice, IsArchived, PermissionDenied.
    """
    current = _locked(question, by)
    words = _words({field: facts.get(field, getattr(current, field)) for field in WORDS})
    if words != current.words():
        _next_version(current, by, changed=words)
    changed: dict[str, Any] = {}
    if "folder" in facts:
        changed["folder"] = _folder(facts["folder"])
    if "sharing" in facts:
        changed["sharing"] = _sharing(facts["sharing"])
    if "owner" in facts:
        changed["owner"] = facts["owner"]
    changed = {field: value for field, value in changed.items() if value != getattr(current, field)}
    if changed.keys() & {"sharing", "owner"}:
        access.require_own(by, current)
    if changed:
        told = {field: [_told(getattr(current, field)), _told(value)] for field, value in changed.items()}
        _update(current, **changed)
        audit.record(current.workspace, "question.described", current, by=by, data=told)
    return current


@transaction.atomic
def restore_version(*, question: SavedQuestion, number: int, by: Member | None) -> SavedQuestion:
    """Make an earlier version's form and texts the newest version.

    Raises NoSuchVersion, BadQuestion when it can no longer be asked, IsArchived, PermissionDenied.
    """
    current = _locked(question, by)
    earlier = current.versions.filter(number=number).first()
    if earlier is None:
        raise NoSuchVersion(_("There is no version %(number)s.") % {"number": number})
    read = _canonical(earlier.form)
    if (read, earlier.words()) != (current.form, current.words()):
        changed = {"form": read, "kind": read["kind"], **earlier.words()}
        _next_version(current, by, changed=changed, restores=number)
    return current


def duplicate(*, question: SavedQuestion, by: Member) -> SavedQuestion:
    """The same question again, private to who copies it. Raises BadQuestion when it can no longer be asked."""
    return save(
        workspace=question.workspace,
        form=question.form,
        by=by,
        folder=question.folder,
        name_zh=_copied(question.name_zh, "（副本）"),
        name_en=_copied(question.name_en, " (copy)"),
        description_zh=question.description_zh,
        description_en=question.description_en,
    )


@transaction.atomic
def archive(*, question: SavedQuestion, by: Member | None) -> None:
    """Put a question away; it can be brought back."""
    access.require_edit(by, question)
    rows = SavedQuestion.objects.filter(pk=question.pk, archived_at=None)
    if rows.update(archived_at=clock.now(), archived_by=by):
        audit.record(question.workspace, "question.archived", question, by=by)


@transaction.atomic
def bring_back(*, question: SavedQuestion, by: Member | None) -> None:
    """Take a question out of the archive."""
    access.require_edit(by, question)
    rows = SavedQuestion.objects.filter(pk=question.pk, archived_at__isnull=False)
    if rows.update(archived_at=None, archived_by=None):
        audit.record(question.workspace, "question.brought_back", question, by=by)


def star(*, question: SavedQuestion, by: Member, is_on: bool = True) -> None:
    """Mark a question as one's own favourite, or take the mark away."""
    if is_on:
        Star.objects.get_or_create(question=question, member=by)
    else:
        Star.objects.filter(question=question, member=by).delete()


@transaction.atomic
def pin(*, question: SavedQuestion, by: Member | None, is_on: bool = True) -> None:
    """Keep a shared question on top of everybody's list, or no longer. Asks for the ability to manage.

    Raises BadChoice for a private one, which the others would not see.
    """
    require(by, "manage")
    if is_on and question.sharing == Sharing.PRIVATE:
        raise BadChoice("sharing", _("Share the question first; nobody else sees it."))
    rows = SavedQuestion.objects.filter(pk=question.pk, pinned_at__isnull=is_on)
    if rows.update(pinned_at=clock.now() if is_on else None, pinned_by=by if is_on else None):
        verb = "question.pinned" if is_on else "question.unpinned"
        audit.record(question.workspace, verb, question, by=by)


def _copied(name: str, mark: str) -> str:
    """A copy's name in the name's own language; nothing where there is none."""
    return name and f"{name[: LONGEST_NAME - len(mark)]}{mark}"


def _canonical(form: Any) -> Form:
    """The form as its kind writes it. Raises BadQuestion."""
    kind = kinds.of(form if isinstance(form, dict) else {})
    return kind.data(kind.read(form))


def _locked(question: SavedQuestion, by: Member | None) -> SavedQuestion:
    """The row as it stands now, kept from other writers until the transaction ends.

    Raises PermissionDenied unless ``by`` may change it, IsArchived.
    """
    rows = SavedQuestion.objects.select_for_update(of=("self",)).select_related("workspace", "changed_by__user")
    current = rows.get(pk=question.pk)
    access.require_edit(by, current)
    if current.is_archived:
        raise IsArchived(_("The question is archived. Bring it back first."))
    return current


def _next_version(
    question: SavedQuestion, by: Member | None, *, changed: Mapping[str, Any], restores: int | None = None
) -> None:
    _update(question, **changed, version=question.version + 1, changed_at=clock.now(), changed_by=by)
    _keep_version(question, by, restores)
    verb = "question.changed" if restores is None else "question.restored"
    data = {"version": question.version, **({} if restores is None else {"of": restores})}
    audit.record(question.workspace, verb, question, by=by, data=data)


def _keep_version(question: SavedQuestion, by: Member | None, restores: int | None = None) -> None:
    QuestionVersion.objects.create(
        question=question, number=question.version, form=question.form, by=by, restores=restores, **question.words()
    )


def _update(question: SavedQuestion, **changed: Any) -> None:
    for field, value in changed.items():
        setattr(question, field, value)
    question.save(update_fields=list(changed))


def _words(given: dict[str, str]) -> dict[str, str]:
    words = {field: str(given.get(field, "")).strip() for field in WORDS}
    if not words["name_zh"] and not words["name_en"]:
        raise QuestionNeedsName(_("Give the question a name."))
    if max(len(words["name_zh"]), len(words["name_en"])) > LONGEST_NAME:
        raise QuestionNeedsName(_("A name has at most %(most)s characters.") % {"most": LONGEST_NAME})
    if max(len(words["description_zh"]), len(words["description_en"])) > LONGEST_DESCRIPTION:
        raise BadChoice(
            "description", _("A description has at most %(most)s characters.") % {"most": LONGEST_DESCRIPTION}
        )
    return words


def _folder(text: str) -> str:
    folder = " ".join(str(text).split())
    if len(folder) > LONGEST_FOLDER:
        raise BadChoice("folder", _("The name of a folder has at most %(most)s characters.") % {"most": LONGEST_FOLDER})
    return folder


def _sharing(text: str) -> str:
    if text not in Sharing.values:
        raise BadChoice("sharing", _("Choose who may see it: private, view or edit."))
    return text


def _next_number(workspace: Workspace) -> int:
    """A number of its own, however many save at the same time: the counter's row is locked until the end."""
    counter = Counter.objects.filter(workspace=workspace, kind=COUNTED)
    if not counter.update(last=F("last") + 1):
        Counter.objects.get_or_create(workspace=workspace, kind=COUNTED)
        counter.update(last=F("last") + 1)
    return counter.get().last


def _told(value: Any) -> Any:
    return value if isinstance(value, str | None) else str(value)
