"""A computed trait's definition: read from JSON, checked, said in words.

{"measure": "sum", "event": "order", "property": "amount", "where": […], "within": {"days": 30},
 "empty": "zero" | "none", "among": {"event": "*", "where": […]}, "as": "text" | "number",
 "only": criteria, "schedule": "daily" | "hourly" | "on_demand"}
{"formula": "round(revenue / coalesce(seats, 1), 2)", "only": criteria, "schedule": …}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers import criteria
from evergrow.customers.criteria import Criteria, CriteriaError
from evergrow.customers.criteria.tree import ANY_EVENT, Did, Doing
from evergrow.customers.criteria.windows import Between, Last, Window
from evergrow.customers.models import Schedule
from evergrow.customers.traits.computed.measures import MEASURES, Measure
from evergrow.customers.traits.formula import check
from evergrow.customers.traits.formula.check import Formula
from evergrow.customers.traits.subjects import Kind
from evergrow.workspaces.models import Workspace

KNOWN = ("measure", "event", "where", "property", "within", "empty", "among", "as", "only", "schedule", "formula")
LONGEST = 200
ANYTHING = Doing(ANY_EVENT)


class DefinitionError(CriteriaError):
    """A definition that cannot be computed; ``part`` names the piece to mend."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What is computed for whom. Either ``formula``, or ``measure`` over the events of ``doing``."""

    kind: Kind
    workspace: Workspace
    schedule: str
    only: Criteria | None = None
    formula: Formula | None = None
    measure: Measure | None = None
    doing: Doing = ANYTHING
    of: str = ""
    within: Window | None = None
    among: Doing = ANYTHING
    is_zero: bool = False
    as_number: bool = False

    @property
    def type(self) -> str:
        """What the values are, as a ``TraitType``."""
        if self.formula:
            return "date" if self.formula.type == "day" else self.formula.type
        if self.measure and self.measure.gives == "value":
            return "number" if self.as_number else "text"
        return "number"

    def needs(self) -> set[tuple[str, str]]:
        """The traits it is computed from, as (kind, key)."""
        found: set[tuple[str, str]] = {(self.kind, key) for key in self.formula.needs} if self.formula else set()
        return found | set(criteria.needs(self.only).traits) if self.only else found


def read(data: Any, kind: Kind, workspace: Workspace, types: Mapping[str, str]) -> Definition:
    """Read a definition over traits of these types (for formulas). Raises DefinitionError at the offending part.

    Errors inside a formula are FormulaError, with the place.
    """
    if not isinstance(data, Mapping):
        raise DefinitionError("", _("A definition is an object such as {“measure”: “count”, “event”: “login”}."))
    for name in data:
        if name not in KNOWN:
            raise DefinitionError(str(name), _("“%(key)s” does not belong here.") % {"key": str(name)[:80]})
    schedule = data.get("schedule", Schedule.DAILY.value)
    if schedule not in Schedule.values:
        raise DefinitionError("schedule", _("Say “hourly”, “daily” or “on_demand”."))
    only = _only(data.get("only"), kind, workspace)
    if "formula" in data:
        return _formula(data, kind, workspace, types, schedule, only)
    return _measured(data, kind, workspace, schedule, only)


def _only(raw: Any, kind: Kind, workspace: Workspace) -> Criteria | None:
    if raw in (None, {}, {"all": []}):
        return None
    with _below("only"):
        return criteria.parse(raw, kind, workspace)


def _formula(
    data: Mapping[str, Any],
    kind: Kind,
    workspace: Workspace,
    types: Mapping[str, str],
    schedule: str,
    only: Criteria | None,
) -> Definition:
    extra = next((name for name in data if name not in ("formula", "only", "schedule")), None)
    if extra:
        raise DefinitionError(extra, _("A formula stands alone; take “%(key)s” away.") % {"key": extra})
    text = data["formula"]
    if not isinstance(text, str) or not text.strip():
        raise DefinitionError("formula", _("Write a formula, for example mrr / seats."))
    return Definition(kind, workspace, schedule, only, formula=check.read(text, types))


def _measured(
    data: Mapping[str, Any], kind: Kind, workspace: Workspace, schedule: str, only: Criteria | None
) -> Definition:
    measure = MEASURES.get(str(data.get("measure")))
    if measure is None:
        raise DefinitionError("measure", _("Choose one of: %(known)s.") % {"known": ", ".join(MEASURES)})
    did = _did(data, kind, workspace, within=data.get("within"))
    name = data.get("property") or ""
    if not isinstance(name, str) or len(name) > LONGEST or "\0" in name or (not name and measure.property == "needed"):
        raise DefinitionError("property", _("Choose a property."))
    if name and measure.property == "no":
        raise DefinitionError("property", _("This measure looks at no property; take it away."))
    _check_window(measure, did.within)
    if "among" in data and measure.key != "share":
        raise DefinitionError("among", _("Only a share compares with other events."))
    among = data.get("among") or {"event": ANY_EVENT}
    if not isinstance(among, Mapping) or set(among) - {"event", "where"}:
        raise DefinitionError("among", _("Say which events to compare with, as {“event”: “*”}."))
    with _below("among"):
        compared = _did(among, kind, workspace, within=None).doing
    return Definition(
        kind,
        workspace,
        schedule,
        only,
        measure=measure,
        doing=did.doing,
        of=name,
        within=did.within,
        among=compared,
        is_zero=_choice(data, "empty", ("zero", "none"), "zero") == "zero" and measure.may_be_zero,
        as_number=_choice(data, "as", ("text", "number"), "text") == "number" and measure.gives == "value",
    )


def _did(data: Mapping[str, Any], kind: Kind, workspace: Workspace, within: Any) -> Did:
    """The event with its conditions and window, read as criteria read them."""
    asked: dict[str, Any] = {"did": data.get("event", ANY_EVENT)}
    if data.get("where"):
        asked["where"] = data["where"]
    if within:
        asked["within"] = within
    try:
        root = criteria.parse(asked, kind, workspace).root
    except CriteriaError as error:
        part = "event" if error.part == "did" else error.part
        raise DefinitionError(part, error.message) from None
    if not isinstance(root, Did):
        raise DefinitionError("event", _("Choose an event, or “*” for any."))
    return root


def _check_window(measure: Measure, within: Window | None) -> None:
    if not measure.needs_window:
        return
    if isinstance(within, Last) and not (measure.key == "slope" and within.span.unit == "hours"):
        return
    if measure.key == "slope" and isinstance(within, Between) and within.first and (within.last or within.before):
        return
    raise DefinitionError("within", _("This measure needs a time such as the last 30 days."))


def _choice(data: Mapping[str, Any], name: str, known: tuple[str, ...], default: str) -> str:
    value = data.get(name, default)
    if value not in known:
        raise DefinitionError(name, _("Choose one of: %(known)s.") % {"known": ", ".join(known)})
    return str(value)


class _below:
    """Puts what is wrong inside under the name of the outer part."""

    def __init__(self, part: str) -> None:
        self.part = part

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        if isinstance(error, CriteriaError):
            part = f"{self.part}.{error.part}" if error.part else self.part
            raise DefinitionError(part, error.message) from None
