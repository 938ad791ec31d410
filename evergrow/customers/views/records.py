"""Writing things down about an account: its facts, notes, visits, team."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from evergrow.customers.access import account_or_404
from evergrow.customers.actions.accounts import create_account
from evergrow.customers.actions.notes import add_note, edit_note
from evergrow.customers.actions.team import assign_seat
from evergrow.customers.forms import AccountForm, NoteForm, SeatForm
from evergrow.customers.models import Account
from evergrow.customers.views.forms import form_page
from evergrow.workspaces.access import GatedRequest, gate


def account_address(account: Account, tab: str = "") -> str:
    """The account's page, or one of its tabs."""
    kwargs: dict[str, Any] = {"workspace": account.workspace.slug, "number": account.number}
    if tab:
        return reverse("customers:account_tab", kwargs={**kwargs, "tab": tab})
    return reverse("customers:account", kwargs=kwargs)


def account_of(request: GatedRequest, number: int) -> Account:
    """The account of the address, through its gate, knowing its workspace."""
    account = account_or_404(request.member, number)
    account.workspace = request.workspace
    return account


@gate("work")
def new_account(request: GatedRequest) -> HttpResponse:
    """Write in an account by hand."""
    form = AccountForm(request.member, request.POST or None)

    def act() -> str:
        return account_address(create_account(workspace=request.workspace, by=request.member, **form.cleaned_data))

    return form_page(
        request,
        form,
        title=_("New account"),
        label=_("Create account"),
        back=reverse("customers:accounts", kwargs={"workspace": request.workspace.slug}),
        act=act,
        done=_("Account created."),
    )


@gate("work")
def new_note(request: GatedRequest, number: int) -> HttpResponse:
    """Write a note."""
    account = account_of(request, number)
    form = NoteForm(account, request.POST or None)
    return form_page(
        request,
        form,
        title=_("New note"),
        label=_("Save note"),
        back=account_address(account),
        act=lambda: add_note(account=account, body=form.cleaned_data["body"], by=request.member),
        done=_("Note saved."),
    )


@gate("work")
def change_note(request: GatedRequest, number: int, pk: int) -> HttpResponse:
    """Change a note."""
    account = account_of(request, number)
    note = get_object_or_404(account.notes, pk=pk)
    form = NoteForm(account, request.POST or None, initial={"body": note.body})
    return form_page(
        request,
        form,
        title=_("Edit note"),
        label=_("Save note"),
        back=account_address(account, "timeline"),
        act=lambda: edit_note(note=note, body=form.cleaned_data["body"], by=request.member),
        done=_("Note saved."),
    )


@gate("manage")
def team(request: GatedRequest, number: int) -> HttpResponse:
    """Hand a role of the iron triangle over to a colleague."""
    account = account_of(request, number)
    form = SeatForm(request.workspace, request.POST or None, initial={"role": request.GET.get("role", "csm")})
    return form_page(
        request,
        form,
        title=_("Hand over a role"),
        label=_("Hand over"),
        back=account_address(account),
        act=lambda: assign_seat(accounts=[account], by=request.member, **form.cleaned_data) and None,
        done=_("Handed over."),
        note=_("The seat of the colleague before ends on the same day."),
    )
