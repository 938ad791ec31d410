"""Saved questions that colleagues share, as files; a file is named after the question."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.segments import portable
from evergrow.insight import kinds
from evergrow.insight.errors import BadQuestion
from evergrow.insight.saved import actions
from evergrow.insight.saved.models import LONGEST_DESCRIPTION, LONGEST_NAME, SavedQuestion, Sharing
from evergrow.workspaces import configuration
from evergrow.workspaces.configuration import BadObject, Data, Which, in_order, shapes
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.models import Member, Workspace

FIELDS = ("name", "description", "folder", "shared", "question")
SHARED = {"to see": Sharing.VIEW, "to change": Sharing.EDIT}


def stems(workspace: Workspace) -> dict[int, str]:
    """The name of each shared question's file without its ending, by the question's number."""
    found: dict[int, str] = {}
    for question in _shared(workspace):
        base = slugify(question.name_en) or slugify(question.name_zh, allow_unicode=True) or "question"
        taken, stem, n = set(found.values()), base, 2
        while stem in taken:
            stem, n = f"{base}-{n}", n + 1
        found[question.number] = stem
    return found


def _shared(workspace: Workspace) -> list[SavedQuestion]:
    rows = SavedQuestion.objects.filter(workspace=workspace, archived_at=None).exclude(sharing=Sharing.PRIVATE)
    return list(rows.order_by("number"))


def export(workspace: Workspace, which: Which) -> dict[str, Data]:
    names = stems(workspace)
    return {names[question.number]: _data(question) for question in _shared(workspace)}


def _data(question: SavedQuestion) -> Data:
    told = {value: key for key, value in SHARED.items()}
    return {
        "name": {"en": question.name_en, "zh": question.name_zh},
        "description": {"en": question.description_en, "zh": question.description_zh},
        "folder": question.folder,
        "shared": told[Sharing(question.sharing)],
        "question": in_order(portable.with_keys(question.form, question.workspace_id)),
    }


def read(workspace: Workspace, name: str, data: Data) -> Data:
    parts = shapes.mapping(data, (), FIELDS)
    words = shapes.words(parts.get("name"), ("name",), most=LONGEST_NAME, is_needed=True)
    try:
        form = portable.with_keys(_canonical(parts.get("question")), workspace.pk)
    except BadQuestion as bad:
        raise BadObject(("question", *portable.places(bad.part)), bad.sentence) from bad
    return {
        "name": words,
        "description": shapes.words(parts.get("description"), ("description",), most=LONGEST_DESCRIPTION),
        "folder": " ".join(shapes.text(parts.get("folder"), ("folder",), most=80).split()),
        "shared": shapes.choice(parts.get("shared"), ("shared",), SHARED, "to see"),
        "question": in_order(form),
    }


def _canonical(form: Any) -> Any:
    kind = kinds.of(form if isinstance(form, dict) else {})
    return kind.data(kind.read(form))


def write(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    facts: dict[str, Any] = {"folder": data["folder"], "sharing": SHARED[data["shared"]]}
    for field in ("name", "description"):
        facts |= {f"{field}_{code}": data[field][code] for code in ("en", "zh")}
    numbers = {stem: number for number, stem in stems(workspace).items()}
    try:
        if name in numbers:
            question = SavedQuestion.objects.get(workspace=workspace, number=numbers[name])
            actions.describe(question=question, by=by, **facts)
            actions.save_again(question=question, form=data["question"], by=by)
            return
        made = actions.save(workspace=workspace, form=data["question"], by=by, **facts)
    except BadQuestion as bad:
        raise BadObject(("question", *portable.places(bad.part)), bad.sentence) from bad
    except (Refused, PermissionDenied) as refused:
        raise BadObject((), str(refused)) from refused
    if stems(workspace)[made.number] != name:
        sentence = _("The file of a question is called after its name. Call this one “%(stem)s.yaml”.")
        raise BadObject(("name",), sentence % {"stem": stems(workspace)[made.number]})


configuration.register(
    configuration.Kind("questions", pgettext_lazy("configuration", "Saved question"), 70, export, read, write)
)
