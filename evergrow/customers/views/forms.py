"""A form as a page of its own, or as a drawer over the page where htmx asks for it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRedirect

from evergrow.customers.views.page import page
from evergrow.workspaces.access import GatedRequest


def form_page(
    request: GatedRequest,
    *parts: forms.BaseForm,
    title: Any,
    label: Any,
    back: str,
    act: Callable[[], Any],
    done: Any,
    note: str = "",
) -> HttpResponse:
    """Show forms; once they are sent and read, do ``act`` and go ``back`` saying ``done``.

    What the action refuses stands beside the field it is about, and what was typed stays. ``act`` may give the
    address to go to instead of ``back``.
    """
    if request.method == "POST" and all(part.is_valid() for part in parts):
        try:
            to = act()
        except ValidationError as error:
            _tell(parts, error)
        else:
            messages.success(request, done)
            to = to if isinstance(to, str) else back
            return HttpResponseClientRedirect(to) if request.htmx else redirect(to)
    context = {"forms": parts, "title": title, "label": label, "back": back, "note": note}
    response = page(request, "customers/form.html", "customers/_drawer.html", context)
    response["HX-Push-Url"] = "false"  # a drawer is not a place to come back to
    return response


def _tell(parts: tuple[forms.BaseForm, ...], error: ValidationError) -> None:
    """Put the sentences of an error beside their fields."""
    found = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for field, problems in found.items():
        holder = next((part for part in parts if field in part.fields), None)
        for problem in problems:
            if holder is None:
                parts[0].add_error(None, problem)
            else:
                holder.add_error(field, problem)
