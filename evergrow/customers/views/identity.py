"""Conflicts between people, and how the workspace treats kinds of ids."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evergrow.customers.actions import identity as actions
from evergrow.customers.identity.kinds import rules
from evergrow.customers.models import Identifier, IdentifierKind, IdentityConflict, RefusedId
from evergrow.customers.queries import merging
from evergrow.customers.views.forms import form_page
from evergrow.workspaces.access import GatedRequest, gate, may

PAGE_SIZE = 50
State = IdentityConflict.State


class KindForm(forms.Form):
    """How one kind of id is treated."""

    key = forms.CharField(label=gettext_lazy("key"), max_length=30, help_text=gettext_lazy("For example crm_id."))
    name = forms.CharField(label=gettext_lazy("name"), max_length=80, required=False)
    trait = forms.CharField(
        label=gettext_lazy("trait"),
        max_length=80,
        help_text=gettext_lazy("The trait of identify messages, and the column of imports, that carries it."),
    )
    priority = forms.IntegerField(
        label=gettext_lazy("priority"),
        min_value=0,
        max_value=1000,
        help_text=gettext_lazy("Where ids of a visitor point at two people, the lowest number decides."),
    )
    most = forms.IntegerField(
        label=gettext_lazy("most values of a person"),
        min_value=1,
        max_value=1000,
        help_text=gettext_lazy("What is over is not joined, and shows as a conflict."),
    )
    joins = forms.BooleanField(label=gettext_lazy("joins people"), required=False)


@gate("view")
@require_safe
def conflicts(request: GatedRequest) -> HttpResponse:
    """Ids that pointed at two people, to merge or to leave apart."""
    shown = request.GET.get("state", State.OPEN)
    state = shown if shown in State.values else State.OPEN.value
    page = Paginator(merging.conflicts(request.member, state), PAGE_SIZE).get_page(request.GET.get("page"))
    kinds = rules(request.workspace)
    rows = [
        {
            "conflict": each,
            "kind": kinds[each.kind].name if each.kind in kinds else _kind_name(each.kind),
            "person": each.person.merged_into or each.person,
            "other": each.other.merged_into or each.other,
        }
        for each in page
    ]
    tabs = [(label, f"state={key}", key == state) for key, label in State.choices]
    context = {"page": page, "rows": rows, "tabs": tabs, "state": state, "may_work": may(request.member, "work")}
    return render(request, "customers/identity/conflicts.html", context)


@gate("work")
@require_POST
def dismiss(request: GatedRequest, pk: int) -> HttpResponse:
    """Leave the two people of a conflict apart."""
    open_ones = merging.conflicts(request.member, State.OPEN)
    actions.dismiss_conflict(conflict=get_object_or_404(open_ones, pk=pk), by=request.member)
    messages.success(request, _("They stay two. It will not come up again."))
    return redirect(reverse("customers:conflicts", kwargs={"workspace": request.workspace.slug}))


@gate("manage")
@require_http_methods(["GET", "POST"])
def identifiers(request: GatedRequest) -> HttpResponse:
    """The kinds of ids, and those ids that stand for nobody."""
    problem = ""
    if request.method == "POST":
        value = request.POST.get("value", "")
        try:
            if request.POST.get("act") == "accept":
                actions.accept_id(workspace=request.workspace, value=value, by=request.member)
            else:
                actions.refuse_id(workspace=request.workspace, value=value, by=request.member)
        except ValidationError as error:
            problem = "".join(error.messages)
        else:
            return redirect(_settings(request))
    own = set(IdentifierKind.objects.filter(workspace=request.workspace).values_list("key", flat=True))
    context = {
        "rules": [(rule, rule.key in own, actions.is_built_in(rule.key)) for rule in rules(request.workspace).values()],
        "refused": RefusedId.objects.filter(workspace=request.workspace).select_related("by__user").order_by("value"),
        "problem": problem,
    }
    return render(request, "customers/identity/identifiers.html", context, status=422 if problem else 200)


@gate("manage")
@require_http_methods(["GET", "POST"])
def new_kind(request: GatedRequest) -> HttpResponse:
    """Add a kind of id."""
    form = KindForm(request.POST or None, initial={"priority": 50, "most": 1, "joins": True})
    return _kind_page(request, form, _("New kind of id"))


@gate("manage")
@require_http_methods(["GET", "POST"])
def kind(request: GatedRequest, key: str) -> HttpResponse:
    """Change how a kind of id is treated."""
    rule = rules(request.workspace).get(key)
    if rule is None:
        raise Http404
    facts = {"key": key, "name": str(rule.name), "trait": rule.trait, "priority": rule.priority}
    data = {**request.POST.dict(), "key": key} if request.method == "POST" else None
    form = KindForm(data, initial={**facts, "most": rule.most, "joins": rule.joins})
    form.fields["key"].disabled = True
    return _kind_page(request, form, _("Change “%(kind)s”") % {"kind": rule.name})


@gate("manage")
@require_POST
def remove_kind(request: GatedRequest, key: str) -> HttpResponse:
    """Take a kind away, or treat a built-in one as at first."""
    if actions.remove_kind(workspace=request.workspace, key=key, by=request.member):
        messages.success(request, _("Done. Ids that are there stay."))
    return redirect(_settings(request))


def _kind_page(request: GatedRequest, form: KindForm, title: Any) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        label=_("Save"),
        back=_settings(request),
        act=lambda: actions.set_kind(workspace=request.workspace, by=request.member, **form.cleaned_data),
        done=_("Saved. It holds for what comes from now on."),
    )


def _settings(request: GatedRequest) -> str:
    return reverse("customers:identifiers", kwargs={"workspace": request.workspace.slug})


def _kind_name(kind: str) -> str:
    return str(dict(Identifier.Kind.choices).get(kind, kind))
