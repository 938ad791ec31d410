"""The tracking plan as a file: ``tracking-plan/plan.yaml``, in the form that its own page exports and reads."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow.intake.models.plan import PlanState, PlanVersion
from evergrow.intake.plan import actions, document
from evergrow.intake.plan.definition import BadPlan
from evergrow.workspaces import configuration
from evergrow.workspaces.configuration import BadObject, Data, Which
from evergrow.workspaces.models import Member, Workspace

NAME = "plan"


def export(workspace: Workspace, which: Which) -> dict[str, Data]:
    found = document.export(workspace, newest=which == "newest").as_json()
    return {NAME: found} if len(found) > 2 or found.get("workspace") else {}


def read(workspace: Workspace, name: str, data: Data) -> Data:
    if name != NAME:
        raise BadObject((), _("A workspace has one of these. Call the file “%(name)s”.") % {"name": f"{NAME}.yaml"})
    try:
        wanted = document.from_json(data)
        document.preview(workspace, wanted)
    except BadPlan as bad:
        raise BadObject(bad.path, bad.sentence) from bad
    return document.joined(document.export(workspace), wanted).as_json()


def write(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    """What is said of names holds at once; rules become drafts where they differ."""
    wanted, now = document.from_json(data), document.export(workspace, newest=True)
    facts = document.Document(None, _without_rules(wanted.events), wanted.properties)
    try:
        document.bring_in(workspace=workspace, document=facts, by=by)
        if wanted.everywhere is not None and wanted.everywhere != now.everywhere:
            actions.save_draft(workspace=workspace, event="", definition=wanted.everywhere, by=by)
        for event, entry in wanted.events.items():
            if entry.rules and entry.rules != now.events.get(event, document.Entry()).rules:
                actions.save_draft(workspace=workspace, event=event, definition=entry.rules, by=by)
    except BadPlan as bad:
        raise BadObject(bad.path, bad.sentence) from bad


def _without_rules(events: Mapping[str, document.Entry]) -> dict[str, document.Entry]:
    return {name: document.Entry(entry.facts) for name, entry in events.items() if entry.facts}


def publish(workspace: Workspace, name: str, by: Member | None) -> None:
    if PlanVersion.objects.filter(plan__workspace=workspace, state=PlanState.DRAFT).exists():
        actions.publish(workspace=workspace, by=by)


configuration.register(
    configuration.Kind(
        "tracking-plan", pgettext_lazy("configuration", "Tracking plan"), 20, export, read, write, publish
    )
)
