"""Operations of this room: the workspace, its members, the audit trail. Keys are made on the page alone."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.workspaces import actions, audit_filter, queries
from evergrow.workspaces.api.pages import Page, Window, page
from evergrow.workspaces.api.tokens import ApiRequest, token
from evergrow.workspaces.api.types import Day, Input, Line, RowId
from evergrow.workspaces.models import AccountScope, AuditEntry, Member, Role, Workspace

router = Router()


class WorkspaceOut(Schema):
    """A workspace; ``week_start`` counts from 0, Monday."""

    slug: str
    name: str
    zone: str
    week_start: int
    calendar: str
    currency: str
    language: str
    is_sample: bool


class WorkspaceChange(Input):
    """What to change; what is left out stays."""

    name: Line | None = Field(None)
    zone: Line | None = None
    week_start: int | None = Field(None, ge=0, le=6)
    calendar: Line | None = None
    currency: Line | None = None
    language: Line | None = None


class MemberOut(Schema):
    id: int
    name: str = Field(alias="user.name")
    email: str = Field(alias="user.email")
    role: Role
    scope: AccountScope
    team: str
    joined_at: datetime
    last_seen_at: datetime | None


class MemberChange(Input):
    role: Role
    scope: AccountScope = AccountScope.ALL
    team: Line = ""


class AuditEntryOut(Schema):
    id: int
    at: datetime
    by: int | None = Field(alias="by_id")
    by_name: str
    verb: str
    target_kind: str
    target_id: str
    target_name: str
    data: dict[str, Any]


class AuditWindow(Window):
    who: RowId | None = Field(None, description="A member's id.")
    what: Line = Field("", description="A verb such as member.added, or the part before its dot.")
    since: Day | None = None
    until: Day | None = None


@router.get("/workspace", auth=token("view"), response=WorkspaceOut, tags=["workspace"], summary="The workspace")
def workspace(request: ApiRequest) -> Workspace:
    """The workspace of the token."""
    return request.workspace


@router.patch(
    "/workspace", auth=token("administer"), response=WorkspaceOut, tags=["workspace"], summary="Change settings"
)
def change_workspace(request: ApiRequest, change: WorkspaceChange) -> Workspace:
    """Change how the workspace counts days, weeks and money."""
    wishes = {name: value for name, value in change.model_dump(exclude_unset=True).items() if value is not None}
    actions.change_workspace(workspace=request.workspace, by=request.member, **wishes)
    return request.workspace


@router.get("/members", auth=token("view"), response=Page[MemberOut], tags=["members"], summary="Members")
def members(request: ApiRequest, window: Query[Window]) -> dict[str, Any]:
    """Everyone who works in the workspace."""
    return page(queries.members(request.member), window)


@router.get("/members/{id}", auth=token("view"), response=MemberOut, tags=["members"], summary="A member")
def member(request: ApiRequest, id: RowId) -> Member:
    return queries.member_or_404(request.member, id)


@router.put("/members/{id}", auth=token("administer"), response=MemberOut, tags=["members"], summary="Change a member")
def change_member(request: ApiRequest, id: RowId, change: MemberChange) -> Member:
    """Give a member a role, a team, and the accounts they see. The last owner stays one."""
    colleague = queries.member_or_404(request.member, id)
    return actions.change_member(
        member=colleague, role=change.role, scope=change.scope, team=change.team, by=request.member
    )


@router.delete(
    "/members/{id}", auth=token("administer"), response={204: None}, tags=["members"], summary="Remove a member"
)
def remove_member(request: ApiRequest, id: RowId) -> Status[None]:
    """End a membership; what the member wrote stays."""
    actions.remove_member(member=queries.member_or_404(request.member, id), by=request.member)
    return Status(204, None)


@router.get("/audit", auth=token("administer"), response=Page[AuditEntryOut], tags=["audit"], summary="Audit trail")
def audit(request: ApiRequest, window: Query[AuditWindow]) -> dict[str, Any]:
    """Who changed what, newest first."""
    chosen = audit_filter.AuditFilter(str(window.who or ""), window.what, window.since, window.until)
    entries: QuerySet[AuditEntry] = chosen.entries(request.member)
    return page(entries, window, by="-pk")
