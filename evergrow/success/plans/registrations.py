"""How plans are told, searched and worked off: notices, the list of the day, the daily round."""

from dataclasses import asdict
from datetime import time
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from evergrow.customers.search.sources import Entry as Found
from evergrow.customers.search.sources import Source as Searched
from evergrow.customers.search.sources import register as make_searchable
from evergrow.lib import bilingual
from evergrow.success.plans import access, day, retrospectives, steps, tracking
from evergrow.success.plans.models import Plan, Retrospective, RetrospectiveCause
from evergrow.workspaces import jobs, notices, ticks
from evergrow.workspaces.models import Job, Member
from evergrow.workspaces.notices.models import Notice

JOB = "success.plans"


def register() -> None:
    """Teach the bell, and put plans into the list of the day."""
    needed = gettext_lazy("A plan of mine needs a retrospective")
    notices.register(retrospectives.NEEDED, "refresh-alert", _needed, label=needed)
    given = gettext_lazy("A step of a plan was given to me")
    notices.register(steps.GIVEN, "target", _given, label=given)
    day.register()


@jobs.register(JOB)
def track(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Write down the values of the weeks that are over, and call for retrospectives."""
    return asdict(tracking.track(job.workspace))


ticks.daily(JOB, time(4, 0))


def _needed(notice: Notice) -> str:
    name = bilingual.pick(notice.data.get("name"), get_language() or "en")
    if notice.data.get("why") == RetrospectiveCause.MISSED:
        return _("The plan “%(name)s” missed its goal: a retrospective is due") % {"name": name}
    if notice.data.get("why") == RetrospectiveCause.ASKED:
        return _("%(by)s asks for a retrospective of the plan “%(name)s”") % {
            "by": notice.by or "Evergrow",
            "name": name,
        }
    return _("The plan “%(name)s” is behind: a retrospective is due") % {"name": name}


def _given(notice: Notice) -> str:
    language = get_language() or "en"
    facts = {
        "by": str(notice.by or "Evergrow"),
        "name": bilingual.pick(notice.data.get("name"), language),
        "plan": bilingual.pick(notice.data.get("plan"), language),
    }
    return _("%(by)s gave you “%(name)s” of the plan “%(plan)s”") % facts


def _plan_entry(row: Plan) -> Found:
    names = [str(text) for text in row.name.values() if text]
    body = "\n".join(str(text) for text in (*names[1:], *row.goal.values(), row.end_note) if text)
    return Found(row.workspace_id, names[0] if names else "", body, row.created_at, author=row.created_by_id)


def _retrospective_entry(row: Retrospective) -> Found | None:
    if not (row.cause or row.learned):
        return None
    names = [str(text) for text in row.plan.name.values() if text]
    return Found(row.plan.workspace_id, names[0] if names else "", f"{row.cause}\n{row.learned}", row.opened_at)


def _retrospectives(member: Member) -> QuerySet[Retrospective]:
    return Retrospective.objects.filter(plan__in=access.plans(member).values("pk"))


def _retrospective_url(slug: str, _number: int | None, key: int) -> str:
    plan = Retrospective.objects.values_list("plan", flat=True).get(pk=key)
    return reverse("success:plan_retrospective", args=[slug, plan, key])


make_searchable(
    Searched(
        "plan",
        gettext_lazy("Plans"),
        "target",
        "success.Plan",
        ("name", "goal", "end_note"),
        _plan_entry,
        lambda slug, _number, key: reverse("success:plan", args=[slug, key]),
        readable=access.plans,
        called=str,
    )
)
make_searchable(
    Searched(
        "retrospective",
        gettext_lazy("Retrospectives"),
        "refresh-alert",
        "success.Retrospective",
        ("cause", "learned"),
        _retrospective_entry,
        _retrospective_url,
        ("plan",),
        readable=_retrospectives,
        called=lambda row: str(row.plan),
    )
)
