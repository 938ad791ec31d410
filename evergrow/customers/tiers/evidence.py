"""Why a rule held or did not: each condition beside what was found for an account, kept with the change.

Kept as data, so that it is read in the reader's language later: the condition itself, whether it held, and the value.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evergrow.customers import criteria
from evergrow.customers.criteria import CriteriaError, Subject
from evergrow.customers.models import Account
from evergrow.customers.tiers.scheme import Scheme
from evergrow.workspaces.models import Workspace

Condition = dict[str, Any]
MOST_LEAVES = 60


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
    return {
        "condition": condition,
        "holds": _holds(workspace, condition, subject),
        "found": _value(condition, subject),
        "is_unknown": "trait" in condition and "is_set" not in condition and condition["trait"] not in subject.traits,
    }


def _holds(workspace: Workspace, condition: Mapping[str, Any], subject: Subject) -> bool:
    return criteria.evaluator(criteria.parse(dict(condition), "account", workspace))(subject)


def _value(condition: Condition, subject: Subject) -> str:
    """The value of a trait, or how often an event was done; "" where there is nothing to show."""
    if "trait" in condition:
        value = subject.traits.get(condition["trait"])
        return "" if value is None else value.text[:200]
    if "did" in condition and condition["did"] != "*":
        history = subject.histories.get(condition["did"])
        return str(len(history) if history else 0)
    return ""


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
    return Said(sentence, line["holds"], line["found"], line["is_unknown"])
