"""The one way a notice comes to be."""

from typing import TYPE_CHECKING, Any

from django.db import transaction

from evergrow.workspaces.notices import kinds
from evergrow.workspaces.notices.models import Notice

if TYPE_CHECKING:
    from evergrow.workspaces.models import Member


@transaction.atomic
def tell(
    member: "Member",
    kind: str,
    *,
    url: str,
    data: dict[str, Any],
    by: "Member | None" = None,
    dedupe_key: str = "",
) -> Notice | None:
    """Tell ``member`` something; call it inside the transaction that causes it, so that both happen or neither.

    ``url`` is a path of ours (``/w/acme/tasks/3/``), ``data`` what the kind's sentence needs. Nobody is told what they
    did themselves, and who left hears nothing: then None. The same ``dedupe_key`` gives the first notice back,
    unchanged. Raises LookupError for a kind that no room registered.
    """
    if not kinds.is_known(kind):
        raise LookupError(f"No room registered the kind of notice {kind!r}.")
    if member.left_at is not None or (by is not None and by.pk == member.pk):
        return None
    facts = {"workspace_id": member.workspace_id, "url": url, "data": data, "by": by}
    if not dedupe_key:
        return Notice.objects.create(member=member, kind=kind, **facts)
    key = dedupe_key[:160]
    return Notice.objects.get_or_create(member=member, kind=kind, dedupe_key=key, defaults=facts)[0]
