"""Who is told of what happens to signals and their rules, in the transaction that causes it."""

from collections.abc import Iterable

from django.urls import reverse

from evergrow.success.models import Signal, SignalRule
from evergrow.workspaces.access import may
from evergrow.workspaces.models import Member


def held(rule: SignalRule, count: int, limit: int) -> None:
    """Managers hear that a rule was held back."""
    url = reverse("success:signal_rules", args=[rule.workspace.slug])
    data = {"rule": rule.name, "count": count, "limit": limit}
    members = Member.objects.filter(workspace=rule.workspace, left_at=None)
    _tell([m for m in members if may(m, "manage")], "signals.held", url, data, f"held:{rule.pk}:{rule.workspace.today()}")


def escalated(signal: Signal, to: Member) -> None:
    """Somebody hears that a signal climbed the ladder to them."""
    url = reverse("success:signal", args=[signal.workspace.slug, signal.pk])
    data = {"reason": signal.reason, "about": signal.about}
    _tell([to], "signals.escalated", url, data, f"escalated:{signal.pk}:{signal.escalation}")


def _tell(members: Iterable[Member], kind: str, url: str, data: dict[str, object], dedupe_key: str) -> None:
    """Nobody is told until notices are there; the signal's history and the audit trail say it anyway."""
