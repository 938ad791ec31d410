"""What colleagues do with segments: make, draft, publish, copy, retire; lists have members put on and taken off."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from evergrow.customers import criteria as rules
from evergrow.customers.models import Pace, Segment, SegmentKind, SegmentVersion
from evergrow.customers.segments import lists, order
from evergrow.customers.segments.refresh import refresh
from evergrow.lib import clock
from evergrow.workspaces import audit, jobs
from evergrow.workspaces.access import require
from evergrow.workspaces.errors import BadChoice, Refused
from evergrow.workspaces.models import Job, Member, Workspace

REFRESH_ONE = "segments.refresh_one"
EDITABLE = ("name", "name_zh", "description", "pace", "owner")
MOST_LISTED = 1_000_000


class SegmentKeyTaken(Refused):
    field = "key"


class SegmentNeedsName(Refused):
    field = "name"


class NotAList(Refused):
    """Only lists have members put on them; the others follow their criteria."""


class NothingToPublish(Refused):
    """There is no draft."""


class InUse(Refused):
    """Other segments stand on this one."""

    def __init__(self, users: Iterable[Segment]) -> None:
        told = ", ".join(str(user) for user in users)
        super().__init__(
            _("These segments stand on it: %(users)s. Change their criteria first, then retire it.") % {"users": told}
        )


class IsRetired(Refused):
    """A retired segment does not change."""


def create_segment(
    *,
    workspace: Workspace,
    name: str,
    kind: str,
    by: Member | None,
    criteria: Any = None,
    numbers: "np.ndarray[Any, Any] | Iterable[int] | None" = None,
    key: str = "",
    name_zh: str = "",
    description: str = "",
    pace: int = Pace.ARRIVALS,
    owner: Member | None = None,
    is_draft: bool = False,
) -> Segment:
    """Make a segment: of those who meet ``criteria``, or else a list of ``numbers``.

    Criteria are published at once, and found by a job, unless it is a draft; a list has its members when this returns.
    Raises Refused: SegmentNeedsName, SegmentKeyTaken, BadChoice, ``criteria.CriteriaError``, ``order.Circle``.
    """
    require(by, "work")
    if kind not in SegmentKind.values:
        raise BadChoice("kind", _("A segment holds people or accounts: person or account."))
    segment = Segment(workspace=workspace, kind=kind, is_list=criteria is None, owner=owner or by)
    _name(segment, name, name_zh, description, pace)
    with transaction.atomic():
        segment.key = _free_key(workspace, key, name)
        try:
            with transaction.atomic():
                segment.save()
        except IntegrityError:
            raise SegmentKeyTaken(_("Another segment has the key “%(key)s”.") % {"key": segment.key}) from None
        audit.record(workspace, "segment.created", segment, by=by, data={"kind": kind, "list": segment.is_list})
        if criteria is not None:
            save_draft(segment=segment, criteria=criteria, by=by)
            if not is_draft:
                publish(segment=segment, by=by)
    if segment.is_list:
        put_on_list(segment=segment, numbers=[] if numbers is None else numbers, by=by, is_told=False)
    return segment


def edit_segment(*, segment: Segment, by: Member | None, **facts: Any) -> Segment:
    """Change name, description, pace or owner. Raises SegmentNeedsName, BadChoice."""
    require(by, "work")
    unknown = set(facts) - set(EDITABLE)
    if unknown:
        raise TypeError(f"These cannot be changed: {', '.join(sorted(unknown))}.")
    before = {name: getattr(segment, name) for name in facts}
    if "owner" in facts:
        segment.owner = facts["owner"]
    words = {name: facts.get(name, getattr(segment, name)) for name in ("name", "name_zh", "description", "pace")}
    _name(segment, **words)
    changed = {key: [_told(old), _told(getattr(segment, key))] for key, old in before.items()}
    changed = {key: pair for key, pair in changed.items() if pair[0] != pair[1]}
    if changed:
        with transaction.atomic():
            segment.save(update_fields=list(EDITABLE))
            audit.record(segment.workspace, "segment.edited", segment, by=by, data=changed)
    return segment


@transaction.atomic
def save_draft(*, segment: Segment, criteria: Any, by: Member | None) -> SegmentVersion:
    """Keep criteria as the segment's draft; members do not change before it is published.

    Raises ``criteria.CriteriaError`` at the part that means nothing, ``order.Circle``, NotAList, IsRetired.
    """
    require(by, "work")
    if segment.is_list:
        raise NotAList(_("A list has no criteria. Make a segment with criteria instead."))
    if segment.is_retired:
        raise IsRetired(_("The segment is retired. Bring it back first."))
    kind: Any = segment.kind
    parsed = rules.parse(criteria, kind, segment.workspace)
    needed = needs_of(parsed)
    order.check(segment, needed["segments"])
    draft = segment.versions.filter(state=SegmentVersion.State.DRAFT).first()
    if draft is None:
        last = segment.versions.order_by("-number").values_list("number", flat=True).first()
        draft = SegmentVersion(segment=segment, number=(last or 0) + 1, created_by=by)
    draft.criteria, draft.needs, draft.created_at = rules.as_data(parsed), needed, clock.now()
    draft.save()
    audit.record(segment.workspace, "segment.drafted", segment, by=by, data={"version": draft.number})
    return draft


@transaction.atomic
def publish(*, segment: Segment, by: Member | None) -> SegmentVersion:
    """Let the draft count; a job finds the members. Raises NothingToPublish, ``order.Circle``."""
    require(by, "work")
    draft = segment.versions.filter(state=SegmentVersion.State.DRAFT).first()
    if draft is None:
        raise NothingToPublish(_("There is no draft to publish."))
    order.check(segment, draft.needed["segments"])
    segment.versions.filter(state=SegmentVersion.State.PUBLISHED).update(state=SegmentVersion.State.REPLACED)
    draft.state, draft.published_by, draft.published_at = SegmentVersion.State.PUBLISHED, by, clock.now()
    draft.save(update_fields=["state", "published_by", "published_at"])
    Segment.objects.filter(pk=segment.pk).update(problem="", failed_at=None)
    audit.record(segment.workspace, "segment.published", segment, by=by, data={"version": draft.number})
    request_refresh(segment=segment, by=by)
    return draft


@transaction.atomic
def drop_draft(*, segment: Segment, by: Member | None) -> None:
    """Throw the draft away. Raises NothingToPublish."""
    require(by, "work")
    if not segment.versions.filter(state=SegmentVersion.State.DRAFT).delete()[0]:
        raise NothingToPublish(_("There is no draft."))
    audit.record(segment.workspace, "segment.draft_dropped", segment, by=by)


def duplicate(*, segment: Segment, name: str, by: Member | None) -> Segment:
    """The same segment again under another name; criteria come as a draft, a list with its members."""
    require(by, "work")
    shown = segment.versions.exclude(state=SegmentVersion.State.REPLACED).order_by("number").last()
    return create_segment(
        workspace=segment.workspace,
        name=name,
        description=segment.description,
        kind=segment.kind,
        pace=segment.pace,
        by=by,
        criteria=None if segment.is_list else (shown.criteria if shown else {"all": []}),
        numbers=lists.read(segment) if segment.is_list else None,
        is_draft=True,
    )


@transaction.atomic
def retire(*, segment: Segment, by: Member | None) -> None:
    """Take a segment out of use; its members stay as they are. Raises InUse."""
    require(by, "work")
    found = order.users(segment)
    if found:
        raise InUse(found)
    if Segment.objects.filter(pk=segment.pk, retired_at=None).update(retired_at=clock.now()):
        segment.refresh_from_db(fields=["retired_at"])
        audit.record(segment.workspace, "segment.retired", segment, by=by)


@transaction.atomic
def bring_back(*, segment: Segment, by: Member | None) -> None:
    """Use a retired segment again; it is refreshed at once."""
    require(by, "work")
    if Segment.objects.filter(pk=segment.pk).exclude(retired_at=None).update(retired_at=None):
        segment.refresh_from_db(fields=["retired_at"])
        audit.record(segment.workspace, "segment.brought_back", segment, by=by)
        request_refresh(segment=segment, by=by)


def put_on_list(
    *, segment: Segment, numbers: "np.ndarray[Any, Any] | Iterable[int]", by: Member | None, is_told: bool = True
) -> int:
    """Put people or accounts on a list; how many were not on it. Raises NotAList, IsRetired."""
    return _change_list(segment, numbers, by, away=False, is_told=is_told)


def take_off_list(*, segment: Segment, numbers: "np.ndarray[Any, Any] | Iterable[int]", by: Member | None) -> int:
    """Take people or accounts off a list; how many were on it. Raises NotAList, IsRetired."""
    return _change_list(segment, numbers, by, away=True, is_told=True)


def request_refresh(*, segment: Segment, by: Member | None) -> Job:
    """Have a job find the segment's members anew, now."""
    args = {"segment": segment.pk}
    return jobs.enqueue(REFRESH_ONE, segment.workspace, by=by, args=args, dedupe_key=f"segment {segment.pk}")


def needs_of(parsed: rules.Criteria) -> dict[str, Any]:
    """What criteria look at, as a version keeps it."""
    found = rules.needs(parsed)
    return {
        "traits": sorted([kind, name] for kind, name in found.traits),
        "events": sorted(found.events),
        "segments": sorted(found.segments),
        "places": found.places,
        "relative": found.relative,
        "hours": found.hours,
    }


def _change_list(segment: Segment, numbers: Any, by: Member | None, *, away: bool, is_told: bool) -> int:
    require(by, "work")
    if not segment.is_list:
        raise NotAList(_("The members of this segment follow from its criteria. Change those instead."))
    if segment.is_retired:
        raise IsRetired(_("The segment is retired. Bring it back first."))
    asked = np.unique(np.asarray(numbers if isinstance(numbers, np.ndarray) else list(numbers), np.uint32))
    known = lists.read(segment)
    changed = np.intersect1d(asked, known) if away else np.setdiff1d(asked, known)
    if not away and len(known) + len(changed) > MOST_LISTED:
        most = f"{MOST_LISTED:,}"
        raise Refused(_("A list holds at most %(most)s. Say whom you mean by criteria instead.") % {"most": most})
    lists.put(segment, changed, away=away)
    if is_told and len(changed):
        verb = "segment.taken_off" if away else "segment.put_on"
        audit.record(segment.workspace, verb, segment, by=by, data={"count": len(changed)})
    refresh(segment.workspace, [segment])
    segment.refresh_from_db()
    return len(changed)


def _name(segment: Segment, name: str, name_zh: str, description: str, pace: int) -> None:
    segment.name, segment.name_zh, segment.description = name.strip(), name_zh.strip(), description.strip()
    if not segment.name:
        segment.name = segment.name_zh
    if not segment.name:
        raise SegmentNeedsName(_("Give the segment a name."))
    if len(segment.name) > 120 or len(segment.name_zh) > 120:
        raise SegmentNeedsName(_("Keep the name within 120 characters."))
    if pace not in Pace.values:
        raise BadChoice("pace", _("Choose how often the segment is refreshed from the list."))
    segment.pace = pace


def is_key(text: str) -> bool:
    """Whether a text can be a segment's key."""
    return slugify(text) == text and 0 < len(text) <= 80 and not text.isdigit() and text not in RESERVED


def _free_key(workspace: Workspace, key: str, name: str) -> str:
    """The given key, or one made of the name that is free."""
    if key:
        if not is_key(key):
            raise BadChoice(
                "key", _("Write the key with small letters, digits and hyphens, and not as a number alone.")
            )
        return key
    base = slugify(name)[:60]
    base = base if base and not base.isdigit() else f"segment-{base}".strip("-")
    taken = set(Segment.objects.filter(workspace=workspace, key__startswith=base).values_list("key", flat=True))
    return next(k for k in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if k not in taken | RESERVED)


RESERVED = {"new", "overlap", "exchange", "from-accounts", "from-people"}


def _told(value: Any) -> Any:
    return value if isinstance(value, str | int | None) else str(value)
