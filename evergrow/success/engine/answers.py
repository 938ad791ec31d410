"""Whether accounts meet the conditions of steps: one account at once, or many with one question for each condition."""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.customers import criteria
from evergrow.workspaces.models import Workspace

log = logging.getLogger(__name__)
Answers = dict[tuple[str, int], bool | None]
UNASKED = "The condition of a step could not be asked; it is asked again."


class Broken(Exception):
    """A condition that cannot be read any more, for example because its segment is gone."""


def key_of(condition: Mapping[str, Any]) -> str:
    """The same text for the same condition."""
    return json.dumps(condition, sort_keys=True, ensure_ascii=False)


def ask_one(workspace: Workspace, condition: Mapping[str, Any], number: int) -> bool | None:
    """Whether the account with this number meets a condition; None while the event store cannot be asked.

    Raises Broken.
    """
    try:
        asked = criteria.parse(dict(condition), "account", workspace)
        subject = criteria.subject(workspace, "account", number, criteria.needs(asked))
    except criteria.CriteriaError as error:
        raise Broken(str(error)) from error
    except (warehouse.StoreUnavailable, warehouse.BadQuery):
        log.exception(UNASKED)
        return None
    return criteria.evaluator(asked)(subject)


def ask_many(
    workspace: Workspace, asked: Iterable[tuple[str, int]], numbers: Mapping[int, int]
) -> tuple[Answers, dict[str, str]]:
    """Answers by condition and account, and what is wrong with conditions that are broken.

    ``numbers`` are the accounts' numbers by primary key. What cannot be asked now is left out.
    """
    by_condition: dict[str, list[int]] = defaultdict(list)
    for condition, account in asked:
        by_condition[condition].append(account)
    answers, broken = Answers(), dict[str, str]()
    for condition, accounts in by_condition.items():
        try:
            met = criteria.find(workspace, criteria.parse(json.loads(condition), "account", workspace))
        except (criteria.CriteriaError, criteria.CostError) as error:
            broken[condition] = str(error)
            continue
        except (warehouse.StoreUnavailable, warehouse.BadQuery):
            log.exception(UNASKED)
            continue
        held = np.isin([numbers[account] for account in accounts], met)
        answers |= {(condition, account): bool(is_met) for account, is_met in zip(accounts, held, strict=True)}
    return answers, broken
