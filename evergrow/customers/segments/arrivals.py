"""What came into the event store since a segment was last refreshed, and whether that can have changed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from evergrow import warehouse
from evergrow.customers.models import Segment

# An insert that was under way when a refresh read the store is stamped before that reading and seen after it.
LAG = timedelta(seconds=5)
ANY = "*"


@dataclass(frozen=True, slots=True)
class Arrivals:
    """When each thing last came in, by topic and name; ``now`` is the store's own clock, read before the rest."""

    now: datetime
    at: Mapping[tuple[str, str], datetime]

    def newest(self, topic: str, name: str = "") -> datetime | None:
        """When this last came in; of an event called ``*`` any."""
        if name != ANY:
            return self.at.get((topic, name))
        return max((at for (found, _), at in self.at.items() if found == topic), default=None)

    def touch(self, segment: Segment, needed: Mapping[str, Any]) -> bool:
        """Whether something came in that the segment looks at."""
        since = segment.seen_at
        if since is None:
            return True
        asked = [("merge", "")] if segment.kind == "person" or needed["events"] or needed["places"] else []
        if needed["events"]:
            asked.append(("touch", ""))
        if needed["places"]:
            asked.append(("places", ""))
        asked += [("event", name) for name in needed["events"]]
        asked += [(kind, name) for kind, name in needed["traits"]]
        return any(at > since - LAG for at in map(self._asked, asked) if at is not None)

    def _asked(self, topic_and_name: tuple[str, str]) -> datetime | None:
        return self.newest(*topic_and_name)


def read(workspace_id: int) -> Arrivals:
    """What came in so far."""
    now: datetime = warehouse.scalar("select now64(6, 'UTC')")
    rows = warehouse.rows(warehouse.statement("customers", "arrivals"), workspace_id=workspace_id)
    return Arrivals(now, {(topic, name): at for topic, name, at in rows})
