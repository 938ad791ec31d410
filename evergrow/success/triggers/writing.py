"""Keeps what a look brought about: states and firings in one transaction a trigger, each firing only once."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count

from evergrow.customers.models import Account
from evergrow.success.engine.bare import Among
from evergrow.success.models import Run, StartRules
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.models.triggers import COUNTED, Firing, FiringState, TriggerVersion
from evergrow.success.triggers import judging, states
from evergrow.success.triggers.definition import Definition
from evergrow.success.triggers.judging import Against, Candidate, Judged

WRITE = 500


def fresh(version: TriggerVersion, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that are not kept yet."""
    if not candidates:
        return []
    asked = Among("account_id", [each.account for each in candidates])
    rows = Firing.objects.filter(asked, version_id=version.pk)
    known = set(rows.values_list("account_id", "occurrence"))
    return [each for each in candidates if (each.account, each.occurrence) not in known]


def against(version: TriggerVersion, rule: Definition, accounts: Collection[int], now: datetime) -> Against:
    """What speaks for and against firings of these accounts."""
    trigger = version.trigger
    rules = StartRules.objects.filter(playbook=trigger.playbook_id).first()
    fired: dict[int, int] = {}
    running: set[int] = set()
    past = Firing.objects.filter(trigger_id=trigger.pk, state__in=COUNTED)
    since = judging.counts_since(rule, now, trigger.workspace.tz)
    if since is not None:
        past = past.filter(at__gte=since) if rule.is_calendar else past.filter(at__gt=since)
    runs = Run.objects.filter(playbook=trigger.playbook_id, state__in=OPEN_RUN_STATES)
    if accounts:
        among = Among("account_id", list(accounts))
        if rule.most is not None:
            counts = past.filter(among).values_list("account_id").annotate(n=Count("pk"))
            fired = dict(counts.order_by())
        waiting = Firing.objects.filter(among, playbook=trigger.playbook_id, state=FiringState.WAITING)
        running = {*runs.filter(among).values_list("account_id", flat=True)}
        running |= {*waiting.values_list("account_id", flat=True)}
    return Against(
        now=now,
        zone=trigger.workspace.tz,
        fired=fired,
        running=running,
        salt=rules.salt if rules else "",
        held_out_percent=float(rules.held_out_percent) if rules else 0.0,
    )


def keep(version: TriggerVersion, rule: Definition, judged: Sequence[Judged], now: datetime) -> Counter[str]:
    """Write firings as they were judged; counts by state and, of suppressed ones, by reason."""
    facts = _facts(each.candidate.account for each in judged)
    trigger, counts = version.trigger, Counter[str]()
    made = []
    for each in judged:
        score, band, mrr = facts.get(each.candidate.account, (None, "", None))
        made.append(
            Firing(
                workspace_id=trigger.workspace_id,
                trigger=trigger,
                version=version,
                playbook_id=trigger.playbook_id,
                account_id=each.candidate.account,
                occurrence=each.candidate.occurrence,
                state=each.state,
                reason=each.reason,
                priority=rule.priority,
                at=now,
                settled_at=None if each.state == FiringState.WAITING else now,
                score_then=score,
                band_then=band or "",
                mrr_then=mrr,
            )
        )
        counts[each.reason or each.state] += 1
        counts[FiringState.SUPPRESSED] += bool(each.reason)
    Firing.objects.bulk_create(made, batch_size=WRITE)
    states.note_fired(trigger.pk, [each.candidate.account for each in judged if not each.reason], now)
    return counts


def _facts(accounts: Iterable[int]) -> dict[int, tuple[Any, ...]]:
    """Score, band and revenue of accounts now, to compare with what becomes of them."""
    wanted = sorted(set(accounts))
    if not wanted:
        return {}
    rows = Account.objects.filter(Among("pk", wanted))
    facts = rows.values_list("pk", "health_state__score", "health_state__band", "mrr")
    return {key: tuple(values) for key, *values in facts}
