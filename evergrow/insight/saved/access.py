"""Who sees a saved question, and who changes it. Answers are limited to the accounts of whoever asks, always."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from evergrow.insight.saved.models import SavedQuestion, Sharing
from evergrow.workspaces.access import may
from evergrow.workspaces.models import Member


def visible(member: Member) -> QuerySet[SavedQuestion]:
    """What a member may see: their own, what is shared; managers see everything."""
    rows = SavedQuestion.objects.filter(workspace=member.workspace).select_related("owner__user", "changed_by__user")
    if may(member, "manage"):
        return rows
    return rows.filter(Q(owner=member) | ~Q(sharing=Sharing.PRIVATE))


def get(member: Member, number: int) -> SavedQuestion:
    """One by its number. Raises Http404 where it is not there or not for this member."""
    found = visible(member).filter(number=number).first()
    if found is None:
        raise Http404
    return found


def owns(member: Member, question: SavedQuestion) -> bool:
    """Whether a member decides who sees it and whose it is: the owner and managers do."""
    return may(member, "manage") or (may(member, "work") and question.owner_id == member.pk)


def may_edit(member: Member, question: SavedQuestion) -> bool:
    """Whether a member may save over it, rename it, put it away."""
    return owns(member, question) or (may(member, "work") and question.sharing == Sharing.EDIT)


def require_edit(member: Member | None, question: SavedQuestion) -> None:
    """Raise PermissionDenied unless the member may change it; ``None`` is the system itself."""
    if member is not None and not may_edit(member, question):
        raise PermissionDenied(_("This question belongs to a colleague. Save it under a name of your own instead."))


def require_own(member: Member | None, question: SavedQuestion) -> None:
    """Raise PermissionDenied unless the member is the owner or manages."""
    if member is not None and not owns(member, question):
        raise PermissionDenied(_("Only its owner and managers decide who sees a question."))
