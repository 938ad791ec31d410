"""Playbooks as files: a playbook a file, named by its key."""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow.success import errors
from evergrow.success.actions import playbooks as actions
from evergrow.success.config import colleagues, step_in, step_out
from evergrow.success.config.colleagues import Colleagues
from evergrow.success.models import Playbook, PlaybookVersion, VersionState
from evergrow.workspaces import configuration
from evergrow.workspaces.configuration import BadObject, Data, Which, pick, shapes
from evergrow.workspaces.models import Member, Workspace

FOLDER = "playbooks"
KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
ICON = re.compile(r"[a-z0-9-]{1,40}")
FIELDS = ("name", "purpose", "icon", "date", "steps")
MOST_STEPS = 100
LONGEST_NAME, LONGEST_PURPOSE = 80, 400
Facts = dict[str, Any]


def export(workspace: Workspace, which: Which) -> dict[str, Data]:
    people, found = colleagues.of(workspace), {}
    for playbook in Playbook.objects.filter(workspace=workspace).prefetch_related("versions__steps"):
        live = {version.state: version for version in playbook.versions.all()}
        version = pick(live, which)
        if version is not None:
            found[playbook.key] = _data(playbook, version, people)
    return found


def as_data(version: PlaybookVersion) -> Data:
    """What a version says, as its file would."""
    return _data(version.playbook, version, colleagues.of(version.playbook.workspace))


def _data(playbook: Playbook, version: PlaybookVersion, people: Colleagues) -> Data:
    steps = [step_out.facts_of(step) for step in version.steps.all()]
    about = {"name": playbook.name, "purpose": playbook.purpose, "icon": playbook.icon, "anchor": playbook.anchor}
    return _told(about, steps, playbook.workspace, people)


def _told(about: Facts, steps: list[Facts], workspace: Workspace, people: Colleagues) -> Data:
    found: Data = {"name": step_out.words(about["name"]), "purpose": step_out.words(about["purpose"])}
    found["icon"] = about["icon"]
    if about["anchor"]:
        found["date"] = about["anchor"]
    found["steps"] = [step_out.out(step, workspace, people) for step in steps]
    return found


def read(workspace: Workspace, name: str, data: Data) -> Data:
    people = colleagues.of(workspace)
    about, steps = facts(workspace, name, data, people)
    return _told(about, steps, workspace, people)


def facts(workspace: Workspace, name: str, data: Data, people: Colleagues) -> tuple[Facts, list[Facts]]:
    """What a file says of the playbook and of each step. Raises BadObject."""
    if not KEY.fullmatch(name) or name in actions.RESERVED:
        raise BadObject((), _("A playbook's file is named in small letters, digits and hyphens."))
    parts = shapes.mapping(data, (), FIELDS)
    about: Facts = {
        "name": shapes.words(parts.get("name"), ("name",), most=LONGEST_NAME, is_needed=True),
        "purpose": shapes.words(parts.get("purpose"), ("purpose",), most=LONGEST_PURPOSE),
        "icon": shapes.text(parts.get("icon"), ("icon",), most=40) or "route",
        "anchor": step_in.account_date(parts["date"], ("date",)) if parts.get("date") else "",
    }
    if not ICON.fullmatch(about["icon"]):
        raise BadObject(("icon",), _("The name of an icon is expected, for example: route."))
    rows = shapes.listed(parts.get("steps"), ("steps",), most=MOST_STEPS)
    steps = [step_in.take_in(row, ("steps", n), workspace, people) for n, row in enumerate(rows, 1)]
    _check_references(steps)
    return about, steps


def _check_references(steps: list[Facts]) -> None:
    """Steps wait for earlier ones, and hang on branches of earlier decisions. Raises BadObject."""
    ways: dict[str, set[str]] = {}
    earlier: list[str] = []
    for n, step in enumerate(steps, 1):
        if step["key"] in earlier:
            raise BadObject(("steps", n, "key"), _("Another step has the key “%(key)s”.") % {"key": step["key"]})
        for place, key in enumerate(step["after"], 1):
            if key not in earlier:
                sentence = _("“%(key)s” is no step above this one. A step waits for earlier ones only.")
                raise BadObject(("steps", n, "after", place), sentence % {"key": key})
        for decision, chosen in step["on_branches"].items():
            for place, way in enumerate(chosen, 1):
                if way not in ways.get(decision, set()):
                    sentence = _("No decision “%(decision)s” above this step has a branch “%(way)s”.")
                    words = {"decision": decision, "way": way}
                    raise BadObject(("steps", n, "on_branch", decision, place), sentence % words)
        earlier.append(step["key"])
        if step["kind"] == "decision":
            branches = step["details"].get("branches", [])
            last = (step["details"].get("otherwise") or {"key": "else"})["key"]
            ways[step["key"]] = {row["key"] for row in branches} | {last}


def prepare(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    """Another playbook may start this one, so that it has to be there."""
    about, _steps = facts(workspace, name, {**data, "steps": []}, colleagues.of(workspace))
    if Playbook.objects.filter(workspace=workspace, key=name).exists():
        return
    actions.create_playbook(
        workspace=workspace, key=name, name=about["name"], purpose=about["purpose"], anchor=about["anchor"], by=by
    )


def write(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    people = colleagues.of(workspace)
    about, steps = facts(workspace, name, data, people)
    playbook = Playbook.objects.get(workspace=workspace, key=name)
    try:
        now = {"name": step_out.words(playbook.name), "purpose": step_out.words(playbook.purpose)}
        if about != {**now, "icon": playbook.icon, "anchor": playbook.anchor}:
            actions.describe_playbook(playbook=playbook, by=by, **about)
        shown = playbook.versions.exclude(state=VersionState.RETIRED).order_by("number").last()
        if shown is None or _data(playbook, shown, people)["steps"] != data["steps"]:
            draft = actions.open_draft(playbook=playbook, by=by)
            actions.replace_steps(draft=draft, steps=steps, by=by)
    except errors.Refused as refused:
        raise BadObject((), str(refused)) from refused


def publish(workspace: Workspace, name: str, by: Member | None) -> None:
    draft = PlaybookVersion.objects.filter(
        playbook__workspace=workspace, playbook__key=name, state=VersionState.DRAFT
    ).first()
    if draft is None:
        return
    try:
        actions.publish(draft=draft, by=by)
    except errors.Refused as refused:
        raise BadObject(("steps",), str(refused)) from refused


KIND = configuration.Kind(FOLDER, pgettext_lazy("configuration", "Playbook"), 90, export, read, write, publish, prepare)
configuration.register(KIND)
