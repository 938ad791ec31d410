"""Looks at all triggers of a workspace: many in one question, each kept by itself. Safe to run twice and at once."""

import logging
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers import criteria
from evergrow.customers.segments import arrivals
from evergrow.lib import clock
from evergrow.success.models import VersionState
from evergrow.success.models.triggers import TriggerKind, TriggerVersion
from evergrow.success.triggers import candidates, definition, judging, states, writing
from evergrow.success.triggers.candidates import Look
from evergrow.success.triggers.definition import Definition, NotReadable
from evergrow.success.triggers.looking import NOBODY, Accounts, Seen, look
from evergrow.workspaces.models import Workspace

log = logging.getLogger(__name__)
REFUSALS = (NotReadable, criteria.CriteriaError, criteria.CostError, warehouse.BadQuery)
SILENCE = timedelta(days=3)
TOGETHER = 200


@dataclass(slots=True)
class Evaluated:
    """What an evaluation came to: firings by state and by reason of suppression, and processor seconds by phase."""

    triggers: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        begun = time.process_time()
        try:
            yield
        finally:
            self.seconds[phase] = self.seconds.get(phase, 0.0) + time.process_time() - begun


def published(workspace: Workspace) -> list[TriggerVersion]:
    """The versions that are in force, those of retired triggers and playbooks left out."""
    rows = TriggerVersion.objects.filter(trigger__workspace=workspace, state=VersionState.PUBLISHED)
    rows = rows.filter(trigger__retired_at=None, trigger__playbook__retired_at=None)
    return list(rows.select_related("trigger__playbook", "trigger__workspace").order_by("trigger_id"))


def evaluate(workspace: Workspace, versions: Sequence[TriggerVersion] | None = None) -> Evaluated:
    """Look at these versions, or at all that are in force, and keep what fires. Raises StoreUnavailable."""
    done = Evaluated()
    now = clock.now()
    with done.timed("prepare"):
        chosen = published(workspace) if versions is None else list(versions)
        arrived = arrivals.read(workspace.pk)
        rules = _readable(chosen, now, arrived)
        accounts = Accounts.read(workspace)
    with done.timed("membership"):
        watched = [v.trigger_id for v, rule in rules if rule.kind not in MOMENTARY]
        before = states.members(watched) if watched else {}
    for start in range(0, len(rules), TOGETHER):
        part = rules[start : start + TOGETHER]
        with done.timed("criteria"):
            seen = _looked(workspace, part, accounts, now)
        for version, rule, found in seen:
            was = before.get(version.trigger_id, NOBODY)
            _keep(Look(workspace, version, rule, accounts, was, found, now), arrived.now, done)
    return done


MOMENTARY = (TriggerKind.DATE, TriggerKind.EVENT)


def _readable(
    versions: Sequence[TriggerVersion], now: datetime, arrived: arrivals.Arrivals
) -> list[tuple[TriggerVersion, Definition]]:
    """The rules that can be looked at; of the others it is written down why not."""
    found = []
    silent = _is_silent(arrived)
    for version in versions:
        try:
            rule = definition.read(version.definition)
            if silent and version.needed.get("events"):
                raise NotReadable("who", _("No event has arrived for three days, so nothing is concluded from events."))
        except REFUSALS as error:
            _note(version, str(error))
        else:
            found.append((version, rule))
    return found


def _is_silent(arrived: arrivals.Arrivals) -> bool:
    """Whether events arrived once and have stopped: what was not done then says nothing of an account."""
    newest = arrived.newest("event", arrivals.ANY)
    return newest is not None and arrived.now - newest > SILENCE


def _looked(
    workspace: Workspace, part: Sequence[tuple[TriggerVersion, Definition]], accounts: Accounts, now: datetime
) -> list[tuple[TriggerVersion, Definition, Seen]]:
    """Whom each rule concerns; where one cannot be asked, the others are asked without it."""
    try:
        found = look(workspace, [rule for _, rule in part], accounts)
        return [(version, rule, seen) for (version, rule), seen in zip(part, found, strict=True)]
    except REFUSALS as error:
        if len(part) > 1:
            halves = part[: len(part) // 2], part[len(part) // 2 :]
            return [each for half in halves for each in _looked(workspace, half, accounts, now)]
        log.warning("The trigger %s cannot be evaluated: %s", part[0][0].trigger_id, error)
        _note(part[0][0], str(error))
        return []


def _note(version: TriggerVersion, problem: str) -> None:
    TriggerVersion.objects.filter(pk=version.pk).update(problem=problem[:2000])


def _keep(seen: Look, arrived_at: datetime, done: Evaluated) -> None:
    """Find what fires and keep it, unless a later look was kept meanwhile."""
    with transaction.atomic():
        rows = TriggerVersion.objects.select_for_update().filter(pk=seen.version.pk, state=VersionState.PUBLISHED)
        now = rows.values("began_at", "looked_at").first()
        if now is None or (now["looked_at"] and now["looked_at"] > seen.now):
            return
        seen.version.began_at, seen.version.looked_at = now["began_at"], now["looked_at"]
        with done.timed("turn"):
            found = candidates.find(seen)
            fresh = writing.fresh(seen.version, found.candidates)
        with done.timed("judge"):
            known = writing.against(seen.version, seen.rule, {each.account for each in fresh}, seen.now)
            judged = judging.judge(seen.rule, fresh, known)
        with done.timed("write"):
            states.write(found.changed)
            done.counts += writing.keep(seen.version, seen.rule, judged, seen.now)
            _note_look(seen, found.members, arrived_at)
    done.triggers += 1


def _note_look(seen: Look, members: int, arrived_at: datetime) -> None:
    fields: dict[str, Any] = {
        "began_at": seen.version.began_at or seen.now,
        "looked_at": seen.now,
        "looked_on": seen.now.astimezone(seen.workspace.tz).date(),
        "arrived_at": arrived_at,
        "members": members,
        "unknown": seen.seen.unknown,
        "problem": "",
    }
    TriggerVersion.objects.filter(pk=seen.version.pk).update(**fields)
