"""The numbers of a period that open a list, and which accounts stand behind each."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.health.money.ledger import Array, Ledger, Span
from evergrow.health.money.models import Kind


class Part(StrEnum):
    START = "start"
    NEW = "new"
    REACTIVATION = "reactivation"
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    CHURN = "churn"
    END = "end"
    GREW = "grew"
    SHRANK = "shrank"
    LOST = "lost"
    KEPT = "kept"


NAMES: dict[Part, str | Promise] = {
    Part.START: _("At the start"),
    Part.NEW: Kind.NEW.label,
    Part.REACTIVATION: Kind.REACTIVATION.label,
    Part.EXPANSION: Kind.EXPANSION.label,
    Part.CONTRACTION: Kind.CONTRACTION.label,
    Part.CHURN: Kind.CHURN.label,
    Part.END: _("At the end"),
    Part.GREW: pgettext_lazy("of the cohort", "Pay more than at the start"),
    Part.SHRANK: pgettext_lazy("of the cohort", "Pay less than at the start"),
    Part.LOST: pgettext_lazy("of the cohort", "Were lost"),
    Part.KEPT: pgettext_lazy("of the cohort", "Still pay"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """An account behind a number: its revenue at both ends and the part of it that was asked for, in cents."""

    account: int
    before: int
    after: int
    amount: int


def mask(span: Span, part: Part) -> Array:
    """Which accounts stand behind the part."""
    cohort, kept = span.cohort, span.kept
    match part:
        case Part.START:
            return np.asarray(cohort)
        case Part.END:
            return np.asarray(span.after > 0)
        case Part.GREW:
            return np.asarray(cohort & (kept > span.before))
        case Part.SHRANK:
            return np.asarray(cohort & (kept < span.before) & (kept > 0))
        case Part.LOST:
            return np.asarray(cohort & (kept == 0))
        case Part.KEPT:
            return np.asarray(cohort & (kept > 0))
    return np.asarray(span.moved[Kind(part.value)] != 0)


def amounts(span: Span, part: Part) -> Array:
    """What each account adds to the part, in cents; over those of ``mask`` it adds up to the number shown."""
    if part is Part.START:
        return span.before
    if part is Part.END:
        return span.after
    if part is Part.KEPT:
        return span.kept
    if part in (Part.GREW, Part.SHRANK, Part.LOST):
        return np.asarray(span.kept - span.before)
    return span.moved[Kind(part.value)]


def behind(ledger: Ledger, span: Span, part: Part, only: Array | None = None) -> list[Row]:
    """The accounts of a part, the largest amount first; ``only`` narrows (a mask)."""
    chosen = mask(span, part) if only is None else mask(span, part) & only
    places = np.flatnonzero(chosen)
    sums = amounts(span, part)[places]
    order = np.lexsort((ledger.accounts[places], -np.abs(sums)))
    columns = (ledger.accounts[places], span.before[places], span.after[places], sums)
    return [Row(*values) for values in zip(*(column[order].tolist() for column in columns), strict=True)]
