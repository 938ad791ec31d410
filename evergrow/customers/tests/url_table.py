"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from evergrow import warehouse
from evergrow.customers.account_merges.actions import merge_accounts
from evergrow.customers.actions.merges import merge_people
from evergrow.customers.actions.segments import create_segment, save_draft
from evergrow.customers.attachments.keeping import attach_to_visit
from evergrow.customers.mail.receiving import take
from evergrow.customers.models import (
    BulkChange,
    Duplicate,
    IdealProfile,
    IdentityConflict,
    Lifecycle,
    Mail,
    Mailbox,
    MailSource,
    ProcessingActivity,
    Purpose,
    Segment,
    TierScheme,
)
from evergrow.customers.privacy.requests import open_request
from evergrow.customers.stages.by_hand import place
from evergrow.customers.stages.editing import start as start_lifecycle_draft
from evergrow.customers.stages.products import create as create_product
from evergrow.customers.tests.stage import make_account, make_person, put_events
from evergrow.customers.tests.stages.stage import publish as publish_lifecycle
from evergrow.customers.tests.stages.stage import small
from evergrow.customers.tiers.scheme import STANDARD_DEFINITION
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace


def an_account(workspace: Workspace) -> dict[str, Any]:
    return {"number": make_account(workspace).number}


def a_lifecycle(workspace: Workspace) -> dict[str, Any]:
    given = small()
    given["stages"][0]["gate"] = {"approvals": 1}
    return {"key": publish_lifecycle(workspace, given).key}


def a_lifecycle_draft(workspace: Workspace) -> dict[str, Any]:
    warehouse.migrate()
    found = a_lifecycle(workspace)
    start_lifecycle_draft(Lifecycle.objects.get(workspace=workspace, key=found["key"]), by=None)
    return found


def a_lifecycle_version(workspace: Workspace) -> dict[str, Any]:
    return {**a_lifecycle(workspace), "number": 1}


def a_stage(workspace: Workspace) -> dict[str, Any]:
    return {**a_lifecycle(workspace), "stage": "grow"}


def a_staged_account(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace)
    found = a_lifecycle(workspace)
    lifecycle = Lifecycle.objects.get(workspace=workspace, key=found["key"])
    place(lifecycle=lifecycle, subject=account, to="begin", by=None)
    return {**found, "number": account.number}


def a_product(workspace: Workspace) -> dict[str, Any]:
    return {"number": create_product(workspace=workspace, code="core", name="Core", by=None).number}


def a_used_product(workspace: Workspace) -> dict[str, Any]:
    return {**a_product(workspace), "account": make_account(workspace).number}


def a_tab(workspace: Workspace) -> dict[str, Any]:
    return {**an_account(workspace), "tab": "timeline"}


def a_person(workspace: Workspace) -> dict[str, Any]:
    return {"number": make_person(make_account(workspace)).number}


def a_place(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace)
    return {"number": account.number, "person": make_person(account).number}


def a_note(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace)
    return {"number": account.number, "pk": account.notes.create(body="Decides in May.").pk}


def a_point(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace)
    return {"pk": account.points.create(workspace=workspace, kind="need", words="More seats").pk}


def a_mail(workspace: Workspace) -> dict[str, Any]:
    """One that waits for the owner of the workspace."""
    by = workspace.members.filter(role="owner").first()
    take(raw=f"Message-ID: <{uuid4()}@x>\nFrom: a@b.example\n\nHi".encode(), member=by, source=MailSource.COPY)
    return {"pk": Mail.objects.latest("pk").pk}


def a_mailbox(workspace: Workspace) -> dict[str, Any]:
    """One of the owner of the workspace."""
    by = workspace.members.filter(role="owner").first()
    return {"pk": Mailbox.objects.create(member=by, host="x", user=str(uuid4()), first_day=date(2026, 3, 1)).pk}


def a_file(workspace: Workspace) -> dict[str, Any]:
    visit = make_account(workspace).visits.create(happened_on=date(2026, 3, 1), need="x")
    by = workspace.members.filter(role="owner").first()
    return {"pk": attach_to_visit(visit=visit, name="plan.txt", pieces=[b"Plan"], by=by).pk}


def a_visit(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace)
    return {"number": account.number, "pk": account.visits.create(happened_on=date(2026, 3, 1), need="x").pk}


def a_merge(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace)
    kept, merged = make_person(account), make_person(account)
    return {"pk": merge_people(kept=kept, merged=merged, reason="same human", by=None).pk}


def an_account_merge(workspace: Workspace) -> dict[str, Any]:
    kept, merged = make_account(workspace), make_account(workspace)
    return {"pk": merge_accounts(kept=kept, merged=merged, reason="same customer", by=None).pk}


def a_conflict(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace)
    found = IdentityConflict.objects.create(
        workspace=workspace,
        why=IdentityConflict.Why.CLAIM,
        kind="email",
        value="info@example.com",
        person=make_person(account),
        other=make_person(account),
    )
    return {"pk": found.pk}


def a_computed_trait(workspace: Workspace) -> dict[str, Any]:
    from evergrow.customers.models import ComputedTrait, ComputedTraitVersion

    trait = ComputedTrait.objects.create(
        workspace=workspace, kind="person", key=f"visits_{ComputedTrait.objects.count()}"
    )
    ComputedTraitVersion.objects.create(trait=trait, number=1, definition={"measure": "count", "event": "*"})
    return {"pk": trait.pk}


def a_computed_act(workspace: Workspace) -> dict[str, Any]:
    return {**a_computed_trait(workspace), "what": "computation"}


def a_person_tab(workspace: Workspace) -> dict[str, Any]:
    return {**a_person(workspace), "tab": "timeline"}


def a_person_card(workspace: Workspace) -> dict[str, Any]:
    return {**a_person(workspace), "key": "activity"}


def a_session(workspace: Workspace) -> dict[str, Any]:
    person, at = a_person(workspace), clock.now() - timedelta(hours=1)
    put_events(workspace, {"at": at, "event": "login", "person": person["number"]})
    return {**person, "key": f"{round(at.timestamp() * 1000)}-0"}


def a_duplicate(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace)
    first, second = make_person(account).number, make_person(account).number
    facts = {"kind": "person", "first": first, "second": second, "reason": "name", "score": 0.7}
    return {"pk": Duplicate.objects.create(workspace=workspace, **facts).pk}


def a_change(workspace: Workspace) -> dict[str, Any]:
    until = clock.now() + timedelta(days=7)
    made = BulkChange.objects.create(workspace=workspace, kind="tier", args={"tier": "vip"}, undo_until=until)
    return {"pk": made.pk}


def a_privacy_request(workspace: Workspace) -> dict[str, Any]:
    person = make_person(make_account(workspace))
    return {"pk": open_request(person=person, kind="erase", by=None).pk}


def a_purpose(workspace: Workspace) -> dict[str, Any]:
    return {"pk": Purpose.objects.create(workspace=workspace, key=uuid4().hex, name={"en": "News"}).pk}


def an_activity(workspace: Workspace) -> dict[str, Any]:
    return {"pk": ProcessingActivity.objects.create(workspace=workspace, purpose="x").pk}


def with_store(workspace: Workspace) -> dict[str, Any]:
    """Pages that read the event store need its tables."""
    warehouse.migrate()
    return {}


def a_request(workspace: Workspace) -> dict[str, Any]:
    made = make_account(workspace)
    asked = made.tier_requests.create(tier="vip", reason="Why", until=workspace.today() + timedelta(days=9))
    return {"pk": asked.pk}


def a_use(workspace: Workspace) -> dict[str, Any]:
    made = make_account(workspace)
    line = made.entitlement_uses.create(entitlement="training", on=workspace.today(), quantity=1)
    return {"number": made.number, "pk": line.pk}


def a_scheme(workspace: Workspace) -> dict[str, Any]:
    TierScheme.objects.get_or_create(
        workspace=workspace, number=1, defaults={"state": "published", "definition": STANDARD_DEFINITION}
    )
    return {"number": 1}


def a_scheme_draft(workspace: Workspace) -> dict[str, Any]:
    warehouse.migrate()
    TierScheme.objects.get_or_create(workspace=workspace, number=1, defaults={"definition": STANDARD_DEFINITION})
    return {}


def a_profile(workspace: Workspace) -> dict[str, Any]:
    warehouse.migrate()
    part = {"key": "retail", "name": {"en": "Retail"}, "kind": "must", "criteria": {"trait": "industry", "is": ["x"]}}
    IdealProfile.objects.get_or_create(
        workspace=workspace, number=1, defaults={"state": "published", "definition": {"criteria": [part]}}
    )
    return {"number": 1}


def a_profile_to_export(workspace: Workspace) -> dict[str, Any]:
    a_profile(workspace)
    return {}


def with_key(key: str) -> dict[str, Any]:
    return {"key": key}


def segment(workspace: Workspace) -> Segment:
    return create_segment(workspace=workspace, name="Rich", kind="account", criteria={"all": []}, by=None)


def a_segment(workspace: Workspace) -> dict[str, Any]:
    return {"key": segment(workspace).key}


def a_drafted_segment(workspace: Workspace) -> dict[str, Any]:
    made = segment(workspace)
    save_draft(segment=made, criteria={"trait": "mrr", "over": 5}, by=None)
    return {"key": made.key}


def a_list(workspace: Workspace) -> dict[str, Any]:
    number = make_account(workspace).number
    return {"key": create_segment(workspace=workspace, name="Guests", kind="account", numbers=[number], by=None).key}


GATED: dict[str, tuple[str, str, Any]] = {
    "customers:accounts": ("view", "GET", {}),
    "customers:accounts_export": ("view", "GET", {}),
    "customers:accounts_hand_over": ("manage", "POST", {}),
    "customers:accounts_tier": ("manage", "POST", {}),
    "customers:accounts_filter": ("view", "GET", {"key": "tier"}),
    "customers:views": ("view", "POST", {}),
    "customers:view": ("view", "GET", {"pk": 1}),
    "customers:view_delete": ("view", "GET", {"pk": 1}),
    "customers:account_new": ("work", "GET", {}),
    "customers:account": ("view", "GET", an_account),
    "customers:account_edit": ("work", "GET", an_account),
    "customers:account_tier": ("manage", "GET", an_account),
    "customers:tier_ask": ("work", "GET", an_account),
    "customers:tier_end": ("manage", "POST", an_account),
    "customers:tier_review": ("work", "GET", an_account),
    "customers:entitlement_use": ("work", "GET", an_account),
    "customers:entitlement_reversal": ("work", "GET", a_use),
    "customers:stages": ("view", "GET", {}),
    "customers:lifecycle_new": ("manage", "GET", {}),
    "customers:stage_evaluation": ("manage", "POST", {}),
    "customers:stage_board": ("view", "GET", a_lifecycle),
    "customers:stage_members": ("view", "GET", a_stage),
    "customers:stage_flow": ("view", "GET", a_lifecycle),
    "customers:stage_steps": ("view", "GET", a_lifecycle),
    "customers:stage_history": ("view", "GET", a_lifecycle),
    "customers:stage_move": ("work", "GET", a_staged_account),
    "customers:stage_gate": ("work", "GET", a_staged_account),
    "customers:stage_gate_approval": ("manage", "POST", a_staged_account),
    "customers:stage_gate_decision": ("manage", "GET", a_staged_account),
    "customers:lifecycle": ("view", "GET", a_lifecycle),
    "customers:lifecycle_export": ("view", "GET", a_lifecycle),
    "customers:lifecycle_version": ("view", "GET", a_lifecycle_version),
    "customers:lifecycle_retirement": ("manage", "POST", a_lifecycle),
    "customers:lifecycle_draft": ("manage", "GET", a_lifecycle),
    "customers:lifecycle_preview": ("manage", "GET", a_lifecycle_draft),
    "customers:lifecycle_upload": ("manage", "POST", a_lifecycle),
    "customers:lifecycle_publication": ("manage", "POST", a_lifecycle),
    "customers:lifecycle_discard": ("manage", "POST", a_lifecycle),
    "customers:lifecycle_stage": ("manage", "GET", a_stage),
    "customers:lifecycle_stage_removal": ("manage", "POST", a_stage),
    "customers:lifecycle_stage_shift": ("manage", "POST", a_stage),
    "customers:products": ("view", "GET", {}),
    "customers:product_new": ("manage", "GET", {}),
    "customers:product": ("view", "GET", a_product),
    "customers:product_edit": ("manage", "GET", a_product),
    "customers:product_retirement": ("manage", "POST", a_product),
    "customers:product_user": ("work", "GET", a_product),
    "customers:product_user_removal": ("work", "POST", a_used_product),
    "customers:tiers": ("view", "GET", {}),
    "customers:pool": ("view", "GET", {}),
    "customers:pool_claim": ("work", "POST", {}),
    "customers:pool_rules": ("manage", "GET", {}),
    "customers:pool_release": ("work", "GET", an_account),
    "customers:tier_decision": ("manage", "POST", {}),
    "customers:tier_approval": ("manage", "POST", a_request),
    "customers:tier_refusal": ("manage", "GET", a_request),
    "customers:tier_withdrawal": ("work", "POST", a_request),
    "customers:entitlements": ("view", "GET", {}),
    "customers:tier_scheme": ("view", "GET", {}),
    "customers:tier_export": ("view", "GET", {}),
    "customers:tier_version": ("view", "GET", a_scheme),
    "customers:tier_draft": ("manage", "GET", {}),
    "customers:tier_preview": ("manage", "GET", a_scheme_draft),
    "customers:tier_upload": ("manage", "POST", {}),
    "customers:tier_publication": ("manage", "POST", {}),
    "customers:tier_discard": ("manage", "POST", {}),
    "customers:tier_rule": ("manage", "GET", with_key("vip")),
    "customers:tier_removal": ("manage", "POST", with_key("vip")),
    "customers:tier_entitlement": ("manage", "GET", with_key("training")),
    "customers:tier_entitlement_removal": ("manage", "POST", with_key("training")),
    "customers:icp": ("view", "GET", {}),
    "customers:icp_export": ("view", "GET", a_profile_to_export),
    "customers:icp_version": ("view", "GET", a_profile),
    "customers:icp_computation": ("manage", "POST", {}),
    "customers:icp_draft": ("manage", "GET", with_store),
    "customers:icp_upload": ("manage", "POST", {}),
    "customers:icp_publication": ("manage", "POST", {}),
    "customers:icp_discard": ("manage", "POST", {}),
    "customers:icp_criterion": ("manage", "GET", with_key("new")),
    "customers:icp_criterion_removal": ("manage", "POST", with_key("retail")),
    "customers:portrait": ("view", "GET", {}),
    "customers:portrait_export": ("view", "GET", {}),
    "customers:account_team": ("manage", "GET", an_account),
    "customers:note_new": ("work", "GET", an_account),
    "customers:note": ("work", "GET", a_note),
    "customers:visit_new": ("work", "GET", an_account),
    "customers:visit": ("view", "GET", a_visit),
    "customers:mentionable": ("work", "GET", an_account),
    "customers:visit_draft": ("work", "POST", an_account),
    "customers:visit_edit": ("work", "GET", a_visit),
    "customers:visit_move": ("work", "POST", a_visit),
    "customers:visit_prepare": ("work", "POST", a_visit),
    "customers:visit_roles": ("work", "POST", a_visit),
    "customers:visit_points": ("work", "POST", a_visit),
    "customers:visit_files": ("work", "POST", a_visit),
    "customers:file": ("view", "GET", a_file),
    "customers:remove_file": ("work", "POST", a_file),
    "customers:mail": ("work", "GET", {}),
    "customers:file_mail": ("work", "POST", a_mail),
    "customers:drop_mail": ("work", "POST", a_mail),
    "customers:drop_mails": ("work", "POST", {}),
    "customers:mail_sources": ("work", "GET", {}),
    "customers:connect_mailbox": ("work", "POST", {}),
    "customers:mailbox": ("work", "GET", a_mailbox),
    "customers:read_mailbox": ("work", "POST", a_mailbox),
    "customers:remove_mailbox": ("work", "POST", a_mailbox),
    "customers:pause_mailbox": ("work", "POST", a_mailbox),
    "customers:remove_mail_address": ("work", "POST", {}),
    "customers:renew_mail_address": ("work", "POST", {}),
    "customers:search": ("view", "GET", {}),
    "customers:visits": ("view", "GET", {}),
    "customers:points": ("view", "GET", {}),
    "customers:points_export": ("view", "GET", {}),
    "customers:point": ("view", "GET", a_point),
    "customers:person_new": ("work", "GET", an_account),
    "customers:place": ("work", "GET", a_place),
    "customers:account_tab": ("view", "GET", a_tab),
    "customers:criteria": ("view", "GET", {}),
    "customers:criteria_preview": ("view", "POST", {}),
    "customers:criteria_choices": ("view", "GET", {}),
    "customers:criteria_text": ("view", "POST", {}),
    "customers:people": ("view", "GET", {}),
    "customers:people_export": ("view", "GET", {}),
    "customers:person": ("view", "GET", a_person),
    "customers:person_edit": ("work", "GET", a_person),
    "customers:person_merge": ("work", "GET", a_person),
    "customers:account_merge": ("manage", "GET", an_account),
    "customers:account_merges": ("view", "GET", {}),
    "customers:account_merge_undo": ("view", "GET", an_account_merge),
    "customers:merges": ("view", "GET", {}),
    "customers:merge_undo": ("view", "GET", a_merge),
    "customers:conflicts": ("view", "GET", {}),
    "customers:conflict_dismiss": ("work", "POST", a_conflict),
    "customers:identifiers": ("manage", "GET", {}),
    "customers:identifier_kind_new": ("manage", "GET", {}),
    "customers:identifier_kind": ("manage", "GET", {"key": "email"}),
    "customers:identifier_kind_remove": ("manage", "POST", {"key": "email"}),
    "customers:person_trait": ("view", "GET", a_person),
    "customers:account_trait": ("view", "GET", an_account),
    "customers:traits": ("view", "GET", {}),
    "customers:trait": ("view", "GET", {}),
    "customers:trait_describe": ("manage", "GET", {}),
    "customers:traits_export": ("view", "GET", {}),
    "customers:traits_exchange": ("manage", "GET", {}),
    "customers:computed_trait_new": ("manage", "GET", {}),
    "customers:computed_trait_preview": ("manage", "POST", {}),
    "customers:computed_trait": ("manage", "GET", a_computed_trait),
    "customers:computed_trait_act": ("manage", "POST", a_computed_act),
    "customers:person_tab": ("view", "GET", a_person_tab),
    "customers:person_session": ("view", "GET", a_session),
    "customers:person_card": ("view", "GET", a_person_card),
    "customers:person_stream": ("view", "GET", a_person),
    "customers:account_stream": ("view", "GET", an_account),
    "customers:people_compare": ("view", "GET", {}),
    "customers:accounts_compare": ("view", "GET", {}),
    "customers:duplicates": ("view", "GET", {}),
    "customers:duplicates_find": ("work", "POST", {}),
    "customers:duplicate": ("work", "POST", a_duplicate),
    "customers:accounts_trait": ("manage", "POST", {}),
    "customers:accounts_delete": ("manage", "POST", {}),
    "customers:people_trait": ("manage", "POST", {}),
    "customers:people_delete": ("manage", "POST", {}),
    "customers:person_privacy": ("view", "GET", a_person),
    "customers:privacy_request_new": ("work", "GET", a_person),
    "customers:consent_new": ("work", "GET", a_person),
    "customers:unmask": ("work", "GET", a_person),
    "customers:changes": ("manage", "GET", {}),
    "customers:change": ("manage", "GET", a_change),
    "customers:change_undo": ("manage", "POST", a_change),
    "customers:privacy": ("administer", "GET", {}),
    "customers:privacy_settings": ("administer", "GET", {}),
    "customers:privacy_release": ("administer", "POST", {}),
    "customers:privacy_request": ("administer", "GET", a_privacy_request),
    "customers:privacy_copy": ("administer", "POST", a_privacy_request),
    "customers:privacy_receipt": ("administer", "GET", a_privacy_request),
    "customers:privacy_act": ("administer", "POST", lambda w: {**a_privacy_request(w), "act": "approve"}),
    "customers:purposes": ("view", "GET", {}),
    "customers:purpose_new": ("administer", "GET", {}),
    "customers:purpose": ("administer", "GET", a_purpose),
    "customers:purpose_retire": ("administer", "POST", a_purpose),
    "customers:masking": ("administer", "GET", {}),
    "customers:register": ("manage", "GET", {}),
    "customers:register_export": ("manage", "GET", {}),
    "customers:register_suggest": ("administer", "POST", {}),
    "customers:register_new": ("administer", "GET", {}),
    "customers:register_activity": ("administer", "GET", an_activity),
    "customers:register_settle": ("administer", "POST", lambda w: {**an_activity(w), "act": "review"}),
    "customers:segments": ("view", "GET", {}),
    "customers:segment_new": ("work", "GET", {}),
    "customers:segments_overlap": ("view", "GET", {}),
    "customers:segments_overlap_behind": ("view", "GET", {}),
    "customers:segments_overlap_save": ("work", "POST", {}),
    "customers:segments_exchange": ("view", "GET", {}),
    "customers:segment_from_accounts": ("work", "POST", {}),
    "customers:segment_from_people": ("work", "POST", {}),
    "customers:segment": ("view", "GET", a_segment),
    "customers:segment_status": ("view", "GET", a_segment),
    "customers:segment_members": ("view", "GET", a_list),
    "customers:segment_export": ("view", "GET", a_list),
    "customers:segment_put": ("work", "POST", a_list),
    "customers:segment_take_off": ("work", "POST", a_list),
    "customers:segment_moves": ("view", "GET", a_segment),
    "customers:segment_versions": ("view", "GET", a_drafted_segment),
    "customers:segment_why": ("view", "GET", a_segment),
    "customers:segment_alike": ("view", "GET", a_list),
    "customers:segment_alike_save": ("work", "POST", a_list),
    "customers:segment_edit": ("work", "GET", a_segment),
    "customers:segment_publish": ("work", "POST", a_drafted_segment),
    "customers:segment_drop_draft": ("work", "POST", a_drafted_segment),
    "customers:segment_duplicate": ("work", "POST", a_segment),
    "customers:segment_retire": ("work", "POST", a_segment),
    "customers:segment_bring_back": ("work", "POST", a_segment),
    "customers:segment_refresh": ("work", "POST", a_segment),
}
PUBLIC: set[str] = set()
