"""The value that a saved question gives each account: how often, how far, or how many of its people.

A trend gives how often the account did it in the question's days, or how many of its people did; a funnel the furthest
step that it reached, or how many of its people came through. An account that the answer does not name has 0.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from evergrow.insight import kinds
from evergrow.insight.errors import BadQuestion
from evergrow.insight.funnel.behind import behind as funnel_behind
from evergrow.insight.funnel.point import Point as FunnelPoint
from evergrow.insight.funnel.question import FunnelQuestion
from evergrow.insight.saved.models import SavedQuestion
from evergrow.insight.trend.behind import behind as trend_behind
from evergrow.insight.trend.point import Point as TrendPoint
from evergrow.insight.trend.question import OF_SESSIONS, Measure, TrendQuestion
from evergrow.workspaces.models import Workspace

KINDS = ("trend", "funnel")
People = tuple[np.ndarray, np.ndarray]  # accounts and, beside them, the people who are at them


def questions(workspace: Workspace) -> list[SavedQuestion]:
    """The saved questions that give a value per account."""
    rows = SavedQuestion.objects.filter(workspace=workspace, archived_at=None, kind__in=KINDS)
    return [each for each in rows.order_by("folder", "number") if _is_fit(each)]


def _is_fit(saved: SavedQuestion) -> bool:
    try:
        read(saved.workspace, saved.number)
    except BadQuestion:
        return False
    return True


def read(workspace: Workspace, number: int) -> Any:
    """The question with this number as its kind reads it. Raises BadQuestion when it gives no value per account."""
    saved = SavedQuestion.objects.filter(workspace=workspace, number=number, archived_at=None).first()
    if saved is None:
        raise BadQuestion("question", _("There is no saved question with this number."))
    question = kinds.get(saved.kind).read(saved.form)
    is_fit = isinstance(question, FunnelQuestion) or (
        isinstance(question, TrendQuestion) and question.first.measure not in OF_SESSIONS | {Measure.PROPERTY}
    )
    if not is_fit:
        raise BadQuestion("question", _("This question gives no value per account. Use a trend or a funnel."))
    return question


def values(workspace: Workspace, number: int, accounts: np.ndarray, people: People) -> np.ndarray:
    """The question's value of each account as of now. Raises BadQuestion, ``warehouse.StoreUnavailable``."""
    question = read(workspace, number)
    if isinstance(question, FunnelQuestion):
        return _of_funnel(question, workspace, accounts, people)
    whole = replace(question, split=None, formulas=(), is_cumulative=False)
    found = trend_behind(whole, workspace, TrendPoint())
    numbers = np.array([row.number for row in found.rows], dtype=np.int64)
    if found.is_people:
        return count_people(accounts, people, numbers)
    times: Mapping[int, int] = {row.number: row.times or 0 for row in found.rows}
    return np.array([times.get(number, 0) for number in accounts.tolist()], dtype=float)


def _of_funnel(question: FunnelQuestion, workspace: Workspace, accounts: np.ndarray, people: People) -> np.ndarray:
    whole = replace(question, split=None, against=None, over=None)
    last = len(whole.steps)
    found = funnel_behind(whole, workspace, FunnelPoint(last))
    if found.is_people:
        return count_people(accounts, people, np.array([row.number for row in found.rows], dtype=np.int64))
    furthest = np.zeros(len(accounts))
    for step in range(1, last + 1):
        at = found if step == last else funnel_behind(whole, workspace, FunnelPoint(step))
        furthest[np.isin(accounts, [row.number for row in at.rows])] = step
    return furthest


def count_people(accounts: np.ndarray, people: People, numbers: np.ndarray) -> np.ndarray:
    """How many of each account's people are among ``numbers``; a person is counted once an account."""
    where, who = people
    pairs = np.unique(np.stack([where, who])[:, np.isin(who, numbers)], axis=1)
    at, times = np.unique(pairs[0], return_counts=True)
    counted: dict[int, int] = dict(zip(at.tolist(), times.tolist(), strict=True))
    return np.array([counted.get(number, 0) for number in accounts.tolist()], dtype=float)
