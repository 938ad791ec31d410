"""Where a member's mails come from: their own address, and mailboxes they connected."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evergrow.customers.mail import access, addresses, imap, mailboxes
from evergrow.customers.mail.forms import MailboxForm
from evergrow.customers.models import Mailbox
from evergrow.workspaces.access import GatedRequest, gate


@never_cache
@gate("work")
@require_safe
def sources(request: GatedRequest) -> HttpResponse:
    """The member's own address, and how mails come in."""
    return _page(request, MailboxForm(request.member))


def _page(request: GatedRequest, form: MailboxForm) -> HttpResponse:
    row = request.member.mail_addresses.filter(retired_at=None).first()
    context: dict[str, Any] = {
        "address": addresses.shown(request.member),
        "address_row": row,
        "tab": "sources",
        "is_open": bool(settings.MAIL_PORT),
        "limit": settings.MAIL_LIMIT_MIB,
        "form": form,
        "mailboxes": [{"row": each, "words": _words(each)} for each in mailboxes.mailboxes(request.member)],
        "waiting": access.waiting(request.member).count(),
    }
    return render(request, "customers/mail/sources.html", context, status=422 if form.errors else 200)


def _words(mailbox: Mailbox) -> str:
    return imap.sentence(mailbox.trouble, mailbox.said) if mailbox.trouble else ""


@gate("work")
@require_POST
def renew_address(request: GatedRequest) -> HttpResponse:
    """Make the member's address, or a new one in the place of the old."""
    addresses.renew(member=request.member)
    messages.success(request, _("Your address is ready. One you had before is no longer answered."))
    return _back(request)


@gate("work")
@require_POST
def connect_mailbox(request: GatedRequest) -> HttpResponse:
    """Connect a mailbox, once it lets itself be read."""
    form = MailboxForm(request.member, request.POST)
    made = _tried(form, lambda facts: mailboxes.connect(member=request.member, **facts))
    if made is None:
        return _page(request, form)
    mailboxes.read_soon(mailbox=made)
    messages.success(request, _("Connected. Its mails are read in a moment, then every few minutes."))
    return _back(request)


@never_cache
@gate("work")
@require_http_methods(["GET", "HEAD", "POST"])
def mailbox(request: GatedRequest, pk: int) -> HttpResponse:
    """Change a mailbox; saving tries it and starts it again."""
    row = mailboxes.mailbox_or_404(request.member, pk)
    form = MailboxForm(request.member, request.POST or None, instance=mailboxes.mailbox_or_404(request.member, pk))
    if request.method == "POST" and _tried(form, lambda facts: mailboxes.change(mailbox=row, **facts)) is not None:
        messages.success(request, _("Saved. The mailbox can be read."))
        return _back(request)
    context = {"mailbox": row, "form": form, "words": _words(row)}
    return render(request, "customers/mail/mailbox.html", context, status=422 if form.errors else 200)


@gate("work")
@require_POST
def read_mailbox(request: GatedRequest, pk: int) -> HttpResponse:
    """Look for new mails now."""
    mailboxes.read_soon(mailbox=mailboxes.mailbox_or_404(request.member, pk))
    messages.success(request, _("It is read in a moment."))
    return _back(request)


@gate("work")
@require_POST
def pause_mailbox(request: GatedRequest, pk: int) -> HttpResponse:
    """Read it no more until it goes on; with ``resume`` it goes on, once it lets itself be read."""
    row = mailboxes.mailbox_or_404(request.member, pk)
    try:
        if request.POST.get("resume"):
            mailboxes.resume(mailbox=row)
            messages.success(request, _("It goes on where it was."))
        else:
            mailboxes.pause(mailbox=row)
            messages.success(request, _("Paused. It is not read until you let it go on."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return _back(request)


@gate("work")
@require_POST
def remove_address(request: GatedRequest) -> HttpResponse:
    """Give the own address up."""
    addresses.retire(member=request.member)
    messages.success(request, _("What is sent to your address is no longer taken in."))
    return _back(request)


@gate("work")
@require_POST
def remove_mailbox(request: GatedRequest, pk: int) -> HttpResponse:
    """Read it no more."""
    mailboxes.remove(mailbox=mailboxes.mailbox_or_404(request.member, pk))
    messages.success(request, _("Taken away; its password is forgotten. What was filed stays."))
    return _back(request)


def _tried(form: MailboxForm, act: Callable[[dict[str, Any]], Mailbox]) -> Mailbox | None:
    if not form.is_valid():
        return None
    try:
        return act(form.cleaned_data)
    except ValidationError as error:
        found = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for field, problems in found.items():
            for problem in problems:
                form.add_error(field if field in form.fields else None, problem)
        return None


def _back(request: GatedRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("customers:mail_sources", args=[request.workspace.slug]))
