"""Saved views of the account list."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evergrow.customers.actions import views as actions
from evergrow.customers.list_page import PAGE, SAVED
from evergrow.customers.models import SavedView
from evergrow.customers.queries.account_list import shape
from evergrow.customers.views.accounts import address
from evergrow.lib.listing import parse
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
@require_POST
def create(request: GatedRequest) -> HttpResponse:
    """Keep the list as it is under a new name."""
    query = _rows_query(request)
    try:
        view = actions.save_view(
            member=request.member,
            page=PAGE,
            name=request.POST.get("name", ""),
            query=query,
            is_shared=request.POST.get("is_shared") == "1",
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(address(request.workspace, request.POST.get("query", "")))
    messages.success(request, _("View “%(name)s” saved.") % {"name": view.name})
    return redirect(address(request.workspace, f"view={SAVED}{view.pk}"))


@gate("view")
@require_POST
def change(request: GatedRequest, pk: int) -> HttpResponse:
    """Overwrite a view with the list as it is."""
    view = actions.change_view(view=_view(request, pk), query=_rows_query(request), by=request.member)
    messages.success(request, _("View “%(name)s” saved.") % {"name": view.name})
    return redirect(address(request.workspace, f"view={SAVED}{view.pk}"))


@gate("view")
@require_POST
def delete(request: GatedRequest, pk: int) -> HttpResponse:
    """Take a view away."""
    view = _view(request, pk)
    actions.delete_view(view=view, by=request.member)
    messages.success(request, _("View “%(name)s” deleted.") % {"name": view.name})
    return redirect(address(request.workspace))


def _view(request: GatedRequest, pk: int) -> SavedView:
    visible = SavedView.objects.filter(Q(member=request.member) | Q(is_shared=True), workspace=request.workspace)
    return get_object_or_404(visible, page=PAGE, pk=pk)


def _rows_query(request: GatedRequest) -> str:
    return parse(request.POST.get("query", ""), shape()).rows_query
