"""What was refused is kept: written down with its reason, and sent again when somebody asks."""

from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import transaction

from evergrow.intake.capture import frames
from evergrow.intake.capture.formats import FORMATS, Refusal
from evergrow.intake.capture.limits import in_force
from evergrow.intake.capture.messages import TYPES, Bad
from evergrow.intake.capture.service import service
from evergrow.intake.models import Reject, RejectState, SourceSettings
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Key, Member, Workspace


class AlreadyReplayed(ValueError):
    """The message was sent again or discarded before."""


class CannotReplay(ValueError):
    """The message is not JSON, so sending it again cannot help."""


def keep(workspace: Workspace, bad: list[Bad], segment: str) -> int:
    """Write refused messages down; the same ones again change nothing. How many there are."""
    if not bad:
        return 0
    keys = set(Key.objects.filter(pk__in={each.key_id for each in bad}).values_list("pk", flat=True))
    again = {each.envelope["again"] for each in bad if "again" in each.envelope}
    known = (
        set(Reject.objects.filter(workspace=workspace, pk__in=again).values_list("pk", flat=True)) if again else set()
    )
    rows = [
        Reject(
            workspace=workspace,
            key_id=each.key_id if each.key_id in keys else None,
            source=each.source,
            segment=segment,
            position=each.position,
            code=each.code,
            detail=each.detail.replace("\x00", "")[:500],
            event=event_of(each),
            previous_id=origin if (origin := each.envelope.get("again")) in known else None,
            envelope={name: value for name, value in each.envelope.items() if name != "again"},
            raw=each.raw.decode("utf-8", "replace").replace("\x00", "�"),
            received_at=datetime.fromtimestamp(each.received / 1000, UTC),
            created_at=clock.now(),
        )
        for each in bad
    ]
    Reject.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


EVENT_NAMES = ("event", "event_type", "name", "se_ac", "e_a", "action_name")
LONGEST_NAME = 200


def event_of(bad: Bad) -> str:
    """What a refused message calls itself; empty where that cannot be read."""
    if isinstance(bad.envelope.get("event"), str):
        return str(bad.envelope["event"])[:LONGEST_NAME]
    try:
        item = orjson.loads(bad.raw)
    except orjson.JSONDecodeError:
        return ""
    return _name_in(item) or (_name_in(item.get("payload")) if isinstance(item, dict) else "")


def _name_in(item: Any) -> str:
    if not isinstance(item, dict):
        return ""
    found = next((item[name] for name in EVENT_NAMES if isinstance(item.get(name), str) and item[name].strip()), "")
    if not found and isinstance(item.get("type"), str) and item["type"] not in TYPES:
        found = item["type"]
    return found.strip().replace("\x00", "")[:LONGEST_NAME]


def replay(*, reject: Reject, by: Member | None, text: str | None = None) -> None:
    """Send a refused message through the door again, as it came or as ``text``; a refusal makes a new entry.

    A message without an id gets one that comes from this refusal, so that it counts once however often it is sent.
    Raises AlreadyReplayed, CannotReplay, and SpoolUnavailable when nothing can be written now.
    """
    require(by, "administer")
    mended = "" if text is None or text == reject.raw else text
    message = read_message(reject, mended or reject.raw)
    with transaction.atomic():
        settle(reject, state=RejectState.REPLAYED, replayed_at=clock.now(), replayed_by=by, mended=mended)
        data = {"reason": reject.code, **({"mended": True} if mended else {})}
        audit.record(reject.workspace, "reject.replayed", reject, by=by, data=data)
        largest = largest_messages({reject.key_id})[reject.key_id]
        service.spool.write(frames.pack(about_of(reject, largest), orjson.dumps(message)))


def read_message(reject: Reject, text: str) -> Any:
    """The JSON of what is sent again. Raises CannotReplay."""
    try:
        found = orjson.loads(text)
        if is_whole_body(reject):
            FORMATS[format_of(reject)].items(found, kind_of(reject))
    except (orjson.JSONDecodeError, Refusal, AttributeError, TypeError) as error:
        raise CannotReplay("This message is not JSON. Mend it, or the client that sends it.") from error
    return found


def is_whole_body(reject: Reject) -> bool:
    """Whether the body of a request was refused as a whole, because it could not be read."""
    return "sentAt" not in reject.envelope


def format_of(reject: Reject) -> str:
    return str(reject.envelope.get("format", "segment"))


def kind_of(reject: Reject) -> str:
    return str(reject.envelope.get("kind", "batch"))


def settle(reject: Reject, **fields: Any) -> None:
    """Take an open refusal into another state. Raises AlreadyReplayed when somebody was quicker."""
    if not Reject.objects.filter(pk=reject.pk, state=RejectState.OPEN).update(**fields):
        raise AlreadyReplayed("This message was sent again or discarded before.")


def largest_messages(keys: set[int | None]) -> dict[int | None, int]:
    """How many bytes a message of each source may have today; 0 for no limit."""
    own = SourceSettings.objects.in_bulk([key for key in keys if key is not None])
    return {key: in_force(own.get(key or 0)).message for key in keys}


def about_of(reject: Reject, largest: int) -> dict[str, Any]:
    """What the spool keeps of a message that is sent again alone: what its request said, and the limit of today."""
    about = {
        "w": reject.workspace_id,
        "k": reject.key_id or 0,
        "s": reject.source,
        "f": format_of(reject),
        "t": kind_of(reject),
        "r": int(reject.received_at.timestamp() * 1000),
        "v": reject.envelope.get("visitor", ""),
        "m": largest,
        "again": reject.pk,
        "place": f"{reject.segment}:r{reject.position}",
    }
    return about if is_whole_body(reject) else about | {"sent": reject.envelope["sentAt"]}
