"""Open runs follow the dates of their accounts: a renewal that moved moves the steps that count from it."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import F

from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success.engine.frames import date_of
from evergrow.success.models import Playbook, Run
from evergrow.success.models.playbooks import TRAIT
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.workspaces.models import Workspace

COLUMNS = (Playbook.Anchor.RENEWAL, Playbook.Anchor.CONTRACT)


def follow_dates(workspace: Workspace) -> int:
    """Take over the dates that changed since they were last seen, except those a person fixed; how many runs moved."""
    from evergrow.success.actions.runs import move_anchor

    moved = 0
    for run, day in _strayed(workspace):
        move_anchor(run=run, by=None, on=day)
        moved += 1
    return moved + _follow_others(workspace)


def _strayed(workspace: Workspace) -> Iterable[tuple[Run, date]]:
    """The runs whose playbook's own date is another one now, with that date."""
    hanging = Run.objects.filter(workspace=workspace, state__in=OPEN_RUN_STATES, anchor_is_fixed=False)
    related = ("account", "playbook", "version", "workspace")
    for column in COLUMNS:
        of_column = hanging.filter(playbook__anchor=column).exclude(**{f"account__{column}": None})
        strayed = of_column.exclude(anchor_on=F(f"account__{column}")) | of_column.filter(anchor_on=None)
        yield from ((run, getattr(run.account, column)) for run in strayed.select_related(*related))
    for run in hanging.filter(playbook__anchor__startswith=TRAIT).select_related(*related):
        day = date_of(run.account, run.playbook.anchor, workspace.tz)
        if day is not None and day != run.anchor_on:
            yield run, day


def _follow_others(workspace: Workspace) -> int:
    """Dates that single steps count from: the run is told, and reckons its steps anew at once."""
    rows = Run.objects.filter(workspace=workspace, state__in=OPEN_RUN_STATES).exclude(anchors={})
    held = list(rows.values_list("pk", "account_id", "anchors"))
    accounts = {account.pk: account for account in Account.everyone.filter(pk__in={row[1] for row in held})}
    moved = 0
    for pk, account, anchors in held:
        seen = _seen(accounts[account], anchors, workspace.tz)
        if seen != anchors:
            rows.filter(pk=pk).update(anchors=seen, wakes_at=clock.now())
            moved += 1
    return moved


def _seen(account: Account, anchors: dict[str, str], zone: ZoneInfo) -> dict[str, str]:
    days = {name: date_of(account, name, zone) for name in anchors}
    return {name: day.isoformat() if day else anchors[name] for name, day in days.items()}
