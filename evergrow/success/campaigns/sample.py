"""Campaigns of the sample: a webinar that is over, and training weeks that run, with a plan about them.

What they are called, what they cost and who came is thought up; whom they reach is in segments of the sample's own
accounts and people, and the plan is measured by the sample's own scores of every week since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from evergrow.customers.actions import segments
from evergrow.customers.models import Affiliation, Segment
from evergrow.customers.segments.refresh import refresh
from evergrow.intake.sample.files import chance_of
from evergrow.lib import clock
from evergrow.lib.bilingual import Name
from evergrow.success.campaigns import acts, costs, participation
from evergrow.success.campaigns.models import AudienceRow, Campaign, CampaignKind
from evergrow.success.campaigns.wishes import Wish
from evergrow.success.plans import acts as plans
from evergrow.success.plans import course, measuring, tracking
from evergrow.success.plans.models import Direction
from evergrow.success.plans.wishes import Wish as PlanWish
from evergrow.workspaces.models import Member, Role, Workspace

Spending = tuple[int, str, Name]
MOST_PEOPLE = 240


@dataclass(frozen=True, slots=True)
class Sketch:
    """From so many days ago, for so many days. Of a hundred so many took part, marked ``marked`` days after the start.

    ``spending``: on which day after the start, how much, what for.
    """

    name: Name
    purpose: Name
    kind: CampaignKind
    ago: int
    lasts: int
    budget: int
    came: int
    marked: int
    spending: tuple[Spending, ...]
    takes_newcomers: bool = False


WEBINAR = Sketch(
    {"en": "Webinar: reading your own usage", "zh": "线上讲座：读懂自己的使用数据"},
    {
        "en": "Key people learn which reports show whether their team keeps using the product.",
        "zh": "让关键人了解哪些报表能看出团队是否在持续使用产品。",
    },
    CampaignKind.ONLINE,
    ago=45,
    lasts=3,
    budget=12_000,
    came=34,
    marked=1,
    spending=(
        (0, "4800", {"en": "Webinar platform, one month", "zh": "直播平台一个月"}),
        (0, "3500", {"en": "Speaker", "zh": "讲师费"}),
        (2, "1260", {"en": "Recording and subtitles", "zh": "录播与字幕"}),
    ),
)
TRAINING = Sketch(
    {"en": "Training weeks for accounts at risk", "zh": "风险客户培训周"},
    {
        "en": "Accounts at risk get two trainings on site, so that their people come back.",
        "zh": "为风险客户安排两场现场培训，让用户重新用起来。",
    },
    CampaignKind.ON_SITE,
    ago=15,
    lasts=35,
    budget=40_000,
    came=45,
    marked=12,
    spending=(
        (1, "9600", {"en": "Trainers, first round", "zh": "第一轮讲师"}),
        (3, "5420", {"en": "Travel", "zh": "差旅"}),
        (8, "2300", {"en": "Printed material", "zh": "印刷资料"}),
    ),
    takes_newcomers=True,
)


def load(workspace: Workspace) -> None:
    """Make the campaigns, unless there are some. Doing it again changes nothing. Raises StoreUnavailable."""
    owners = Member.objects.filter(workspace=workspace, role=Role.OWNER, left_at=None)
    owner = owners.select_related("user", "workspace").order_by("pk").first()
    if owner is None or Campaign.objects.filter(workspace=workspace).exists():
        return
    _live(WEBINAR, _key_people, owner)
    training = _live(TRAINING, _at_risk, owner)
    _plan(training, owner)
    tracking.track(workspace)


def _live(sketch: Sketch, segment: Any, owner: Member) -> Campaign:
    """Draw it up, start it and go through its days, each at its own moment."""
    workspace = owner.workspace
    first = workspace.today() - timedelta(days=sketch.ago)
    others = Member.objects.filter(workspace=workspace, left_at=None).exclude(pk=owner.pk).order_by("pk")
    with clock.frozen(_at(owner, sketch, 0, 9)):
        wish = Wish(
            name=sketch.name,
            purpose=sketch.purpose,
            kind=sketch.kind,
            starts_on=first,
            ends_on=first + timedelta(days=sketch.lasts - 1),
            budget=Decimal(sketch.budget),
            segment=segment(owner),
            takes_newcomers=sketch.takes_newcomers,
            owner=owner,
            concerned=list(others.filter(role=Role.OPERATOR)[:2]),
        )
        campaign = acts.start(campaign=acts.draw_up(wish=wish, by=owner), by=owner)
    for days, amount, words in sketch.spending:
        with clock.frozen(_at(owner, sketch, days, 17)):
            what_for = words["zh"] if workspace.language.startswith("zh") else words["en"]
            day = first + timedelta(days=days)
            costs.enter(campaign=campaign, day=day, amount=Decimal(amount), what_for=what_for, by=owner)
    came = _came(campaign, sketch.came)
    if came:
        with clock.frozen(_at(owner, sketch, sketch.marked, 18)):
            participation.mark(campaign=campaign, numbers=came, by=owner)
    if campaign.ends_on < workspace.today():
        with clock.frozen(_at(owner, sketch, sketch.lasts, 1)):
            acts.end(campaign=campaign, by=owner)
    return campaign


def _at(owner: Member, sketch: Sketch, days: int, hour: int) -> datetime:
    day = owner.workspace.today() - timedelta(days=sketch.ago - days)
    return datetime.combine(day, time(hour), owner.workspace.tz)


def _came(campaign: Campaign, percent: int) -> Sequence[int]:
    """The numbers of those who took part: by chance, the same ones every time."""
    path = "person__number" if campaign.is_of_people else "account__number"
    rows = AudienceRow.objects.filter(campaign=campaign).order_by("pk").values_list(path, flat=True)
    return [number for number in rows if number and chance_of("came", f"{campaign.number} {number}") % 100 < percent]


def _key_people(owner: Member) -> Segment:
    workspace = owner.workspace
    key = Affiliation.objects.filter(
        account__workspace=workspace, account__status="active", is_key=True, ended_on=None, person__merged_into=None
    )
    numbers = key.order_by("person__number").values_list("person__number", flat=True).distinct()[:MOST_PEOPLE]
    return segments.create_segment(
        workspace=workspace,
        name="Invited to the usage webinar",
        name_zh="使用数据讲座邀请名单",
        kind="person",
        numbers=np.array(list(numbers), np.uint32),
        by=owner,
    )


def _at_risk(owner: Member) -> Segment:
    made = segments.create_segment(
        workspace=owner.workspace,
        name="Accounts at risk",
        name_zh="风险客户",
        kind="account",
        criteria={"all": [{"trait": "status", "is": ["active"]}, {"trait": "health.band", "is": ["risk"]}]},
        by=owner,
    )
    refresh(owner.workspace, [made])
    made.refresh_from_db()
    return made


def _plan(campaign: Campaign, owner: Member) -> None:
    """A plan about it: fewer accounts at risk, from the Monday of its first week."""
    begins = course.week_of(campaign.starts_on)
    metric = {"source": "health", "measure": "risk"}
    start = measuring.measure(measuring.World(owner.workspace), metric, begins).value
    if not start:
        return
    wish = PlanWish(
        name={"en": "Fewer accounts at risk after the trainings", "zh": "培训后风险客户减少"},
        goal={
            "en": "A tenth fewer accounts in the band “at risk” six weeks after the trainings.",
            "zh": "培训结束六周后，“风险”档客户减少一成。",
        },
        metric=metric,
        direction=Direction.LOWER,
        target=float(min(round(start * 0.9), round(start) - 1)),
        starts_on=begins,
        ends_on=begins + 11 * course.WEEK - timedelta(days=1),
        subject_kind=acts.KIND,
        subject_key=str(campaign.number),
        owner=owner,
    )
    plans.begin(plan=plans.draw_up(wish=wish, by=owner), by=owner)
