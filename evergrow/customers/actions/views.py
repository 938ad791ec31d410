"""Saved views: a list's filters, order and columns under a name."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from evergrow.customers.models import SavedView
from evergrow.workspaces import audit
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member


class ViewNameTaken(ValidationError):
    """The member has a view of this name already."""


def save_view(*, member: Member, page: str, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Keep a list's query (``lib.listing`` form) under a new name. Sharing it asks for the ability to work."""
    if is_shared:
        require(member, "work")
    name = name.strip()
    if not name:
        raise ValidationError({"name": _("Give the view a name.")})
    view = SavedView(workspace=member.workspace, member=member, page=page, name=name, query=query, is_shared=is_shared)
    view.clean_fields(exclude=["query"])  # an empty query lists everything
    try:
        with transaction.atomic():
            view.save()
            audit.record(member.workspace, "view.saved", view, by=member, data={"query": query, "shared": is_shared})
    except IntegrityError:
        raise ViewNameTaken(
            {"name": _("You have a view called “%(name)s”. Choose another name.") % {"name": name}}
        ) from None
    return view


@transaction.atomic
def change_view(*, view: SavedView, query: str, by: Member) -> SavedView:
    """Overwrite what a saved view shows; its author may, and whoever may manage a shared one."""
    _check_hand(view, by)
    before, view.query = view.query, query
    view.save(update_fields=["query"])
    audit.record(view.workspace, "view.changed", view, by=by, data={"query": [before, query]})
    return view


@transaction.atomic
def delete_view(*, view: SavedView, by: Member) -> None:
    """Take a saved view away."""
    _check_hand(view, by)
    audit.record(view.workspace, "view.deleted", view, by=by, data={"query": view.query})
    view.delete()


def _check_hand(view: SavedView, by: Member) -> None:
    if view.member_id != by.pk and not (view.is_shared and may(by, "manage")):
        raise PermissionDenied(_("This view belongs to a colleague. Save it under a name of your own instead."))
