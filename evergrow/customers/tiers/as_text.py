"""The tier scheme with its entitlements as a file: ``tiers/scheme.yaml``."""

from django.utils.translation import pgettext_lazy

from evergrow.customers.editions_as_text import Only
from evergrow.customers.models import TierScheme
from evergrow.customers.tiers import editing, rules
from evergrow.customers.tiers import scheme as schemes
from evergrow.workspaces.configuration import Data
from evergrow.workspaces.models import Member, Workspace


def _check(workspace: Workspace, definition: Data) -> None:
    rules.check(workspace, schemes.read(definition))


def _save(workspace: Workspace, definition: Data, by: Member | None) -> None:
    editing.start(workspace, by=by)
    editing.save(workspace, definition, by=by)


def _publish(workspace: Workspace, by: Member | None) -> None:
    editing.publish(workspace, by=by)


ONLY = Only(TierScheme, "scheme", [("tiers", "*", "criteria")], _check, _save, _publish)
ONLY.register("tiers", pgettext_lazy("configuration", "Tier scheme"), 40)
