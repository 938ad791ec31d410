"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from typing import Any
from uuid import uuid4

from evergrow.customers.actions.accounts import create_account
from evergrow.customers.actions.notes import add_note
from evergrow.customers.actions.people import add_person, affiliate
from evergrow.customers.actions.records import put_record
from evergrow.customers.actions.segments import create_segment
from evergrow.customers.actions.team import assign_seat
from evergrow.customers.actions.visits import log_visit
from evergrow.customers.models import Account, Invoice, Subscription, Ticket
from evergrow.workspaces.models import Member, Workspace

DAY = "2026-03-20"


def _account(workspace: Workspace) -> Account:
    return create_account(workspace=workspace, by=None, name="Kite")


def _owner(workspace: Workspace) -> Member:
    return workspace.members.filter(role="owner").first()


def account(workspace: Workspace) -> dict[str, Any]:
    return {"number": _account(workspace).number}


def person(workspace: Workspace) -> dict[str, Any]:
    return {"number": add_person(workspace=workspace, by=None, name="Erin").number}


def placed(workspace: Workspace) -> dict[str, Any]:
    return {**account(workspace), "person": person(workspace)["number"]}


def note(workspace: Workspace) -> dict[str, Any]:
    about = _account(workspace)
    written = add_note(account=about, body="Called.", by=_owner(workspace))
    return {"number": about.number, "id": written.pk}


def visit(workspace: Workspace) -> dict[str, Any]:
    about = _account(workspace)
    who = add_person(workspace=workspace, by=None, name="Erin")
    affiliate(account=about, person=who, by=None)
    day = workspace.today()
    logged = log_visit(account=about, by=_owner(workspace), happened_on=day, person=who, need="More seats")
    return {"number": about.number, "id": logged.pk}


def seat(workspace: Workspace) -> dict[str, Any]:
    about = _account(workspace)
    on = workspace.today()
    assign_seat(accounts=[about], role="csm", member=_owner(workspace), by=None, on=on)
    return {"number": about.number, "role": "csm"}


def record(model: Any, **facts: Any) -> Any:
    def made(workspace: Workspace) -> dict[str, Any]:
        about = _account(workspace)
        row, _ = put_record(model=model, account=about, external_id=f"x-{uuid4().hex}", by=None, **facts)
        return {"id": row.pk}

    return made


def place_to_write(workspace: Workspace) -> dict[str, Any]:
    return {"external_id": "crm/42", "account": _account(workspace).number}


def of_account(**facts: Any) -> Any:
    return lambda workspace, arguments: {"account": arguments["account"], **facts}


def to_owner(workspace: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"member": _owner(workspace).pk, "on": workspace.today().isoformat()}


def segment(workspace: Workspace) -> dict[str, Any]:
    made = create_segment(workspace=workspace, name="Rich", kind="account", criteria={"all": []}, by=None)
    return {"key": made.key}


def listed(workspace: Workspace) -> dict[str, Any]:
    made = create_segment(workspace=workspace, name="Guests", kind="account", numbers=[1], by=None)
    return {"key": made.key}


def member(workspace: Workspace) -> dict[str, Any]:
    return {**segment(workspace), "number": _account(workspace).number}


SEGMENTS = """
segments:
- {key: trials, name: Trials, kind: account, criteria: {all: [{trait: status, is: [trial]}]}}
"""
NOW = "2026-03-20T09:00:00+08:00"
SUBSCRIPTION = {"plan": "Pro", "status": "active", "mrr": "99.50"}
INVOICE = {"amount": "99.50", "status": "paid"}
OPERATIONS: dict[str, tuple[Any, ...]] = {
    "GET /accounts": ("view", {}, None),
    "POST /accounts": ("work", {}, {"name": "Kite"}),
    "GET /accounts/{number}": ("view", account, None),
    "PATCH /accounts/{number}": ("work", account, {"name": "Kites"}),
    "PUT /accounts/{number}/tier": ("manage", account, {"tier": "vip"}),
    "GET /people": ("view", {}, None),
    "POST /people": ("work", {}, {"name": "Erin"}),
    "GET /people/{number}": ("view", person, None),
    "PATCH /people/{number}": ("work", person, {"title": "Head of IT"}),
    "PUT /accounts/{number}/people/{person}": ("work", placed, {"influence": "decides"}),
    "GET /accounts/{number}/notes": ("view", account, None),
    "POST /accounts/{number}/notes": ("work", account, {"body": "Called."}),
    "PATCH /accounts/{number}/notes/{id}": ("work", note, {"body": "Called twice."}, 403),
    "GET /accounts/{number}/visits": ("view", visit, None),
    "POST /accounts/{number}/visits": ("work", account, {"happened_on": DAY, "need": "More seats"}),
    "PATCH /accounts/{number}/visits/{id}": ("work", visit, {"sentiment": 1}),
    "GET /accounts/{number}/team": ("view", seat, None),
    "PUT /accounts/{number}/team/{role}": ("manage", lambda w: {**account(w), "role": "csm"}, to_owner),
    "DELETE /accounts/{number}/team/{role}": ("manage", seat, None),
    "GET /accounts/{number}/timeline": ("view", account, None),
    "POST /criteria/check": ("view", {}, {"criteria": {"trait": "mrr", "over": 100}}),
    "POST /criteria/preview": ("view", {}, {"kind": "person", "criteria": {}}),
    "GET /criteria/traits": ("view", {}, None),
    "GET /criteria/values": ("view", {}, None, 422),
    "GET /subscriptions": ("view", {}, None),
    "GET /subscriptions/{id}": ("view", record(Subscription, plan="Pro", status="active"), None),
    "PUT /subscriptions/by-id/{path:external_id}": ("manage", place_to_write, of_account(**SUBSCRIPTION)),
    "GET /invoices": ("view", {}, None),
    "GET /invoices/{id}": ("view", record(Invoice, issued_on=DAY, amount=1, status="open"), None),
    "PUT /invoices/by-id/{path:external_id}": ("manage", place_to_write, of_account(issued_on=DAY, **INVOICE)),
    "GET /segments": ("view", {}, None),
    "POST /segments": ("work", {}, {"name": "Rich", "kind": "account", "criteria": {"trait": "mrr", "over": 5}}),
    "GET /segments/overlap": ("view", {}, None, 422),
    "GET /segments/export": ("view", {}, None),
    "POST /segments/import": ("work", {}, {"yaml": SEGMENTS, "dry_run": False}),
    "GET /segments/{key}": ("view", segment, None),
    "PATCH /segments/{key}": ("work", segment, {"name": "Richer", "criteria": {"trait": "mrr", "over": 9}}),
    "POST /segments/{key}/refresh": ("work", segment, None),
    "POST /segments/{key}/retire": ("work", segment, None),
    "POST /segments/{key}/bring-back": ("work", segment, None),
    "GET /segments/{key}/members": ("view", listed, None),
    "POST /segments/{key}/members": ("work", listed, {"numbers": [1]}),
    "POST /segments/{key}/members/take-off": ("work", listed, {"numbers": [1]}),
    "GET /segments/{key}/members/{number}": ("view", member, None),
    "GET /segments/{key}/members/{number}/why": ("view", member, None),
    "GET /segments/{key}/moves": ("view", segment, None),
    "GET /tickets": ("view", {}, None),
    "GET /tickets/{id}": ("view", record(Ticket, priority="low", opened_at=NOW), None),
    "PUT /tickets/by-id/{path:external_id}": ("manage", place_to_write, of_account(priority="high", opened_at=NOW)),
}
