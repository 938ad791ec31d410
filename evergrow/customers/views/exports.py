"""The account list as a file."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from evergrow.customers import selection
from evergrow.customers.downloads import Format, download
from evergrow.customers.list_page import state_of, tabs
from evergrow.customers.queries.account_list import AccountList
from evergrow.customers.views.accounts import address
from evergrow.lib.sheets import TooManyRows
from evergrow.workspaces import audit
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
def export(request: GatedRequest) -> HttpResponseBase:
    """The whole filtered list (GET with its query) or a selection (POST), in the list's columns and order."""
    sent = request.POST if request.method == "POST" else request.GET
    kind: Format = "xlsx" if sent.get("format") == "xlsx" else "csv"
    query = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    state = state_of(_without_format(query), tabs(request.member))
    listed = AccountList(request.member, state)
    only = selection.read(request) if request.method == "POST" else None
    rows = listed.export(None if only is None or only.is_everything else only.accounts)
    heads = [str(column.label) for column in listed.exported]
    audit.record(request.workspace, "accounts.exported", request.workspace, by=request.member, data={"query": query})
    try:
        return download(
            request.workspace, _("Accounts %(day)s") % {"day": request.workspace.today()}, heads, rows, kind
        )
    except TooManyRows as error:
        messages.error(request, str(error))
        return redirect(address(request.workspace, state.query))


def _without_format(query: str) -> str:
    return "&".join(part for part in query.split("&") if not part.startswith("format="))
