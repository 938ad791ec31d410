"""What the sample's success managers wrote down after visits and calls, and the meetings that lie ahead."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from evergrow.customers.models import Account, ActivityKind, PointKind, TeamRole, Visit
from evergrow.customers.visits import points, writing
from evergrow.lib import clock, workdays
from evergrow.lib.bilingual import Name
from evergrow.success import owners
from evergrow.success.models import Run
from evergrow.success.sample import words
from evergrow.workspaces.models import Member, Workspace


@dataclass(frozen=True, slots=True)
class Talk:
    """A record, so many days ago. ``points``: what was written out of it, by kind."""

    days: int
    kind: ActivityKind
    mood: int
    facts: dict[str, Name]
    points: tuple[tuple[PointKind, Name], ...] = ()


TALKS = (
    Talk(
        34,
        ActivityKind.VISIT,
        -1,
        {
            "title": {"en": "Why use fell after the re-organisation", "zh": "组织调整后使用下降的原因"},
            "scene": {"en": "Month-end closing in finance", "zh": "财务部月末关账"},
            "experience": {
                "en": "Two trained users left; approvals went back to mail.",
                "zh": "两位熟手离职，审批又回到了邮件里。",
            },
            "need": {
                "en": "A figure by department before the roll-out goes on.",
                "zh": "继续推广之前，希望有分部门的数据。",
            },
            "evaluation": {"en": "The product is right, nobody owns it.", "zh": "产品合适，但没有人负责推动。"},
            "next_step": {"en": "Train the new team within two weeks.", "zh": "两周内培训新团队。"},
        },
        (
            (PointKind.NEED, {"en": "Report by department", "zh": "分部门报表"}),
            (PointKind.NEXT_STEP, {"en": "Training for the new finance team", "zh": "为新财务团队安排培训"}),
        ),
    ),
    Talk(
        20,
        ActivityKind.CALL,
        1,
        {
            "title": {"en": "First month after training", "zh": "培训后的第一个月"},
            "experience": {"en": "Closing takes two days less than before.", "zh": "关账比以前少用两天。"},
            "evaluation": {"en": "They would recommend us to their sister company.", "zh": "愿意向兄弟公司推荐。"},
        },
        ((PointKind.PRAISE, {"en": "Closing takes two days less", "zh": "关账缩短两天"}),),
    ),
    Talk(
        9,
        ActivityKind.MEETING,
        0,
        {
            "title": {"en": "Comparison with the other offer", "zh": "与另一家方案的对比"},
            "competitor": {"en": "A suite of their group", "zh": "集团自有套件"},
            "experience": {"en": "Search in long lists is slow.", "zh": "长列表搜索较慢。"},
            "need": {"en": "Single sign-on before the renewal.", "zh": "续约前需要单点登录。"},
        },
        (
            (PointKind.ISSUE, {"en": "Search in long lists is slow", "zh": "长列表搜索慢"}),
            (PointKind.NEED, {"en": "Single sign-on", "zh": "单点登录"}),
        ),
    ),
)
AHEAD: Name = {"en": "Quarterly review", "zh": "季度复盘会"}
AGENDA: Name = {
    "en": "What was promised, what came of it, the goal of next quarter.",
    "zh": "承诺了什么、结果如何、下季度的目标。",
}


def load(workspace: Workspace, lead: Member) -> None:
    """Write them down for the first accounts whose playbooks ran; unless there are records already."""
    if Visit.everything.filter(account__workspace=workspace, author__isnull=False).exists():
        return
    runs = Run.objects.filter(workspace=workspace).select_related("account__workspace").order_by("-started_at", "pk")
    accounts = list({run.account_id: run.account for run in runs}.values())
    for account, talk in zip(accounts[:6], TALKS * 2, strict=False):
        by = owners.team(account).get(TeamRole.CSM) or lead
        with clock.frozen(_on(workspace, -talk.days, 15)):
            _write(account, talk, by)
    for place, account in enumerate(accounts[:2], start=1):
        starts = _on(workspace, 3 * place, 10)
        facts: dict[str, Any] = {"title": words.of(lead, AHEAD), "agenda": words.of(lead, AGENDA), "minutes": 60}
        writing.plan(account=account, by=lead, kind=ActivityKind.MEETING, starts_at=starts, **facts)


def _write(account: Account, talk: Talk, by: Member) -> None:
    place = account.affiliations.filter(ended_on=None).select_related("person").order_by("pk").first()
    facts: dict[str, Any] = {name: words.of(by, text) for name, text in talk.facts.items()}
    visit = writing.log(
        account=account, by=by, kind=talk.kind, sentiment=talk.mood, person=place.person if place else None, **facts
    )
    for kind, text in talk.points:
        points.write_out(account=account, by=by, kind=kind, words=words.of(by, text), visit=visit)


def _on(workspace: Workspace, days: int, hour: int) -> datetime:
    day = workdays.roll(workspace.today() + timedelta(days=days), "next", workspace.workdays)
    return datetime.combine(day, time(hour), workspace.tz)
