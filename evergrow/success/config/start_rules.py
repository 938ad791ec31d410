"""How a playbook's triggers are held in check, as files: ``start-rules/<playbook>.yaml``. They hold at once."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow.success.config.triggers import playbook_of
from evergrow.success.models import StartRules
from evergrow.success.triggers import start_rules
from evergrow.success.triggers.definition import NotReadable
from evergrow.workspaces import configuration
from evergrow.workspaces.configuration import BadObject, Data, Which, shapes
from evergrow.workspaces.models import Member, Workspace

FIELDS = ("held_out_percent", "capacity", "when_full", "keep_days")
USUAL = {field.name: field.get_default() for field in StartRules._meta.concrete_fields if field.name in FIELDS}


def export(workspace: Workspace, which: Which) -> dict[str, Data]:
    rows = StartRules.objects.filter(playbook__workspace=workspace).select_related("playbook")
    return {row.playbook.key: _data(row) for row in rows}


def _data(rules: StartRules) -> Data:
    return {**{field: getattr(rules, field) for field in FIELDS}, "held_out_percent": _share(rules.held_out_percent)}


def _share(percent: Any) -> int | float:
    """A share as one writes it: 10, or 12.5."""
    share = Decimal(str(percent))
    return int(share) if share == share.to_integral_value() else float(share)


def read(workspace: Workspace, name: str, data: Data) -> Data:
    playbook_of(workspace, name, ())
    parts = {**USUAL, **shapes.mapping(data, (), FIELDS)}
    share = parts["held_out_percent"]
    if isinstance(share, bool) or not isinstance(share, (int, float, Decimal)) or not 0 <= share <= 50:
        raise BadObject(("held_out_percent",), _("A number of percent from 0 to 50 is expected."))
    most = start_rules.MOST_CAPACITY
    capacity = parts["capacity"]
    return {
        "held_out_percent": _share(round(Decimal(str(share)), 2)),
        "capacity": None if capacity is None else shapes.number(capacity, ("capacity",), least=0, most=most),
        "when_full": shapes.choice(parts["when_full"], ("when_full",), StartRules.WhenFull.values),
        "keep_days": shapes.number(parts["keep_days"], ("keep_days",), least=1, most=start_rules.MOST_KEPT),
    }


def write(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    try:
        start_rules.save(playbook=playbook_of(workspace, name, ()), by=by, **data)
    except NotReadable as error:
        raise BadObject((error.field,), str(error)) from error


configuration.register(
    configuration.Kind("start-rules", pgettext_lazy("configuration", "Start rules"), 94, export, read, write)
)
