"""What an ideal customer profile says, read from its definition; and how a fit comes about.

Fit = 100 × weight of the criteria met ÷ weight of the criteria known. An exclusion that is met makes it 0. A must-have
that is surely missed caps it (``cap``). A criterion whose data is missing counts neither way: it leaves the sum, and
coverage says how much of the weight was known; below ``least_coverage`` no fit is given.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow.customers.models import IdealProfile
from evergrow.lib import bilingual

Kind = Literal["must", "nice", "exclude"]
KINDS: tuple[Kind, ...] = ("must", "nice", "exclude")
KEY = re.compile(r"[a-z][a-z0-9_]{0,38}")
MOST = 30


class BadProfile(ValidationError):
    """The definition cannot be used; the sentence says which part and why."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A part of the profile with its weight; an exclusion has none."""

    key: str
    names: Mapping[str, str]
    kind: Kind
    criteria: Mapping[str, Any]
    weight: float = 1

    @property
    def name(self) -> str:
        return bilingual.pick(self.names, get_language() or "en")


@dataclass(frozen=True, slots=True)
class Profile:
    criteria: tuple[Criterion, ...] = ()
    cap: float = 40
    least_coverage: float = 0.5
    version: IdealProfile | None = None

    @property
    def weighed(self) -> list[Criterion]:
        return [part for part in self.criteria if part.kind != "exclude"]

    @property
    def weight(self) -> float:
        return sum(part.weight for part in self.weighed)


@dataclass(frozen=True, slots=True)
class Fit:
    """``fit`` is None where too little is known. ``coverage`` is the known share of the weight."""

    fit: float | None
    coverage: float
    is_excluded: bool = False
    is_capped: bool = False


def fit(profile: Profile, met: Mapping[str, bool | None]) -> Fit:
    """The fit of an account from which criteria it meets; None is not known."""
    known = sum(part.weight for part in profile.weighed if met.get(part.key) is not None)
    coverage = known / profile.weight if profile.weight else 0.0
    if any(met.get(part.key) for part in profile.criteria if part.kind == "exclude"):
        return Fit(0.0, coverage, is_excluded=True)
    if not known or coverage < profile.least_coverage:
        return Fit(None, coverage)
    score = 100 * sum(part.weight for part in profile.weighed if met.get(part.key)) / known
    missed = any(met.get(part.key) is False for part in profile.criteria if part.kind == "must")
    capped = missed and score > profile.cap
    return Fit(profile.cap if capped else score, coverage, is_capped=capped)


EMPTY: dict[str, Any] = {"criteria": [], "cap": 40, "least_coverage": 0.5}


def read(definition: Mapping[str, Any], version: IdealProfile | None = None) -> Profile:
    """The profile of a definition. Raises BadProfile with a sentence that names the part."""
    given = definition.get("criteria")
    if not isinstance(given, list) or len(given) > MOST:
        raise BadProfile(_("A profile has at most %(most)d criteria.") % {"most": MOST})
    parts = tuple(_read_one(part) for part in given)
    if len({part.key for part in parts}) < len(parts):
        raise BadProfile(_("Two criteria have the same key."))
    cap, least = definition.get("cap", 40), definition.get("least_coverage", 0.5)
    if not _is_number(cap, 0, 100):
        raise BadProfile(_("The cap of a missed must-have is a number from 0 to 100."))
    if not _is_number(least, 0, 1):
        raise BadProfile(_("The least coverage is a share from 0 to 1."))
    return Profile(parts, float(cap), float(least), version)


def check_complete(profile: Profile) -> None:
    """Raise BadProfile where the profile cannot be published: it has to weigh something."""
    if not profile.weight:
        raise BadProfile(_("A profile needs at least one must-have or nice-to-have with a weight."))


def _read_one(part: Any) -> Criterion:
    if not isinstance(part, dict) or not KEY.fullmatch(str(part.get("key", ""))):
        raise BadProfile(_("A criterion's key begins with a letter and has small letters, digits and _ only."))
    words = {"key": part["key"]}
    names = part.get("name")
    if not isinstance(names, dict) or not any(isinstance(names.get(c), str) and names[c] for c in ("zh", "en")):
        raise BadProfile(_("The criterion “%(key)s” needs a name.") % words)
    if part.get("kind") not in KINDS:
        raise BadProfile(_("The criterion “%(key)s” is a must-have, a nice-to-have or an exclusion.") % words)
    if not isinstance(part.get("criteria"), dict) or not part["criteria"]:
        raise BadProfile(_("The criterion “%(key)s” has no condition.") % words)
    if not _is_number(part.get("weight", 1), 0, 1000):
        raise BadProfile(_("The weight of “%(key)s” is a number from 0 to 1000.") % words)
    names = {code: str(names[code])[:60] for code in ("zh", "en") if names.get(code)}
    return Criterion(part["key"], names, part["kind"], part["criteria"], float(part.get("weight", 1)))


def _is_number(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
