"""What files hang on. A room that keeps files registers its host in ``AppConfig.ready``; what no host lets a member
read is 404."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from evergrow.customers.models import Attachment, Visit
from evergrow.customers.visits import access, writing
from evergrow.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class Host:
    """Something with files. ``holds(attachment)``: whether one hangs on it; ``read(member)``: the condition on
    attachments that the member may read; ``may_remove(attachment, member)``: whether they may take it away."""

    key: str
    holds: Callable[[Attachment], bool]
    read: Callable[[Member], Q]
    may_remove: Callable[[Attachment, Member], bool]


_hosts: dict[str, Host] = {}


def register(host: Host) -> None:
    """Name a host; the same key again replaces it."""
    _hosts[host.key] = host


def attachments(member: Member) -> QuerySet[Attachment]:
    """The files that a member may read."""
    readable = Q(pk__in=[])
    for host in _hosts.values():
        readable |= host.read(member)
    return Attachment.objects.filter(readable, workspace_id=member.workspace_id).select_related(
        "file", "added_by__user"
    )


def attachment_or_404(member: Member, pk: int) -> Attachment:
    """The file with this key, or 404 when it is not there or not for this member."""
    found = attachments(member).filter(pk=pk).select_related("workspace", "account", "visit__account").first()
    if found is None:
        raise Http404
    return found


def may_remove(attachment: Attachment, member: Member) -> bool:
    """Whether the member may take a file away that they may read."""
    return any(host.may_remove(attachment, member) for host in _hosts.values() if host.holds(attachment))


def require_hand(attachment: Attachment, member: Member) -> None:
    """Raise PermissionDenied where the member may not take it away."""
    if not may_remove(attachment, member):
        raise PermissionDenied(_("This file cannot be taken away any more, or not by you."))


def _visits(member: Member) -> Q:
    return Q(visit__in=access.visits(member).values("pk"))


def _may_remove(attachment: Attachment, member: Member) -> bool:
    visit: Visit | None = attachment.visit
    return visit is not None and writing.may_change(visit, member)


def _mails(member: Member) -> Q:
    """A mail that waits to be sorted is its member's alone."""
    return Q(mail__member=member)


register(Host("mail", lambda each: each.mail_id is not None, _mails, lambda _each, _member: False))
register(Host("visit", lambda each: each.visit_id is not None, _visits, _may_remove))
