"""Lifecycles as files: a lifecycle a file, named by its key."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Lifecycle, StagedKind
from evergrow.customers.segments import portable
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages import editing
from evergrow.workspaces import configuration
from evergrow.workspaces.configuration import BadObject, Data, Which, pick, shapes
from evergrow.workspaces.models import Member, Workspace

FIELDS = ("kind", "name", "who", "back_days", "stages")
CRITERIA = [("who",), ("stages", "*", "entry"), ("stages", "*", "exit")]


def export(workspace: Workspace, which: Which) -> dict[str, Data]:
    rows = Lifecycle.objects.filter(workspace=workspace, retired_at=None).prefetch_related("versions")
    return {row.key: data for row in rows if (data := _data(row, which)) is not None}


def _data(lifecycle: Lifecycle, which: Which) -> Data | None:
    shown = pick({version.state: version for version in lifecycle.versions.all()}, which)
    if shown is None:
        return None
    about = {"kind": lifecycle.kind, "name": {"en": lifecycle.name, "zh": lifecycle.name_zh}}
    kind = definitions.criteria_kind(lifecycle.kind)
    return {**about, **portable.out(shown.definition, CRITERIA, kind, lifecycle.workspace)}


def read(workspace: Workspace, name: str, data: Data) -> Data:
    parts = shapes.mapping(data, (), FIELDS)
    kind = shapes.choice(parts.get("kind"), ("kind",), StagedKind.values)
    held = Lifecycle.objects.filter(workspace=workspace, key=name).first()
    if held is not None and (held.kind != kind or held.retired_at is not None):
        sentence = _("The lifecycle “%(key)s” here is of another kind or retired. Choose another file name.")
        raise BadObject((), sentence % {"key": name})
    about = {"kind": kind, "name": shapes.words(parts.get("name"), ("name",), most=120, is_needed=True)}
    given = {key: value for key, value in parts.items() if key not in about}
    found = portable.take_in(given, CRITERIA, definitions.criteria_kind(kind), workspace)
    lifecycle = held or Lifecycle(workspace=workspace, key=name, kind=kind)
    try:
        definitions.check(lifecycle, definitions.read(found, kind))
    except ValidationError as error:
        raise BadObject(("stages",), " ".join(error.messages)) from error
    return {**about, **found}


def write(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    names = {"name": data["name"]["en"], "name_zh": data["name"]["zh"]}
    lifecycle = Lifecycle.objects.filter(workspace=workspace, key=name).first()
    try:
        if lifecycle is None:
            lifecycle = editing.create(workspace=workspace, key=name, kind=data["kind"], by=by, **names)
        elif {"name": lifecycle.name, "name_zh": lifecycle.name_zh} != names:
            editing.rename(lifecycle, by=by, **names)
        definition = {key: value for key, value in data.items() if key not in ("kind", "name")}
        now = _data(Lifecycle.objects.get(pk=lifecycle.pk), "newest")
        if now is None or {key: now.get(key) for key in definition} != definition:
            editing.start(lifecycle, by=by)
            editing.save(lifecycle, definition, by=by)
    except ValidationError as error:
        raise BadObject((), " ".join(error.messages)) from error


def publish(workspace: Workspace, name: str, by: Member | None) -> None:
    lifecycle = Lifecycle.objects.get(workspace=workspace, key=name)
    if editing.draft(lifecycle) is None:
        return
    try:
        editing.publish(lifecycle, by=by)
    except ValidationError as error:
        raise BadObject((), " ".join(error.messages)) from error


configuration.register(
    configuration.Kind("lifecycles", pgettext_lazy("configuration", "Lifecycle"), 60, export, read, write, publish)
)
