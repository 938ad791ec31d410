"""Criteria where data is missing: what surely holds, and what may hold.

A condition on a trait without a value is neither true nor false. Read in three-valued logic (Kleene 1952), ``all`` is
false when one part is, ``any`` true when one part is, and ``not`` turns true and false round; everything else that
touches a missing value is unknown. Both ends are written as ordinary criteria, so that one statement finds the
accounts of each: ``surely`` keeps an account only where the answer does not depend on the missing value, ``maybe``
drops it only there. Behaviour, segments and people are always known: nothing done is a fact, not a gap.
"""

from collections.abc import Mapping
from typing import Any

Criteria = Mapping[str, Any]


def surely(given: Criteria) -> dict[str, Any]:
    """Criteria that hold only where ``given`` is true whatever the missing values are."""
    return _ends(given, known=True)


def maybe(given: Criteria) -> dict[str, Any]:
    """Criteria that hold wherever ``given`` is true or cannot be decided."""
    return _ends(given, known=False)


def _ends(given: Criteria, *, known: bool) -> dict[str, Any]:
    for word in ("all", "any"):
        if word in given:
            return {word: [_ends(part, known=known) for part in given[word]]}
    if "not" in given:
        return {"not": _ends(given["not"], known=not known)}
    if "trait" not in given or "is_set" in given:
        return dict(given)
    if known:
        return {"all": [dict(given), {"trait": given["trait"], "is_set": True}]}
    return {"any": [dict(given), {"trait": given["trait"], "is_set": False}]}


def traits(given: Criteria) -> set[str]:
    """The traits whose absence would leave ``given`` undecided."""
    for word in ("all", "any"):
        if word in given:
            return set().union(*(traits(part) for part in given[word]))
    if "not" in given:
        return traits(given["not"])
    return {given["trait"]} if "trait" in given and "is_set" not in given else set()
