"""Who sees and decides about versions of products.

Everybody in the workspace sees every version, as they see products. Accounts that run it, and what is counted of them,
are those that a member sees.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from evergrow.success.releases.models import ProductVersion
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member

KIND = "product_version"  # of the subjects of plans
RELATED = ("workspace", "product", "owner__user", "product_manager__user", "product_owner__user")


def versions(member: Member) -> QuerySet[ProductVersion]:
    """The versions of the products of the member's workspace."""
    return ProductVersion.objects.filter(workspace_id=member.workspace_id)


def version_or_404(member: Member, pk: int) -> ProductVersion:
    found = versions(member).select_related(*RELATED).filter(pk=pk).first()
    if found is None:
        raise Http404
    found.workspace = member.workspace
    return found


def may_lead(member: Member, version: ProductVersion) -> bool:
    """Whether a member decides about a version: its owner, whoever wrote it in, its managers in the workspace."""
    if member.workspace_id != version.workspace_id:
        return False
    theirs = (version.owner_id, version.created_by_id, version.product_manager_id, version.product_owner_id)
    return may(member, "manage") or (may(member, "work") and member.pk in theirs)


def require_lead(member: Member | None, version: ProductVersion) -> None:
    """Raise PermissionDenied unless the member decides about the version; ``None`` is Evergrow itself."""
    require(member, "work")
    if member is not None and not may_lead(member, version):
        raise PermissionDenied(
            _("The owner of the version, its product manager and product owner, and managers decide about it.")
        )


def page_of(version: ProductVersion) -> str:
    """The address of its page."""
    return reverse("success:product_version", args=[version.workspace.slug, version.pk])
