"""The pages of campaigns: the list, one campaign, its form, who counts as having taken part."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evergrow.customers import criteria
from evergrow.customers.criteria import CriteriaError, posted
from evergrow.lib.numerals import number as said
from evergrow.success.campaigns import access, acts, participation, reading
from evergrow.success.campaigns.forms import FIELD_OF, GROUPS, CampaignForm
from evergrow.success.campaigns.models import Campaign
from evergrow.success.errors import Refused
from evergrow.success.views.answers import Unreadable, saying
from evergrow.workspaces.access import GatedRequest, gate, may

PER_PAGE = 50
TABS = [
    ("running", pgettext_lazy("campaigns", "Running")),
    ("coming", pgettext_lazy("campaigns", "Coming")),
    ("over", pgettext_lazy("campaigns", "Over")),
]


@gate("view")
@require_safe
def campaigns(request: GatedRequest) -> HttpResponse:
    """Campaigns that run, that are coming, or that are over (``show``)."""
    seen = access.campaigns(request.member)
    counted = {key: seen.filter(state__in=states).count() for key, states in reading.SHOWN.items()}
    show = request.GET.get("show", "")
    if show not in reading.SHOWN:
        show = next((key for key, _label in TABS if counted[key]), "running")
    page = _paged(request, seen, show)
    context = {
        "page": page,
        "show": show,
        "tabs": [(key, label, counted[key]) for key, label in TABS],
        "running": counted["running"],
        "coming": counted["coming"],
        "may_work": may(request.member, "work"),
    }
    return render(request, "success/campaigns/list.html", context)


def _paged(request: GatedRequest, seen: Any, show: str) -> Page[Any]:
    rows = seen.filter(state__in=reading.SHOWN[show]).select_related("owner__user", "segment")
    page: Page[Any] = Paginator(rows.order_by(*reading.ORDERS[show]), PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = reading.rows(page.object_list, request.workspace.today())
    return page


def frame(request: GatedRequest, campaign: Campaign, tab: str) -> dict[str, Any]:
    """What every tab of a campaign shows."""
    today = request.workspace.today()
    return {
        "campaign": campaign,
        "row": reading.row(campaign, today),
        "tab": tab,
        "leads": access.may_lead(request.member, campaign),
        "runs": access.may_run(request.member, campaign),
        "may_work": may(request.member, "work"),
        "today": today,
    }


@gate("view")
@require_safe
def campaign(request: GatedRequest, number: int) -> HttpResponse:
    """One campaign: whom it reaches, what it costs, who took part, the plans about it, and what can be done now."""
    found = access.campaign_or_404(request.member, number)
    context = frame(request, found, "overview")
    context |= {
        "plans": reading.plans_about(request.member, found),
        "has_plans": acts.plans_about(found).exists(),
        "concerned": found.concerned.select_related("user"),
        "rule": rule_in_words(found),
        "days": participation.days(found),
    }
    return render(request, "success/campaigns/campaign.html", context)


def rule_in_words(campaign: Campaign) -> str:
    """Who counts as having taken part, as a sentence; "" without a rule, or with one that names what is gone."""
    if not campaign.taking_part:
        return ""
    try:
        kind = participation.kind_of(campaign)
        return str(criteria.sentence(criteria.parse(campaign.taking_part, kind, campaign.workspace)))
    except CriteriaError as error:
        return str(error)


@gate("work")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: GatedRequest) -> HttpResponse:
    """Draw up a campaign."""
    return _form(request, None)


@gate("work")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: GatedRequest, number: int) -> HttpResponse:
    """Change a campaign that is not over."""
    found = access.campaign_or_404(request.member, number)
    if not access.may_lead(request.member, found):
        problem = _("The owner of the campaign and managers decide about it.")
        return render(request, "success/campaigns/form.html", {"campaign": found, "problem": problem}, status=422)
    return _form(request, found)


def _form(request: GatedRequest, found: Campaign | None) -> HttpResponse:
    problem = ""
    form = CampaignForm(request.member, request.POST or None, found)
    if request.method == "POST" and form.is_valid():
        try:
            made = _stored(request, form, found)
            return redirect("success:campaign", request.workspace.slug, made.number)
        except Refused as refused:
            if (field := FIELD_OF.get(type(refused))) is not None:
                form.add_error(field, str(refused))
            else:
                problem = str(refused)
    groups = [(label, [form[name] for name in names]) for label, names in GROUPS]
    context = {"campaign": found, "form": form, "groups": groups, "problem": problem}
    return render(request, "success/campaigns/form.html", context, status=422 if problem or form.errors else 200)


def _stored(request: GatedRequest, form: CampaignForm, found: Campaign | None) -> Campaign:
    if found is None:
        return acts.draw_up(wish=form.wish(), by=request.member)
    return acts.change(campaign=found, wish=form.wish(), by=request.member)


@gate("work")
@require_POST
def move(request: GatedRequest, number: int) -> HttpResponse:
    """Start, end, cancel or delete it, or look anew who took part."""
    found, by = access.campaign_or_404(request.member, number), request.member
    way, note = request.POST.get("move", ""), request.POST.get("note", "")
    with saying(request):
        if way == "start":
            acts.start(campaign=found, by=by)
            count = found.size_at_start or 0
            messages.success(request, _("The campaign runs. Its audience: %(n)s.") % {"n": said(count)})
        elif way == "end":
            acts.end(campaign=found, by=by, note=note)
            messages.success(request, _("The campaign has ended. Its audience stays as it is."))
        elif way == "cancel":
            acts.cancel(campaign=found, by=by, note=note)
        elif way == "look":
            _look(request, found)
        elif way == "delete":
            acts.delete(campaign=found, by=by)
            messages.success(request, _("The draft is deleted."))
            return redirect("success:campaigns", request.workspace.slug)
        else:
            raise Unreadable(sentence=_("Choose what to do with the campaign."))
    return redirect("success:campaign", request.workspace.slug, found.number)


def _look(request: GatedRequest, found: Campaign) -> None:
    count = participation.look(campaign=found, by=request.member)
    sentence = ngettext("%(n)s more took part by the rule.", "%(n)s more took part by the rule.", count)
    messages.success(request, sentence % {"n": said(count)})


@gate("work")
@require_http_methods(["GET", "HEAD", "POST"])
def taking_part(request: GatedRequest, number: int) -> HttpResponse:
    """Say by which criteria somebody counts as having taken part."""
    found = access.campaign_or_404(request.member, number)
    data, error = found.taking_part, None
    if request.method == "POST":
        data = posted.raw(request.POST) or {}
        try:
            parsed = posted.read(request.POST, found.audience_kind, request.workspace)
            participation.set_rule(campaign=found, data=criteria.as_data(parsed), by=request.member)
            return redirect("success:campaign", request.workspace.slug, found.number)
        except (Refused, CriteriaError) as refused:
            error = refused
    context = {**frame(request, found, "overview"), "data": data, "error": error}
    return render(request, "success/campaigns/taking_part.html", context, status=422 if error else 200)
