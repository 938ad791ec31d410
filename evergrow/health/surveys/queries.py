"""The answers behind a measure of an account: how many, when, and who gave which."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from evergrow.customers.models import Account, Person
from evergrow.health import card as cards
from evergrow.health.asked import SURVEY
from evergrow.health.card import Measure
from evergrow.health.models import AccountHealth
from evergrow.health.surveys import answers
from evergrow.health.surveys.question import Question
from evergrow.health.surveys.question import read as read_question


@dataclass(frozen=True, slots=True)
class Answer:
    """``person`` is None where the answer names nobody, or somebody who was erased."""

    person: Person | None
    answer: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Behind:
    """``answers``: those that count on ``day``, the latest first; ``value`` None where they are too few."""

    measure: Measure
    question: Question
    day: date
    value: float | None
    answers: list[Answer]

    @property
    def last(self) -> datetime | None:
        return self.answers[0].at if self.answers else None


def measures(account: Account) -> list[Measure]:
    """The measures of the account's card that read answers to surveys."""
    state = AccountHealth.objects.select_related("version").filter(account=account).first()
    if state is None:
        return []
    return [measure for measure in cards.read(state.version.definition).measures if measure.source == SURVEY]


def behind(account: Account, measure: Measure, day: date) -> Behind:
    """The answers that a measure reads of an account on a day. Raises ``warehouse.StoreUnavailable``."""
    question = read_question(measure.ask, measure.key)
    found = answers.read(account.workspace, question, day, [account.number])
    numbers = set(found.person.tolist()) - {0}
    people = {each.number: each for each in Person.objects.filter(workspace=account.workspace, number__in=numbers)}
    rows = [
        Answer(people.get(person), answer, datetime.fromtimestamp(at / 1000, UTC))
        for person, answer, at in zip(found.person.tolist(), found.answer.tolist(), found.at.tolist(), strict=True)
    ]
    is_enough = len(rows) >= question.least
    value = float(question.value(found.answer, found.account * 0, 1)[0]) if is_enough else None
    return Behind(measure, question, day, value, rows[::-1])
