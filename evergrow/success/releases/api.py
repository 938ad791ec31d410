"""Versions of products for programs: written in, changed, deleted; who agreed to their goals."""

from typing import Any

from django.http import Http404
from ninja import Query, Router, Status

from evergrow.customers.models import Product
from evergrow.success.releases import access, acts, errors, reading, wishes
from evergrow.success.releases.models import DATES, VersionAgreement
from evergrow.success.releases.shapes import (
    ProductVersionIn,
    ProductVersionOut,
    ProductVersionWindow,
    VersionAgreementIn,
    VersionAgreementOut,
)
from evergrow.workspaces import queries
from evergrow.workspaces.api import ApiRequest, Page, RowId, page, token
from evergrow.workspaces.models import Member

router = Router(tags=["product versions"])


@router.get("/product-versions", auth=token("view"), response=Page[ProductVersionOut], summary="Product versions")
def versions(request: ApiRequest, window: Query[ProductVersionWindow]) -> dict[str, Any]:
    """All of the workspace, those written in last first."""
    found = reading.chosen(request.member, product=window.product, stands=window.standing or "", owner=window.owner)
    piece = page(found.select_related(*access.RELATED).prefetch_related("agreements"), window, by="-pk")
    return {**piece, "items": reading.rows(request.member, piece["items"], request.workspace.today())}


@router.post(
    "/product-versions",
    auth=token("work"),
    response={201: ProductVersionOut},
    summary="Write in a version of a product",
)
def write_in(request: ApiRequest, wish: ProductVersionIn) -> Status[reading.Row]:
    """Who runs it is asked at once."""
    made = acts.write_in(wish=_wish(request, wish), by=request.member)
    return Status(201, _row(request, made.pk))


@router.get("/product-versions/{id}", auth=token("view"), response=ProductVersionOut, summary="A version of a product")
def version(request: ApiRequest, id: RowId) -> reading.Row:
    return _row(request, id)


@router.put(
    "/product-versions/{id}",
    auth=token("work"),
    response=ProductVersionOut,
    summary="Change a version of a product",
)
def change(request: ApiRequest, id: RowId, wish: ProductVersionIn) -> reading.Row:
    """As a whole; it stays with its product."""
    found = access.version_or_404(request.member, id)
    acts.change(version=found, wish=_wish(request, wish), by=request.member)
    return _row(request, id)


@router.delete(
    "/product-versions/{id}", auth=token("work"), response={204: None}, summary="Delete a version of a product"
)
def delete(request: ApiRequest, id: RowId) -> Status[None]:
    """One that no plan is about."""
    acts.delete(version=access.version_or_404(request.member, id), by=request.member)
    return Status(204, None)


@router.post(
    "/product-versions/{id}/agreements",
    auth=token("work"),
    response={201: VersionAgreementOut},
    summary="Write down who agreed to the goals of a version",
)
def agree(request: ApiRequest, id: RowId, wish: VersionAgreementIn) -> Status[VersionAgreement]:
    """The product manager or the product owner agreed to what the version is to bring."""
    found = access.version_or_404(request.member, id)
    made = acts.agree(version=found, role=wish.role, on=wish.agreed_on, who=wish.who, note=wish.note, by=request.member)
    return Status(201, made)


def _row(request: ApiRequest, id: int) -> reading.Row:
    return reading.row(request.member, access.version_or_404(request.member, id))


def _wish(request: ApiRequest, wish: ProductVersionIn) -> wishes.Wish:
    product = Product.objects.filter(workspace=request.workspace, code=wish.product).first()
    if product is None:
        raise Http404
    return wishes.Wish(
        product=product,
        name=wish.name,
        news=wish.news.model_dump(),
        owner=_member(request, wish.owner),
        product_manager=_person(request, "product_manager", wish.product_manager, wish.product_manager_name),
        product_owner=_person(request, "product_owner", wish.product_owner, wish.product_owner_name),
        dates={name: getattr(wish, name) for name in DATES},
        used_by=wish.used_by,
    )


def _person(request: ApiRequest, field: str, pk: int | None, name: str) -> Member | str:
    if pk is not None and name:
        raise errors.OneOrTheOther(field=f"{field}_name")
    return _member(request, pk) or name


def _member(request: ApiRequest, pk: int | None) -> Member | None:
    return queries.member_or_404(request.member, pk) if pk is not None else None
