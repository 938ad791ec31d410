"""Which playbook a signal calls for: its rule's own choice, else the usual one for its kind."""

from collections.abc import Iterable

from django.db.models import QuerySet

from evergrow.success.models import Playbook, Signal, SignalKind, SignalRuleVersion, VersionState
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Workspace

USUAL = {
    SignalKind.HEALTH_FELL: "save",
    SignalKind.USAGE_QUIET: "save",
    SignalKind.TICKET: "save",
    SignalKind.NO_CONTACT: "save",
    SignalKind.RENEWAL_NEAR: "renewal",
    SignalKind.EXPANSION: "renewal",
}


def startable(workspace: Workspace) -> dict[str, Playbook]:
    """Playbooks with a published version, by key."""
    return {playbook.key: playbook for playbook in _startable(workspace)}


@prepared.rows
def _startable(workspace: Workspace) -> QuerySet[Playbook]:
    rows = Playbook.objects.filter(workspace=workspace, retired_at=None, versions__state=VersionState.PUBLISHED)
    return rows.distinct()


def suggested(workspace: Workspace, signals: Iterable[Signal]) -> dict[int, Playbook]:
    """The playbook of each signal about an account, by the signal's id; those without one are left out."""
    rows, books = list(signals), startable(workspace)
    rules = {row.rule_id for row in rows if row.kind == SignalKind.CUSTOM and row.rule_id}
    versions = SignalRuleVersion.objects.filter(rule__in=rules, state=VersionState.PUBLISHED) if rules else []
    chosen = {version.rule_id: version.definition.get("playbook", "") for version in versions}
    found = {}
    for row in rows:
        key = chosen.get(row.rule_id or 0, "") if row.kind == SignalKind.CUSTOM else USUAL.get(SignalKind(row.kind), "")
        if row.account_id and key in books:
            found[row.pk] = books[key]
    return found
