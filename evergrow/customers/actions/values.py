"""Fields that a colleague or a program typed: where they are from is written down with them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from evergrow.customers.actions.traits import TRAIT, BadTrait
from evergrow.customers.models import Account, Person
from evergrow.customers.traits.learning import Learner, Saying, learn
from evergrow.customers.traits.precedence import text_of
from evergrow.customers.traits.subjects import FIELDS, kind_of
from evergrow.lib import clock
from evergrow.workspaces.models import Member


def source_of(by: Member | None) -> str:
    """What a member's values count as: typed, or said by a program with their key."""
    return "api" if by is not None and by.through else "edit"


def first_values(row: Person | Account, facts: Mapping[str, Any], by: Member | None) -> None:
    """Save a new row whose fields are set, with where they are from."""
    learner = Learner(row.workspace)
    fields = {name: value for name, value in facts.items() if name in FIELDS[kind_of(row)] and value}
    learner.hear(Saying(row, fields, source_of(by), clock.now(), str(by or "Evergrow")))
    row.save()
    learner.tell()


def _after(row: Person | Account, typed: Iterable[str]) -> datetime:
    """Now, and later than what the values were said at: who types answers what they saw, whatever its clock."""
    seen = max((row.origins.get(key, ("", 0))[1] for key in typed), default=0)
    return max(clock.now(), datetime.fromtimestamp((seen + 1) / 1000, UTC))


def change_values(
    row: Person | Account,
    before: Mapping[str, Any],
    by: Member | None,
    of_traits: Mapping[str, list[Any]] | None = None,
) -> None:
    """Save fields that are set to what was typed; ``before`` holds what they were.

    ``of_traits`` are changes of other traits as ``put_traits`` gives them.
    Raises ValidationError at a field, or for a trait, whose value comes from a more trusted source.
    """
    traits = {key.removeprefix(TRAIT): new for key, (_was, new) in (of_traits or {}).items()}
    typed = {name: getattr(row, name) for name in before}
    own = {name: value for name, value in typed.items() if name in FIELDS[kind_of(row)]}
    for name in own:
        setattr(row, name, before[name])
    learn(row, own | traits, source_of(by), _after(row, own | traits), str(by or "Evergrow"))
    stayed = [name for name, value in own.items() if (getattr(row, name) or "") != (value or "")]
    sentence = _("A more trusted source says “%(value)s”. Change it there, or change which source is trusted.")
    for key in traits:
        if text_of(row.traits.get(key)) != text_of(traits[key]):
            raise BadTrait(f"{key}: {sentence % {'value': row.traits.get(key)}}")
    if stayed:
        raise ValidationError({name: sentence % {"value": getattr(row, name)} for name in stayed})
    rest = [name for name in typed if name not in own]
    names = [*rest, *(["updated_at"] if isinstance(row, Account) else [])]
    if names:
        row.save(update_fields=names)
