"""How versions of products join in elsewhere: plans, the bell, the morning's round, search, the account list."""

import logging
from datetime import time
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.customers import registry
from evergrow.customers.account_merges import registry as merges
from evergrow.customers.account_merges.record import Record
from evergrow.customers.models import Account, Product
from evergrow.customers.registry import Filter, ProductPanel
from evergrow.customers.search.sources import Entry as Found
from evergrow.customers.search.sources import Source as Searched
from evergrow.customers.search.sources import register as make_searchable
from evergrow.lib.digits import row_id
from evergrow.success.plans import subjects
from evergrow.success.releases import access, day, reading, told, using
from evergrow.success.releases.models import ProductVersion, VersionUse
from evergrow.success.releases.standing import Standing, standing_in
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.access import GatedRequest, may
from evergrow.workspaces.models import Job, Member, Workspace

JOB, ICON = "success.product_versions", "package"
log = logging.getLogger(__name__)


def register() -> None:
    """Teach the bell and the calendar; let plans be about versions of products."""
    told.register()
    day.register()
    label = gettext_lazy("Product versions")
    subjects.register(subjects.Subject(access.KIND, label, ICON, _choices, _find))


@jobs.register(JOB)
def turn(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Tell of ends that come near, and ask who runs each version, retired ones too. Raises StoreUnavailable."""
    workspace = job.workspace
    soon, asked = told.ends_soon(workspace), 0
    rows = ProductVersion.objects.filter(workspace=workspace, product__retired_at=None).exclude(used_by=None)
    for version in rows.select_related("product"):
        version.workspace = workspace
        asked += 1
        if not using.refresh(version):
            log.warning("Who runs %s of %s cannot be found: %s", version, workspace.slug, version.problem)
    return {"asked": asked, "soon": soon}


ticks.daily(JOB, time(4, 20))


def _choices(member: Member) -> list[tuple[str, str]]:
    rows = standing_in(access.versions(member), member.workspace.today()).exclude(stands=Standing.RETIRED)
    return [(str(row.pk), str(row)) for row in reading.ordered(rows)]


def _find(workspace: Workspace, key: str) -> subjects.Found | None:
    row = ProductVersion.objects.filter(workspace=workspace, pk=row_id(key)).select_related("product").first()
    return subjects.Found(str(row), reverse("success:product_version", args=[workspace.slug, row.pk])) if row else None


def _entry(row: ProductVersion) -> Found:
    names = list(dict.fromkeys(row.names.values()))
    body = "\n".join(str(text) for text in (*names[1:], *row.news.values()) if text)
    return Found(row.workspace_id, names[0], body, row.created_at, author=row.created_by_id)


make_searchable(
    Searched(
        "product_version",
        gettext_lazy("Product versions"),
        ICON,
        "success.ProductVersion",
        ("name", "news"),
        _entry,
        lambda slug, _number, key: reverse("success:product_version", args=[slug, key]),
        ("product",),
        readable=access.versions,
        called=str,
    )
)


def _runs(member: Member, values: list[str]) -> Q:
    """Accounts that run any of these versions, given by their ids. Raises ValueError for an unknown one."""
    keys = {row_id(value) for value in values}
    known = set(access.versions(member).filter(pk__in=keys).values_list("pk", flat=True))
    if keys - known:
        raise ValueError(_("There is no such version here. Choose one from the list."))
    return Q(pk__in=VersionUse.objects.filter(version__in=known).values("account"))


def _offered(workspace: Workspace) -> list[tuple[str, registry.Words]]:
    rows = ProductVersion.objects.filter(workspace=workspace).exclude(used_by=None)
    return [(str(row.pk), str(row)) for row in reading.ordered(rows)]


def _versions(request: GatedRequest, product: Product) -> dict[str, Any]:
    return {"rows": reading.of_product(request.member, product), "may_work": may(request.member, "work")}


registry.add(
    Filter("product_version", gettext_lazy("Runs the version"), _runs, _offered, position=96),
    ProductPanel("versions", "success/releases/panel.html", _versions),
)


def _settle(kept: Account, merged: Account, record: Record) -> None:
    """Where both run a version, the row of the account that is kept stays."""
    ours = VersionUse.objects.filter(account=kept).values("version")
    for row in VersionUse.objects.filter(account=merged, version__in=ours):
        record.drop(row)


merges.add("success.VersionUse", gettext_lazy("Versions of products that it runs"), _settle, 68)
