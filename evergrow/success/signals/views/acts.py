"""What the form of one signal asks for, by its ``move``."""

from collections.abc import Callable

from evergrow.customers.criteria import posted
from evergrow.success.actions import signals as actions
from evergrow.success.models import Signal
from evergrow.success.views.answers import needed_day, read_day, read_member
from evergrow.workspaces.access import GatedRequest


def _take(request: GatedRequest, signal: Signal) -> None:
    actions.take_signal(signal=signal, by=request.member, to=read_member(request, "to"))


def _later(request: GatedRequest, signal: Signal) -> None:
    condition = posted.raw(request.POST) if "criteria" in request.POST or "criteria_text" in request.POST else None
    until = needed_day(request, "until") if not condition else read_day(request, "until")
    actions.snooze_signal(signal=signal, by=request.member, until=until, condition=condition)


def _resolve(request: GatedRequest, signal: Signal) -> None:
    actions.resolve_signal(signal=signal, by=request.member, reason=request.POST.get("reason", ""))


def _wrong(request: GatedRequest, signal: Signal) -> None:
    actions.mark_false_positive(signal=signal, by=request.member, reason=request.POST.get("reason", ""))


MOVES: dict[str, Callable[[GatedRequest, Signal], None]] = {
    "take": _take,
    "later": _later,
    "resolve": _resolve,
    "wrong": _wrong,
}
