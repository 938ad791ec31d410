"""How this room's timeline entries are told."""

from datetime import date
from typing import Any

from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from evergrow.customers import timeline
from evergrow.customers.models import ActivityKind, Direction, TeamRole, TimelineEntry
from evergrow.customers.profiles import values
from evergrow.customers.profiles.history import field_label
from evergrow.customers.tiers import scheme as schemes
from evergrow.lib import moments


def _created(entry: TimelineEntry) -> str:
    return _("Account created")


def _account_merged(entry: TimelineEntry) -> str:
    return _("%(name)s (#%(number)s) became a part of this account") % dict(entry.data)


def _account_split(entry: TimelineEntry) -> str:
    return _("%(name)s (#%(number)s) stands alone again") % dict(entry.data)


def _tier(entry: TimelineEntry) -> str:
    scheme = schemes.of(entry.account.workspace)
    return _("Tier: %(before)s → %(after)s") % {
        "before": scheme.name(entry.data["from"]),
        "after": scheme.name(entry.data["to"]),
    }


def _note(entry: TimelineEntry) -> str:
    return _("Note: %(words)s") % {"words": entry.data["body"]}


def _visit(entry: TimelineEntry) -> str:
    words = {"person": entry.data["person"], "words": entry.data["words"]}
    kind = entry.data.get("activity", ActivityKind.VISIT)
    if kind == ActivityKind.VISIT:
        return (_("Visit with %(person)s: %(words)s") if words["person"] else _("Visit: %(words)s")) % words
    words["kind"] = ActivityKind(kind).label
    if words["person"]:
        return _("%(kind)s with %(person)s: %(words)s") % words
    return _("%(kind)s: %(words)s") % words


def _mails(entry: TimelineEntry) -> str:
    words = dict(entry.data)
    if words["count"] > 1:
        words["rest"] = _("%(count)d mails, the latest: %(words)s") % words
    else:
        words["rest"] = words["words"]
    if words["person"] and words["direction"] == Direction.IN:
        return _("Mail from %(person)s “%(subject)s”: %(rest)s") % words
    if words["person"]:
        return _("Mail to %(person)s “%(subject)s”: %(rest)s") % words
    return _("Mail “%(subject)s”: %(rest)s") % words


def _planned(entry: TimelineEntry) -> str:
    language = get_language() or "en"
    words = {
        "kind": ActivityKind(entry.data["activity"]).label,
        "day": moments.day_text(date.fromisoformat(entry.data["on"]), entry.account.workspace.today(), language),
        "words": entry.data["words"],
    }
    return _("%(kind)s planned for %(day)s: %(words)s") % words


def _answered(entry: TimelineEntry) -> str:
    return _("Answered “%(words)s”: %(answer)s") % {"words": entry.data["words"], "answer": entry.data["answer"]}


def _team(entry: TimelineEntry) -> str:
    words = {"role": TeamRole(entry.data["role"]).label, "before": entry.data["from"], "after": entry.data["to"]}
    if not entry.data["to"]:
        return _("%(role)s: %(before)s stepped down, nobody follows yet") % words
    if entry.data["from"]:
        return _("%(role)s: %(before)s handed over to %(after)s") % words
    return _("%(role)s: %(after)s took over") % words


def _joined(entry: TimelineEntry) -> str:
    if entry.data["title"]:
        return _("New person: %(name)s, %(title)s") % {"name": entry.data["name"], "title": entry.data["title"]}
    return _("New person: %(name)s") % {"name": entry.data["name"]}


def _left(entry: TimelineEntry) -> str:
    return _("%(name)s left") % {"name": entry.data["name"]}


def _changes(entry: TimelineEntry) -> str:
    """What changed, in a few words: “Email a → b; Trait plan Pro → Max”."""
    kind = entry.kind.partition(".")[0]
    told = [
        _("%(field)s %(before)s → %(after)s")
        % {"field": field_label(kind, name), "before": _short(was), "after": _short(now)}
        for name, (was, now) in list(entry.data["changes"].items())[:4]
    ]
    if more := len(entry.data["changes"]) - len(told):
        told.append(_("%(count)d more") % {"count": more})
    return pgettext("between changes", "; ").join(told)


def _short(value: Any) -> str:
    text = values.told(value)
    return (text if len(text) <= 60 else f"{text[:59]}…") or "—"


def _account_edited(entry: TimelineEntry) -> str:
    return _("Changed: %(changes)s") % {"changes": _changes(entry)}


def _person_edited(entry: TimelineEntry) -> str:
    return _("%(name)s changed: %(changes)s") % {"name": entry.data["name"], "changes": _changes(entry)}


timeline.register("account.edited", "edit", _account_edited)
timeline.register("person.edited", "edit", _person_edited)
timeline.register("account.created", "building-plus", _created)
timeline.register("account.merged", "git-merge", _account_merged)
timeline.register("account.split", "arrow-back-up", _account_split)
timeline.register("account.tier", "award", _tier)
timeline.register("note.added", "note", _note)
timeline.register("visit.logged", "users", _visit)
timeline.register("visit.mails", "mail", _mails)
timeline.register("visit.planned", "calendar-plus", _planned)
timeline.register("point.answered", "message-check", _answered)
timeline.register("team.changed", "triangle", _team)
timeline.register("person.joined", "user-plus", _joined)
timeline.register("person.left", "user-x", _left)
timeline.name_topic("account", pgettext_lazy("timeline", "Account"))
timeline.name_topic("note", pgettext_lazy("timeline", "Notes"))
timeline.name_topic("visit", pgettext_lazy("timeline", "Visits"))
timeline.name_topic("point", pgettext_lazy("timeline", "Points"))
timeline.name_topic("team", pgettext_lazy("timeline", "Team"))
timeline.name_topic("person", pgettext_lazy("timeline", "People"))
