"""Where rooms say which of their rows belong to an account, and what becomes of them when it is merged.

A room registers in its ``AppConfig.ready``. A test walks all models with a key to Account and fails when one is named
nowhere. ``on_change`` is for what lives outside the relational store.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise

from evergrow.customers.account_merges.record import Record
from evergrow.customers.models import Account
from evergrow.workspaces.models import Workspace

Words = str | Promise
Settle = Callable[[Account, Account, Record], None]


def nothing(kept: Account, merged: Account, record: Record) -> None:
    """Rows of both accounts get along."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows of a model whose field ``account`` points at an account.

    They move to the account that is kept. ``settle(kept, merged, record)`` is called before: it changes or drops, by
    the record, what the constraints of the model would refuse. ``words`` says in a preview what is counted; without
    them it is no news there.
    """

    label: str
    words: Words = ""
    settle: Settle = nothing
    position: int = 50

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    def rows(self, account: Account) -> "models.QuerySet[Any]":
        """The rows of an account."""
        return self.model._base_manager.filter(account=account)


_holdings: dict[str, Holding] = {}
_left: dict[str, str] = {}
_listeners: list[Callable[[Workspace], None]] = []


def add(label: str, words: Words = "", settle: Settle = nothing, position: int = 50) -> None:
    """Register a model by its label; the same again replaces it."""
    _holdings[label] = Holding(label, words, settle, position)


def holdings() -> list[Holding]:
    """All of them, by position."""
    return sorted(_holdings.values(), key=lambda holding: holding.position)


def leave(label: str, reason: str) -> None:
    """Say why rows of a model stay with an account that is merged."""
    _left[label] = reason


def known() -> set[str]:
    return _holdings.keys() | _left.keys()


def on_change(listener: Callable[[Workspace], None]) -> Callable[[Workspace], None]:
    """Name a function to be called in the transaction of every merge, and of every one taken back."""
    _listeners.append(listener)
    return listener


def tell(workspace: Workspace) -> None:
    for listener in _listeners:
        listener(workspace)
