"""A limit of contacts: so many by one channel, or by all, within so many days. Nothing here reads a store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from evergrow.success.contact import hours
from evergrow.success.models.contact import ContactChannel

MOST, DAYS = 1000, 366


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` within ``days``, by ``channel`` ("": all together).

    Rolling: any stretch of so many times 24 hours. Calendar: today and the days before it, from midnight to midnight
    on the workspace's clock.
    """

    channel: str
    most: int
    days: int
    is_calendar: bool = False

    @property
    def key(self) -> str:
        """What its slots go by; a limit that becomes higher or lower keeps them."""
        return f"{self.channel or 'all'}:{self.days}{'c' if self.is_calendar else 'r'}"

    def concerns(self, channel: str) -> bool:
        return self.channel in ("", channel)

    def since(self, now: datetime, zone: ZoneInfo) -> datetime:
        """From when on contacts count now; of a rolling limit those after it, of a calendar one that moment too."""
        if not self.is_calendar:
            return now - timedelta(days=self.days)
        first = now.astimezone(zone).date() - timedelta(days=self.days - 1)
        return hours.moment(first, time(), zone)

    def holds(self, taken_at: datetime, now: datetime, zone: ZoneInfo) -> bool:
        """Whether a contact of that moment still counts."""
        since = self.since(now, zone)
        return taken_at >= since if self.is_calendar else taken_at > since

    def frees(self, taken_at: datetime, zone: ZoneInfo) -> datetime:
        """When a contact of that moment stops counting."""
        if not self.is_calendar:
            return taken_at + timedelta(days=self.days)
        return hours.moment(taken_at.astimezone(zone).date() + timedelta(days=self.days), time(), zone)

    def as_data(self) -> dict[str, Any]:
        return {"channel": self.channel, "most": self.most, "days": self.days, "is_calendar": self.is_calendar}


def read(data: Mapping[str, Any]) -> Limit:
    """A limit as ``as_data`` writes it. Raises ValueError or KeyError for what cannot be read."""
    found = Limit(str(data["channel"]), int(data["most"]), int(data["days"]), bool(data.get("is_calendar")))
    if found.channel and found.channel not in ContactChannel.values:
        raise ValueError(_("There is no channel “%(channel)s”.") % {"channel": found.channel})
    if not 0 <= found.most <= MOST or not 1 <= found.days <= DAYS:
        words = _("A limit is 0 to %(most)s contacts within 1 to %(days)s days.")
        raise ValueError(words % {"most": MOST, "days": DAYS})
    return found
