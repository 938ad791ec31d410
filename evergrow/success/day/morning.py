"""The day by message: on each working morning every member is told what is due, once, by the channels they chose."""

from datetime import date, time
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from evergrow.lib import bilingual, clock, workdays
from evergrow.lib.numerals import number
from evergrow.success.day import absence
from evergrow.success.day.listing import Listing, ask, listing, rows
from evergrow.workspaces import notices
from evergrow.workspaces.access import may
from evergrow.workspaces.models import Member, Workspace
from evergrow.workspaces.notices.models import Notice

BRIEF = "day.brief"
AT, TOO_LATE = time(8), time(11)
NAMED = 3
LANGUAGES = {"en": "en", "zh": "zh-hans"}


def register() -> None:
    """Teach the bell this kind."""
    notices.register(BRIEF, "sun", _sentence, label=gettext_lazy("What is due today, each working morning"))


def tell_all(workspace: Workspace) -> int:
    """Tell everybody whose day holds something, unless it is a day off or no morning any more; how many were told.

    Who is away or cannot sign in is left alone. A brief of an earlier day that nobody read is read then.
    """
    local = clock.now().astimezone(workspace.tz)
    today = workspace.today()
    if not AT <= local.time() < TOO_LATE or not workdays.is_workday(today, workspace.workdays):
        return 0
    found = Member.objects.filter(workspace=workspace, left_at=None, user__is_active=True).order_by("pk")
    members = [member for member in found.select_related("user", "workspace") if may(member, "work")]
    away = absence.days_away(workspace, [member.pk for member in members], today, today)
    return sum(tell(member, today) for member in members if member.pk not in away)


def tell(member: Member, today: date) -> bool:
    """Tell one member of today; whether there was something that they had not been told."""
    found = listing(ask(member))
    todays = found.todays
    if not todays:
        return False
    facts = {
        "todays": len(todays),
        "overdue": sum(1 for item in todays if item.fact.due_on and item.fact.due_on < today),
        "first": _first(found),
    }
    url = reverse("success:tasks", args=[member.workspace.slug])
    earlier = Notice.objects.filter(member=member, kind=BRIEF, read_at=None).exclude(dedupe_key=str(today))
    earlier.update(read_at=clock.now())
    before = Notice.objects.filter(member=member, kind=BRIEF, dedupe_key=str(today)).exists()
    return notices.tell(member, BRIEF, url=url, data=facts, dedupe_key=str(today)) is not None and not before


def _first(found: Listing) -> list[dict[str, Any]]:
    """What stands first, called in both languages."""
    shown = list(enumerate(found.todays[:NAMED], start=1))
    called: dict[str, list[str]] = {}
    for short, language in LANGUAGES.items():
        with translation.override(language):
            called[short] = [
                f"{item.row.title} · {item.row.account.called(short)}" if item.row.account else item.row.title
                for item in rows(found.ask, shown)
            ]
    return [dict(zip(LANGUAGES, both, strict=True)) for both in zip(*called.values(), strict=True)]


def _sentence(notice: Notice) -> str:
    data, language = notice.data, get_language() or "en"
    todays, overdue = int(data.get("todays", 0)), int(data.get("overdue", 0))
    said = ngettext("%(n)s thing for today", "%(n)s things for today", todays) % {"n": number(todays, language)}
    if overdue:
        said += _(", %(n)s of them overdue") % {"n": number(overdue, language)}
    first = [str(bilingual.pick(each, language)) for each in data.get("first", [])]
    if not first:
        return said
    return said + pgettext("before what stands first", ": ") + pgettext("between things to do", "; ").join(first)
