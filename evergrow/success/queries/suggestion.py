"""The next best action for an account: which playbook its facts call for, and the reasons with their numbers."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evergrow.customers.models import Account
from evergrow.health.models import AccountHealth
from evergrow.lib.bilingual import Name
from evergrow.success.models import Declined, Playbook, PlaybookVersion, Run, RunState, Signal, SignalKind, VersionState
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.models.signals import OPEN_SIGNALS

RENEWAL_DAYS = 90
NEW_DAYS = 60
CALLS_FOR = {
    "save": {SignalKind.HEALTH_FELL, SignalKind.USAGE_QUIET, SignalKind.TICKET, SignalKind.NO_CONTACT},
    "renewal": {SignalKind.RENEWAL_NEAR, SignalKind.EXPANSION},
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a sentence, and the icon of what it is about."""

    icon: str
    words: Name | str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A playbook to start now. ``finished`` counts its completed runs; no effect is claimed of them."""

    playbook: Playbook
    version: PlaybookVersion
    reasons: list[Reason]
    signal: Signal | None
    steps: int
    finished: int


def suggestion(account: Account) -> Suggestion | None:
    """What to start for the account: saving before renewing before onboarding.

    Left out are playbooks that run already, were put away with “not now”, or have nothing published.
    """
    signals = list(account.signals.filter(state__in=OPEN_SIGNALS).order_by("-severity", "first_seen_at"))
    for key in _wanted(account, signals):
        version = _startable(account, key)
        if version is not None:
            own = [signal for signal in signals if signal.kind in CALLS_FOR.get(key, set())]
            finished = Run.objects.filter(playbook=version.playbook, state=RunState.COMPLETED).count()
            reasons = _reasons(account, own)[:3]
            steps = version.steps.count()
            return Suggestion(version.playbook, version, reasons, own[0] if own else None, steps, finished)
    return None


def _wanted(account: Account, signals: list[Signal]) -> list[str]:
    kinds = {signal.kind for signal in signals}
    health = getattr(account, "health_state", None)
    today = account.workspace.today()
    wanted = []
    if kinds & CALLS_FOR["save"] or (health and health.band == "risk"):
        wanted.append("save")
    if (account.renews_on and 0 <= (account.renews_on - today).days <= RENEWAL_DAYS) or kinds & CALLS_FOR["renewal"]:
        wanted.append("renewal")
    if account.customer_since and (today - account.customer_since).days <= NEW_DAYS:
        wanted.append("onboarding")
    return wanted


def _startable(account: Account, key: str) -> PlaybookVersion | None:
    rows = PlaybookVersion.objects.select_related("playbook__workspace").filter(state=VersionState.PUBLISHED)
    version = rows.filter(
        playbook__workspace=account.workspace_id, playbook__key=key, playbook__retired_at=None
    ).first()
    if version is None:
        return None
    today = account.workspace.today()
    is_running = Run.objects.filter(account=account, playbook=version.playbook, state__in=OPEN_RUN_STATES).exists()
    is_away = Declined.objects.filter(account=account, playbook=version.playbook, until__gt=today).exists()
    return None if is_running or is_away else version


def _reasons(account: Account, signals: list[Signal]) -> list[Reason]:
    found = [Reason(signal.icon, signal.reason) for signal in signals]
    health: AccountHealth | None = getattr(account, "health_state", None)
    if health is not None and health.band in ("risk", "watch"):
        found += [Reason("heartbeat", {"zh": r["zh"], "en": r["en"]}) for r in health.reasons[:2]]
    today = account.workspace.today()
    if account.renews_on and account.renews_on >= today and not any(s.kind == SignalKind.RENEWAL_NEAR for s in signals):
        days = (account.renews_on - today).days
        words = ngettext("%(n)s day to renewal", "%(n)s days to renewal", days) % {"n": days}
        found.append(Reason("calendar-due", words))
    if account.customer_since and (today - account.customer_since).days <= NEW_DAYS:
        days = (today - account.customer_since).days
        found.insert(0, Reason("plant-2", _("customer for %(n)s days") % {"n": days}))
    return found
