"""Why a rule held or did not: each condition beside what was found for an account, kept with the change.

Kept as data, so that it is read in the reader's language later: the condition itself, whether it held, and what was
found, in both languages where it is more than a value. For many accounts at once a condition is asked of the store
once, and values of traits come with one statement; how often something was done is looked up account by account for
the first ``MOST_LOOKED_AT`` of a run and left empty beyond.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import get_language

from evergrow import warehouse
from evergrow.customers import criteria
from evergrow.customers.criteria import CriteriaError, Subject
from evergrow.customers.criteria.explain import explain
from evergrow.customers.models import Account
from evergrow.customers.tiers import rules
from evergrow.customers.tiers.scheme import Scheme
from evergrow.lib import bilingual
from evergrow.workspaces.models import Workspace

Condition = dict[str, Any]
MOST_LOOKED_AT = 200
LANGUAGES = {"zh": "zh-hans", "en": "en"}


@dataclass(slots=True)
class Collector:
    """Gathers evidence for the accounts of one run. Raises StoreUnavailable, CriteriaError."""

    workspace: Workspace
    scheme: Scheme
    looked_at: int = 0
    _sets: dict[str, frozenset[int]] = field(default_factory=dict)

    def of(self, numbers: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
        """Each tier's rule as it stands, by account: ``[{tier, holds, conditions: [{condition, holds, found}]}]``."""
        if not numbers:
            return {}
        values = self._values(numbers)
        return {number: self._one(number, values) for number in numbers}

    def _one(self, number: int, values: Mapping[tuple[int, str], str]) -> list[dict[str, Any]]:
        subject = None
        if self.looked_at < MOST_LOOKED_AT and any("trait" not in leaf for leaf in self._leaves()):
            self.looked_at += 1
            subject = criteria.subject(self.workspace, "account", number)
        return [
            {
                "tier": tier.key,
                "holds": number in self._set(tier.criteria),
                "conditions": [self._line(leaf, number, values, subject) for leaf in leaves(tier.criteria)],
            }
            for tier in self.scheme.tiers
            if tier.criteria is not None
        ]

    def _line(
        self, condition: Condition, number: int, values: Mapping[tuple[int, str], str], subject: Subject | None
    ) -> dict[str, Any]:
        trait = condition.get("trait")
        found: Any = values.get((number, trait), "") if trait else self._looked_up(condition, subject)
        return {
            "condition": condition,
            "holds": number in self._set(condition),
            "found": found,
            "is_unknown": bool(trait) and "is_set" not in condition and (number, trait) not in values,
        }

    def _looked_up(self, condition: Condition, subject: Subject | None) -> dict[str, str] | str:
        if subject is None:
            return ""
        parsed = criteria.parse(dict(condition), "account", self.workspace)
        told = {}
        for language, code in LANGUAGES.items():
            with translation.override(code):
                told[language] = explain(parsed, subject).found[:200]
        return told

    def _set(self, given: Mapping[str, Any]) -> frozenset[int]:
        key = json.dumps(given, sort_keys=True)
        if key not in self._sets:
            self._sets[key] = rules.find(self.workspace, given)
        return self._sets[key]

    def _values(self, numbers: Sequence[int]) -> dict[tuple[int, str], str]:
        rows = warehouse.rows(
            warehouse.statement("customers", "tier_trait_values"),
            workspace=self.workspace.pk,
            subjects=list(numbers),
            traits=sorted({leaf["trait"] for leaf in self._leaves() if "trait" in leaf}),
        )
        return {(int(subject), trait): text[:200] for subject, trait, text in rows}

    def _leaves(self) -> list[Condition]:
        return [leaf for tier in self.scheme.tiers if tier.criteria is not None for leaf in leaves(tier.criteria)]


def leaves(given: Mapping[str, Any]) -> Iterator[Condition]:
    """The conditions of criteria without their groups; a negation stays around what it negates."""
    for word in ("all", "any"):
        if word in given:
            for part in given[word]:
                yield from leaves(part)
            return
    yield dict(given)


@dataclass(frozen=True, slots=True)
class Said:
    """A condition of the past in the reader's words."""

    sentence: str
    holds: bool
    found: str
    is_unknown: bool


def said(workspace: Workspace, kept: list[dict[str, Any]]) -> list[tuple[str, bool, list[Said]]]:
    """Kept evidence for its reader: ``(tier, holds, conditions)``."""
    return [(part["tier"], part["holds"], [_said(workspace, line) for line in part["conditions"]]) for part in kept]


def now(workspace: Workspace, scheme: Scheme, account: Account) -> list[tuple[str, bool, list[Said]]]:
    """The same as of this moment. Raises StoreUnavailable."""
    return said(workspace, Collector(workspace, scheme).of([account.number])[account.number])


def _said(workspace: Workspace, line: dict[str, Any]) -> Said:
    try:
        sentence = criteria.sentence(criteria.parse(line["condition"], "account", workspace), workspace)
    except CriteriaError:
        sentence = str(line["condition"])
    return Said(sentence, line["holds"], bilingual.pick(line["found"], get_language() or "en"), line["is_unknown"])
