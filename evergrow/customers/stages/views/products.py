"""Products: their names, who uses them, and where they stand."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evergrow.customers import access, criteria, registry
from evergrow.customers.criteria import CriteriaError, posted
from evergrow.customers.models import Account, Product, StagedKind
from evergrow.customers.stages import panels, products
from evergrow.customers.stages.forms import ProductForm, UserForm
from evergrow.customers.stages.words import sentence
from evergrow.customers.views.forms import form_page
from evergrow.lib.digits import small
from evergrow.workspaces.access import GatedRequest, gate, may

PER_PAGE = 50


def _product(request: GatedRequest, number: int) -> Product:
    found = get_object_or_404(Product, workspace=request.workspace, number=number, retired_at=None)
    found.workspace = request.workspace
    return found


def _home(request: GatedRequest) -> str:
    return reverse("customers:products", args=[request.workspace.slug])


def _page(request: GatedRequest, product: Product) -> str:
    return reverse("customers:product", args=[request.workspace.slug, product.number])


@gate("view")
def listed(request: GatedRequest) -> HttpResponse:
    """Every product with its stage and how many of the accounts one may see use it."""
    seen = access.accounts(request.member).values("pk")
    rows = []
    for product in Product.objects.filter(workspace=request.workspace, retired_at=None).order_by("number"):
        ways = panels.ways(request.workspace, StagedKind.PRODUCT, product)
        rows.append((product, ways, product.uses.filter(account__in=seen).count()))
    context = {"rows": rows, "may_manage": may(request.member, "manage")}
    return render(request, "customers/stages/products.html", context)


@gate("view")
def shown(request: GatedRequest, number: int) -> HttpResponse:
    """A product: its way, its criteria in words, and the accounts that use it."""
    product = _product(request, number)
    uses = product.uses.filter(account__in=access.accounts(request.member)).select_related("account")
    page = Paginator(uses.order_by("-account__mrr", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "product": product,
        "ways": panels.ways(request.workspace, StagedKind.PRODUCT, product),
        "stage_kind": StagedKind.PRODUCT,
        "stage_subject": product,
        "rule": sentence(request.workspace, "account", product.used_by) if product.used_by else "",
        "shown": page,
        "count": page.paginator.count,
        "panels": [(panel.template, panel.context(request, product)) for panel in registry.product_panels()],
        "may_work": may(request.member, "work"),
        "may_manage": may(request.member, "manage"),
    }
    return render(request, "customers/stages/product.html", context)


@gate("manage")
def new(request: GatedRequest) -> HttpResponse:
    """Write in a product."""
    return _edit(request, None)


@gate("manage")
def edit(request: GatedRequest, number: int) -> HttpResponse:
    """Change names and who uses it."""
    return _edit(request, _product(request, number))


def _edit(request: GatedRequest, product: Product | None) -> HttpResponse:
    form = ProductForm(request.POST or None, instance=product or Product(workspace=request.workspace))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        facts = {"name": typed["name"], "name_zh": typed["name_zh"], "used_by": typed["criteria"]}
        try:
            if product is None:
                made = products.create(workspace=request.workspace, code=typed["code"], by=request.member, **facts)
            else:
                made = products.edit(product=product, by=request.member, **facts)
        except ValidationError as error:
            for field, problems in error.message_dict.items():
                form.add_error(field if field in form.fields else None, problems)
        else:
            messages.success(request, _("Saved. Who uses it is found with the next evaluation."))
            return redirect(_page(request, made))
    context = {
        "form": form,
        "product": product,
        "given": product.used_by if product else None,
        "problem": _problem(request, form),
        "back": _page(request, product) if product else _home(request),
    }
    return render(request, "customers/stages/product_form.html", context, status=422 if form.errors else 200)


def _problem(request: GatedRequest, form: ProductForm) -> CriteriaError | None:
    if not form.is_bound:
        return None
    try:
        criteria.parse(posted.raw(form.data, "criteria") or {}, "account", request.workspace)
    except CriteriaError as error:
        return error
    return None


@gate("manage")
@require_POST
def retirement(request: GatedRequest, number: int) -> HttpResponse:
    """Let a product take part in nothing any more."""
    products.retire(product=_product(request, number), by=request.member)
    messages.success(request, _("The product is retired; its history stays."))
    return redirect(_home(request))


@gate("work")
def user(request: GatedRequest, number: int) -> HttpResponse:
    """Say that an account uses it."""
    product = _product(request, number)
    form = UserForm(request.POST or None)
    return form_page(
        request,
        form,
        title=_("An account uses %(product)s") % {"product": product},
        label=_("Write down"),
        back=_page(request, product),
        act=lambda: products.put_user(
            product=product, account=_account(request, form.cleaned_data["account"]), by=request.member
        ),
        done=_("Written down."),
    )


def _account(request: GatedRequest, given: str) -> Account:
    rows = access.accounts(request.member)
    found = rows.filter(external_id=given).first()
    if found is None and small(given):
        found = rows.filter(number=small(given)).first()
    if found is None:
        raise products.BadProduct({"account": _("There is no account with this id.")})
    return found


@gate("work")
@require_POST
def user_removal(request: GatedRequest, number: int, account: int) -> HttpResponse:
    """Take back that an account uses it."""
    product = _product(request, number)
    found = get_object_or_404(access.accounts(request.member), number=account)
    products.take_user(product=product, account=found, by=request.member)
    messages.success(request, _("Taken back."))
    return redirect(_page(request, product))
