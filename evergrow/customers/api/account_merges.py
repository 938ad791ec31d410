"""Merges of accounts: looked at before, made, and taken back."""

from datetime import datetime
from typing import Any

from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.customers import access
from evergrow.customers.account_merges import facts, preview
from evergrow.customers.account_merges.actions import merge_accounts, undo_merge
from evergrow.customers.api.identity import FactOut
from evergrow.customers.models import AccountMerge
from evergrow.workspaces.api import ApiRequest, Input, Line, Number, Page, RowId, Window, page, token

router = Router(tags=["account merges"])


class AccountMergeOut(Schema):
    id: int
    kept: int = Field(alias="kept.number")
    merged: int = Field(alias="merged.number")
    reason: str
    by: str | None
    at: datetime
    undo_until: datetime = Field(description="Until then it can be taken back.")
    undone_at: datetime | None
    is_settled: bool = Field(description="Whether the events have followed, too.")

    @staticmethod
    def resolve_by(merge: AccountMerge) -> str | None:
        return str(merge.by) if merge.by else None


class NewAccountMerge(Input):
    merged: Number = Field(description="The number of the account that becomes a part of this one.")
    reason: Line = Field("same customer", max_length=80)


class AccountPreviewOut(Schema):
    """What a merge would move; ``moving`` counts rows by kind."""

    kept: int
    merged: int
    blocker: str | None = Field(description="What keeps the two from being merged, in words.")
    moving: dict[str, int]
    children: int = Field(description="Accounts that stand below the merged one.")
    events: int | None
    facts: list[FactOut]


class AccountMergesWindow(Window):
    account: Number | None = Field(None, description="Only merges of this account.")


@router.get("/account-merges", auth=token("view"), response=Page[AccountMergeOut], summary="Merges of accounts")
def account_merges(request: ApiRequest, window: Query[AccountMergesWindow]) -> dict[str, Any]:
    """The log of merges, the newest first; those that were taken back say when."""
    account = None if window.account is None else access.account_or_404(request.member, window.account)
    return page(preview.merges(request.member, account), window, by="-pk")


@router.get(
    "/accounts/{number}/merges/{merged}",
    auth=token("view"),
    response=AccountPreviewOut,
    summary="What a merge of accounts would move",
)
def preview_account_merge(request: ApiRequest, number: Number, merged: Number) -> dict[str, Any]:
    """Nothing is changed."""
    one, other = (access.account_or_404(request.member, each) for each in (number, merged))
    found = preview.preview(one, other)
    return {
        "kept": one.number,
        "merged": other.number,
        "blocker": found.blocker,
        "moving": {each.label.partition(".")[2]: each.count for each in found.moving},
        "children": found.children,
        "events": found.events,
        "facts": facts.facts(one, other),
    }


@router.post(
    "/accounts/{number}/merges", auth=token("manage"), response={201: AccountMergeOut}, summary="Merge two accounts"
)
def merge_account(request: ApiRequest, number: Number, wish: NewAccountMerge) -> Status[AccountMerge]:
    """Make another account a part of this one. Rows move at once, events within moments; both ids mean this account."""
    kept, merged = (access.account_or_404(request.member, each) for each in (number, wish.merged))
    return Status(201, merge_accounts(kept=kept, merged=merged, reason=wish.reason, by=request.member))


@router.put(
    "/account-merges/{id}/undoing",
    auth=token("manage"),
    response=AccountMergeOut,
    summary="Take a merge of accounts back",
)
def undo_account_merge(request: ApiRequest, id: RowId) -> AccountMerge:
    """Within seven days; later merges of the same accounts are taken back first."""
    found = preview.merges(request.member).filter(pk=id).first()
    if found is None:
        raise Http404
    undo_merge(merge=found, by=request.member)
    return found
