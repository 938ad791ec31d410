"""Writing and moving risks. Every change is a line of the risk's history."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.models import Risk, RiskMove, RiskState
from evergrow.success.signals.history import plain
from evergrow.workspaces import audit
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member, Workspace

WAYS: dict[str, tuple[str, ...]] = {
    RiskState.IDENTIFIED: (RiskState.ASSESSED, RiskState.CLOSED, RiskState.OCCURRED),
    RiskState.ASSESSED: (RiskState.TREATING, RiskState.MONITORING, RiskState.CLOSED, RiskState.OCCURRED),
    RiskState.TREATING: (RiskState.MONITORING, RiskState.ASSESSED, RiskState.CLOSED, RiskState.OCCURRED),
    RiskState.MONITORING: (RiskState.ASSESSED, RiskState.TREATING, RiskState.CLOSED, RiskState.OCCURRED),
    RiskState.CLOSED: (RiskState.ASSESSED,),
    RiskState.OCCURRED: (RiskState.ASSESSED, RiskState.CLOSED),
}
NEED_REASON = (RiskState.CLOSED, RiskState.OCCURRED)
FIELDS = (
    *("title", "category", "cause", "event", "consequence", "likelihood", "impact", "left_likelihood", "left_impact"),
    *("controls", "treatment", "owner", "review_on", "account", "product", "stage"),
)
SCALES = ("likelihood", "impact", "left_likelihood", "left_impact")


@transaction.atomic
def identify(*, workspace: Workspace, by: Member, **fields: Any) -> Risk:
    """Put a risk on the register. Raises NameMissing, OutOfScale, HalfAssessed, NotAColleague."""
    require(by, "work")
    _check(workspace, fields, None)
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)  # numbers are given out one at a time
    number = (Risk.objects.filter(workspace=workspace).aggregate(n=Max("number"))["n"] or 0) + 1
    risk = Risk.objects.create(workspace=workspace, number=number, created_by=by, **fields)
    RiskMove.objects.create(risk=risk, act="identified", state=risk.state, by=by, at=clock.now())
    audit.record(workspace, "risk.identified", risk, by=by)
    return risk


@transaction.atomic
def change(*, risk: Risk, by: Member, **fields: Any) -> Risk:
    """Change what is said of it; only what differs is written down. Raises as ``identify``."""
    require(by, "work")
    _check(risk.workspace, {"title": risk.title, **fields}, risk)
    before = {name: _said(getattr(risk, name)) for name in fields}
    for name, value in fields.items():
        setattr(risk, name, value)
    after = {name: _said(getattr(risk, name)) for name in fields}
    changed = [name for name in fields if before[name] != after[name]]
    if not changed:
        return risk
    risk.changed_at = clock.now()
    risk.save(update_fields=[*changed, "changed_at"])
    kept = [{name: said[name] for name in changed} for said in (before, after)]
    RiskMove.objects.create(
        risk=risk, act="changed", state=risk.state, before=kept[0], after=kept[1], by=by, at=clock.now()
    )
    audit.record(risk.workspace, "risk.changed", risk, by=by, data={"fields": ", ".join(changed)})
    return risk


@transaction.atomic
def move(*, risk: Risk, by: Member, to: str, reason: str = "") -> Risk:
    """To another state. Raises WrongState, ReasonNeeded (closing, occurred)."""
    require(by, "work")
    if to not in WAYS[risk.state]:
        raise errors.WrongState(state=risk.get_state_display())
    if to in NEED_REASON and not reason.strip():
        raise errors.ReasonNeeded()
    ended = clock.now() if to in NEED_REASON else None
    rows = Risk.objects.filter(pk=risk.pk, state=risk.state)
    if not rows.update(state=to, ended_at=ended, changed_at=clock.now()):
        risk.refresh_from_db()
        raise errors.WrongState(state=risk.get_state_display())
    before = risk.state
    risk.refresh_from_db()
    RiskMove.objects.create(
        risk=risk,
        act="moved",
        state=to,
        reason=reason.strip()[:2000],
        before={"state": before},
        after={"state": to},
        by=by,
        at=clock.now(),
    )
    audit.record(
        risk.workspace, "risk.moved", risk, by=by, data={"from": before, "to": to, "why": reason.strip()[:300]}
    )
    return risk


@transaction.atomic
def review(*, risk: Risk, by: Member, next_on: Any, note: str = "") -> Risk:
    """It was looked at: the next review is on ``next_on``. Raises DateInThePast."""
    require(by, "work")
    if next_on is not None and next_on <= risk.workspace.today():
        raise errors.DateInThePast(day=next_on)
    before = risk.review_on
    risk.review_on, risk.changed_at = next_on, clock.now()
    risk.save(update_fields=["review_on", "changed_at"])
    RiskMove.objects.create(
        risk=risk,
        act="reviewed",
        state=risk.state,
        reason=note.strip()[:2000],
        before={"review_on": plain(before)},
        after={"review_on": plain(next_on)},
        by=by,
        at=clock.now(),
    )
    audit.record(risk.workspace, "risk.reviewed", risk, by=by)
    return risk


def _check(workspace: Workspace, fields: dict[str, Any], risk: Risk | None) -> None:
    if not str(fields.get("title") or "").strip():
        raise errors.NameMissing()
    for name in SCALES:
        value = fields.get(name)
        if value is not None and not 1 <= value <= 5:
            raise errors.OutOfScale()
    left = [fields.get(name, getattr(risk, name, None)) for name in ("left_likelihood", "left_impact")]
    if left.count(None) == 1:
        raise errors.HalfAssessed()
    owner, account = fields.get("owner"), fields.get("account")
    if owner is not None and (owner.workspace_id != workspace.pk or not may(owner, "work")):
        raise errors.NotAColleague()
    if isinstance(account, Account) and account.workspace_id != workspace.pk:
        raise errors.NotAColleague()


def _said(value: Any) -> Any:
    found = plain(value)
    return found if found is None or isinstance(found, str | int) else str(found)
