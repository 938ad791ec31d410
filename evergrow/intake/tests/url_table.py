"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from typing import Any


def a_draft(workspace: Any) -> dict[str, Any]:
    from evergrow.intake.imports import drafts

    source = drafts.receive(workspace=workspace, file_name="accounts.csv", pieces=[b"id,name\n1,Blue\n"], by=None)
    return {"pk": source.pk}


GATED: dict[str, tuple[str, str, Any]] = {
    "intake:imports": ("manage", "GET", {}),
    "intake:new_import": ("manage", "GET", {}),
    "intake:import_example": ("manage", "GET", {"kind": "accounts"}),
    "intake:import": ("manage", "GET", a_draft),
    "intake:import_kind": ("manage", "POST", a_draft),
    "intake:import_columns": ("manage", "POST", a_draft),
    "intake:import_start": ("manage", "POST", a_draft),
    "intake:import_discard": ("manage", "POST", a_draft),
    "intake:import_cancel": ("manage", "POST", a_draft),
    "intake:import_resume": ("manage", "POST", a_draft),
    "intake:import_undo": ("manage", "GET", a_draft),
    "intake:import_bad_rows": ("manage", "GET", a_draft),
}
PUBLIC: set[str] = set()
