"""JSON → criteria. Whatever is wrong is said at its part: ``all.1.within.days``."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers.criteria import limits, memberships
from evergrow.customers.criteria.errors import CriteriaError
from evergrow.customers.criteria.parse_comparison import is_text, parse_test, parse_trait_name
from evergrow.customers.criteria.parse_events import at, doing, is_event_part, parse_event, span
from evergrow.customers.criteria.tree import (
    EVERYONE,
    All,
    AnyOf,
    AtAccount,
    Criteria,
    InSegment,
    Kind,
    Node,
    Not,
    People,
    Trait,
)
from evergrow.workspaces.models import Workspace

__all__ = ["doing", "parse"]
ROLES = ("decides", "influences", "pays", "uses", "key")


def parse(data: Any, kind: str, workspace: Workspace) -> Criteria:
    """The criteria that JSON data says, for people (``"person"``) or accounts (``"account"``).

    Nothing at all (``None``, ``{}``) is everyone. Raises CriteriaError at the offending part.
    """
    if kind not in ("person", "account"):
        raise CriteriaError("kind", _("Criteria are about people (“person”) or accounts (“account”)."))
    root = EVERYONE if data in (None, {}) else _Reader(workspace).node(data, "", kind, 1)  # type: ignore[arg-type]
    return Criteria(kind, root, workspace)  # type: ignore[arg-type]


class _Reader:
    """Reads one tree and counts its conditions."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.conditions = workspace, 0

    def node(self, raw: Any, part: str, kind: Kind, depth: int) -> Node:
        if not isinstance(raw, Mapping) or not all(isinstance(key, str) for key in raw):
            raise CriteriaError(part, _("A condition is an object such as {“trait”: “plan”, “is”: [“Pro”]}."))
        for key in ("all", "any", "not"):
            if key in raw:
                return self._group(key, raw, part, kind, depth)
        self.conditions += 1
        if self.conditions > limits.MOST_CONDITIONS:
            sentence = _("At most %(most)s conditions. Move some into a segment and refer to it.")
            raise CriteriaError(part, sentence % {"most": limits.MOST_CONDITIONS})
        return self._condition(dict(raw), part, kind, depth)

    def _group(self, key: str, raw: Mapping[str, Any], part: str, kind: Kind, depth: int) -> Node:
        no_more(raw, {key}, part)
        here, inner = at(part, key), raw[key]
        if depth > limits.MOST_DEPTH:
            sentence = _("Groups may be nested %(most)s deep. Take a level away, or use a segment for the inner part.")
            raise CriteriaError(here, sentence % {"most": limits.MOST_DEPTH})
        if key == "not":
            return Not(self.node(inner, here, kind, depth + 1))
        if not isinstance(inner, list):
            raise CriteriaError(here, _("“all” and “any” hold a list of conditions."))
        if len(inner) > limits.MOST_PARTS:
            raise CriteriaError(here, _("At most %(most)s conditions in a group.") % {"most": limits.MOST_PARTS})
        if key == "any" and not inner:
            raise CriteriaError(here, _("“any” needs at least one condition, or nobody could ever meet it."))
        parts = tuple(self.node(each, at(here, place), kind, depth + 1) for place, each in enumerate(inner))
        return All(parts) if key == "all" else AnyOf(parts)

    def _condition(self, raw: dict[str, Any], part: str, kind: Kind, depth: int) -> Node:
        if "trait" in raw:
            name = parse_trait_name(raw.pop("trait"), at(part, "trait"))
            return Trait(name, parse_test(raw, part))
        if is_event_part(raw):
            return parse_event(raw, part)
        if "segment" in raw:
            return self._segment(raw, part, kind)
        if "people" in raw:
            return self._people(raw, part, kind, depth)
        if "account" in raw:
            return self._account(raw, part, kind, depth)
        known = "trait, did, did_not, first, stopped, sequence, segment, people, account, all, any, not"
        sentence = _("It is not clear what this condition looks at. Begin with one of: %(known)s.")
        raise CriteriaError(part, sentence % {"known": known})

    def _segment(self, raw: dict[str, Any], part: str, kind: Kind) -> Node:
        no_more(raw, {"segment", "in", "in_since"}, part)
        ref, is_in = raw["segment"], raw.get("in", True)
        if not isinstance(is_in, bool):
            raise CriteriaError(at(part, "in"), _("Say true for members or false for everyone else."))
        if isinstance(ref, bool) or not (is_text(ref, 200) or (isinstance(ref, int) and 0 < ref < 1 << 31)):
            raise CriteriaError(at(part, "segment"), _("A segment is named by its key or its number."))
        found = memberships.find(self.workspace, ref)
        if found is None:
            sentence = _("There is no segment “%(ref)s”. Choose one that exists.")
            raise CriteriaError(at(part, "segment"), sentence % {"ref": str(ref)[:80]})
        if found.kind != kind:
            words = {"person": _("The segment “%(name)s” holds people; these criteria are about accounts.")}
            sentence = words.get(found.kind) or _(
                "The segment “%(name)s” holds accounts; these criteria are about people."
            )
            raise CriteriaError(at(part, "segment"), sentence % {"name": found.name})
        since = span(raw["in_since"], at(part, "in_since")) if "in_since" in raw else None
        return InSegment(ref, found.id, is_in, since)

    def _people(self, raw: dict[str, Any], part: str, kind: Kind, depth: int) -> Node:
        no_more(raw, {"people", "who", "role"}, part)
        if kind != "account":
            sentence = _("A person has no people. Ask with “account” about the accounts that a person is at.")
            raise CriteriaError(at(part, "people"), sentence)
        how, count = raw["people"], 1
        if isinstance(how, Mapping):
            no_more(how, {"at_least"}, at(part, "people"))
            count = _count(how.get("at_least"), at(part, "people.at_least"))
            how = "at_least"
        elif how not in ("any", "all", "none"):
            raise CriteriaError(at(part, "people"), _("Say “any”, “all”, “none” or {“at_least”: 3}."))
        who = self.node(raw.get("who") or {"all": []}, at(part, "who"), "person", depth + 1)
        return People(how, who, count, _role(raw, part))

    def _account(self, raw: dict[str, Any], part: str, kind: Kind, depth: int) -> Node:
        no_more(raw, {"account", "role"}, part)
        if kind != "person":
            sentence = _("These criteria are about accounts already. Write the condition without “account”.")
            raise CriteriaError(at(part, "account"), sentence)
        return AtAccount(
            self.node(raw["account"] or {"all": []}, at(part, "account"), "account", depth + 1), _role(raw, part)
        )


def _role(raw: Mapping[str, Any], part: str) -> str:
    role = raw.get("role", "")
    if role != "" and not is_text(role, 80):
        raise CriteriaError(at(part, "role"), _("A role is a text, for example “decides”."))
    return str(role)


def _count(raw: Any, part: str) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= 100_000:
        raise CriteriaError(part, _("Say how many, as a whole number from 1 on."))
    return raw


def no_more(raw: Mapping[str, Any], known: set[str], part: str) -> None:
    """Raise CriteriaError at the first key that does not belong here."""
    for key in raw:
        if key not in known:
            sentence = _("“%(key)s” does not belong here. Known: %(known)s.")
            raise CriteriaError(at(part, key), sentence % {"key": str(key)[:80], "known": ", ".join(sorted(known))})
