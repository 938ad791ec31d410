"""Plans of the sample: two that began eight weeks ago, measured by the sample's own scores of every week since.

Only goal and steps are thought up. Start values, weekly values, and whether a retrospective is called for, follow from
the sample as they would from anybody's data.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from evergrow.health.money.booking import book
from evergrow.lib import workdays
from evergrow.lib.bilingual import Name
from evergrow.success.models.playbooks import Playbook
from evergrow.success.plans import acts, course, measuring, tracking
from evergrow.success.plans.models import Direction, Plan, PlanStep, PlanStepState, Tolerance
from evergrow.success.plans.wishes import Wish
from evergrow.workspaces.models import Member, Role, Workspace

BEGAN, LASTS = 8, 16


@dataclass(frozen=True, slots=True)
class Sketch:
    """``way``: from the start value to the target, by so much of it. Steps are due in so many working days."""

    name: Name
    goal: Name
    measure: str
    way: float
    direction: Direction
    subject: str
    steps: tuple[tuple[Name, int], ...]


SKETCHES = (
    Sketch(
        {"en": "More healthy accounts", "zh": "提升健康客户占比"},
        {
            "en": "A tenth more of the paying accounts are in the band “healthy” after a quarter, by earlier training.",
            "zh": "通过更早的培训，一个季度后处于“健康”档的付费客户占比提升一成。",
        },
        "healthy",
        0.10,
        Direction.HIGHER,
        "adoption",
        (
            ({"en": "Choose the 30 accounts with the lowest adoption", "zh": "选出使用度最低的 30 个客户"}, -10),
            ({"en": "Run the adoption playbook for them", "zh": "为这些客户启动使用恢复剧本"}, 2),
            ({"en": "Compare their scores with those of last month", "zh": "与上月的健康分对比"}, 12),
        ),
    ),
    Sketch(
        {"en": "Less revenue at risk", "zh": "降低风险收入"},
        {
            "en": "A fifth less of the monthly revenue hangs on accounts at risk.",
            "zh": "依赖风险客户的月度收入减少五分之一。",
        },
        "risk_mrr",
        -0.20,
        Direction.LOWER,
        "save",
        (
            ({"en": "Call the ten largest accounts at risk", "zh": "致电收入最高的十个风险客户"}, 1),
            ({"en": "Agree a rescue plan with each of them", "zh": "与每个客户商定挽回方案"}, 8),
        ),
    ),
)


def load(workspace: Workspace) -> None:
    """Make the plans, unless there are some. Doing it again changes nothing. Raises StoreUnavailable."""
    owners = Member.objects.filter(workspace=workspace, role=Role.OWNER, left_at=None)
    owner = owners.select_related("user", "workspace").order_by("pk").first()
    if owner is None or Plan.objects.filter(workspace=workspace).exists():
        return
    book(workspace)
    for sketch in SKETCHES:
        _make(sketch, owner)
    tracking.track(workspace)


def _make(sketch: Sketch, owner: Member) -> None:
    workspace = owner.workspace
    today = workspace.today()
    begins = course.week_of(today) - BEGAN * course.WEEK
    metric = {"source": "health", "measure": sketch.measure}
    start = measuring.measure(measuring.World(workspace), metric, begins).value
    if not start:
        return
    known = Playbook.objects.filter(workspace=workspace, key=sketch.subject, retired_at=None).exists()
    wish = Wish(
        name=sketch.name,
        goal=sketch.goal,
        metric=metric,
        direction=sketch.direction,
        target=_round(start * (1 + sketch.way)),
        starts_on=begins,
        ends_on=begins + LASTS * course.WEEK - timedelta(days=1),
        tolerance=10,
        tolerance_kind=Tolerance.PERCENT,
        in_a_row=2,
        subject_kind="playbook" if known else "",
        subject_key=sketch.subject if known else "",
        owner=owner,
    )
    plan = acts.begin(plan=acts.draw_up(wish=wish, by=owner), by=owner)
    for name, days in sketch.steps:
        PlanStep.objects.create(
            plan=plan,
            name=dict(name),
            owner=owner,
            due_on=workdays.add(today, days, workspace.workdays),
            created_by=owner,
            **(_done(owner, days) if days < 0 else {}),
        )


def _done(owner: Member, days: int) -> dict[str, Any]:
    on = workdays.add(owner.workspace.today(), days, owner.workspace.workdays)
    ended_at = datetime.combine(on, time(15), owner.workspace.tz)
    return {"state": PlanStepState.DONE, "ended_by": owner, "ended_at": ended_at}


def _round(value: float) -> float:
    """To two significant digits, as goals are set."""
    return float(f"{value:.2g}")
