"""Making products and saying which accounts use them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers import criteria as rules
from evergrow.customers.actions.numbers import next_number
from evergrow.customers.models import Account, Product, ProductUse, StageStay
from evergrow.customers.stages.editing import JOB
from evergrow.lib import clock
from evergrow.workspaces import audit, jobs
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace


class BadProduct(ValidationError):
    """The product cannot be kept so; the sentence says why."""


@transaction.atomic
def create(
    *,
    workspace: Workspace,
    code: str,
    name: str = "",
    name_zh: str = "",
    used_by: dict[str, Any] | None = None,
    by: Member | None,
) -> Product:
    """Make a product. Raises BadProduct."""
    require(by, "manage")
    _check(workspace, name or name_zh, used_by)
    if not code or Product.objects.filter(workspace=workspace, code=code).exists():
        raise BadProduct({"code": _("There is a product with this code already.")})
    number = next_number(workspace, "product")
    made = Product.objects.create(
        workspace=workspace, number=number, code=code, name=name, name_zh=name_zh, used_by=used_by
    )
    audit.record(workspace, "product.created", made, by=by)
    jobs.enqueue(JOB, workspace, by=by, dedupe_key="products")
    return made


@transaction.atomic
def edit(*, product: Product, name: str, name_zh: str, used_by: dict[str, Any] | None, by: Member | None) -> Product:
    """Change names and who uses it. Raises BadProduct."""
    require(by, "manage")
    _check(product.workspace, name or name_zh, used_by)
    product.name, product.name_zh, product.used_by = name, name_zh, used_by
    product.save(update_fields=["name", "name_zh", "used_by"])
    if used_by is None:
        product.uses.filter(source=ProductUse.Source.RULE).delete()
    audit.record(product.workspace, "product.edited", product, by=by)
    jobs.enqueue(JOB, product.workspace, by=by, dedupe_key="products")
    return product


@transaction.atomic
def retire(*, product: Product, by: Member | None) -> None:
    """Let a product take part in nothing any more; its history stays, the stage it stands in is left."""
    require(by, "manage")
    now = clock.now()
    StageStay.objects.filter(product=product, left_at=None).update(left_at=now)
    Product.objects.filter(pk=product.pk).update(retired_at=now)
    audit.record(product.workspace, "product.retired", product, by=by)


@transaction.atomic
def put_user(*, product: Product, account: Account, by: Member | None) -> None:
    """Say that an account uses a product, whatever its criteria say."""
    require(by, "work")
    if account.workspace_id != product.workspace_id:
        raise BadProduct({"account": _("There is no account with this id.")})
    today = product.workspace.today()
    made, is_new = ProductUse.objects.get_or_create(
        product=product, account=account, defaults={"since": today, "source": ProductUse.Source.MANUAL}
    )
    if not is_new:
        ProductUse.objects.filter(pk=made.pk).update(source=ProductUse.Source.MANUAL)
    audit.record(product.workspace, "product.user_put", product, by=by, data={"account": account.number})


@transaction.atomic
def take_user(*, product: Product, account: Account, by: Member | None) -> None:
    """Take back that an account uses a product; criteria may say so again."""
    require(by, "work")
    gone, _rows = ProductUse.objects.filter(product=product, account=account).delete()
    if gone:
        audit.record(product.workspace, "product.user_taken", product, by=by, data={"account": account.number})


def _check(workspace: Workspace, name: str, used_by: dict[str, Any] | None) -> None:
    if not name:
        raise BadProduct({"name": _("Give a name in one language at least.")})
    if used_by is None:
        return
    try:
        rules.parse(dict(used_by), "account", workspace)
    except rules.CriteriaError as error:
        raise BadProduct({"criteria": str(error)}) from error
