"""Pages of the risk register: the list, the matrix, one risk, its form."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from evergrow.customers import access as customers
from evergrow.customers.forms import DateInput, Tabler
from evergrow.customers.models import Account, Product
from evergrow.lib.digits import row_id
from evergrow.success import access
from evergrow.success.errors import Refused
from evergrow.success.models import Risk, RiskCategory, RiskState
from evergrow.success.models.risks import OPEN_RISKS
from evergrow.success.risks import queries, register
from evergrow.success.views.answers import read_day, saying
from evergrow.workspaces.access import GatedRequest, gate, may

MOST = 500


class RiskForm(Tabler, forms.ModelForm):  # type: ignore[type-arg]
    """What is said of a risk. The account is given by its number, so that thousands need not be listed."""

    account_number = forms.IntegerField(label=_("account"), required=False, min_value=1)

    class Meta:
        model = Risk
        fields = [name for name in register.FIELDS if name != "account"]
        widgets = {
            "review_on": DateInput(),
            **{name: forms.Textarea(attrs={"rows": 2}) for name in ("cause", "event", "consequence", "controls")},
        }

    def __init__(self, request: GatedRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = request.member
        self.fields["owner"].queryset = access.colleagues(request.member)  # type: ignore[attr-defined]
        self.fields["product"].queryset = Product.objects.filter(workspace=request.workspace)  # type: ignore[attr-defined]
        for name in register.SCALES:
            blank = [("", "—")] if name.startswith("left") else []
            self.fields[name].widget = forms.Select(choices=[*blank, *[(str(n), str(n)) for n in range(1, 6)]])
        if self.instance.account_id:
            self.fields["account_number"].initial = self.instance.account.number
        self.dress()

    def clean_account_number(self) -> Account | None:
        number = self.cleaned_data.get("account_number")
        if not number:
            return None
        account = customers.accounts(self.member).filter(number=number).first()
        if account is None:
            raise forms.ValidationError(_("There is no account with this number that you may see."))
        return account

    def facts(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        found["account"] = found.pop("account_number")
        return found


@gate("view")
@require_GET
def risks(request: GatedRequest) -> HttpResponse:
    """The register, the gravest first, with chips."""
    today = request.workspace.today()
    rows = queries.filtered(queries.risks(request.member), request.GET, today)
    every = queries.risks(request.member)
    context = {
        "rows": [(risk, queries.level(risk.inherent), _level(risk), risk.is_overdue(today)) for risk in rows[:MOST]],
        "count": rows.count(),
        "states": [("open", _("open")), *RiskState.choices, ("all", _("all"))],
        "state": request.GET.get("state", "open"),
        "categories": RiskCategory.choices,
        "category": request.GET.get("category", ""),
        "overdue": every.filter(review_on__lt=today, state__in=OPEN_RISKS).count(),
        "open": every.filter(state__in=OPEN_RISKS).count(),
        "cell": _cell(request),
        "can_work": may(request.member, "work"),
    }
    return render(request, "success/risks/risks.html", context)


@gate("view")
@require_GET
def risk_matrix(request: GatedRequest) -> HttpResponse:
    """Likelihood against impact; each field leads to its risks."""
    residual = request.GET.get("show") != "inherent"
    context = {
        "cells": queries.matrix(queries.risks(request.member), residual=residual),
        "residual": residual,
        "can_work": may(request.member, "work"),
    }
    return render(request, "success/risks/matrix.html", context)


@gate("view")
@require_GET
def risk(request: GatedRequest, risk: int) -> HttpResponse:
    """One risk: what it is, how grave, what is done about it, its history."""
    row = queries.risk_or_404(request.member, risk)
    labels = {name: str(Risk._meta.get_field(name).verbose_name) for name in (*register.FIELDS, "state")}  # type: ignore[union-attr]
    context = {
        "risk": row,
        "level": queries.level(row.inherent),
        "left_level": _level(row),
        "is_overdue": row.is_overdue(request.workspace.today()),
        "ways": [(state, RiskState(state).label) for state in register.WAYS[row.state]],
        "moves": [
            (move, [(labels.get(name, name), move.before.get(name), move.after.get(name)) for name in move.after])
            for move in row.moves.select_related("by__user").order_by("-pk")[:60]
        ],
        "account_name": row.account.called(get_language() or "en") if row.account else "",
        "can_work": may(request.member, "work"),
    }
    return render(request, "success/risks/risk.html", context)


@gate("work")
def new_risk(request: GatedRequest) -> HttpResponse:
    """Put a risk on the register."""
    number = row_id(request.GET.get("account", "")) or None
    form = RiskForm(request, request.POST or None, initial={"account_number": number})
    if request.method == "POST" and form.is_valid():
        try:
            made = register.identify(workspace=request.workspace, by=request.member, **form.facts())
            return redirect("success:risk", request.workspace.slug, made.number)
        except Refused as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "title": _("New risk"), "back": reverse("success:risks", args=[request.workspace.slug])}
    return render(request, "success/risks/risk_form.html", context, status=400 if form.errors else 200)


@gate("work")
def change_risk(request: GatedRequest, risk: int) -> HttpResponse:
    """Change what is said of a risk."""
    row = queries.risk_or_404(request.member, risk)
    shown = queries.risk_or_404(request.member, risk)  # the form writes into its own, so that changes can be told
    form = RiskForm(request, request.POST or None, instance=shown)
    url = reverse("success:risk", args=[request.workspace.slug, row.number])
    if request.method == "POST" and form.is_valid():
        try:
            register.change(risk=row, by=request.member, **form.facts())
            messages.success(request, _("Saved."))
            return redirect(url)
        except Refused as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "title": row.title, "back": url}
    return render(request, "success/risks/risk_form.html", context, status=400 if form.errors else 200)


@gate("work")
@require_POST
def move_risk(request: GatedRequest, risk: int) -> HttpResponse:
    """Another state, or a review with the day of the next one."""
    row = queries.risk_or_404(request.member, risk)
    reason = request.POST.get("reason", "")
    with saying(request, _("Saved.")):
        if request.POST.get("move") == "review":
            register.review(risk=row, by=request.member, next_on=read_day(request, "next_on"), note=reason)
        else:
            register.move(risk=row, by=request.member, to=request.POST.get("move", ""), reason=reason)
    return redirect("success:risk", request.workspace.slug, row.number)


def _level(row: Risk) -> str:
    return queries.level(row.residual) if row.residual is not None else ""


def _cell(request: GatedRequest) -> str:
    given = request.GET
    if "likelihood" not in given and "impact" not in given:
        return ""
    return _("likelihood %(likelihood)s, impact %(impact)s") % {
        "likelihood": given.get("likelihood", "—")[:1],
        "impact": given.get("impact", "—")[:1],
    }
