"""The workspace's definition of engagement groups: read it, change it, see who changed it before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from evergrow.insight import event_names
from evergrow.insight.engagement import definitions, words
from evergrow.insight.engagement.definition import (
    BUILT_IN,
    LONGEST_PERIOD,
    MOST_GROUPS,
    PERIODS,
    BadDefinition,
    Definition,
    as_data,
    from_data,
)
from evergrow.insight.event_names import EventNames
from evergrow.insight.presence.source import Subject
from evergrow.insight.views import form_parts
from evergrow.workspaces.access import GatedRequest, gate


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as typed; the last row may be empty and adds one."""

    name_zh: str = ""
    name_en: str = ""
    days: str = ""
    key_times: str = ""
    error: str = ""


@gate("manage")
def definition(request: GatedRequest) -> HttpResponseBase:
    """The definition in force in a form; what is posted becomes the next version."""
    subject = _subject(request.GET.get("subject", ""))
    typed, wrong = as_data(definitions.current(request.workspace, subject)), None
    if request.method == "POST":
        try:
            typed = _typed(request.POST)
            kept = definitions.define(workspace=request.workspace, subject=subject, data=typed, by=request.member)
        except BadDefinition as error:
            wrong = error
        else:
            said = _("Version %(version)s counts from now on, for earlier periods too.") % {"version": kept.version}
            messages.success(request, said)
            page = reverse("insight:engagement", kwargs={"workspace": request.workspace.slug})
            return redirect(f"{page}?subject={subject}")
    return _page(request, subject, typed, wrong)


def _page(request: GatedRequest, subject: Subject, typed: dict[str, Any], wrong: BadDefinition | None) -> HttpResponse:
    names, language = event_names.of(request.workspace), get_language() or "en"
    current = definitions.current(request.workspace, subject)
    shown = {
        "subject": subject,
        "subjects": [(each, label, each is subject) for each, label in words.SUBJECTS.items()],
        "current": current,
        "period": typed["period"],
        "periods": [(str(each), words.PERIODS[each]) for each in PERIODS],
        "rows": _rows(typed["groups"], wrong),
        "wrong": wrong,
        "events": _events(request, typed["events"], names, language),
        "key_events": _events(request, typed["key_events"], names, language),
        "marked": words.key_events(Definition(groups=()), names, language),
        "longest": LONGEST_PERIOD,
        "history": _history(request, subject, names, language),
        "built_in": described(BUILT_IN[subject], names, language),
    }
    return render(request, "insight/engagement_definition.html", shown, status=422 if wrong else 200)


def _subject(text: str) -> Subject:
    return Subject(text) if text in list(Subject) else Subject.PERSON


def _typed(post: QueryDict) -> dict[str, Any]:
    """What was posted as a definition's JSON form; rows of groups without anything in them are left out."""
    parts = ("name_zh", "name_en", "days", "key_times")
    rows = zip(*(post.getlist(part) for part in parts), strict=False)
    groups = [dict(zip(parts, row, strict=True)) for row in rows if any(cell.strip() for cell in row)]
    for group in groups:
        group |= {"days": _number(group["days"]), "key_times": _number(group["key_times"] or "0")}
    return {
        "period": post.get("period", ""),
        "events": post.getlist("events"),
        "key_events": post.getlist("key_events"),
        "groups": groups,
    }


def _number(text: str) -> int | str:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text


def _rows(groups: Sequence[dict[str, Any]], wrong: BadDefinition | None) -> list[GroupRow]:
    found = [
        GroupRow(
            **{part: str(group[part]) for part in ("name_zh", "name_en", "days", "key_times")},
            error=str(wrong) if wrong and wrong.field == f"groups.{place}" else "",
        )
        for place, group in enumerate(groups)
    ]
    return [*found, GroupRow()] if len(found) < MOST_GROUPS else found


def _events(
    request: GatedRequest, chosen: Sequence[str], names: EventNames, language: str
) -> list[tuple[str, str, bool]]:
    """Every event that is seen, and whether it is chosen."""
    offered = form_parts.events(request.workspace, chosen, names, language)
    return [(event, label, event in chosen) for event, label in offered if event]


def _history(request: GatedRequest, subject: Subject, names: EventNames, language: str) -> list[dict[str, Any]]:
    """Every version that was kept, the newest first, told like the one in force."""
    return [
        {"kept": kept, "groups": described(from_data(kept.data, kept.version), names, language)}
        for kept in definitions.history(request.workspace, subject)
    ]


def described(found: Definition, names: EventNames, language: str) -> str:
    """A definition in one line: each group with what it asks for."""
    groups = [
        pgettext("a group and its criteria", "%(group)s: %(criteria)s")
        % {"group": words.level(found, level, language), "criteria": words.criteria(found.groups[level - 1])}
        for level in range(len(found.groups), 0, -1)
    ]
    return " · ".join([str(words.PERIODS[found.period]), *groups])
