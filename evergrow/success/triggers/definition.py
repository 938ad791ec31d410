"""What the rule of a trigger says: read from plain data, checked, written back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers import criteria
from evergrow.customers.criteria.errors import CriteriaError
from evergrow.customers.criteria.tree import Criteria
from evergrow.lib import workdays
from evergrow.success.errors import Refused
from evergrow.success.models.triggers import TriggerKind
from evergrow.workspaces.models import Workspace

WHOLE = {"every_days": (1, 3660), "reentry_days": (0, 3660), "offset": (-3660, 3660), "priority": (1, 3)}
MOST, DAYS = 1000, 3660
SOURCES = ("criteria", "segment", "stage", "band")
BLANK: dict[str, Any] = {
    "kind": "enter",
    "about": "account",
    "who": {"criteria": {"all": []}},
    "existing": None,
    "most": 1,
    "days": 90,
    "is_calendar": False,
    "reentry_days": 0,
    "every_days": 30,
    "trait": "renews_on",
    "offset": -60,
    "unit": "days",
    "event": "",
    "where": [],
    "priority": 2,
}


class NotReadable(Refused):
    """A definition that cannot be used; ``field`` says which part is wrong."""

    sentence = "%(problem)s"

    def __init__(self, field: str, problem: str, error: CriteriaError | None = None) -> None:
        super().__init__(problem=problem)
        self.field, self.error = field, error


@dataclass(frozen=True, slots=True)
class Definition:
    """A rule. ``about``: the criteria are of the account or of one of its contacts. ``existing``: accounts that meet
    them already fire too (None: not chosen yet). ``most`` None is as often as it comes true; ``days`` None is ever.

    Of a date: so many ``unit`` (days, workdays) after the ``trait``, before it when negative. Of an event: its name and
    conditions on its properties, as criteria write them.
    """

    kind: str
    about: str
    who: Mapping[str, Any]
    existing: bool | None
    most: int | None
    days: int | None
    is_calendar: bool
    reentry_days: int
    every_days: int
    trait: str
    offset: int
    unit: str
    event: str
    where: tuple[Mapping[str, Any], ...]
    priority: int

    def as_data(self) -> dict[str, Any]:
        """Plain data; what its kind does not use is left out."""
        found: dict[str, Any] = {
            "kind": self.kind,
            "about": self.about,
            "who": dict(self.who),
            "existing": self.existing,
            "most": self.most,
            "days": self.days,
            "is_calendar": self.is_calendar,
            "reentry_days": self.reentry_days,
            "priority": self.priority,
        }
        own = {"while": ["every_days"], "date": ["trait", "offset", "unit"], "event": ["event", "where"]}
        for name in own.get(self.kind, []):
            value = getattr(self, name)
            found[name] = [dict(each) for each in value] if name == "where" else value
        return found

    def due_on(self, day: date, calendar: workdays.AnyCalendar) -> date:
        """The day on which a date makes it fire."""
        if self.unit == "workdays":
            return workdays.add(day, self.offset, calendar)
        return day + timedelta(days=self.offset)


def read(data: Mapping[str, Any]) -> Definition:
    """A definition from plain data; what is left out is as in ``BLANK``. Raises NotReadable."""
    given = {**BLANK, **data}
    if given["kind"] not in TriggerKind.values:
        raise NotReadable("kind", _("Choose what makes it fire."))
    if given["about"] not in ("account", "contact"):
        raise NotReadable("about", _("The criteria are of the account or of one of its contacts."))
    numbers = {name: _whole(given, name) for name in WHOLE}
    if given["unit"] not in ("days", "workdays"):
        raise NotReadable("unit", _("Days or working days."))
    who, where = given["who"], given["where"]
    if not isinstance(who, Mapping) or len(who.keys() & set(SOURCES)) != 1:
        raise NotReadable("who", _("Choose criteria, a segment, a stage or bands of health."))
    if not isinstance(where, list) or not all(isinstance(each, Mapping) for each in where):
        raise NotReadable("where", _("Conditions on the event's properties are a list."))
    most = None if given["most"] in (None, "") else _between(given, "most", 1, MOST)
    return Definition(
        kind=given["kind"],
        about=given["about"],
        who=dict(who),
        existing=None if given["existing"] is None else bool(given["existing"]),
        most=most,
        days=None if most is None or given["days"] in (None, "") else _between(given, "days", 1, DAYS),
        is_calendar=bool(given["is_calendar"]),
        trait=str(given["trait"]),
        unit=given["unit"],
        event=str(given["event"]).strip(),
        where=tuple(where),
        **numbers,
    )


def _whole(given: Mapping[str, Any], name: str) -> int:
    return _between(given, name, *WHOLE[name])


def _between(given: Mapping[str, Any], name: str, low: int, high: int) -> int:
    try:
        number = int(given[name])
    except (TypeError, ValueError):
        raise NotReadable(name, _("Write a whole number.")) from None
    if not low <= number <= high:
        raise NotReadable(name, _("Write a number from %(low)s to %(high)s.") % {"low": low, "high": high})
    return number


def criteria_data(who: Mapping[str, Any]) -> Any:
    """Whom a rule concerns, as criteria: a segment, a stage and bands of health are short for a condition."""
    if "segment" in who:
        return {"all": [{"segment": who["segment"]}]}
    if "stage" in who:
        lifecycle = who.get("lifecycle") or ""
        trait = f"stage.{lifecycle}" if lifecycle else "stage"
        return {"all": [{"trait": trait, "is": who["stage"]}]}
    if "band" in who:
        return {"all": [{"trait": "health.band", "is": who["band"]}]}
    return who["criteria"]


def parsed(definition: Definition, workspace: Workspace) -> Criteria:
    """The criteria of a rule. Raises NotReadable where they cannot be read."""
    kind: Any = "person" if definition.about == "contact" else "account"
    try:
        return criteria.parse(criteria_data(definition.who), kind, workspace)
    except CriteriaError as error:
        raise NotReadable("who", str(error), error) from None


def event_criteria(definition: Definition, workspace: Workspace) -> Criteria:
    """The event of a rule with its conditions, as criteria. Raises NotReadable."""
    if not definition.event:
        raise NotReadable("event", _("Name the event."))
    data = {"did": definition.event, "where": list(definition.where)} if definition.where else {"did": definition.event}
    try:
        return criteria.parse({"all": [data]}, "account", workspace)
    except CriteriaError as error:
        raise NotReadable("where", str(error), error) from None


def check(definition: Definition, workspace: Workspace) -> None:
    """Raise NotReadable unless it could be published."""
    if definition.existing is None:
        raise NotReadable(
            "existing", _("Choose whether accounts that meet the criteria already fire, or only new ones.")
        )
    parsed(definition, workspace)
    if definition.kind == TriggerKind.EVENT:
        event_criteria(definition, workspace)
    if definition.kind == TriggerKind.DATE and not definition.trait:
        raise NotReadable("trait", _("Choose the date it counts from."))
