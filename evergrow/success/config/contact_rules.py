"""The contact rules as a file: ``contact-rules/rules.yaml``. They hold at once; unchanged defaults are left out."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow.success.contact import changing, hours, limits, policy
from evergrow.success.contact.policy import DEFAULTS, PolicyUnreadable
from evergrow.success.models.contact import ContactChannel, ContactPolicy
from evergrow.workspaces import configuration
from evergrow.workspaces.configuration import BadObject, Data, Which, shapes
from evergrow.workspaces.configuration.registry import Path
from evergrow.workspaces.models import Member, Workspace

NAME, MOST_ROWS = "rules", 40
LIMIT, STRETCH = ("channel", "most", "days", "is_calendar"), ("days", "from", "to")


def export(workspace: Workspace, which: Which) -> dict[str, Data]:
    rules = policy.current(workspace)
    return {NAME: rules.as_data()} if rules.version else {}


def read(workspace: Workspace, name: str, data: Data) -> Data:
    if name != NAME:
        raise BadObject((), _("The contact rules are one file, “rules.yaml”."))
    parts = {**DEFAULTS, **shapes.mapping(data, (), DEFAULTS)}
    for field in ("is_on", "sending_on_workdays"):
        shapes.truth(parts[field], (field,), True)
    shapes.choice(parts["when_quiet"], ("when_quiet",), ContactPolicy.WhenQuiet.values)
    shapes.number(parts["same_hours"], ("same_hours",), least=0, most=policy.MOST_SAME_HOURS)
    for place, channel in enumerate(shapes.keys(parts["quiet_channels"], ("quiet_channels",), most=MOST_ROWS), 1):
        shapes.choice(channel, ("quiet_channels", place), ContactChannel.values)
    for field, reader in (("limits", _limit), ("quiet", _stretch), ("sending", _stretch)):
        rows = shapes.listed(parts[field], (field,), most=MOST_ROWS)
        parts[field] = [reader(row, (field, place)) for place, row in enumerate(rows, 1)]
    try:
        return policy.read(workspace, parts).as_data()
    except PolicyUnreadable as error:
        raise BadObject((), str(error)) from error


def _limit(row: Any, path: Path) -> Data:
    given = {"channel": "", "is_calendar": False, **shapes.mapping(row, path, LIMIT)}
    shapes.choice(given["channel"], (*path, "channel"), ("", *ContactChannel.values))
    shapes.number(given.get("most"), (*path, "most"), least=0, most=limits.MOST)
    shapes.number(given.get("days"), (*path, "days"), least=1, most=limits.DAYS)
    shapes.truth(given["is_calendar"], (*path, "is_calendar"), False)
    return given


def _stretch(row: Any, path: Path) -> Data:
    given = shapes.mapping(row, path, STRETCH)
    for place, day in enumerate(shapes.listed(given.get("days"), (*path, "days"), most=7), 1):
        shapes.number(day, (*path, "days", place), least=0, most=6)
    for name in ("from", "to"):
        shapes.text(given.get(name), (*path, name), most=8, is_needed=True)
    try:
        hours.read([{"days": [], **given}])
    except ValueError as problem:
        raise BadObject(path, str(problem)) from problem
    return given


def write(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    try:
        changing.change(workspace=workspace, data=data, by=by)
    except PolicyUnreadable as error:
        raise BadObject((), str(error)) from error


configuration.register(
    configuration.Kind("contact-rules", pgettext_lazy("configuration", "Contact rules"), 85, export, read, write)
)
