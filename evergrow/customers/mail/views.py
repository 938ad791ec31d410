"""Mails to be sorted, and where mails come from."""

import re
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from evergrow.customers import access as customers
from evergrow.customers.mail import access, filing, matching
from evergrow.customers.models import Account, Mail
from evergrow.workspaces.access import GatedRequest, gate

PAGE = 20
OFFERED = 500


@never_cache
@gate("work")
@require_safe
def mail(request: GatedRequest) -> HttpResponse:
    """The member's own mails that name nobody we know."""
    page = Paginator(access.waiting(request.member), PAGE).get_page(request.GET.get("page"))
    rows = [
        {"mail": row, "suggested": _suggested(row), "files": row.attachments.select_related("file")} for row in page
    ]
    context = {
        "tab": "waiting",
        "waiting": page.paginator.count,
        "page": page,
        "rows": rows,
        "offered": customers.accounts(request.member).order_by("-mrr", "name")[:OFFERED] if rows else [],
    }
    return render(request, "customers/mail/waiting.html", context)


@gate("work")
@require_POST
def file_mail(request: GatedRequest, pk: int) -> HttpResponse:
    """File a mail at the account that was chosen."""
    row = access.mail_or_404(request.member, pk)
    account = _account(request, request.POST.get("account", ""))
    if account is None:
        messages.error(request, _("Choose an account from the list, or type its number."))
        return _back(request)
    account.workspace = request.workspace
    filing.file(mail=row, accounts=[account])
    messages.success(request, _("Filed at %(account)s.") % {"account": account.called(get_language() or "en")})
    return _back(request)


@gate("work")
@require_POST
def drop_mail(request: GatedRequest, pk: int) -> HttpResponse:
    """Forget a mail."""
    filing.drop(mail=access.mail_or_404(request.member, pk), by=request.member)
    messages.success(request, _("Dropped. Its words and files are gone."))
    return _back(request)


@gate("work")
@require_POST
def drop_mails(request: GatedRequest) -> HttpResponse:
    """Forget every mail that waits."""
    rows = list(access.waiting(request.member)[:1000])
    for row in rows:
        filing.drop(mail=row, by=request.member)
    said = ngettext("%(count)d mail dropped.", "%(count)d mails dropped.", len(rows))
    messages.success(request, said % {"count": len(rows)})
    return _back(request)


def _suggested(row: Mail) -> list[Account]:
    return matching.suggested(row.member, [each["address"] for each in row.participants], f"{row.text}\n{row.quoted}")


def _account(request: GatedRequest, typed: str) -> Account | None:
    """What was typed: ``#12 Kite Works``, a number, or a name."""
    seen, text = customers.accounts(request.member), typed.strip()
    if (number := re.match(r"#?(\d{1,9})\b", text)) is not None:
        return seen.filter(number=int(number[1])).first()
    found: list[Any] = list(seen.filter(name__iexact=text)[:2]) if text else []
    return found[0] if len(found) == 1 else None


def _back(request: GatedRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("customers:mail", args=[request.workspace.slug]))
