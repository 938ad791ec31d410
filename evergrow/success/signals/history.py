"""Every move of a signal is one guarded update and one line of its history, which can be taken back."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime

from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.models import Signal, SignalAct, SignalBatch, SignalMove, SignalState
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.workspaces.models import Member

CLOSED = [SignalState.RESOLVED, SignalState.FALSE_POSITIVE, SignalState.EXPIRED]
DAYS = ("snoozed_until", "due_on")
MOMENTS = ("ended_at", "archived_at", "escalated_at", "waiting_since")
KEYS = ("owner", "ended_by", "escalated_to")


def turn(
    signal: Signal,
    act: SignalAct,
    *,
    by: Member | None,
    states: Sequence[str] = OPEN_SIGNALS,
    data: dict[str, Any] | None = None,
    **fields: Any,
) -> SignalMove:
    """Set ``fields`` if the signal still stands in one of ``states``. Raises SignalAlreadyClosed."""
    before = _kept(signal, fields)
    if not Signal.objects.filter(pk=signal.pk, state__in=states).update(**fields):
        signal.refresh_from_db()
        raise errors.SignalAlreadyClosed(state=signal.get_state_display())
    signal.refresh_from_db()
    after = _kept(signal, fields)
    return SignalMove.objects.create(
        signal=signal, act=act, by=by, at=clock.now(), before=before, after=after, data=data or {}
    )


def note(
    signals: Iterable[Signal],
    act: SignalAct,
    *,
    by: Member | None = None,
    batch: SignalBatch | None = None,
    changes: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """One line for each of many that were moved together; ``changes`` are the fields that were set on all of them.

    The signals are as they were before.
    """
    after = {name: plain(value) for name, value in (changes or {}).items()}
    SignalMove.objects.bulk_create(
        (
            SignalMove(
                signal=signal,
                act=act,
                by=by,
                at=clock.now(),
                batch=batch,
                before=_kept(signal, after),
                after=after,
                data=data or {},
            )
            for signal in signals
        ),
        batch_size=500,
    )


def plain(value: Any) -> Any:
    """A field's value as JSON."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Member):
        return value.pk
    return str(value) if isinstance(value, SignalState) else value


def _kept(signal: Signal, names: Iterable[str]) -> dict[str, Any]:
    """Fields of a signal as they are kept; of members the id alone, so that none is loaded for it."""
    return {name: plain(getattr(signal, f"{name}_id" if name in KEYS else name)) for name in names}


def fields_of(kept: dict[str, Any]) -> dict[str, Any]:
    """Kept values as fields to set or to ask for."""
    found: dict[str, Any] = {}
    for name, value in kept.items():
        if name in KEYS:
            found[f"{name}_id"] = value
        elif isinstance(value, str) and name in DAYS:
            found[name] = parse_date(value)
        elif isinstance(value, str) and name in MOMENTS:
            found[name] = parse_datetime(value)
        else:
            found[name] = value
    return found
