"""Taking one of the places of a limit, so that of two workers who see the last one free exactly one gets it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from evergrow.success.contact.holders import Holder
from evergrow.success.contact.limits import Limit
from evergrow.success.models.contact import Contact, ContactSlot

TRIES = 50


class Full(Exception):
    """No place is free before ``until``. ``is_waited_for``: there is one, but others come first."""

    def __init__(self, limit: Limit, until: datetime, *, is_waited_for: bool = False) -> None:
        super().__init__(limit.key)
        self.limit, self.until, self.is_waited_for = limit, until, is_waited_for


@dataclass(frozen=True, slots=True)
class Taker:
    """Takes places for one contact; all its limits or none, within the caller's transaction."""

    contact: Contact
    holder: Holder
    now: datetime
    zone: ZoneInfo

    def live(self, limit: Limit) -> list[ContactSlot]:
        """What counts against the limit now, the earliest first."""
        rows = ContactSlot.objects.filter(
            workspace_id=self.contact.workspace_id, holder__in=self.holder.keys, limit=limit.key
        )
        return [row for row in rows.order_by("taken_at", "pk") if limit.holds(row.taken_at, self.now, self.zone)]

    def take(self, limit: Limit, waiting: int = 0) -> None:
        """Take a place; ``waiting`` places are kept for others. Raises Full."""
        for _ in range(TRIES):
            live = self.live(limit)
            if len(live) >= limit.most:
                raise Full(limit, self._frees(limit, live))
            if len(live) + waiting >= limit.most:
                raise Full(limit, self.now, is_waited_for=True)
            stray = next((row for row in live if row.holder != self.holder.key or row.number > limit.most), None)
            done = self._move(stray, limit, live) if stray else self._put(limit, live)
            if done and not stray:
                return
        raise RuntimeError(f"No place of {limit.key} could be taken in {TRIES} tries.")

    def _frees(self, limit: Limit, live: Sequence[ContactSlot]) -> datetime:
        if limit.most == 0:
            return limit.frees(self.now, self.zone)
        return limit.frees(live[len(live) - limit.most].taken_at, self.zone)

    def _free_number(self, limit: Limit, live: Sequence[ContactSlot]) -> int:
        used = {row.number for row in live if row.holder == self.holder.key}
        return next(number for number in range(1, limit.most + 1) if number not in used)

    def _move(self, row: ContactSlot, limit: Limit, live: Sequence[ContactSlot]) -> bool:
        """Bring what counts under an earlier key, or from before a limit was lowered, among the places of today."""
        number = self._free_number(limit, live)
        return self._write(limit, number, contact_id=row.contact_id, taken_at=row.taken_at, instead_of=row)

    def _put(self, limit: Limit, live: Sequence[ContactSlot]) -> bool:
        number = self._free_number(limit, live)
        return self._write(limit, number, contact_id=self.contact.pk, taken_at=self.now)

    def _write(
        self, limit: Limit, number: int, *, contact_id: int, taken_at: datetime, instead_of: ContactSlot | None = None
    ) -> bool:
        """Whether the place could be written; somebody else may have been quicker."""
        place = {
            "workspace_id": self.contact.workspace_id,
            "holder": self.holder.key,
            "limit": limit.key,
            "number": number,
        }
        try:
            with transaction.atomic():
                if instead_of and not ContactSlot.objects.filter(pk=instead_of.pk).delete()[0]:
                    return False
                over = ContactSlot.objects.filter(**place).first()
                if over is None:
                    ContactSlot.objects.create(**place, contact_id=contact_id, taken_at=taken_at)
                    return True
                mine = ContactSlot.objects.filter(pk=over.pk, taken_at=over.taken_at, contact_id=over.contact_id)
                if limit.holds(over.taken_at, self.now, self.zone):
                    raise IntegrityError
                if not mine.update(contact_id=contact_id, taken_at=taken_at):
                    raise IntegrityError
                return True
        except IntegrityError:
            return False


def release(contact: Contact) -> int:
    """Give back every place of a contact; how many."""
    return ContactSlot.objects.filter(contact=contact).delete()[0]
