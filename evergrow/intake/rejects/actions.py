"""What can be done to refused messages: discard one, and send many again or discard them in a job."""

from dataclasses import asdict
from typing import Any

import orjson
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from evergrow.intake.capture import frames, rejects
from evergrow.intake.capture.service import service
from evergrow.intake.models import Reject, RejectState
from evergrow.intake.rejects.queries import Filter
from evergrow.lib import clock
from evergrow.workspaces import audit, jobs
from evergrow.workspaces.access import require
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.jobs import Progress
from evergrow.workspaces.models import Job, Member, Workspace

KIND = "intake.rejects"
REPLAY, DISCARD = "replay", "discard"
CHUNK = 200
LONGEST_NOTE = 300


@transaction.atomic
def discard(*, reject: Reject, note: str, by: Member | None) -> None:
    """Mark a refusal as done with; it stays, with the reason. Raises AlreadyReplayed, BadChoice."""
    require(by, "administer")
    note = _checked(note)
    rejects.settle(reject, **_discarded(note, by))
    audit.record(reject.workspace, "reject.discarded", reject, by=by, data={"reason": note})


def start(*, workspace: Workspace, act: str, wanted: Filter, ids: list[int], note: str, by: Member | None) -> Job:
    """Do something to many open refusals in a job: to those with ``ids``, else to all that fit. Raises BadChoice."""
    require(by, "administer")
    if act not in (REPLAY, DISCARD):
        raise BadChoice("act", act)
    note = _checked(note) if act == DISCARD else ""
    rows = Reject.objects.filter(workspace=workspace).order_by("-pk")
    until = rows.values_list("pk", flat=True).first() or 0
    args = {"act": act, "filter": asdict(wanted), "ids": ids, "note": note, "until": until}
    return jobs.enqueue(KIND, workspace, by=by, args=args)


def _checked(note: str) -> str:
    note = note.replace("\x00", "").strip()[:LONGEST_NOTE]
    if not note:
        raise BadChoice("note", _("Say why, so that colleagues know later."))
    return note


def _discarded(note: str, by: Member | None) -> dict[str, Any]:
    return {"state": RejectState.DISCARDED, "discarded_at": clock.now(), "discarded_by": by, "note": note}


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Go through the refusals of a job in pieces. A piece that was done before is not done again."""
    rows = _rows(job)
    total = rows.count() + job.done_units
    done, skipped, last = job.done_units, 0, 0
    progress(done, total)
    while piece := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = piece[-1].pk
        counted = _discard(job, piece) if job.args["act"] == DISCARD else _replay(job, piece)
        done, skipped = done + counted, skipped + len(piece) - counted
        progress(done, total)
    data = {"done": done, "skipped": skipped}
    audit.record(job.workspace, f"rejects.{job.args['act']}ed", job.workspace, by=job.created_by, data=data)
    return data


def _rows(job: Job) -> QuerySet[Reject]:
    """The open refusals of a job, none that came after it was asked for."""
    rows = Reject.objects.filter(workspace=job.workspace, state=RejectState.OPEN, pk__lte=job.args["until"])
    if job.args["ids"]:
        return rows.filter(pk__in=job.args["ids"])
    return Filter(**{**job.args["filter"], "state": RejectState.OPEN.value}).apply(rows, job.workspace)


def _discard(job: Job, piece: list[Reject]) -> int:
    fields = _discarded(job.args["note"], job.created_by)
    return Reject.objects.filter(pk__in=[each.pk for each in piece], state=RejectState.OPEN).update(**fields)


@transaction.atomic
def _replay(job: Job, piece: list[Reject]) -> int:
    """Send a piece again with one write to the disk; what is no JSON, or was settled meanwhile, is left.

    The rows are held until they are on the disk, so that nobody else settles them in between.
    """
    ours = Reject.objects.filter(pk__in=[each.pk for each in piece], state=RejectState.OPEN)
    held = set(ours.select_for_update().values_list("pk", flat=True))
    largest = rejects.largest_messages({each.key_id for each in piece})
    packed: dict[int, bytes] = {}
    for reject in piece:
        try:
            if reject.pk in held:
                message = orjson.dumps(rejects.read_message(reject, reject.raw))
                packed[reject.pk] = frames.pack(rejects.about_of(reject, largest[reject.key_id]), message)
        except rejects.CannotReplay:
            continue
    if packed:
        fields = {"state": RejectState.REPLAYED, "replayed_at": clock.now(), "replayed_by": job.created_by}
        ours.filter(pk__in=list(packed)).update(**fields)
        service.spool.write(b"".join(packed.values()))
    return len(packed)
