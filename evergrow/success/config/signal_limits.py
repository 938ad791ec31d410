"""Limits, ladder and archiving of signals as a file: ``signal-limits/limits.yaml``. They hold at once."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow.success.config import colleagues
from evergrow.success.errors import Refused, RuleWrong
from evergrow.success.models import SignalSettings
from evergrow.success.signals import escalation
from evergrow.success.signals.settings import BOUNDS, set_limits
from evergrow.workspaces import configuration
from evergrow.workspaces.configuration import BadObject, Data, Which, shapes
from evergrow.workspaces.models import Member, Workspace

NAME = "limits"
RUNG = ("severity", "tiers", "after", "to", "member")


def export(workspace: Workspace, which: Which) -> dict[str, Data]:
    row = SignalSettings.objects.filter(workspace=workspace).first()
    if row is None:
        return {}
    team = colleagues.of(workspace)
    ladder = [_rung({**rung, "member": team.email(rung.get("member"))}) for rung in row.ladder]
    return {NAME: {name: getattr(row, name) for name in BOUNDS} | {"ladder": ladder}}


def read(workspace: Workspace, name: str, data: Data) -> Data:
    if name != NAME:
        raise BadObject((), _("The limits of signals are one file, “limits.yaml”."))
    usual = SignalSettings()
    parts = shapes.mapping(data, (), (*BOUNDS, "ladder"))
    found: Data = {}
    for field, (least, most) in BOUNDS.items():
        found[field] = shapes.number(parts.get(field), (field,), least=least, most=most, default=getattr(usual, field))
    rows = shapes.listed(parts.get("ladder", usual.ladder), ("ladder",), most=escalation.MOST_RUNGS)
    found["ladder"] = [_rung(shapes.mapping(row, ("ladder", place), RUNG)) for place, row in enumerate(rows, 1)]
    _ladder(workspace, found["ladder"])
    return found


def write(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    numbers = {field: data[field] for field in BOUNDS}
    try:
        set_limits(workspace=workspace, by=by, ladder=_ladder(workspace, data["ladder"]), **numbers)
    except Refused as refused:
        raise BadObject((), str(refused)) from refused


def _rung(given: Mapping[str, Any]) -> Data:
    return {field: given[field] for field in RUNG if given.get(field) not in (None, "", [])}


def _ladder(workspace: Workspace, rungs: list[Data]) -> list[Data]:
    """The ladder as it is kept: colleagues by their ids. Raises BadObject."""
    team = colleagues.of(workspace)
    kept = []
    for place, rung in enumerate(rungs, 1):
        member = team.member(rung["member"], ("ladder", place, "member")) if rung.get("member") else None
        kept.append({**rung, "tiers": rung.get("tiers", []), "member": member})
    try:
        escalation.read(kept)
    except RuleWrong as error:
        raise BadObject(("ladder",), str(error)) from error
    return kept


configuration.register(
    configuration.Kind("signal-limits", pgettext_lazy("configuration", "Limits of signals"), 97, export, read, write)
)
