"""Answers to a survey, read from events: one per person and account, the latest of the window.

An answer counts for the account that its event names; one whose event names none counts for every account at which the
person is on that day. The window is full days that end the day before, as for all events.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from evergrow import warehouse
from evergrow.customers.models import Affiliation
from evergrow.health.observation import Observations
from evergrow.health.surveys.question import SCALES, Question
from evergrow.workspaces.models import Workspace

EPOCH = np.datetime64(0, "D")
WIDEST = 1e300


@dataclass(frozen=True, slots=True)
class Answers:
    """One row an answer: the numbers of account and person (0: unknown), the answer, its moment (milliseconds since
    1970) and its day (days since 1970); the latest last."""

    account: np.ndarray
    person: np.ndarray
    answer: np.ndarray
    at: np.ndarray
    day: np.ndarray

    def __len__(self) -> int:
        return len(self.account)

    def only(self, which: np.ndarray) -> "Answers":
        return Answers(self.account[which], self.person[which], self.answer[which], self.at[which], self.day[which])


def observe(seen: Observations, workspace: Workspace, column: str, question: Question) -> None:
    """Fill in the value of each account, its age, and why it is missing. Raises ``warehouse.StoreUnavailable``."""
    found = read(workspace, question, seen.day)
    rows, places = seen.match(found.account)
    size = len(seen.accounts)
    values = question.value(found.answer[rows], places, size)
    count = np.bincount(places, minlength=size)
    values[count < question.least] = np.nan
    last = np.full(size, -1)
    np.maximum.at(last, places, found.day[rows])
    ages = np.where(last >= 0, int((np.datetime64(seen.day) - EPOCH).astype(int)) - last, 0)
    seen.put(column, values, missing="no_answers", ages=ages.astype(float))
    seen.explain(column, np.flatnonzero((count > 0) & (count < question.least)), "few_answers")


def read(workspace: Workspace, question: Question, day: date, accounts: list[int] | None = None) -> Answers:
    """The answers that count on a day; of all accounts, or only of some. Raises ``warehouse.StoreUnavailable``."""
    scale, (about, value) = SCALES[question.scale], question.where
    columns = warehouse.columns(
        warehouse.statement("health", "survey_answers"),
        workspace_id=workspace.pk,
        event=question.event,
        property=question.carrier,
        about=about,
        value=value,
        low=max(scale.low, -WIDEST),
        high=min(scale.high, WIDEST),
        since=day - timedelta(days=question.days),
        until=day,
        accounts=accounts or [],
    )
    if not columns:
        nothing = np.zeros(0, dtype=np.int64)
        return Answers(nothing, nothing, np.zeros(0), nothing, nothing)
    found = Answers(
        columns["account"].astype(np.int64),
        columns["who"].astype(np.int64),
        columns["answer"].astype(float),
        columns["last_at"].astype("datetime64[ms]").astype(np.int64),
        columns["last_day"].astype("datetime64[D]").astype(np.int64),
    )
    found = _of_role(workspace, question.role, day, _placed(workspace, day, found))
    return found if accounts is None else found.only(np.isin(found.account, accounts))


def _placed(workspace: Workspace, day: date, found: Answers) -> Answers:
    """Answers without an account go to the accounts of their people; each person's latest at an account stays."""
    homeless = np.flatnonzero(found.account == 0)
    if not len(homeless):
        return found
    homes = _pairs(workspace, day, found.person[homeless])
    rows = [(row, account) for row in homeless.tolist() for account in homes.get(int(found.person[row]), ())]
    named = np.flatnonzero(found.account > 0)
    order = np.concatenate([named, np.array([row for row, _ in rows], dtype=np.int64)])
    accounts = np.concatenate([found.account[named], np.array([to for _, to in rows], dtype=np.int64)])
    whole = found.only(order)
    whole = Answers(accounts, whole.person, whole.answer, whole.at, whole.day)
    whole = whole.only(np.argsort(whole.at, kind="stable"))
    last = {
        (account, person) if person else (row, -1): row
        for row, (account, person) in enumerate(zip(whole.account.tolist(), whole.person.tolist(), strict=True))
    }
    return whole.only(np.array(sorted(last.values()), dtype=np.int64))


def _of_role(workspace: Workspace, role: str, day: date, found: Answers) -> Answers:
    if not role or not len(found):
        return found
    homes = _pairs(workspace, day, found.person, role)
    pairs = zip(found.account.tolist(), found.person.tolist(), strict=True)
    return found.only(np.array([account in homes.get(person, ()) for account, person in pairs], dtype=bool))


def _pairs(workspace: Workspace, day: date, people: np.ndarray, role: str = "") -> dict[int, set[int]]:
    """Person → the accounts at which they are on the day; only where they have a role there, if one is named."""
    rows = Affiliation.objects.filter(account__workspace=workspace, person__merged_into=None)
    rows = rows.filter(influence=role) if role else rows
    wanted, found = set(people.tolist()), dict[int, set[int]]()
    places = rows.values_list("person__number", "account__number", "started_on", "ended_on")
    for person, account, since, until in places.iterator(chunk_size=5000):
        if person in wanted and (since is None or since <= day) and (until is None or until > day):
            found.setdefault(person, set()).add(account)
    return found
