"""What the tests of versions of products put on the stage."""

from datetime import date, timedelta
from typing import Any

from evergrow.customers.models import Account, Product
from evergrow.customers.tests.stage import make_account
from evergrow.success.models import Plan, ProductVersion
from evergrow.success.plans import acts as plans
from evergrow.success.plans.wishes import Wish as PlanWish
from evergrow.success.releases import access, acts
from evergrow.success.releases.wishes import Wish
from evergrow.workspaces.models import Member, Workspace

TODAY, DAY = date(2026, 3, 25), timedelta(days=1)
LARGE = {"all": [{"trait": "seats", "at_least": 50}]}


def a_product(workspace: Workspace, number: int = 1, **facts: Any) -> Product:
    known = {"code": "core", "name": "Core platform", "name_zh": "核心平台", **facts}
    return Product.objects.create(workspace=workspace, number=number, **known)


def by_seats(workspace: Workspace) -> list[Account]:
    """Three accounts with 20, 60 and 100 seats, of which each brings its number in revenue."""
    return [make_account(workspace, f"Account {n}", seats=n, mrr=n) for n in (20, 60, 100)]


def wish(product: Product, **facts: Any) -> Wish:
    return Wish(**{"product": product, "name": "5.2", **facts})


def written(by: Member, product: Product, **facts: Any) -> ProductVersion:
    return acts.write_in(wish=wish(product, **facts), by=by)


def a_plan(by: Member, version: ProductVersion) -> Plan:
    wanted = PlanWish(
        name={"en": "New report used"},
        metric={"source": "entered"},
        start_value=0.0,
        target=60.0,
        starts_on=TODAY,
        ends_on=TODAY + 60 * DAY,
        subject_kind=access.KIND,
        subject_key=str(version.pk),
    )
    return plans.draw_up(wish=wanted, by=by)
