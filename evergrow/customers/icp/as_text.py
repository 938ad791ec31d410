"""The ideal customer profile as a file: ``ideal-customer/profile.yaml``."""

from django.utils.translation import pgettext_lazy

from evergrow.customers.editions_as_text import Only
from evergrow.customers.icp import computing, editing
from evergrow.customers.icp import profile as profiles
from evergrow.customers.models import IdealProfile
from evergrow.workspaces.configuration import Data
from evergrow.workspaces.models import Member, Workspace


def _check(workspace: Workspace, definition: Data) -> None:
    computing.check(workspace, profiles.read(definition))


def _save(workspace: Workspace, definition: Data, by: Member | None) -> None:
    editing.start(workspace, by=by)
    editing.save(workspace, definition, by=by)


def _publish(workspace: Workspace, by: Member | None) -> None:
    editing.publish(workspace, by=by)


ONLY = Only(IdealProfile, "profile", [("criteria", "*", "criteria")], _check, _save, _publish)
ONLY.register("ideal-customer", pgettext_lazy("configuration", "Ideal customer"), 50)
