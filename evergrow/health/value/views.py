"""The page of lifetime value: what customers are worth together, by what method, and the settings."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from evergrow.customers import access
from evergrow.health.value import actions, chart, portfolio, telling
from evergrow.health.value.models import Method, ValueSettings
from evergrow.insight.views import downloads
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import Job, JobState

ROWS = 20


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Shares are typed in percent."""

    margin = forms.DecimalField(label=gettext_lazy("gross margin, %"), min_value=Decimal("0.01"), max_value=100)
    discount = forms.DecimalField(label=gettext_lazy("discount rate a year, %"), min_value=0, max_value=99)

    class Meta:
        model = ValueSettings
        fields = ["method", "margin", "discount", "horizon", "growth", "group_by", "event", "property"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("margin", "discount"):
            self.initial[name] = (Decimal(self.initial[name]) * 100).normalize() + 0
        self.fields["event"].required = self.fields["property"].required = self.fields["group_by"].required = False
        for field in self.fields.values():
            is_choice = isinstance(field, forms.TypedChoiceField)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"

    def clean_margin(self) -> Decimal:
        return _share(self.cleaned_data["margin"])

    def clean_discount(self) -> Decimal:
        return _share(self.cleaned_data["discount"])


def _share(percent: Decimal) -> Decimal:
    return (percent / 100).quantize(Decimal("0.0001"))


@gate("view")
def value(request: GatedRequest) -> HttpResponse:
    """The values of the accounts the reader may see, largest first, and how they came about."""
    return _page(request, SettingsForm(instance=actions.settings_of(request.workspace)))


def _page(request: GatedRequest, form: SettingsForm, status: int = 200) -> HttpResponse:
    settings = actions.settings_of(request.workspace)
    language = get_language() or "en"
    seen = access.accounts(request.member)
    found = portfolio.read(request.workspace, seen)
    rows = portfolio.rows(request.workspace, seen)
    context = {
        "settings": settings,
        "found": found,
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "spread": chart.spread(found.spread, request.workspace.currency),
        "curves": chart.curves(settings.learned.get("curves") or {}, request.workspace),
        "problem": telling.problem(settings.learned),
        "notes": telling.notes(settings.learned, language),
        "learned": settings.learned,
        "form": form,
        "method": Method(settings.method).label,
        "job": Job.objects.filter(
            workspace=request.workspace, kind=actions.KIND, state__in=[JobState.QUEUED, JobState.RUNNING]
        ).first(),
        "may_manage": may(request.member, "manage"),
        "sql": str(rows.query) if may(request.member, "manage") else "",
    }
    return render(request, "health/value.html", context, status=status)


@gate("manage")
def settings(request: GatedRequest) -> HttpResponse:
    """POST changes how value is reckoned, and queues a computation."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = SettingsForm(request.POST, instance=actions.settings_of(request.workspace))
    if not form.is_valid():
        return _page(request, form, 422)
    try:
        actions.change_settings(workspace=request.workspace, by=request.member, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("health:value", request.workspace.slug)
    messages.success(request, _("Values are being computed; this page shows them when they are ready."))
    return redirect("health:value", request.workspace.slug)


@gate("manage")
def computation(request: GatedRequest) -> HttpResponse:
    """POST queues a computation."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    actions.request_compute(workspace=request.workspace, by=request.member)
    messages.success(request, _("Values are being computed; this page shows them when they are ready."))
    return redirect("health:value", request.workspace.slug)


@gate("view")
def export(request: GatedRequest, form: str) -> HttpResponseBase:
    """All values the reader may see, as CSV or Excel."""
    heads, rows = portfolio.sheet(request.workspace, access.accounts(request.member))
    return downloads.table(form, f"value-{request.workspace.today()}", heads, rows, zone=request.workspace.tz)
