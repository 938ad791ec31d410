"""The audit trail: every change leaves an entry."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from evergrow.workspaces.models import AuditEntry, Member, Workspace


def record(
    workspace: Workspace,
    verb: str,
    target: models.Model,
    *,
    by: Member | None,
    data: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write down that ``by`` (``None``: Evergrow itself) did ``verb`` (``"account.retagged"``) to ``target``."""
    return AuditEntry.objects.create(
        workspace=workspace,
        by=by,
        by_name=_called(by),
        verb=verb,
        target_kind=target._meta.model_name or "",
        target_id=str(target.pk or ""),
        target_name=str(target)[:200],
        data=data or {},
    )


def record_many(
    workspace: Workspace, verb: str, targets: Iterable[tuple[models.Model, dict[str, Any]]], *, by: Member | None
) -> None:
    """The same for many targets at once, each with what is kept of it."""
    AuditEntry.objects.bulk_create(
        (
            AuditEntry(
                workspace=workspace,
                by=by,
                by_name=_called(by),
                verb=verb,
                target_kind=target._meta.model_name or "",
                target_id=str(target.pk),
                target_name=str(target)[:200],
                data=data,
            )
            for target, data in targets
        ),
        batch_size=500,
    )


def _called(by: Member | None) -> str:
    if by is None:
        return "Evergrow"
    return f"{by} · {by.through.name}"[:160] if by.through else str(by)
