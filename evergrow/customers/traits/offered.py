"""Names to choose from in the editor."""

from evergrow import warehouse
from evergrow.customers import hidden_names
from evergrow.workspaces.models import Workspace

MOST = 300


def events(workspace: Workspace) -> list[str]:
    """Events that were seen and are not hidden, the most frequent ones first."""
    return _names(workspace, "event_names_offered", hidden_names.of(workspace, "events"))


def properties(workspace: Workspace) -> list[str]:
    """Properties that were seen and are not hidden."""
    return _names(workspace, "property_names_offered", hidden_names.of(workspace, "properties"))


def _names(workspace: Workspace, statement: str, hidden: set[str]) -> list[str]:
    rows = warehouse.rows(warehouse.statement("customers", statement), workspace=workspace.pk, most=MOST)
    return [name for (name,) in rows if name not in hidden]
