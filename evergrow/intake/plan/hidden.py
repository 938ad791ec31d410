"""Events and properties that colleagues hid are left out where names are chosen."""

from evergrow.customers import hidden_names
from evergrow.customers.hidden_names import Part
from evergrow.intake.models.plan import TrackedEvent, TrackedProperty
from evergrow.workspaces.models import Workspace


def hidden(workspace: Workspace, part: Part) -> set[str]:
    """The names that are hidden now."""
    kind = TrackedEvent if part == "events" else TrackedProperty
    rows = kind.objects.filter(workspace=workspace).exclude(hidden_at=None)
    return set(rows.values_list("name", flat=True))


hidden_names.register(hidden)
