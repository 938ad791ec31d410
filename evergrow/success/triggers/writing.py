"""Keeps what a look brought about: states and firings in one transaction a trigger, each firing only once."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count

from evergrow.customers.models import Account
from evergrow.lib.batches import batched
from evergrow.success.models import Run, StartRules
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.models.triggers import COUNTED, Firing, FiringState, TriggerVersion
from evergrow.success.triggers import judging, states
from evergrow.success.triggers.definition import Definition
from evergrow.success.triggers.judging import Against, Candidate, Judged

ASK, WRITE = 900, 500


def fresh(version: TriggerVersion, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that are not kept yet."""
    known: set[tuple[int, str]] = set()
    rows = Firing.objects.filter(version_id=version.pk)
    for part in batched([each.account for each in candidates], ASK):
        known |= set(rows.filter(account__in=part).values_list("account_id", "occurrence"))
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
    for part in batched(list(accounts), ASK):
        if rule.most is not None:
            counts = past.filter(account__in=part).values_list("account_id").annotate(n=Count("pk"))
            fired |= dict(counts.order_by())
        running |= set(runs.filter(account__in=part).values_list("account_id", flat=True))
        waiting = Firing.objects.filter(playbook=trigger.playbook_id, state=FiringState.WAITING, account__in=part)
        running |= set(waiting.values_list("account_id", flat=True))
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
    found: dict[int, tuple[Any, ...]] = {}
    for part in batched(sorted(set(accounts)), ASK):
        rows = Account.objects.filter(pk__in=part)
        for key, *values in rows.values_list("pk", "health_state__score", "health_state__band", "mrr"):
            found[key] = tuple(values)
    return found
