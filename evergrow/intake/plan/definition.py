"""What a plan says, read from its JSON: of one event, and of the whole workspace. Mistakes are named by their path."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from evergrow.intake.models.plan import Mode
from evergrow.intake.plan import kinds
from evergrow.workspaces.errors import Refused

MODES = tuple(Mode.values)
IP_WAYS = ("keep", "truncate", "drop")
TEXT_WAYS = ("keep", "mask", "hash")
LISTS = ("allow", "deny", "mask", "hash")
MOST_PROPERTIES = 400
MOST_NAMES = 1000
MOST_VALUES = 500
LONGEST = 200
LONGEST_PATTERN = 500
MISSING, WRONG_TYPE, NOT_ALLOWED = "missing_property", "wrong_type", "value_not_allowed"
UNPLANNED_PROPERTY, UNPLANNED_EVENT = "unplanned_property", "unplanned_event"


class BadPlan(Refused):
    """A plan cannot be read; ``path`` says where, the text what to do."""

    def __init__(self, path: tuple[str | int, ...], sentence: str) -> None:
        super().__init__(sentence)
        self.path, self.sentence = path, sentence

    @property
    def place(self) -> str:
        return " → ".join(str(part) for part in self.path)

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.path else self.sentence


@dataclass(frozen=True, slots=True)
class Privacy:
    """Names of properties that alone may be kept, are left out, masked, or replaced by a keyed hash."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    mask: tuple[str, ...] = ()
    hash: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {name: list(names) for name in LISTS if (names := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class PropertyPlan:
    """What one property of an event must be. ``pattern`` (RE2) must fit the whole text, limits are for numbers."""

    type: str = kinds.ANY
    required: bool = False
    values: tuple[str, ...] = ()
    pattern: str = ""
    min: float | None = None
    max: float | None = None

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": self.type}
        if self.required:
            found["required"] = True
        if self.values:
            found["values"] = list(self.values)
        if self.pattern:
            found["pattern"] = self.pattern
        for name, limit in (("min", self.min), ("max", self.max)):
            if limit is not None:
                found[name] = int(limit) if limit == int(limit) else limit
        return found

    def fault(self, value: Any) -> str:
        """The kind of violation that a value (not None) is; empty where it fits."""
        if not kinds.fits(self.type, value):
            return WRONG_TYPE
        if self.values and as_word(value) not in self.values:
            return NOT_ALLOWED
        if isinstance(value, int | float) and not isinstance(value, bool):
            too_low = self.min is not None and not value >= self.min
            too_high = self.max is not None and not value <= self.max
            return NOT_ALLOWED if too_low or too_high else ""
        if self.pattern and isinstance(value, str) and not fits_pattern(self.pattern, value[:1000]):
            return NOT_ALLOWED
        return ""


@dataclass(frozen=True, slots=True)
class EventPlan:
    """The rules for one event. ``unplanned`` is what happens to properties not named here; empty: as everywhere."""

    mode: str = Mode.FLAG
    unplanned: str = ""
    properties: Mapping[str, PropertyPlan] = field(default_factory=dict)
    privacy: Privacy = field(default_factory=Privacy)

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"mode": str(self.mode)}
        if self.unplanned:
            found["unplanned"] = str(self.unplanned)
        if self.properties:
            found["properties"] = {name: rule.as_json() for name, rule in sorted(self.properties.items())}
        return found | self.privacy.as_json()


@dataclass(frozen=True, slots=True)
class WorkspaceRules:
    """The rules for everything: what is unplanned, and what is masked wherever it stands."""

    unplanned_events: str = Mode.KEEP
    unplanned_properties: str = Mode.KEEP
    ip: str = "keep"
    email: str = "keep"
    phone: str = "keep"
    privacy: Privacy = field(default_factory=Privacy)

    def as_json(self) -> dict[str, Any]:
        names = ("unplanned_events", "unplanned_properties", "ip", "email", "phone")
        return {name: str(getattr(self, name)) for name in names} | self.privacy.as_json()


def read_event(raw: Any, path: tuple[str | int, ...] = ()) -> EventPlan:
    """The plan of an event in its JSON form. Raises BadPlan."""
    parts = mapping(raw, path, {"mode", "unplanned", "properties", *LISTS})
    mode = _one_of(parts.get("mode", Mode.FLAG), MODES, (*path, "mode"))
    unplanned = parts.get("unplanned") or ""
    if unplanned:
        _one_of(unplanned, MODES, (*path, "unplanned"))
    given = parts.get("properties") or {}
    here = (*path, "properties")
    properties = mapping(given, here)
    if len(properties) > MOST_PROPERTIES:
        raise BadPlan(here, _("An event has at most %(most)s properties.") % {"most": MOST_PROPERTIES})
    rules = {name_of(name, here): read_property(rule, (*here, name)) for name, rule in properties.items()}
    return EventPlan(mode, unplanned, rules, _privacy(parts, path))


def read_property(raw: Any, path: tuple[str | int, ...] = ()) -> PropertyPlan:
    """The plan of a property in its JSON form; a type alone is enough. Raises BadPlan."""
    if isinstance(raw, str):
        raw = {"type": raw}
    parts = mapping({} if raw is None else raw, path, {"type", "required", "values", "pattern", "min", "max"})
    kind = _one_of(parts.get("type", kinds.ANY), tuple(kinds.KINDS), (*path, "type"))
    required = parts.get("required", False)
    if not isinstance(required, bool):
        raise BadPlan((*path, "required"), _("Write true or false."))
    pattern = parts.get("pattern") or ""
    if pattern:
        _check_pattern(pattern, kind, (*path, "pattern"))
    low, high = (_limit(parts.get(name), kind, (*path, name)) for name in ("min", "max"))
    if low is not None and high is not None and low > high:
        raise BadPlan((*path, "max"), _("The largest value is below the smallest."))
    values = _values(parts.get("values") or [], kind, (*path, "values"))
    return PropertyPlan(kind, required, values, pattern, low, high)


def read_rules(raw: Any, path: tuple[str | int, ...] = ()) -> WorkspaceRules:
    """The rules of a workspace in their JSON form. Raises BadPlan."""
    ways = {"unplanned_events": MODES, "unplanned_properties": MODES, "ip": IP_WAYS, "email": TEXT_WAYS}
    ways["phone"] = TEXT_WAYS
    parts = mapping(raw, path, {*ways, *LISTS})
    chosen = {name: _one_of(parts.get(name, "keep"), known, (*path, name)) for name, known in ways.items()}
    return WorkspaceRules(**chosen, privacy=_privacy(parts, path))


def mapping(raw: Any, path: tuple[str | int, ...], known: Iterable[str] | None = None) -> dict[str, Any]:
    """The value as names with values, of which only ``known`` may occur. Raises BadPlan."""
    if not isinstance(raw, dict):
        raise BadPlan(path, _("Names with values are expected here."))
    for name in raw:
        if known is not None and name not in known:
            words = {"name": str(name)[:80], "known": ", ".join(sorted(known))}
            raise BadPlan((*path, str(name)[:80]), _("“%(name)s” is not known. Use: %(known)s.") % words)
    return raw


def _one_of(value: Any, known: tuple[str, ...], path: tuple[str | int, ...]) -> str:
    if value not in known:
        words = {"value": str(value)[:80], "known": ", ".join(known)}
        raise BadPlan(path, _("“%(value)s” is not known. Use one of: %(known)s.") % words)
    return str(value)


def name_of(value: Any, path: tuple[str | int, ...]) -> str:
    """The value as the name of an event or a property. Raises BadPlan."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST or "\x00" in value:
        raise BadPlan(path, _("A name is a text of 1 to %(most)s characters.") % {"most": LONGEST})
    return value


def _privacy(parts: Mapping[str, Any], path: tuple[str | int, ...]) -> Privacy:
    found = {}
    for which in LISTS:
        given = parts.get(which) or []
        if not isinstance(given, list) or len(given) > MOST_NAMES:
            raise BadPlan((*path, which), _("A list of at most %(most)s names is expected.") % {"most": MOST_NAMES})
        named = (name_of(name, (*path, which, place)) for place, name in enumerate(given, 1))
        found[which] = tuple(dict.fromkeys(named))
    return Privacy(**found)


def _values(given: Any, kind: str, path: tuple[str | int, ...]) -> tuple[str, ...]:
    if not isinstance(given, list) or len(given) > MOST_VALUES:
        raise BadPlan(path, _("A list of at most %(most)s values is expected.") % {"most": MOST_VALUES})
    if given and kind in ("list", "object"):
        raise BadPlan(path, _("Values can be listed for texts, numbers, days and yes or no only."))
    for place, value in enumerate(given, 1):
        if not isinstance(value, str | int | float) or len(str(value)) > LONGEST or "\x00" in str(value):
            words = _("A value is a text of at most %(most)s characters, a number, or true or false.")
            raise BadPlan((*path, place), words % {"most": LONGEST})
    return tuple(dict.fromkeys(as_word(value) for value in given))


def _limit(given: Any, kind: str, path: tuple[str | int, ...]) -> float | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or abs(given) > 1e15 or given != given:
        raise BadPlan(path, _("A number is expected."))
    if kind != "number":
        raise BadPlan(path, _("Only numbers have a smallest and a largest value."))
    return float(given)


def _check_pattern(pattern: Any, kind: str, path: tuple[str | int, ...]) -> None:
    if not isinstance(pattern, str) or len(pattern) > LONGEST_PATTERN:
        raise BadPlan(path, _("A pattern is a text of at most %(most)s characters.") % {"most": LONGEST_PATTERN})
    if kind != "text":
        raise BadPlan(path, _("Only texts have a pattern."))
    try:
        fits_pattern(pattern, "")
    except ValueError as error:
        reason = str(error).partition("\n")[0][:160]
        raise BadPlan(path, _("The pattern cannot be read: %(reason)s") % {"reason": reason}) from error


@lru_cache(maxsize=4096)
def fits_pattern(pattern: str, text: str) -> bool:
    """Whether a pattern fits the whole text. RE2 takes linear time, so that no pattern can hold up the drain.

    Raises ValueError for a pattern that cannot be read.
    """
    found = pc.match_substring_regex(pa.array([text]), f"^(?:{pattern})$")
    return bool(found[0].as_py())


def as_word(value: Any) -> str:
    """A value as it is compared with the allowed ones: 12 and 12.0 alike, truth as in JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
