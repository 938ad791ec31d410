"""Segments as files: a segment a file, named by its key. Lists have members by hand and are left out."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow.customers import criteria as rules
from evergrow.customers.actions import segments as actions
from evergrow.customers.models import Pace, Segment, SegmentVersion
from evergrow.customers.segments import portable
from evergrow.customers.segments.exchange import PACES
from evergrow.workspaces import configuration
from evergrow.workspaces.configuration import BadObject, Data, Which, pick, shapes
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.models import Member, Workspace

FIELDS = ("name", "description", "kind", "refreshed", "criteria")
PACE_OF = {told: pace for pace, told in PACES.items()}


def export(workspace: Workspace, which: Which) -> dict[str, Data]:
    rows = Segment.objects.filter(workspace=workspace, is_list=False, retired_at=None).prefetch_related("versions")
    return {segment.key: data for segment in rows if (data := _data(segment, which)) is not None}


def _data(segment: Segment, which: Which) -> Data | None:
    shown = pick({version.state: version for version in segment.versions.all()}, which)
    if shown is None:
        return None
    return {
        "name": {"en": segment.name, "zh": segment.name_zh},
        "description": segment.description,
        "kind": segment.kind,
        "refreshed": PACES[Pace(segment.pace)],
        "criteria": portable.portable(shown.criteria, segment.kind, segment.workspace),
    }


def read(workspace: Workspace, name: str, data: Data) -> Data:
    parts = shapes.mapping(data, (), FIELDS)
    kind = _kind(name, parts)
    held = Segment.objects.filter(workspace=workspace, key=name).first()
    if held is not None and (held.is_list or held.kind != kind or held.is_retired):
        sentence = _("The segment “%(key)s” here is of another kind, a list or retired. Choose another file name.")
        raise BadObject((), sentence % {"key": name})
    words = shapes.words(parts.get("name"), ("name",), most=120, is_needed=True)
    return {
        "name": {"en": words["en"] or words["zh"], "zh": words["zh"]},
        "description": shapes.text(parts.get("description"), ("description",), most=2000),
        "kind": kind,
        "refreshed": shapes.choice(parts.get("refreshed"), ("refreshed",), PACE_OF, PACES[Pace.ARRIVALS]),
        "criteria": portable.read(parts.get("criteria"), kind, workspace, ("criteria",)),
    }


def _kind(name: str, parts: Data) -> str:
    if not actions.is_key(name):
        raise BadObject((), _("A segment's file is named in small letters, digits and hyphens."))
    return shapes.choice(parts.get("kind"), ("kind",), ("person", "account"))


def prepare(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    """Criteria may name a segment of a later file, so that it has to be there."""
    kind = _kind(name, data)
    if not Segment.objects.filter(workspace=workspace, key=name).exists():
        actions.create_segment(
            workspace=workspace, by=by, name=name, kind=kind, key=name, criteria={"all": []}, is_draft=True
        )


def write(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    segment = Segment.objects.get(workspace=workspace, key=name)
    try:
        actions.edit_segment(
            segment=segment,
            by=by,
            name=data["name"]["en"],
            name_zh=data["name"]["zh"],
            description=data["description"],
            pace=PACE_OF[data["refreshed"]],
        )
        now = _data(segment, "newest")
        if now is None or now["criteria"] != data["criteria"]:
            actions.save_draft(segment=segment, criteria=data["criteria"], by=by)
    except rules.CriteriaError as error:
        raise BadObject(("criteria", *portable.places(error.part)), error.message) from error
    except Refused as refused:
        raise BadObject((), str(refused)) from refused


def publish(workspace: Workspace, name: str, by: Member | None) -> None:
    segment = Segment.objects.get(workspace=workspace, key=name)
    if not segment.versions.filter(state=SegmentVersion.State.DRAFT).exists():
        return
    try:
        actions.publish(segment=segment, by=by)
    except Refused as refused:
        raise BadObject(("criteria",), str(refused)) from refused


configuration.register(
    configuration.Kind("segments", pgettext_lazy("configuration", "Segment"), 30, export, read, write, publish, prepare)
)
