"""The one way notices come to be."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from evergrow.workspaces.notices import kinds, routing
from evergrow.workspaces.notices.models import Notice

if TYPE_CHECKING:
    from evergrow.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class News:
    """What to tell whom: the arguments of ``tell``."""

    member: "Member"
    kind: str
    url: str
    data: dict[str, Any] = field(default_factory=dict)
    by: "Member | None" = None


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
    news = News(member, kind, url, data, by)
    if not dedupe_key:
        made = tell_many([news])
        return made[0] if made else None
    if not _is_for_ears(news):
        return None
    facts = {"workspace_id": member.workspace_id, "url": url, "data": data, "by": by}
    key = {"member": member, "kind": kind, "dedupe_key": dedupe_key[:160]}
    notice, is_new = Notice.objects.get_or_create(**key, defaults=facts)
    if is_new:
        routing.route([(notice, member)])
    return notice


@transaction.atomic
def tell_many(news: Iterable[News]) -> list[Notice]:
    """Tell several members of one workspace at once, with the same rules as ``tell`` and few statements."""
    heard = [each for each in news if _is_for_ears(each)]
    rows = Notice.objects.bulk_create(
        Notice(
            workspace_id=each.member.workspace_id,
            member=each.member,
            kind=each.kind,
            url=each.url,
            data=each.data,
            by=each.by,
        )
        for each in heard
    )
    routing.route([(notice, each.member) for notice, each in zip(rows, heard, strict=True)])
    return rows


def _is_for_ears(news: News) -> bool:
    """Whether the member should hear it: they are here, and did not do it themselves."""
    if not kinds.is_known(news.kind):
        raise LookupError(f"No room registered the kind of notice {news.kind!r}.")
    return news.member.left_at is None and (news.by is None or news.by.pk != news.member.pk)
