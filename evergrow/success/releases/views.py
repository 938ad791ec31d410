"""The pages of versions of products: the list, one version, its form, who agreed."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evergrow.customers import criteria
from evergrow.customers.criteria import CriteriaError, posted
from evergrow.customers.models import Product
from evergrow.lib.digits import row_id
from evergrow.lib.numerals import number as said
from evergrow.success.access import colleagues
from evergrow.success.errors import Refused
from evergrow.success.releases import access, acts, reading, using
from evergrow.success.releases.errors import WrongField
from evergrow.success.releases.forms import GROUPS, VersionForm
from evergrow.success.releases.models import ProductVersion
from evergrow.success.releases.standing import Standing
from evergrow.success.views.answers import Unreadable, needed_day, saying
from evergrow.warehouse import StoreUnavailable
from evergrow.workspaces.access import GatedRequest, gate, may

PER_PAGE = 50
TABS = [
    ("open", pgettext_lazy("versions of products", "Open")),
    ("over", pgettext_lazy("versions of products", "Over")),
]


@gate("view")
@require_safe
def versions(request: GatedRequest) -> HttpResponse:
    """Versions that are open, or over (``show``); of one ``product``, that stand so (``stands``), of one ``owner``."""
    asked, narrowed = request.GET, _narrowed(request.GET)
    counted = {key: reading.chosen(request.member, show=key, **narrowed).count() for key in reading.SHOWN}
    show = asked.get("show", "")
    if show not in reading.SHOWN:
        show = "open" if counted["open"] or not counted["over"] else "over"
    page = _paged(request, reading.chosen(request.member, show=show, **narrowed))
    kept = asked.copy()
    for name in ("show", "page"):
        kept.pop(name, None)
    context = {
        "page": page,
        "show": show,
        "tabs": [(key, label, counted[key]) for key, label in TABS],
        "kept": kept.urlencode(),
        "products": Product.objects.filter(workspace=request.workspace, versions__isnull=False).distinct(),
        "standings": [(each.value, each.label) for each in reading.SHOWN[show]],
        "owners": colleagues(request.member),
        "asked": asked,
        "is_narrowed": any(narrowed.values()),
        "left_behind": using.left_behind(request.member, request.workspace.today()),
        "may_work": may(request.member, "work"),
        "has_products": Product.objects.filter(workspace=request.workspace, retired_at=None).exists(),
    }
    return render(request, "success/releases/list.html", context)


def _narrowed(asked: QueryDict) -> dict[str, Any]:
    stands = asked.get("stands", "")
    return {
        "product": asked.get("product", ""),
        "stands": stands if stands in Standing.values else "",
        "owner": row_id(asked["owner"]) if asked.get("owner") else None,
    }


def _paged(request: GatedRequest, found: Any) -> Page[Any]:
    page: Page[Any] = Paginator(reading.ordered(found), PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = reading.rows(request.member, page.object_list, request.workspace.today())
    return page


@gate("view")
@require_safe
def version(request: GatedRequest, pk: int) -> HttpResponse:
    """One version: its dates, who runs it, the goals for it and who agreed to them."""
    found = access.version_or_404(request.member, pk)
    row = reading.row(request.member, found)
    largest = using.accounts(request.member, found).select_related("health_state").order_by("-mrr", "pk")
    context = {
        "version": found,
        "row": row,
        "rule": _rule(found),
        "largest": largest[: reading.MOST] if row.users.accounts else [],
        "plans": reading.goals(request.member, found),
        "agreed": reading.agreed(found),
        "agreements": list(found.agreements.select_related("by__user")),
        "has_plans": acts.plans_about(found).exists(),
        "leads": access.may_lead(request.member, found),
        "may_work": may(request.member, "work"),
        "today": request.workspace.today(),
    }
    return render(request, "success/releases/version.html", context)


def _rule(version: ProductVersion) -> str:
    """Who runs it, as a sentence; "" without criteria, or why they cannot be read any more."""
    if version.used_by is None:
        return ""
    try:
        return str(criteria.sentence(criteria.parse(dict(version.used_by), "account", version.workspace)))
    except CriteriaError as error:
        return str(error)


@gate("work")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: GatedRequest) -> HttpResponse:
    """Write in a version; ``product=core`` says of which product."""
    return _form(request, None)


@gate("work")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: GatedRequest, pk: int) -> HttpResponse:
    """Change a version."""
    found = access.version_or_404(request.member, pk)
    if not access.may_lead(request.member, found):
        problem = _("The owner of the version, its product manager and product owner, and managers decide about it.")
        return render(request, "success/releases/form.html", {"version": found, "problem": problem}, status=422)
    return _form(request, found)


def _form(request: GatedRequest, found: ProductVersion | None) -> HttpResponse:
    problem = ""
    form = VersionForm(request.member, request.POST or None, found, request.GET.get("product", ""))
    if request.method == "POST" and form.is_valid():
        try:
            made = _stored(request, form, found)
            return redirect("success:product_version", request.workspace.slug, made.pk)
        except Refused as refused:
            field = refused.field if isinstance(refused, WrongField) else ""
            if field in form.fields and field != "criteria":
                form.add_error(field, str(refused))
            else:
                problem = str(refused)
    context = {
        "version": found,
        "form": form,
        "groups": [(label, [form[name] for name in names]) for label, names in GROUPS],
        "given": found.used_by if found else None,
        "criteria_problem": _criteria_problem(request, form),
        "problem": problem,
    }
    return render(request, "success/releases/form.html", context, status=422 if problem or form.errors else 200)


def _stored(request: GatedRequest, form: VersionForm, found: ProductVersion | None) -> ProductVersion:
    if found is None:
        return acts.write_in(wish=form.wish(), by=request.member)
    return acts.change(version=found, wish=form.wish(), by=request.member)


def _criteria_problem(request: GatedRequest, form: VersionForm) -> CriteriaError | None:
    """What is wrong with the criteria that were posted, to be shown at its part."""
    data = posted.raw(form.data, "criteria") if form.is_bound else None
    if not data or data in ({"all": []}, {"any": []}):
        return None
    try:
        criteria.parse(data, "account", request.workspace)
    except CriteriaError as error:
        return error
    return None


@gate("work")
@require_POST
def move(request: GatedRequest, pk: int) -> HttpResponse:
    """Write down who agreed, ask anew who runs it, or delete it."""
    found, by = access.version_or_404(request.member, pk), request.member
    way, typed = request.POST.get("move", ""), request.POST
    with saying(request):
        if way == "agree":
            told = {name: typed.get(name, "") for name in ("role", "who", "note")}
            acts.agree(version=found, on=needed_day(request, "agreed_on"), by=by, **told)
            messages.success(request, _("Written down who agreed, and when."))
        elif way == "look":
            _look(request, found)
        elif way == "delete":
            acts.delete(version=found, by=by)
            messages.success(request, _("The version is deleted."))
            return redirect("success:product_versions", request.workspace.slug)
        else:
            raise Unreadable(sentence=_("Choose what to do with the version."))
    return redirect("success:product_version", request.workspace.slug, pk)


def _look(request: GatedRequest, found: ProductVersion) -> None:
    try:
        could = acts.look(version=found, by=request.member)
    except StoreUnavailable:
        raise Unreadable(sentence=_("The event store cannot be reached right now. Try again in a minute.")) from None
    if not could:
        raise Unreadable(sentence=found.problem)
    n = found.uses.count()
    sentence = ngettext("%(n)s account runs it now.", "%(n)s accounts run it now.", n)
    messages.success(request, sentence % {"n": said(n)})
