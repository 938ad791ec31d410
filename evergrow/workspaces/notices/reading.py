"""What a member has been told, and what of it they have read."""

from django.db.models import QuerySet
from django.http import Http404

from evergrow.lib import clock
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member
from evergrow.workspaces.notices.models import Notice


def notices(member: Member, *, unread: bool = False) -> QuerySet[Notice]:
    """The member's own notices, the newest first; ``unread`` only those they have not opened."""
    found = Notice.objects.filter(member=member).select_related("by__user").order_by("-pk")
    return found.filter(read_at=None) if unread else found


def notice_or_404(member: Member, pk: int) -> Notice:
    """A notice of the member, or 404: nobody reads another's."""
    notice = notices(member).filter(pk=pk).first()
    if notice is None:
        raise Http404
    return notice


@prepared.count
def count_unread(member: Member) -> QuerySet[Notice]:
    return Notice.objects.filter(member=member, read_at=None)


def mark_read(*, member: Member, notice: Notice | None = None, up_to: int | None = None) -> int:
    """Mark one notice read, or all up to the id ``up_to`` (what came later was not seen); how many changed."""
    mine = Notice.objects.filter(member=member, read_at=None)
    mine = mine.filter(pk=notice.pk) if notice is not None else mine
    mine = mine.filter(pk__lte=up_to) if up_to is not None else mine
    return mine.update(read_at=clock.now())


def mark_unread(*, member: Member, notice: Notice) -> None:
    """Keep it for later."""
    Notice.objects.filter(member=member, pk=notice.pk).update(read_at=None)
