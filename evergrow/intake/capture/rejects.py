"""What was refused is kept: written down with its reason, and sent again when somebody asks."""

from datetime import UTC, datetime

import orjson
from django.db import transaction

from evergrow.intake.capture import frames
from evergrow.intake.capture.messages import Bad
from evergrow.intake.capture.service import service
from evergrow.intake.models import Reject, RejectState
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Key, Member, Workspace


class AlreadyReplayed(ValueError):
    """The message was sent again before."""


class CannotReplay(ValueError):
    """The message is not JSON, so sending it again cannot help."""


def keep(workspace: Workspace, bad: list[Bad], segment: str) -> int:
    """Write refused messages down; the same ones again change nothing. How many there are."""
    if not bad:
        return 0
    keys = set(Key.objects.filter(pk__in={each.key_id for each in bad}).values_list("pk", flat=True))
    rows = [
        Reject(
            workspace=workspace,
            key_id=each.key_id if each.key_id in keys else None,
            source=each.source,
            segment=segment,
            position=each.position,
            code=each.code,
            detail=each.detail.replace("\x00", "")[:500],
            envelope=each.envelope,
            raw=each.raw.decode("utf-8", "replace").replace("\x00", "�"),
            received_at=datetime.fromtimestamp(each.received / 1000, UTC),
            created_at=clock.now(),
        )
        for each in bad
    ]
    Reject.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def replay(*, reject: Reject, by: Member | None) -> None:
    """Send a refused message through the door again, as it came; a refusal makes a new entry.

    Raises AlreadyReplayed, CannotReplay, and SpoolUnavailable when nothing can be written now.
    """
    require(by, "administer")
    try:
        message = orjson.loads(reject.raw)
    except orjson.JSONDecodeError as error:
        raise CannotReplay("This message is not JSON. Mend the client that sends it.") from error
    about = {
        "w": reject.workspace_id,
        "k": reject.key_id or 0,
        "s": reject.source,
        "f": reject.envelope.get("format", "segment"),
        "t": reject.envelope.get("kind", "batch"),
        "r": int(reject.received_at.timestamp() * 1000),
        "sent": reject.envelope.get("sentAt"),
        "v": reject.envelope.get("visitor", ""),
    }
    with transaction.atomic():
        fields = {"state": RejectState.REPLAYED, "replayed_at": clock.now(), "replayed_by": by}
        if not Reject.objects.filter(pk=reject.pk, state=RejectState.OPEN).update(**fields):
            raise AlreadyReplayed("This message was sent again before.")
        audit.record(reject.workspace, "reject.replayed", reject, by=by, data={"reason": reject.code})
        service.spool.write(frames.pack(about, orjson.dumps(message)))
