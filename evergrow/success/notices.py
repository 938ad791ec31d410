"""What colleagues are told about work: given to them, decided."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from evergrow.lib import bilingual
from evergrow.success.models import Signal, StepKind, Task
from evergrow.success.standing_in import acts as standing_in
from evergrow.workspaces import notices
from evergrow.workspaces.models import Member
from evergrow.workspaces.notices.models import Notice

TASK, ANSWERED, SIGNAL = "task.assigned", "approval.answered", "signal.assigned"


def register() -> None:
    """Teach the bell this room's kinds."""
    notices.register(TASK, "checkbox", _task, label=gettext_lazy("A task was given to me"))
    notices.register(
        ANSWERED, "rosette-discount-check", _answered, label=gettext_lazy("My approval request is decided")
    )
    notices.register(SIGNAL, "bell-ringing", _signal, label=gettext_lazy("A signal was given to me"))


def tasks_given(tasks: Iterable[Task], *, by: Member | None) -> None:
    """Tell the owners of open tasks that somebody gave them these; those of who is away go to whoever stands in.

    A wait is nobody's work.
    """
    mine = [task for task in tasks if task.owner and task.is_open and task.kind != StepKind.WAIT]
    stead = standing_in.redirect([task for task in mine if by is None or task.owner_id != by.pk])
    notices.tell_many(
        notices.News(task.owner, TASK, _url("success:task", task), _of_task(task, stead.get(task.pk)), by)
        for task in mine
        if task.owner
    )


def approval_answered(task: Task, *, by: Member, approved: bool) -> None:
    """Tell who asked."""
    if task.requested_by is not None:
        data = {**_of_task(task), "approved": approved, "reason": task.reason}
        notices.tell(task.requested_by, ANSWERED, url=_url("success:task", task), data=data, by=by)


def signals_given(signals: list[Signal], owner: Member, *, by: Member, stead: Member | None = None) -> None:
    """Tell the new owner of many signals, once."""
    if len(signals) == 1:
        signal_given(signals[0], by=by, stead=stead)
    elif signals:
        url = reverse("success:signals", args=[by.workspace.slug]) + "?show=mine"
        notices.tell(owner, SIGNAL, url=url, data={"count": len(signals), "stead": str(stead or "")}, by=by)


def signal_given(signal: Signal, *, by: Member | None, stead: Member | None = None) -> None:
    """Tell the new owner of a signal."""
    if signal.owner is not None:
        account = signal.account.name if signal.account else signal.about
        data = {"reason": signal.reason, "account": account, "stead": str(stead or "")}
        notices.tell(signal.owner, SIGNAL, url=_url("success:signal", signal), data=data, by=by)


def _of_task(task: Task, stead: Member | None = None) -> dict[str, Any]:
    return {"name": task.name, "account": task.account.name, "stead": str(stead or "")}


def _url(name: str, row: Task | Signal) -> str:
    return reverse(name, args=[row.workspace.slug, row.pk])


def _facts(notice: Notice) -> dict[str, str]:
    language = get_language() or "en"
    told = {
        name: bilingual.pick(value, language) for name, value in notice.data.items() if isinstance(value, dict | str)
    }
    return {**told, "by": str(notice.by or "Evergrow")}


def _task(notice: Notice) -> str:
    if notice.data.get("stead"):
        return _("%(by)s gave you the task “%(name)s” · %(account)s, because %(stead)s is away") % _facts(notice)
    return _("%(by)s gave you the task “%(name)s” · %(account)s") % _facts(notice)


def _answered(notice: Notice) -> str:
    if notice.data.get("approved"):
        return _("%(by)s approved “%(name)s” · %(account)s") % _facts(notice)
    return _("%(by)s declined “%(name)s” · %(account)s: %(reason)s") % _facts(notice)


def _signal(notice: Notice) -> str:
    count = notice.data.get("count")
    if count:
        facts = {**_facts(notice), "count": count}
        if notice.data.get("stead"):
            return _("%(by)s gave you %(count)s signals, because %(stead)s is away") % facts
        return _("%(by)s gave you %(count)s signals") % facts
    if notice.data.get("stead"):
        return _("%(by)s gave you the signal “%(reason)s” · %(account)s, because %(stead)s is away") % _facts(notice)
    return _("%(by)s gave you the signal “%(reason)s” · %(account)s") % _facts(notice)
