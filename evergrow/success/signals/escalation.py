"""The ladder: a signal that nobody works on climbs by its age, severity and the tier of its customer.

Age is counted in working days since it was first seen, was opened again or came back. What is put off, or being
worked on, stays where it is. It climbs only to who may see its account.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers import access as customers
from evergrow.customers import timeline
from evergrow.lib import clock, workdays
from evergrow.success.models import Signal, SignalAct, SignalState
from evergrow.success.signals import capacity, history, owners, telling
from evergrow.success.signals.reading import wrong
from evergrow.workspaces import audit
from evergrow.workspaces.access import may
from evergrow.workspaces.models import Member, Workspace

CLIMBS = [SignalState.NEW, SignalState.ACKNOWLEDGED]
MOST_RUNGS = 8


@dataclass(frozen=True, slots=True)
class Rung:
    """From ``severity`` on, of ``tiers`` (none: all), after so many working days, to the manager or a member."""

    severity: int
    tiers: tuple[str, ...]
    after: int
    to: str
    member: int | None

    def holds(self, signal: Signal, age: int) -> bool:
        tier = signal.account.tier if signal.account else ""
        return signal.severity >= self.severity and (not self.tiers or tier in self.tiers) and age >= self.after


def read(raw: Any) -> list[Rung]:
    """A ladder out of the settings. Raises RuleWrong."""
    if not isinstance(raw, list) or len(raw) > MOST_RUNGS:
        raise wrong("ladder", _("A ladder has at most %(most)s rungs.") % {"most": MOST_RUNGS})
    return [_rung(each) for each in raw]


def escalate(workspace: Workspace) -> int:
    """Let every signal climb as far as it must; how many climbed. Safe to run again."""
    ladder = read(capacity.settings_of(workspace).ladder)
    if not ladder:
        return 0
    members = {m.pk: m for m in Member.objects.filter(workspace=workspace, left_at=None).select_related("user")}
    rows = Signal.objects.filter(workspace=workspace, state__in=CLIMBS, severity__gte=min(r.severity for r in ladder))
    total, today = 0, workspace.today()
    for signal in rows.select_related("account", "source", "product", "risk", "workspace", "owner").iterator(500):
        level = level_of(signal, ladder, today)
        if level > signal.escalation:
            total += _climb(signal, level, ladder[level - 1], members)
    return total


def level_of(signal: Signal, ladder: Sequence[Rung], today: date) -> int:
    """The highest rung, counted from 1, that the signal has reached; 0 for none."""
    seen = (signal.waiting_since or signal.first_seen_at).astimezone(signal.workspace.tz).date()
    age = workdays.between(seen, today, signal.workspace.workdays)
    return max((n for n, rung in enumerate(ladder, start=1) if rung.holds(signal, age)), default=0)


@transaction.atomic
def _climb(signal: Signal, level: int, rung: Rung, members: Mapping[int, Member]) -> int:
    rows = Signal.objects.select_for_update().filter(pk=signal.pk, escalation__lt=level, state__in=CLIMBS)
    to = _hears(signal, rung, members)
    if to is None or rows.first() is None:
        return 0
    fields = {"escalation": level, "escalated_to": to, "escalated_at": clock.now()}
    history.turn(signal, SignalAct.ESCALATED, by=None, states=CLIMBS, data={"to": str(to), "rung": level}, **fields)
    audit.record(signal.workspace, "signal.escalated", signal, by=None, data={"to": str(to)})
    if signal.account is not None:
        timeline.add(signal.account, "signal.escalated", {"reason": signal.reason, "why": str(to)}, by=None)
    telling.escalated(signal, to)
    return 1


def _hears(signal: Signal, rung: Rung, members: Mapping[int, Member]) -> Member | None:
    """Who hears of it on a rung: a member who left, may only look or does not see the account is passed over for the
    manager."""
    able = {pk: member for pk, member in members.items() if may(member, "work")}
    if signal.account is not None:
        seen = set(customers.who_see(signal.account).values_list("pk", flat=True))
        able = {pk: member for pk, member in able.items() if pk in seen}
    if rung.to == "member" and rung.member in able:
        return able[rung.member]
    return owners.manager_of(members.get(signal.owner_id or 0), able.values())


def _rung(raw: Any) -> Rung:
    if not isinstance(raw, dict) or raw.get("to") not in ("manager", "member"):
        raise wrong("ladder", _("A rung leads to the manager or to a colleague."))
    severity, after, member = raw.get("severity", 3), raw.get("after"), raw.get("member")
    if severity not in (1, 2, 3) or type(after) is not int or not 0 <= after <= 365:
        raise wrong("ladder", _("A rung needs a severity and a number of working days."))
    if raw["to"] == "member" and not isinstance(member, int):
        raise wrong("ladder", _("Choose the colleague who gets it."))
    tiers = raw.get("tiers") or []
    if not isinstance(tiers, list):
        raise wrong("ladder", _("This part of the rule cannot be read."))
    return Rung(severity, tuple(str(tier) for tier in tiers), after, raw["to"], member)
