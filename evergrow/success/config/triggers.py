"""Triggers as files: a trigger a file, named by its key, with the playbook it starts."""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.segments import portable
from evergrow.success.config import step_out
from evergrow.success.errors import Refused
from evergrow.success.models import Playbook, VersionState
from evergrow.success.models.triggers import Trigger, TriggerKind, TriggerVersion
from evergrow.success.triggers import actions, definition
from evergrow.success.triggers.definition import BLANK, NotReadable
from evergrow.workspaces import configuration
from evergrow.workspaces.configuration import BadObject, Data, Which, in_order, pick, shapes
from evergrow.workspaces.configuration.registry import Path
from evergrow.workspaces.models import Member, Workspace

FOLDER, LONGEST_NAME = "triggers", 120
KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
FIELDS = ("name", "playbook", *BLANK)
NUMBERS = (*definition.WHOLE, "most", "days")
TRUTHS = ("existing", "is_calendar")
WORDS = ("kind", "about", "trait", "unit", "event")


def export(workspace: Workspace, which: Which) -> dict[str, Data]:
    rows = Trigger.objects.filter(workspace=workspace).select_related("playbook").prefetch_related("versions")
    shown = ((row, pick({version.state: version for version in row.versions.all()}, which)) for row in rows)
    return {row.key: _data(row, version) for row, version in shown if version is not None}


def _data(trigger: Trigger, version: TriggerVersion) -> Data:
    about = {"name": step_out.words(trigger.name), "playbook": trigger.playbook.key}
    return about | _rule(version.definition, trigger.workspace)


def _rule(given: Data, workspace: Workspace) -> Data:
    """A rule for a file: what its kind uses, criteria by the keys of their segments."""
    found = {**BLANK, **given}
    if "criteria" in found["who"]:
        about = _criteria_of(found["about"])
        found["who"] = {"criteria": portable.portable(found["who"]["criteria"], about, workspace)}
    else:
        found["who"] = in_order(found["who"])
    found["where"] = in_order(found["where"])
    return definition.read(found).as_data()


def read(workspace: Workspace, name: str, data: Data) -> Data:
    if not KEY.fullmatch(name):
        raise BadObject((), _("A trigger's file is named in small letters, digits and hyphens."))
    parts = shapes.mapping(data, (), FIELDS)
    called = shapes.words(parts.pop("name", None), ("name",), most=LONGEST_NAME, is_needed=True)
    playbook = playbook_of(workspace, parts.pop("playbook", None), ("playbook",))
    held = Trigger.objects.filter(workspace=workspace, key=name).select_related("playbook").first()
    if held is not None and held.playbook_id != playbook.pk:
        sentence = _("This trigger starts “%(playbook)s” here, and stays with it. Choose another file name.")
        raise BadObject(("playbook",), sentence % {"playbook": held.playbook.key})
    return {"name": called, "playbook": playbook.key} | _rule(_checked(workspace, parts), workspace)


def playbook_of(workspace: Workspace, key: Any, path: Path) -> Playbook:
    """The playbook with a key. Raises BadObject."""
    found = Playbook.objects.filter(workspace=workspace, key=key).first() if isinstance(key, str) else None
    if found is None:
        raise BadObject(path, _("“%(key)s” is no playbook of this workspace. Name one by its key.") % {"key": key})
    return found


def _checked(workspace: Workspace, parts: Data) -> Data:
    """The rule as it is kept. Raises BadObject at the part that is wrong."""
    for field in NUMBERS:
        if parts.get(field) is not None:
            shapes.number(parts[field], (field,), least=-10_000, most=10_000)
    for field in TRUTHS:
        shapes.truth(parts.get(field), (field,), False)
    for field in WORDS:
        shapes.text(parts.get(field), (field,), most=200)
    shapes.choice(parts.get("kind"), ("kind",), TriggerKind.values, BLANK["kind"])
    about = shapes.choice(parts.get("about"), ("about",), ("account", "contact"), BLANK["about"])
    who = shapes.mapping(parts.get("who"), ("who",), (*definition.SOURCES, "lifecycle"))
    if "criteria" in who:
        who["criteria"] = portable.read(who["criteria"], _criteria_of(about), workspace, ("who", "criteria"))
    kept = {field: value for field, value in parts.items() if value is not None or field in ("most", "days")}
    try:
        rule = definition.read({**kept, "who": who})
        definition.parsed(rule, workspace)
        if rule.kind == TriggerKind.EVENT:
            definition.event_criteria(rule, workspace)
    except NotReadable as error:
        raise BadObject((error.field,), str(error)) from error
    return rule.as_data()


def _criteria_of(about: str) -> str:
    return "person" if about == "contact" else "account"


def write(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    rule = {field: value for field, value in data.items() if field in BLANK}
    trigger = Trigger.objects.filter(workspace=workspace, key=name).first()
    try:
        if trigger is None:
            playbook = playbook_of(workspace, data["playbook"], ("playbook",))
            actions.create_trigger(playbook=playbook, key=name, name=data["name"], data=rule, by=by)
        else:
            actions.save_draft(trigger=trigger, name=data["name"], data=rule, by=by)
    except Refused as refused:
        raise BadObject((), str(refused)) from refused


def publish(workspace: Workspace, name: str, by: Member | None) -> None:
    trigger = Trigger.objects.get(workspace=workspace, key=name)
    if not trigger.versions.filter(state=VersionState.DRAFT).exists():
        return
    try:
        actions.publish(trigger=trigger, by=by)
    except NotReadable as error:
        raise BadObject((error.field,), str(error)) from error
    except Refused as refused:
        raise BadObject((), str(refused)) from refused


configuration.register(
    configuration.Kind(FOLDER, pgettext_lazy("configuration", "Trigger"), 95, export, read, write, publish)
)
