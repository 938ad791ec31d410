"""Versions of the sample's core platform: one that is about to lose its support, the one sold now, one in beta.

Names, dates and who runs which are thought up, by how long an account has been a customer; how many that are, and the
values of the plan, follow from the sample's own accounts and scores of every week since.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal

from evergrow.customers.models import Product
from evergrow.lib import clock
from evergrow.lib.bilingual import Name
from evergrow.success.plans import acts as plans
from evergrow.success.plans import course, measuring, tracking
from evergrow.success.plans.wishes import Wish as PlanWish
from evergrow.success.releases import access, acts
from evergrow.success.releases.models import ProductVersion
from evergrow.success.releases.wishes import Wish
from evergrow.workspaces.models import Member, Role, Workspace

PRODUCT = "core"
LONG, BEGAN, LASTS = 400, 6, 16
MANAGER, OWNER = {"en": "Shen Wei", "zh": "沈蔚"}, {"en": "Pan Ning", "zh": "潘宁"}


@dataclass(frozen=True, slots=True)
class Sketch:
    """``days``: each date by how far it lies from today. ``runs``: who is on it, customers from ``before`` the day that
    lies ``LONG`` days back, or from ``after``; None where nothing says so."""

    name: str
    news: Name
    days: dict[str, int]
    runs: Literal["before", "after"] | None


OLD = Sketch(
    "5.0",
    {"en": "The last version with the classic report editor.", "zh": "最后一个带经典报表编辑器的版本。"},
    {
        "beta_on": -640,
        "released_on": -580,
        "announced_on": -120,
        "last_order_on": -60,
        "sale_ends_on": -30,
        "support_ends_on": 75,
        "fixes_end_on": 165,
        "retired_on": 200,
    },
    "before",
)
NOW = Sketch(
    "5.1",
    {
        "en": "New report editor\nAlerts by mail for shared reports\nFaster import of large files",
        "zh": "全新的报表编辑器\n共享报表邮件提醒\n大文件导入提速",
    },
    {"beta_on": -160, "released_on": -90},
    "after",
)
NEXT = Sketch(
    "5.2",
    {"en": "Dashboards for teams, in beta with a few accounts.", "zh": "团队看板，正在小范围公测。"},
    {"beta_on": -12, "released_on": 45},
    None,
)


def load(workspace: Workspace) -> None:
    """Write in the versions, unless there are some. Doing it again changes nothing. Raises StoreUnavailable."""
    owners = Member.objects.filter(workspace=workspace, role=Role.OWNER, left_at=None)
    owner = owners.select_related("user", "workspace").order_by("pk").first()
    product = Product.objects.filter(workspace=workspace, code=PRODUCT, retired_at=None).first()
    if owner is None or product is None or ProductVersion.objects.filter(workspace=workspace).exists():
        return
    _old, sold, _next = [_written(sketch, product, owner) for sketch in (OLD, NOW, NEXT)]
    _plan(sold, owner)
    tracking.track(workspace)


def _written(sketch: Sketch, product: Product, owner: Member) -> ProductVersion:
    today = owner.workspace.today()
    language = "zh" if owner.workspace.language.startswith("zh") else "en"
    wish = Wish(
        product=product,
        name=sketch.name,
        news=sketch.news,
        owner=owner,
        product_manager=MANAGER[language],
        product_owner=OWNER[language],
        dates={name: today + timedelta(days=days) for name, days in sketch.days.items()},
        used_by=_runs(sketch, owner.workspace),
    )
    return acts.write_in(wish=wish, by=owner)


def _runs(sketch: Sketch, workspace: Workspace) -> dict[str, Any] | None:
    if sketch.runs is None:
        return None
    day = workspace.today() - timedelta(days=LONG)
    known = {"before": day.isoformat(), "after": (day - timedelta(days=1)).isoformat()}
    since = {"trait": "customer_since", sketch.runs: known[sketch.runs]}
    return {"all": [{"trait": "status", "is": ["active"]}, since]}


def _plan(version: ProductVersion, owner: Member) -> None:
    """A plan about it: more accounts in the band “healthy”; both agreed to it when it began."""
    workspace = owner.workspace
    begins = course.week_of(workspace.today()) - BEGAN * course.WEEK
    metric = {"source": "health", "measure": "healthy"}
    start = measuring.measure(measuring.World(workspace), metric, begins).value
    if not start:
        return
    wish = PlanWish(
        name={"en": "5.1 makes accounts healthier", "zh": "5.1 版本提升客户健康度"},
        goal={
            "en": "With the new report editor five percent more of the paying accounts are healthy after a quarter.",
            "zh": "借助全新报表编辑器，一个季度后“健康”档付费客户占比提升 5%。",
        },
        metric=metric,
        target=float(f"{start * 1.05:.3g}"),
        starts_on=begins,
        ends_on=begins + LASTS * course.WEEK - timedelta(days=1),
        subject_kind=access.KIND,
        subject_key=str(version.pk),
        owner=owner,
    )
    with clock.frozen(datetime.combine(begins, time(9), workspace.tz)):
        plans.begin(plan=plans.draw_up(wish=wish, by=owner), by=owner)
    with clock.frozen(datetime.combine(begins, time(15), workspace.tz)):
        note = {"en": "Goal and weekly number agreed.", "zh": "目标与每周跟踪数字已确认。"}
        language = "zh" if workspace.language.startswith("zh") else "en"
        for role in ("pm", "po"):
            acts.agree(version=version, role=role, on=begins, note=note[language], by=owner)
