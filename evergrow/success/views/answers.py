"""Reading small forms, and sending people back where they came from with what happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from evergrow.lib.digits import row_id
from evergrow.success import access
from evergrow.success.errors import Refused
from evergrow.workspaces.access import GatedRequest
from evergrow.workspaces.models import Member


class Unreadable(Refused):
    """A field of a form that cannot be read."""

    sentence = "%(sentence)s"


@contextmanager
def saying(request: HttpRequest, done: str = "") -> Iterator[None]:
    """Tell ``done`` after the block, or why it was refused."""
    try:
        yield
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if done:
            messages.success(request, done)


def back(request: HttpRequest, default: str) -> HttpResponseRedirect:
    """To the page named in the form's ``next``, when it is one of ours, else to ``default``."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if wanted and is_ours else default)


def read_day(request: HttpRequest, name: str) -> date | None:
    """A date field, None when empty. Raises Unreadable."""
    text = request.POST.get(name, "") or request.GET.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        words = _("“%(text)s” is not a date. Write it like 2026-03-25.") % {"text": text}
        raise Unreadable(sentence=words) from None


def needed_day(request: HttpRequest, name: str) -> date:
    """A date field that must be filled. Raises Unreadable."""
    day = read_day(request, name)
    if day is None:
        raise Unreadable(sentence=_("Choose a day."))
    return day


def read_member(request: GatedRequest, name: str) -> Member | None:
    """A colleague chosen in a form, None when empty. Raises Unreadable."""
    text = request.POST.get(name, "")
    if not text:
        return None
    member = access.colleagues(request.member).filter(pk=row_id(text)).first()
    if member is None:
        raise Unreadable(sentence=_("Choose a colleague who may work in this workspace."))
    return member
