"""The ideal customer profile as a file: ``ideal-customer/profile.yaml``."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow.customers import editions
from evergrow.customers.icp import computing, editing
from evergrow.customers.icp import profile as profiles
from evergrow.customers.models import IdealProfile
from evergrow.customers.segments import portable
from evergrow.workspaces import configuration
from evergrow.workspaces.configuration import BadObject, Data, Which, pick
from evergrow.workspaces.models import Member, Workspace

NAME = "profile"
CRITERIA = [("criteria", "*", "criteria")]


def export(workspace: Workspace, which: Which) -> dict[str, Data]:
    rows = IdealProfile.objects.filter(workspace=workspace).exclude(state="retired")
    shown = pick({row.state: row for row in rows}, which)
    return {} if shown is None else {NAME: portable.out(shown.definition, CRITERIA, "account", workspace)}


def read(workspace: Workspace, name: str, data: Data) -> Data:
    if name != NAME:
        raise BadObject((), _("A workspace has one of these. Call the file “%(name)s”.") % {"name": f"{NAME}.yaml"})
    found: Data = portable.take_in(data, CRITERIA, "account", workspace)
    try:
        computing.check(workspace, profiles.read(found))
    except ValidationError as error:
        raise BadObject((), " ".join(error.messages)) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadObject((), _("The profile cannot be read: %(why)s.") % {"why": error}) from error
    return found


def write(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    try:
        editing.start(workspace, by=by)
        editing.save(workspace, data, by=by)
    except ValidationError as error:
        raise BadObject((), " ".join(error.messages)) from error


def publish(workspace: Workspace, name: str, by: Member | None) -> None:
    if editions.draft(IdealProfile, workspace) is None:
        return
    try:
        editing.publish(workspace, by=by)
    except ValidationError as error:
        raise BadObject((), " ".join(error.messages)) from error


configuration.register(
    configuration.Kind(
        "ideal-customer", pgettext_lazy("configuration", "Ideal customer"), 50, export, read, write, publish
    )
)
