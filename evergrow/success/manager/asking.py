"""What a manager asks of the team's work: the period and whose work, held in the page's address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from evergrow.lib import local_time
from evergrow.lib.digits import row_id
from evergrow.success import access
from evergrow.success.models import Playbook, Run, Task
from evergrow.success.models.playbooks import BY_ITSELF
from evergrow.workspaces.models import AccountScope, Member

PERIODS = (4, 13, 26, 52)
USUAL = 13
NONE = "none"
MORE = ("team", "member", "playbook")


@dataclass(frozen=True)
class Ask:
    """The last ``weeks`` weeks with the running one. ``team`` is a team's name, ``member`` a member's id or “none”
    (nobody's work), ``playbook`` a key or “none” (tasks made by hand); empty means all."""

    viewer: Member
    weeks: int = USUAL
    team: str = ""
    member: str = ""
    playbook: str = ""

    @cached_property
    def days(self) -> list[date]:
        """The first days of the weeks, and the day after the last."""
        workspace = self.viewer.workspace
        today = workspace.today()
        running = today - timedelta(days=(today.weekday() - workspace.week_start) % 7)
        first = running - timedelta(weeks=self.weeks - 1)
        return [first + timedelta(weeks=n) for n in range(self.weeks + 1)]

    @cached_property
    def bounds(self) -> list[datetime]:
        """The same as moments."""
        return [midnight(self.viewer, day) for day in self.days]

    @property
    def since(self) -> datetime:
        return self.bounds[0]

    @property
    def until(self) -> datetime:
        """The end of the running week."""
        return self.bounds[-1]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.team or self.member or self.playbook)

    def tasks(self) -> QuerySet[Task]:
        """People's work that the viewer sees, as far as it is asked for."""
        rows = of_people(access.tasks(self.viewer)).filter(owned_by("owner", self.team, self.member))
        return rows.filter(_of_playbook("run__", self.playbook)).order_by()

    def runs(self) -> QuerySet[Run]:
        """Runs whose accountable colleague and playbook are asked for."""
        rows = access.runs(self.viewer).filter(owned_by("owner", self.team, self.member))
        return (rows.none() if self.playbook == NONE else rows.filter(_of_playbook("", self.playbook))).order_by()

    def query(self, **more: Any) -> str:
        """The address's query for the same ask, with ``more``; what is usual is left out."""
        mine = {"weeks": self.weeks if self.weeks != USUAL else "", **{name: getattr(self, name) for name in MORE}}
        return urlencode({name: value for name, value in {**mine, **more}.items() if value not in ("", None)})

    def but(self, **fields: Any) -> "Ask":
        """The same with other fields."""
        return replace(self, **fields)


def read(member: Member, query: Mapping[str, Any]) -> Ask:
    """The ask in an address; what cannot be read counts as not said."""
    weeks, who, key = query.get("weeks", ""), query.get("member", ""), query.get("playbook", "")
    known = Playbook.objects.filter(workspace_id=member.workspace_id, key=key).exists() if key else False
    return Ask(
        viewer=member,
        weeks=int(weeks) if weeks in map(str, PERIODS) else USUAL,
        team=str(query.get("team", "")).replace("\x00", "")[:60],
        member=who if who == NONE or row_id(who) else "",
        playbook=key if key == NONE or known else "",
    )


def check_sees_team(member: Member) -> None:
    """Raise PermissionDenied for who sees their own accounts alone: figures of a team would say nothing true."""
    if not sees_team(member):
        raise PermissionDenied(_("This page is for members who see the accounts of their team, or all."))


def sees_team(member: Member) -> bool:
    return member.scope != AccountScope.OWN


def of_people(rows: QuerySet[Task]) -> QuerySet[Task]:
    """Without what Evergrow takes itself (waits, webhooks, other playbooks), as long as nothing is in the way."""
    return rows.exclude(kind__in=BY_ITSELF, problem={})


def owned_by(path: str, team: str, member: str) -> Q:
    """The condition on a row's owner."""
    found = Q(**{f"{path}__team": team}) if team else Q()
    if member == NONE:
        return found & Q(**{f"{path}__isnull": True})
    return found & Q(**{path: int(member)}) if member else found


def _of_playbook(path: str, key: str) -> Q:
    if key == NONE:
        return Q(run__isnull=True)
    return Q(**{f"{path}playbook__key": key}) if key else Q()


def midnight(member: Member, day: date) -> datetime:
    """The moment at which a day begins in the member's workspace."""
    return local_time.moment(day, time(), member.workspace.tz)
