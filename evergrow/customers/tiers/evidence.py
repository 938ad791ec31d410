"""Why a rule held or did not: each condition beside what was found for an account, kept with the change.

Kept as data, so that it is read in the reader's language later: the condition itself, whether it held, and what
``criteria.explain`` found, in both languages.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import get_language

from evergrow.customers import criteria
from evergrow.customers.criteria import CriteriaError, Subject
from evergrow.customers.criteria.explain import explain
from evergrow.customers.models import Account
from evergrow.customers.tiers.scheme import Scheme
from evergrow.lib import bilingual
from evergrow.workspaces.models import Workspace

Condition = dict[str, Any]
MOST_LEAVES = 60
LANGUAGES = {"zh": "zh-hans", "en": "en"}


def collect(workspace: Workspace, scheme: Scheme, account: Account) -> list[dict[str, Any]]:
    """Each tier's rule as it stood for an account: ``[{tier, holds, conditions: [{condition, holds, found}]}]``."""
    subject = criteria.subject(workspace, "account", account.number)
    found = []
    for tier in scheme.tiers:
        if tier.criteria is not None:
            lines = [_line(workspace, part, subject) for part in leaves(tier.criteria)]
            found.append({"tier": tier.key, "holds": _holds(workspace, tier.criteria, subject), "conditions": lines})
    return found


def leaves(given: Mapping[str, Any]) -> Iterator[Condition]:
    """The conditions of criteria without their groups; a negation stays around what it negates."""
    for word in ("all", "any"):
        if word in given:
            for part in given[word]:
                yield from leaves(part)
            return
    yield dict(given)


def _line(workspace: Workspace, condition: Condition, subject: Subject) -> dict[str, Any]:
    parsed = criteria.parse(dict(condition), "account", workspace)
    told = {}
    for language, code in LANGUAGES.items():
        with translation.override(code):
            explained = explain(parsed, subject)
            told[language] = explained.found[:200]
    return {
        "condition": condition,
        "holds": explained.holds,
        "found": told,
        "is_unknown": "trait" in condition and "is_set" not in condition and condition["trait"] not in subject.traits,
    }


def _holds(workspace: Workspace, condition: Mapping[str, Any], subject: Subject) -> bool:
    return criteria.evaluator(criteria.parse(dict(condition), "account", workspace))(subject)


@dataclass(frozen=True, slots=True)
class Said:
    """A condition of the past in the reader's words."""

    sentence: str
    holds: bool
    found: str
    is_unknown: bool


def said(workspace: Workspace, kept: list[dict[str, Any]]) -> list[tuple[str, bool, list[Said]]]:
    """Kept evidence for its reader: ``(tier, holds, conditions)``."""
    return [
        (part["tier"], part["holds"], [_said(workspace, line) for line in part["conditions"][:MOST_LEAVES]])
        for part in kept
    ]


def now(workspace: Workspace, scheme: Scheme, account: Account) -> list[tuple[str, bool, list[Said]]]:
    """The same as of this moment. Raises StoreUnavailable."""
    return said(workspace, collect(workspace, scheme, account))


def _said(workspace: Workspace, line: dict[str, Any]) -> Said:
    try:
        sentence = criteria.sentence(criteria.parse(line["condition"], "account", workspace), workspace)
    except CriteriaError:
        sentence = str(line["condition"])
    found = bilingual.pick(line["found"], get_language() or "en")
    return Said(sentence, line["holds"], found, line["is_unknown"])
