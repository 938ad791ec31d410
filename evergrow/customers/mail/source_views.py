"""Where a member's mails come from: their own address."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from evergrow.customers.mail import access, addresses
from evergrow.workspaces.access import GatedRequest, gate


@never_cache
@gate("work")
@require_safe
def sources(request: GatedRequest) -> HttpResponse:
    """The member's own address, and how mails come in."""
    row = request.member.mail_addresses.filter(retired_at=None).first()
    context: dict[str, Any] = {
        "address": addresses.shown(request.member),
        "address_row": row,
        "tab": "sources",
        "is_open": bool(settings.MAIL_PORT),
        "limit": settings.MAIL_LIMIT_MIB,
        "waiting": access.waiting(request.member).count(),
    }
    return render(request, "customers/mail/sources.html", context)


@gate("work")
@require_POST
def renew_address(request: GatedRequest) -> HttpResponse:
    """Make the member's address, or a new one in the place of the old."""
    addresses.renew(member=request.member)
    messages.success(request, _("Your address is ready. One you had before is no longer answered."))
    return HttpResponseRedirect(reverse("customers:mail_sources", args=[request.workspace.slug]))
