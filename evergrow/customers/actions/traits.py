"""Traits of people and accounts as colleagues write them."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from evergrow.customers.models import Account, Person

MOST, MAX_KEY, MAX_VALUE = 500, 200, 20_000
TRAIT = "traits."


class BadTrait(ValidationError):
    """A trait's name or value cannot be kept."""


def put_traits(subject: Person | Account, wished: dict[str, Any]) -> dict[str, list[Any]]:
    """Set traits of a row that the caller saves; ``None`` takes one away.

    Gives ``{"traits.<name>": [before, after]}`` of what really changed. Raises BadTrait.
    """
    traits, changes = dict(subject.traits), {}
    for key, value in wished.items():
        _check(key, value)
        before = traits.get(key)
        if value is None:
            traits.pop(key, None)
        else:
            traits[key] = value
        if before != value or type(before) is not type(value):
            changes[TRAIT + key] = [before, value]
    if len(traits) > max(MOST, len(subject.traits)):
        raise BadTrait(_("More than %(most)d traits cannot be kept. Take some away first.") % {"most": MOST})
    subject.traits = traits
    return changes


def _check(key: str, value: Any) -> None:
    if not key.strip() or len(key) > MAX_KEY or "\x00" in key:
        raise BadTrait(_("A trait needs a name of at most %(most)d characters.") % {"most": MAX_KEY})
    try:
        written = json.dumps(value, allow_nan=False)
    except ValueError:
        written = ""
    if not written or len(written) > MAX_VALUE or "\\u0000" in written:
        raise BadTrait(_("The value of “%(name)s” is too long or cannot be kept.") % {"name": key})
