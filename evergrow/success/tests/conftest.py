"""Accounts to work for, and playbooks small enough to follow by eye."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from evergrow.customers.models import Account, AccountStatus, TeamSeat
from evergrow.success.models import Playbook, PlaybookVersion, Signal, Step, VersionState
from evergrow.workspaces.models import Member, Workspace


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are read in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def make_account(workspace: Workspace) -> Callable[..., Account]:
    def made(number: int = 1, **fields: Any) -> Account:
        facts = {"name": f"Brookbridge {number}", "status": AccountStatus.ACTIVE, "mrr": 1000, **fields}
        return Account.objects.create(workspace=workspace, number=number, external_id=f"A-{number}", **facts)

    return made


@pytest.fixture
def account(make_account: Callable[..., Account]) -> Account:
    return make_account(1, renews_on=date(2026, 6, 1))


@pytest.fixture
def seat() -> Callable[..., TeamSeat]:
    def taken(account: Account, role: str, member: Member) -> TeamSeat:
        return TeamSeat.objects.create(account=account, role=role, member=member, started_on=date(2026, 1, 1))

    return taken


@pytest.fixture
def make_playbook(workspace: Workspace) -> Callable[..., Playbook]:
    """``make_playbook("short", {"key": "a"}, {"key": "b", "after": ["a"]})``, published as version 1."""

    def made(key: str, *steps: dict[str, Any], anchor: str = "") -> Playbook:
        name = {"en": key.title(), "zh": key}
        playbook = Playbook.objects.create(workspace=workspace, key=key, name=name, anchor=anchor)
        version = PlaybookVersion.objects.create(playbook=playbook, number=1, state=VersionState.PUBLISHED)
        for position, step in enumerate(steps, start=1):
            Step.objects.create(version=version, position=position, name={"en": step["key"]}, **step)
        return playbook

    return made


@pytest.fixture
def save(workspace: Workspace) -> Playbook:
    return Playbook.objects.get(workspace=workspace, key="save")


def raised(account: Account, kind: str = "health_fell", severity: int = 3) -> Signal:
    said = {"en": "Health fell to “At risk”", "zh": "健康度降为“风险”"}
    return Signal.objects.create(
        workspace=account.workspace,
        account=account,
        kind=kind,
        dedupe_key=f"{kind}:{account.pk}",
        severity=severity,
        reason=said,
        evidence=[{"en": "80 → 45 points in 7 days", "zh": "7 天内 80 → 45 分"}],
        evaluated_on=account.workspace.today(),
    )
