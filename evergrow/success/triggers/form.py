"""The form of a trigger's rule: what it shows, and what was typed as plain data for ``definition.read``."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.customers import criteria
from evergrow.customers.criteria import catalogue, posted
from evergrow.success.models.contact import ContactPriority
from evergrow.success.models.triggers import TRIGGER_ICONS, TriggerKind
from evergrow.success.triggers.definition import BLANK, NotReadable, criteria_data
from evergrow.workspaces.models import Workspace

ABOUT = {"account": "account", "contact": "person"}
NOBODY: dict[str, Any] = {"all": []}


def read(post: QueryDict, workspace: Workspace) -> dict[str, Any]:
    """The rule as it was typed; fields of other kinds are left out. Raises NotReadable, CriteriaError."""
    kind, about = post.get("kind", ""), post.get("about", "account")
    data: dict[str, Any] = {
        "kind": kind,
        "about": about,
        "who": {"criteria": _criteria(post, f"who_{about}", ABOUT.get(about, "account"), workspace)},
        "existing": {"yes": True, "no": False}.get(post.get("existing", "")),
        "reentry_days": post.get("reentry_days") or 0,
        "priority": post.get("priority") or 2,
        **_limit(post),
    }
    if kind == TriggerKind.WHILE:
        data["every_days"] = post.get("every_days") or ""
    if kind == TriggerKind.DATE:
        data |= _date(post)
    if kind == TriggerKind.EVENT:
        data |= _event(post, workspace)
    return data


def names(post: QueryDict) -> dict[str, str]:
    return {language: post.get(f"name_{language}", "") for language in ("en", "zh")}


def _criteria(post: QueryDict, field: str, kind: str, workspace: Workspace) -> Any:
    found = criteria.as_data(posted.read(post, kind, workspace, field))
    return found or NOBODY


def _limit(post: QueryDict) -> dict[str, Any]:
    limit = post.get("limit", "")
    if limit == "always":
        return {"most": None, "days": None, "is_calendar": False}
    days = None if limit == "ever" else post.get("days") or ""
    if days == "":
        raise NotReadable("days", _("Write within how many days."))
    return {"most": post.get("most") or 1, "days": days, "is_calendar": limit == "calendar"}


def _date(post: QueryDict) -> dict[str, Any]:
    text = post.get("offset", "") or "0"
    if not text.isdecimal() or len(text) > 5:
        raise NotReadable("offset", _("Write a whole number."))
    offset = -int(text) if post.get("side") == "before" else int(text)
    return {"trait": post.get("trait", ""), "offset": offset, "unit": post.get("unit", "days")}


def _event(post: QueryDict, workspace: Workspace) -> dict[str, Any]:
    """One event with conditions on its properties, out of an editor that could say more."""
    data = _criteria(post, "happening", "account", workspace)
    parts = data["all"] if set(data) == {"all"} else [data]
    if len(parts) != 1 or "did" not in parts[0] or not set(parts[0]) <= {"did", "where"}:
        sentence = _("Name one event with “Did”, without a number of times and without a time.")
        raise NotReadable("event", sentence)
    return {"event": parts[0]["did"], "where": parts[0].get("where", [])}


def as_typed(post: QueryDict) -> dict[str, Any]:
    """The fields as they were typed, right or wrong, to show them again."""
    plain = {name: post.get(name, "") for name in FIELDS}
    return {
        **plain,
        "who_account": posted.raw(post, "who_account") or NOBODY,
        "who_contact": posted.raw(post, "who_contact") or NOBODY,
        "happening": posted.raw(post, "happening") or NOBODY,
    }


FIELDS = (
    *("name_en", "name_zh", "kind", "about", "existing", "limit", "most", "days", "reentry_days"),
    *("every_days", "trait", "offset", "side", "unit", "priority"),
)


def as_fields(data: Mapping[str, Any], name: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a rule that is kept, or of a blank one."""
    given = {**BLANK, **data}
    limit = "always" if given["most"] is None else "ever" if given["days"] is None else ""
    who, is_contact = criteria_data(given["who"]), given["about"] == "contact"
    event = {"did": given["event"], **({"where": given["where"]} if given["where"] else {})}
    return {
        **{field: given.get(field) for field in FIELDS},
        "name_en": name.get("en", ""),
        "name_zh": name.get("zh", ""),
        "existing": {True: "yes", False: "no", None: ""}[given["existing"]],
        "limit": limit or ("calendar" if given["is_calendar"] else "rolling"),
        "most": given["most"] or 1,
        "days": given["days"] or 90,
        "offset": abs(given["offset"]),
        "side": "before" if given["offset"] < 0 else "after",
        "who_account": NOBODY if is_contact else who,
        "who_contact": who if is_contact else NOBODY,
        "happening": {"all": [event]} if given["event"] else NOBODY,
    }


def choices(workspace: Workspace) -> dict[str, Any]:
    """What the form offers to choose from."""
    dates = [each.info for each in catalogue.traits(workspace, "account") if each.info.type in ("date", "moment")]
    return {
        "kinds": [(value, label, TRIGGER_ICONS[TriggerKind(value)]) for value, label in TriggerKind.choices],
        "abouts": [("account", _("the account itself")), ("contact", _("one of its contacts"))],
        "traits": [(each.key, each.label) for each in dates],
        "limits": [
            ("rolling", _("in any so many days")),
            ("calendar", _("in so many calendar days, today included")),
            ("ever", _("ever")),
            ("always", _("as often as it comes true")),
        ],
        "sides": [("before", pgettext("date", "before")), ("after", pgettext("date", "after"))],
        "units": [("days", _("days")), ("workdays", _("working days"))],
        "priorities": ContactPriority.choices,
    }
