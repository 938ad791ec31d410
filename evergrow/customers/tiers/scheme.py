"""What a tier scheme says, read from its definition; and the scheme every workspace begins with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow.customers.models import EditionState, TierScheme
from evergrow.customers.tiers.entitlement import Entitlement, read_entitlements
from evergrow.lib import bilingual
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Workspace

KEY = re.compile(r"[a-z][a-z0-9_]{0,38}")
LOOKS = ("strong", "outline", "soft", "general")
ICONS = ("award", "crown", "diamond", "star", "medal", "trophy", "shield", "building", "users", "circle", "seedling")
MOST_TIERS = 12


class BadScheme(ValidationError):
    """The definition cannot be used; the sentence says which part and why."""


@dataclass(frozen=True, slots=True)
class Wait:
    """When a move takes effect: after ``days`` in a row, or on the next review date (``at_review``)."""

    days: int = 0
    at_review: bool = False


@dataclass(frozen=True, slots=True)
class Reviews:
    """The dates on which waiting moves take effect: the ``day`` of each of these ``months``."""

    months: tuple[int, ...] = (1, 4, 7, 10)
    day: int = 1


@dataclass(frozen=True, slots=True)
class TierRule:
    """A tier. ``priority`` 1 is asked first. ``criteria`` is None for a tier that only people put accounts into."""

    key: str
    names: Mapping[str, str]
    priority: int
    criteria: Mapping[str, Any] | None = None
    is_rest: bool = False
    is_key: bool = False
    load: float = 1
    review_months: int = 6
    look: str = "soft"
    icon: str = "award"

    @property
    def name(self) -> str:
        return bilingual.pick(self.names, get_language() or "en")

    @property
    def has_rule(self) -> bool:
        return self.criteria is not None


@dataclass(frozen=True)
class Scheme:
    """Tiers from the top down, the waits for moves in either direction, and what each tier is due."""

    tiers: tuple[TierRule, ...]
    up: Wait = field(default_factory=Wait)
    down: Wait = field(default_factory=Wait)
    reviews: Reviews = field(default_factory=Reviews)
    approval: bool = False
    entitlements: tuple[Entitlement, ...] = ()
    version: TierScheme | None = None

    @cached_property
    def by_key(self) -> dict[str, TierRule]:
        return {tier.key: tier for tier in self.tiers}

    @cached_property
    def rank(self) -> dict[str, int]:
        """The place of each tier, 0 at the top."""
        return {tier.key: place for place, tier in enumerate(self.tiers)}

    @property
    def has_rules(self) -> bool:
        return any(tier.has_rule for tier in self.tiers)

    @property
    def needs_approval(self) -> bool:
        """Whether a tier set by hand is an exception: with a reason, a second manager and a last day."""
        return self.approval or self.has_rules

    @property
    def rest(self) -> TierRule:
        """The tier of accounts that no rule claims."""
        return next(tier for tier in self.tiers if tier.is_rest)

    @property
    def key_tiers(self) -> frozenset[str]:
        """The tiers whose accounts are key customers."""
        return frozenset(tier.key for tier in self.tiers if tier.is_key)

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(tier.key, tier.name) for tier in self.tiers]

    def name(self, key: str) -> str:
        """What a tier is called; a key that a former scheme had is shown as it is."""
        tier = self.by_key.get(key) or STANDARD.by_key.get(key)
        return tier.name if tier else key

    def look(self, key: str) -> str:
        tier = self.by_key.get(key)
        return tier.look if tier else "outline"

    def is_up(self, from_tier: str, to_tier: str) -> bool:
        """Whether the move is towards the top. A tier that is gone counts as below all others."""
        last = len(self.tiers)
        return self.rank.get(to_tier, last) < self.rank.get(from_tier, last)


def read(definition: Mapping[str, Any], version: TierScheme | None = None) -> Scheme:
    """The scheme of a definition. Raises BadScheme with a sentence that names the part."""
    tiers = _read_tiers(definition.get("tiers"))
    scheme = Scheme(
        tiers=tiers,
        up=_wait(definition.get("up", {}), _("Moving up")),
        down=_wait(definition.get("down", {}), _("Moving down")),
        reviews=_reviews(definition.get("reviews", {})),
        approval=bool(definition.get("approval", False)),
        version=version,
    )
    keys = [tier.key for tier in tiers]
    try:
        entitlements = read_entitlements(definition.get("entitlements", []), keys)
    except ValueError as error:
        raise BadScheme(str(error)) from None
    return Scheme(**{**scheme.__dict__, "entitlements": entitlements})


def of(workspace: Workspace) -> Scheme:
    """The scheme that counts in a workspace, read once per ``Workspace`` object; the standard one before any other."""
    found: Scheme | None = workspace.__dict__.get("_tier_scheme")
    if found is None:
        version = _published(workspace)
        found = read(version.definition, version) if version else STANDARD
        workspace.__dict__["_tier_scheme"] = found
    return found


@prepared.first
def _published(workspace: Workspace) -> QuerySet[TierScheme]:
    return TierScheme.objects.filter(workspace_id=workspace.pk, state=EditionState.PUBLISHED).order_by("pk")


def forget(workspace: Workspace) -> None:
    """Read the scheme anew the next time, after a publication."""
    workspace.__dict__.pop("_tier_scheme", None)


def _read_tiers(given: Any) -> tuple[TierRule, ...]:
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_TIERS:
        raise BadScheme(_("A scheme has 1 to %(most)d tiers.") % {"most": MOST_TIERS})
    tiers = sorted((_read_tier(part) for part in given), key=lambda tier: tier.priority)
    for one, other in pairwise(tiers):
        if one.priority == other.priority:
            sentence = _("“%(one)s” and “%(other)s” have the same priority %(number)d. Say which one is asked first.")
            raise BadScheme(sentence % {"one": one.name, "other": other.name, "number": one.priority})
    if len({tier.key for tier in tiers}) < len(tiers):
        raise BadScheme(_("Two tiers have the same key."))
    rest = [tier for tier in tiers if tier.is_rest]
    if len(rest) != 1 or rest[0] is not tiers[-1]:
        raise BadScheme(_("The last tier, and only the last, takes the accounts that no rule claims."))
    if rest[0].has_rule:
        raise BadScheme(_("The tier for all the rest has no rule of its own."))
    return tuple(tiers)


def _read_tier(part: Any) -> TierRule:
    if not isinstance(part, dict) or not KEY.fullmatch(str(part.get("key", ""))):
        raise BadScheme(_("A tier's key begins with a letter and has small letters, digits and _ only."))
    names = part.get("name")
    if not isinstance(names, dict) or not any(
        isinstance(names.get(code), str) and names[code] for code in ("zh", "en")
    ):
        raise BadScheme(_("The tier “%(key)s” needs a name.") % {"key": part["key"]})
    criteria = part.get("criteria")
    if criteria is not None and not isinstance(criteria, dict):
        raise BadScheme(_("The rule of “%(key)s” cannot be read.") % {"key": part["key"]})
    return TierRule(
        key=part["key"],
        names={code: str(names[code])[:60] for code in ("zh", "en") if names.get(code)},
        priority=_whole(part.get("priority"), 1, 999, _("The priority of “%(key)s”") % {"key": part["key"]}),
        criteria=criteria,
        is_rest=bool(part.get("rest", False)),
        is_key=bool(part.get("key_customer", False)),
        load=_load(part),
        review_months=_whole(
            part.get("review_months", 6), 0, 36, _("The review cadence of “%(key)s”") % {"key": part["key"]}
        ),
        look=_one_of(part.get("look"), LOOKS, "soft"),
        icon=_one_of(part.get("icon"), ICONS, "award"),
    )


def _one_of(value: Any, known: tuple[str, ...], otherwise: str) -> str:
    return value if isinstance(value, str) and value in known else otherwise


def _load(part: dict[str, Any]) -> float:
    load = part.get("load", 1)
    if isinstance(load, bool) or not isinstance(load, int | float) or not 0 <= load <= 1000:
        raise BadScheme(_("The load points of “%(key)s” are a number from 0 to 1000.") % {"key": part["key"]})
    return float(load)


def _wait(part: Any, what: str) -> Wait:
    if not isinstance(part, dict):
        raise BadScheme(_("%(what)s cannot be read.") % {"what": what})
    if part.get("at_review"):
        return Wait(at_review=True)
    return Wait(days=_whole(part.get("days", 0), 0, 366, what))


def _reviews(part: Any) -> Reviews:
    months = part.get("months", [1, 4, 7, 10]) if isinstance(part, dict) else None
    if not isinstance(months, list) or not months or any(type(m) is not int or not 1 <= m <= 12 for m in months):
        raise BadScheme(_("Review dates need at least one month, from 1 to 12."))
    return Reviews(tuple(sorted(set(months))), _whole(part.get("day", 1), 1, 28, _("The day of the review")))


def _whole(value: Any, low: int, high: int, what: str) -> int:
    if type(value) is not int or not low <= value <= high:
        raise BadScheme(
            _("%(what)s is a whole number from %(low)d to %(high)d.") % {"what": what, "low": low, "high": high}
        )
    return value


STANDARD_DEFINITION: dict[str, Any] = {
    "tiers": [
        {
            "key": "strategic",
            "name": {"zh": "战略", "en": "Strategic"},
            "priority": 1,
            "key_customer": True,
            "load": 5,
            "review_months": 3,
            "look": "strong",
            "icon": "crown",
        },
        {
            "key": "vip",
            "name": {"zh": "VIP", "en": "VIP"},
            "priority": 2,
            "key_customer": True,
            "load": 3,
            "review_months": 6,
            "look": "outline",
            "icon": "star",
        },
        {
            "key": "general",
            "name": {"zh": "一般", "en": "General"},
            "priority": 3,
            "rest": True,
            "load": 1,
            "review_months": 12,
            "look": "general",
            "icon": "users",
        },
    ],
    "up": {"days": 7},
    "down": {"at_review": True},
    "reviews": {"months": [1, 4, 7, 10], "day": 1},
    "entitlements": [
        {
            "key": "training",
            "name": {"zh": "培训", "en": "Trainings"},
            "kind": "quantity",
            "period": "quarter",
            "grants": {"strategic": 4, "vip": 2},
        },
        {
            "key": "business_review",
            "name": {"zh": "业务复盘", "en": "Business reviews"},
            "kind": "quantity",
            "period": "year",
            "grants": {"strategic": 4, "vip": 2},
        },
        {
            "key": "response",
            "name": {"zh": "首次响应", "en": "First response"},
            "kind": "response",
            "grants": {"strategic": 1, "vip": 4, "general": 24},
        },
        {
            "key": "named_csm",
            "name": {"zh": "专属客户成功经理", "en": "Named success manager"},
            "kind": "csm",
            "grants": {"strategic": True, "vip": True},
        },
        {
            "key": "priority_channel",
            "name": {"zh": "优先支持通道", "en": "Priority channel"},
            "kind": "flag",
            "grants": {"strategic": True, "vip": True},
        },
        {
            "key": "review_cadence",
            "name": {"zh": "定期业务会", "en": "Regular review"},
            "kind": "cadence",
            "grants": {"strategic": 3, "vip": 6},
        },
    ],
}
STANDARD = read(STANDARD_DEFINITION)
