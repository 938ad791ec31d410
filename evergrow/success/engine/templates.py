"""Templates of messages: Liquid, strict. A name that is unknown, or empty for this customer, is an error, never a gap.

Known names: ``account`` (name, number, plan, industry, seats, renews_on), ``person`` (name, title, email), ``owner``
(name, email), ``playbook``, ``step``, ``workspace``, ``today``, and ``link`` in survey messages.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from liquid import BoundTemplate, Environment, StrictDefaultUndefined
from liquid.exceptions import LiquidError, UndefinedError

from evergrow.customers.models import Account, Person
from evergrow.workspaces.models import Member

LANGUAGES = ("zh", "en")


class _Bounded(Environment):
    """Nobody's template may keep a worker busy."""

    loop_iteration_limit = 1_000
    output_stream_limit = 100_000


_environment = _Bounded(undefined=StrictDefaultUndefined)


class TemplateBroken(Exception):
    """A template that cannot be read or filled; ``str`` says what is wrong, in the reader's language."""


def check(text: str) -> str:
    """What is wrong with a template as it stands, empty when it can be read."""
    try:
        _parsed(text)
    except TemplateBroken as broken:
        return str(broken)
    return ""


def fill(text: str, values: Mapping[str, Any]) -> str:
    """The template with its values. Raises TemplateBroken."""
    try:
        return str(_parsed(text).render(**values))
    except UndefinedError as error:
        words = _("The template asks for something that is not known here: %(what)s.") % {"what": error.args[0]}
        raise TemplateBroken(words) from error
    except LiquidError as error:
        raise TemplateBroken(_("The template cannot be filled: %(what)s.") % {"what": error.args[0]}) from error


def values_of(
    account: Account, *, person: Person | None, owner: Member | None, language: str, today: date, **more: Any
) -> dict[str, Any]:
    """What a template may name. What this customer does not have is left out, so that asking for it is an error."""
    mine = {
        "name": account.called(language),
        "number": account.number,
        "plan": account.plan,
        "industry": account.industry,
        "seats": account.seats,
        "renews_on": account.renews_on and account.renews_on.isoformat(),
    }
    values: dict[str, Any] = {
        "account": _held(mine),
        "workspace": account.workspace.name,
        "today": today.isoformat(),
        **more,
    }
    if person is not None:
        values["person"] = _held({"name": person.name, "title": person.title, "email": person.email})
    if owner is not None:
        values["owner"] = _held({"name": owner.user.name, "email": owner.user.email})
    return values


def _held(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "")}


@lru_cache(maxsize=500)
def _parsed(text: str) -> BoundTemplate:
    try:
        return _environment.from_string(text)
    except LiquidError as error:
        raise TemplateBroken(_("The template cannot be read: %(what)s.") % {"what": error.args[0]}) from error
