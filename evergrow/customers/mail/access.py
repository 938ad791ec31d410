"""Mails that wait to be sorted are their member's alone."""

from django.db.models import QuerySet
from django.http import Http404

from evergrow.customers.models import Mail, MailState
from evergrow.workspaces.models import Member


def waiting(member: Member) -> QuerySet[Mail]:
    """The member's own mails that name nobody of an account, the latest first."""
    found = Mail.objects.filter(member=member, workspace_id=member.workspace_id, state=MailState.UNMATCHED)
    return found.select_related("workspace", "member__workspace", "member__user").order_by("-sent_at", "-pk")


def mail_or_404(member: Member, pk: int) -> Mail:
    """One of them, or 404."""
    mail = waiting(member).filter(pk=pk).first()
    if mail is None:
        raise Http404
    return mail
