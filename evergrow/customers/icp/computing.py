"""The fit of every account, computed each night and after a publication; the trait ``icp.fit`` comes from it."""

from collections.abc import Callable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from evergrow.customers import criteria, editions
from evergrow.customers.icp import profile as profiles
from evergrow.customers.icp.profile import BadProfile, Fit, Profile
from evergrow.customers.models import Account, AccountFit, IdealProfile
from evergrow.customers.tiers.rules import find
from evergrow.customers.tiers.unknown import maybe, surely
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

BLOCK = 500
Met = Mapping[str, bool | None]
Answers = dict[str, tuple[frozenset[int], frozenset[int]]]


def published(workspace: Workspace) -> Profile | None:
    """The profile that counts."""
    found = editions.published(IdealProfile, workspace)
    return profiles.read(found.definition, found) if found else None


def ask(workspace: Workspace, profile: Profile) -> Answers:
    """For each criterion the accounts that surely meet it, and those that may. Raises StoreUnavailable."""
    return {
        part.key: (find(workspace, surely(part.criteria)), find(workspace, maybe(part.criteria)))
        for part in profile.criteria
    }


def met(answers: Answers, number: int) -> dict[str, bool | None]:
    """Which criteria an account meets; None where its data is missing."""
    return {
        key: True if number in sure else (None if number in possible else False)
        for key, (sure, possible) in answers.items()
    }


def compute(workspace: Workspace, on_progress: Callable[[int, int], None] | None = None) -> int:
    """Write the fit of every account; how many. Without a published profile there is none."""
    profile = published(workspace)
    if profile is None:
        AccountFit.objects.filter(workspace=workspace).delete()
        return 0
    answers = ask(workspace, profile)
    rows = list(Account.objects.filter(workspace=workspace).order_by("pk").values_list("pk", "number"))
    for start in range(0, len(rows), BLOCK):
        _write(workspace, profile, answers, rows[start : start + BLOCK])
        if on_progress:
            on_progress(min(start + BLOCK, len(rows)), len(rows))
    _publish(workspace)
    return len(rows)


@transaction.atomic
def _write(workspace: Workspace, profile: Profile, answers: Answers, rows: list[tuple[int, int]]) -> None:
    now, states = clock.now(), []
    for pk, number in rows:
        found = met(answers, number)
        result: Fit = profiles.fit(profile, found)
        states.append(
            AccountFit(
                account_id=pk,
                workspace=workspace,
                profile=profile.version,
                fit=result.fit,
                coverage=result.coverage,
                met=found,
                computed_at=now,
            )
        )
    AccountFit.objects.bulk_create(
        states,
        update_conflicts=True,
        unique_fields=["account"],
        update_fields=["profile", "fit", "coverage", "met", "computed_at"],
    )


def _publish(workspace: Workspace) -> None:
    from evergrow.customers.criteria import mirror

    mirror.write_provided(workspace, "icp")


def check(workspace: Workspace, profile: Profile) -> None:
    """Raise BadProfile where a criterion cannot be used in this workspace."""
    for part in profile.criteria:
        try:
            criteria.parse(dict(part.criteria), "account", workspace)
        except (criteria.CriteriaError, ValidationError) as error:
            raise BadProfile(f"{part.name}: {error}") from error
