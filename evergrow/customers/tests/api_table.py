"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from evergrow import warehouse
from evergrow.customers.account_merges.actions import merge_accounts
from evergrow.customers.actions.accounts import create_account
from evergrow.customers.actions.identity import set_kind
from evergrow.customers.actions.merges import merge_people
from evergrow.customers.actions.notes import add_note
from evergrow.customers.actions.people import add_person, affiliate
from evergrow.customers.actions.records import put_record
from evergrow.customers.actions.segments import create_segment
from evergrow.customers.actions.team import assign_seat
from evergrow.customers.actions.visits import log_visit
from evergrow.customers.attachments.keeping import attach_to_visit
from evergrow.customers.bulk import running
from evergrow.customers.mail.receiving import take
from evergrow.customers.models import (
    Account,
    AccountFit,
    Duplicate,
    IdealProfile,
    IdentityConflict,
    Invoice,
    Lifecycle,
    Mail,
    MailSource,
    PrivacyRequest,
    Subscription,
    Ticket,
    Visit,
)
from evergrow.customers.privacy import requests
from evergrow.customers.privacy.consent import save_purpose
from evergrow.customers.stages.by_hand import place
from evergrow.customers.stages.editing import start as start_lifecycle_draft
from evergrow.customers.tests import url_table
from evergrow.customers.tests.stage import put_events
from evergrow.customers.tests.stages.stage import publish as publish_lifecycle
from evergrow.customers.traits.computed import drafts
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace

DAY = "2026-03-20"
MAILBOX = {"host": "no-such-host.invalid", "user": "bob@example.com", "password": "let-me-in"}


def _account(workspace: Workspace) -> Account:
    return create_account(workspace=workspace, by=None, name="Kite")


def _owner(workspace: Workspace) -> Member:
    return workspace.members.filter(role="owner").first()


def account(workspace: Workspace) -> dict[str, Any]:
    return {"number": _account(workspace).number}


def staged_key(workspace: Workspace) -> dict[str, Any]:
    return {"key": publish_lifecycle(workspace).key}


def staged_draft(workspace: Workspace) -> dict[str, Any]:
    warehouse.migrate()
    found = staged_key(workspace)
    start_lifecycle_draft(Lifecycle.objects.get(workspace=workspace, key=found["key"]), by=None)
    return found


def staged(workspace: Workspace) -> dict[str, Any]:
    found = staged_key(workspace)
    customer = _account(workspace)
    lifecycle = Lifecycle.objects.get(workspace=workspace, key=found["key"])
    place(lifecycle=lifecycle, subject=customer, to="begin", by=None)
    return {**found, "number": customer.number}


def person(workspace: Workspace) -> dict[str, Any]:
    return {"number": add_person(workspace=workspace, by=None, name="Erin").number}


def placed(workspace: Workspace) -> dict[str, Any]:
    return {**account(workspace), "person": person(workspace)["number"]}


def two_people(workspace: Workspace) -> dict[str, Any]:
    return {**person(workspace), "merged": person(workspace)["number"]}


def merged(workspace: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"merged": person(workspace)["number"]}


def merge(workspace: Workspace) -> dict[str, Any]:
    kept, gone = (add_person(workspace=workspace, by=None, name="Erin") for _ in range(2))
    return {"id": merge_people(kept=kept, merged=gone, reason="same human", by=None).pk}


def two_accounts(workspace: Workspace) -> dict[str, Any]:
    return {**account(workspace), "merged": _account(workspace).number}


def merged_account(workspace: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"merged": _account(workspace).number}


def account_merge(workspace: Workspace) -> dict[str, Any]:
    kept, gone = (_account(workspace) for _ in range(2))
    return {"id": merge_accounts(kept=kept, merged=gone, reason="same customer", by=None).pk}


def conflict(workspace: Workspace) -> dict[str, Any]:
    one, other = (add_person(workspace=workspace, by=None, name="Erin") for _ in range(2))
    why = IdentityConflict.Why.CLAIM
    facts = {"why": why, "kind": "email", "value": "a@b.example", "person": one, "other": other}
    return {"id": IdentityConflict.objects.create(workspace=workspace, **facts).pk}


def kind(workspace: Workspace) -> dict[str, Any]:
    facts = {"name": "CRM", "trait": "crm_id", "priority": 50, "most": 1, "joins": True}
    return {"key": set_kind(workspace=workspace, key="crm_id", by=None, **facts).key}


def note(workspace: Workspace) -> dict[str, Any]:
    about = _account(workspace)
    written = add_note(account=about, body="Called.", by=_owner(workspace))
    return {"number": about.number, "id": written.pk}


def point(workspace: Workspace) -> dict[str, Any]:
    about = _account(workspace)
    return {"id": about.points.create(workspace=workspace, kind="need", words="More seats").pk}


def a_mail(workspace: Workspace) -> dict[str, Any]:
    """One that waits for the owner alone: to everybody else it is not there."""
    raw = f"Message-ID: <{uuid4()}@x>\nFrom: a@b.example\n\nHi".encode()
    take(raw=raw, member=_owner(workspace), source=MailSource.COPY)
    return {"id": Mail.objects.latest("pk").pk}


def a_mailbox(workspace: Workspace) -> dict[str, Any]:
    """One of the owner's; the server is not there, and none that the tests may reach."""
    return {"id": url_table.a_mailbox(workspace)["pk"]}


def an_account_for_it(workspace: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"account": _account(workspace).number}


def a_file(workspace: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("plan.txt", b"Plan")}


def attached(workspace: Workspace) -> dict[str, Any]:
    logged = Visit.objects.get(pk=visit(workspace)["id"])
    return {"id": attach_to_visit(visit=logged, name="plan.txt", pieces=[b"Plan"], by=_owner(workspace)).pk}


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


def consenting(workspace: Workspace) -> dict[str, Any]:
    save_purpose(workspace=workspace, key="news", name={"en": "News"}, text={"en": "News"}, basis="consent",
                 channels=["email"], by=None)  # fmt: skip
    return person(workspace)


def privacy_request(workspace: Workspace) -> dict[str, Any]:
    who = add_person(workspace=workspace, by=None, name="Erin")
    return {"id": requests.open_request(person=who, kind="erase", by=None).pk}


def verified_request(workspace: Workspace) -> dict[str, Any]:
    found = privacy_request(workspace)
    requests.verify(request=PrivacyRequest.objects.get(pk=found["id"]), how="voice", by=None)
    return found


def bulk_change(workspace: Workspace) -> dict[str, Any]:
    keys = [_account(workspace).pk]
    return {"id": running.begin(workspace=workspace, kind="tier", args={"tier": "vip"}, keys=keys, by=None).pk}


def record(model: Any, **facts: Any) -> Any:
    def made(workspace: Workspace) -> dict[str, Any]:
        about = _account(workspace)
        row, _ = put_record(model=model, account=about, external_id=f"x-{uuid4().hex}", by=None, **facts)
        return {"id": row.pk}

    return made


def place_to_write(workspace: Workspace) -> dict[str, Any]:
    return {"external_id": "crm/42", "account": _account(workspace).number}


COUNT = {"measure": "count", "event": "*"}


def computed(*, is_published: bool = False) -> Any:
    def made(workspace: Workspace) -> dict[str, Any]:
        key = f"count_{uuid4().hex[:12]}"
        draft = drafts.create(workspace=workspace, kind="person", key=key, definition=COUNT, by=None)
        if is_published:
            drafts.publish(trait=draft.trait, by=None)
        return {"id": draft.trait_id}

    return made


def new_computed(_workspace: Workspace, _arguments: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "person", "key": f"count_{uuid4().hex[:12]}", "definition": COUNT}


def session(workspace: Workspace) -> dict[str, Any]:
    who, at = person(workspace), clock.now() - timedelta(hours=1)
    put_events(workspace, {"at": at, "event": "login", "person": who["number"]})
    return {**who, "key": f"{round(at.timestamp() * 1000)}-0"}


def two(make: Any) -> Any:
    return lambda workspace: {**make(workspace), "other": make(workspace)["number"]}


def duplicate(workspace: Workspace) -> dict[str, Any]:
    first, second = person(workspace)["number"], add_person(workspace=workspace, by=None, name="Erin C").number
    facts = {"kind": "person", "first": first, "second": second, "reason": "name", "score": 0.7}
    return {"id": Duplicate.objects.create(workspace=workspace, **facts).pk}


def of_account(**facts: Any) -> Any:
    return lambda workspace, arguments: {"account": arguments["account"], **facts}


def to_owner(workspace: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"member": _owner(workspace).pk, "on": workspace.today().isoformat()}


def tier_request(workspace: Workspace) -> dict[str, Any]:
    about = _account(workspace)
    asked = about.tier_requests.create(tier="vip", reason="Why", until=workspace.today() + timedelta(days=9))
    return {"id": asked.pk}


def until_next_month(workspace: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"tier": "vip", "reason": "Why", "until": (workspace.today() + timedelta(days=30)).isoformat()}


def with_training(workspace: Workspace) -> dict[str, Any]:
    return {**account(workspace), "key": "training"}


def entitlement_use(workspace: Workspace) -> dict[str, Any]:
    line = _account(workspace).entitlement_uses.create(entitlement="training", on=workspace.today(), quantity=1)
    return {"id": line.pk}


def fitted(workspace: Workspace) -> dict[str, Any]:
    about = _account(workspace)
    profile, _ = IdealProfile.objects.get_or_create(
        workspace=workspace, number=1, defaults={"definition": {"criteria": []}}
    )
    AccountFit.objects.create(workspace=workspace, account=about, profile=profile, fit=50, coverage=1)
    return {"number": about.number}


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
    "GET /lifecycles": ("view", {}, None),
    "GET /lifecycles/{key}/subjects/{number}": ("view", staged, None),
    "GET /lifecycles/{key}/stays": ("view", staged_key, None),
    "POST /lifecycles/{key}/subjects/{number}/move": ("work", staged, {"stage": "grow", "reason": "Signed"}),
    "POST /lifecycles/{key}/subjects/{number}/placement": ("manage", staged, {"stage": "grow"}),
    "GET /lifecycles/{key}/flow": ("view", staged_key, None),
    "GET /lifecycles/{key}/times": ("view", staged_key, None),
    "GET /lifecycles/{key}/draft/movers": ("manage", staged_draft, None),
    "GET /products": ("view", {}, None),
    "GET /tiers": ("view", {}, None),
    "GET /pool": ("view", {}, None),
    "POST /pool/{number}/claim": ("work", account, None, 409),
    "POST /accounts/{number}/release": ("work", account, {"reason": "Too far"}, 409),
    "GET /pool/moves": ("view", {}, None),
    "GET /pool/rules": ("view", {}, None),
    "PATCH /pool/rules": ("manage", {}, {"daily_cap": 5}),
    "GET /accounts/{number}/tier-standing": ("view", account, None),
    "GET /accounts/{number}/tier-changes": ("view", account, None),
    "GET /tier-requests": ("view", {}, None),
    "POST /accounts/{number}/tier-requests": ("work", account, until_next_month),
    "POST /tier-requests/{id}/approval": ("manage", tier_request, None),
    "POST /tier-requests/{id}/refusal": ("manage", tier_request, {"answer": "Too small"}),
    "GET /accounts/{number}/entitlements": ("view", account, None),
    "GET /accounts/{number}/entitlement-uses": ("view", account, None),
    "POST /accounts/{number}/entitlements/{key}/uses": ("work", with_training, {"over_reason": "A favour"}),
    "POST /entitlement-uses/{id}/reversal": ("work", entitlement_use, {}),
    "GET /accounts/{number}/fit": ("view", fitted, None),
    "POST /portrait": ("view", {}, {"criteria": {"all": []}}),
    "GET /people": ("view", {}, None),
    "POST /people": ("work", {}, {"name": "Erin"}),
    "GET /people/{number}": ("view", person, None),
    "PATCH /people/{number}": ("work", person, {"title": "Head of IT"}),
    "GET /merges": ("view", {}, None),
    "GET /people/{number}/merges/{merged}": ("view", two_people, None),
    "POST /people/{number}/merges": ("work", person, merged),
    "PUT /merges/{id}/undoing": ("work", merge, {}),
    "GET /account-merges": ("view", {}, None),
    "GET /accounts/{number}/merges/{merged}": ("view", two_accounts, None),
    "POST /accounts/{number}/merges": ("manage", account, merged_account),
    "PUT /account-merges/{id}/undoing": ("manage", account_merge, {}),
    "GET /identity-conflicts": ("view", {}, None),
    "PUT /identity-conflicts/{id}/dismissal": ("work", conflict, {}),
    "GET /identifier-kinds": ("view", {}, None),
    "POST /identifier-kinds": ("manage", {}, {"key": "crm_id", "trait": "crm_id"}),
    "DELETE /identifier-kinds/{key}": ("manage", kind, None),
    "PUT /accounts/{number}/people/{person}": ("work", placed, {"influence": "decides"}),
    "GET /people/{number}/events": ("view", person, None),
    "GET /accounts/{number}/events": ("view", account, None),
    "GET /people/{number}/sessions": ("view", person, None),
    "GET /people/{number}/sessions/{key}": ("view", session, None),
    "GET /people/{number}/compare/{other}": ("view", two(person), None),
    "GET /accounts/{number}/compare/{other}": ("view", two(account), None),
    "GET /duplicates": ("view", {}, None),
    "POST /duplicates/find": ("work", {}, None),
    "POST /duplicates/{id}": ("work", duplicate, {"act": "apart"}),
    "GET /accounts/{number}/notes": ("view", account, None),
    "POST /accounts/{number}/notes": ("work", account, {"body": "Called."}),
    "PATCH /accounts/{number}/notes/{id}": ("work", note, {"body": "Called twice."}, 403),
    "GET /accounts/{number}/visits": ("view", visit, None),
    "POST /accounts/{number}/visits": ("work", account, {"happened_on": DAY, "need": "More seats"}),
    "GET /accounts/{number}/visits/{id}/files": ("view", visit, None),
    "POST /accounts/{number}/visits/{id}/files": ("work", visit, a_file),
    "GET /files/{id}": ("view", attached, None),
    "DELETE /files/{id}": ("work", attached, None),
    "GET /mails": ("work", {}, None),
    "PUT /mails/{id}/account": ("work", a_mail, an_account_for_it, 404),
    "DELETE /mails/{id}": ("work", a_mail, None, 404),
    "GET /mail-address": ("work", {}, None),
    "POST /mail-address": ("work", {}, {}),
    "DELETE /mail-address": ("work", {}, None),
    "GET /mailboxes": ("work", {}, None),
    "POST /mailboxes": ("work", {}, {**MAILBOX, "first_day": DAY}, 422),
    "POST /mailboxes/trial": ("work", {}, MAILBOX, 422),
    "GET /mailboxes/{id}": ("work", a_mailbox, None, 404),
    "PATCH /mailboxes/{id}": ("work", a_mailbox, {"password": "x"}, 404, 422),
    "DELETE /mailboxes/{id}": ("work", a_mailbox, None, 404),
    "POST /mailboxes/{id}/trial": ("work", a_mailbox, None, 404, 422),
    "POST /mailboxes/{id}/reading": ("work", a_mailbox, None, 404),
    "PUT /mailboxes/{id}/pause": ("work", a_mailbox, None, 404),
    "DELETE /mailboxes/{id}/pause": ("work", a_mailbox, None, 404, 422),
    "PATCH /accounts/{number}/visits/{id}": ("work", visit, {"sentiment": 1}),
    "GET /accounts/{number}/plans": ("view", account, None),
    "POST /accounts/{number}/plans": ("work", account, {"starts_at": "2099-03-25T12:00:00+08:00", "title": "Kick-off"}),
    "GET /points": ("view", {}, None),
    "POST /accounts/{number}/points": ("work", account, {"kind": "need", "words": "More seats"}),
    "POST /points/{id}/moves": ("work", point, {"to": "close"}),
    "GET /accounts/{number}/team": ("view", seat, None),
    "PUT /accounts/{number}/team/{role}": ("manage", lambda w: {**account(w), "role": "csm"}, to_owner),
    "DELETE /accounts/{number}/team/{role}": ("manage", seat, None),
    "GET /accounts/{number}/timeline": ("view", account, None),
    "POST /criteria/check": ("view", {}, {"criteria": {"trait": "mrr", "over": 100}}),
    "POST /criteria/preview": ("view", {}, {"kind": "person", "criteria": {}}),
    "GET /criteria/traits": ("view", {}, None),
    "GET /criteria/values": ("view", {}, None, 422),
    "GET /traits": ("view", {}, None),
    "PATCH /traits": ("manage", {}, {"kind": "person", "trait": "plan", "unit": "x"}),
    "GET /people/{number}/traits": ("view", person, None),
    "PATCH /people/{number}/traits": ("work", person, {"values": {"plan": "Pro"}}),
    "GET /people/{number}/trait-history/{path:trait}": ("view", lambda w: {**person(w), "trait": "name"}, None),
    "GET /accounts/{number}/traits": ("view", account, None),
    "PATCH /accounts/{number}/traits": ("work", account, {"values": {"region": "North"}}),
    "GET /accounts/{number}/trait-history/{path:trait}": ("view", lambda w: {**account(w), "trait": "name"}, None),
    "GET /computed-traits": ("view", {}, None),
    "POST /computed-traits": ("manage", {}, new_computed),
    "POST /computed-traits/preview": ("manage", {}, {"kind": "person", "definition": COUNT}),
    "GET /computed-traits/{id}": ("view", computed(), None),
    "PUT /computed-traits/{id}/draft": ("manage", computed(), {"definition": COUNT}),
    "DELETE /computed-traits/{id}/draft": ("manage", computed(), None),
    "POST /computed-traits/{id}/publication": ("manage", computed(), None),
    "DELETE /computed-traits/{id}/publication": ("manage", computed(is_published=True), None),
    "POST /computed-traits/{id}/computation": ("manage", computed(is_published=True), None),
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
    "GET /purposes": ("view", {}, None),
    "GET /people/{number}/consents": ("view", person, None),
    "GET /people/{number}/consent-records": ("view", person, None),
    "POST /people/{number}/consents": ("work", consenting, {"purpose": "news", "channel": "email", "granted": True}),
    "GET /privacy-requests": ("administer", {}, None),
    "GET /privacy-requests/{id}": ("administer", privacy_request, None),
    "POST /people/{number}/privacy-requests": ("work", person, {"kind": "access"}),
    "PUT /privacy-requests/{id}/verification": ("administer", privacy_request, {"words": "Known by voice."}),
    "PUT /privacy-requests/{id}/refusal": ("administer", privacy_request, {"words": "Not this person."}),
    "PUT /privacy-requests/{id}/erasure": ("administer", verified_request, None),
    "GET /people/{number}/copy": ("administer", person, None),
    "GET /bulk-changes": ("manage", {}, None),
    "PUT /bulk-changes/{id}/undoing": ("manage", bulk_change, {}),
}
