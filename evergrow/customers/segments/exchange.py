"""Segments as readable YAML, out and in: what would change is shown before anything does."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers import criteria as rules
from evergrow.customers.actions import segments as actions
from evergrow.customers.models import Pace, Segment, SegmentVersion
from evergrow.customers.segments import portable
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.models import Member, Workspace

FORMAT = "evergrow/segments/1"
WORDS = ("name", "name_zh", "description")
FIELDS = ("key", *WORDS, "kind", "refreshed", "criteria")
MOST_BYTES = 2 * 1024 * 1024
PACES = {
    Pace.ARRIVALS: "on arrival",
    Pace.QUARTER: "15 minutes",
    Pace.HOUR: "hour",
    Pace.SIX_HOURS: "6 hours",
    Pace.DAY: "day",
}


class CannotRead(Refused):
    """The text cannot be imported; it says where and why."""

    field = "text"


@dataclass(slots=True)
class Change:
    """What the text does to one segment: ``new``, ``changed`` or ``same``; ``lines`` are (field, before, after)."""

    key: str
    name: str
    what: str
    entry: Mapping[str, Any]
    segment: Segment | None = None
    lines: list[tuple[str, str, str]] = field(default_factory=list)


def as_yaml(segments: Iterable[Segment]) -> str:
    """The published (else the drafted) criteria of segments, in the order of their keys. Lists are left out."""
    entries = [_entry(segment) for segment in sorted(segments, key=lambda each: each.key) if not segment.is_list]
    head = {"format": FORMAT, "segments": entries}
    return yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=100)


def plan(workspace: Workspace, text: str) -> list[Change]:
    """What importing the text would change; nothing is changed. Raises CannotRead with the place that is wrong."""
    known = {segment.key: segment for segment in Segment.objects.filter(workspace=workspace)}
    changes = [_change(workspace, known, place, entry) for place, entry in enumerate(_entries(text))]
    keys = [change.key for change in changes]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice:
        raise CannotRead(_("The key “%(key)s” stands there twice.") % {"key": twice})
    _check_criteria(workspace, changes)
    return changes


def apply(*, workspace: Workspace, text: str, by: Member | None) -> list[Change]:
    """Make and change segments as the text says, all or none; new criteria are published at once.

    Raises CannotRead, ``order.Circle``.
    """
    require(by, "work")
    with transaction.atomic():
        changes = plan(workspace, text)
        for change in changes:
            if change.what != "same":
                _write(workspace, change, by)
        for change in changes:  # criteria may name a segment that stands further down
            if change.segment is not None and any(name == "criteria" for name, _, _ in change.lines):
                actions.save_draft(segment=change.segment, criteria=change.entry["criteria"], by=by)
        for change in changes:
            if change.segment is not None and any(name == "criteria" for name, _, _ in change.lines):
                actions.publish(segment=change.segment, by=by)
        done = {what: sum(change.what == what for change in changes) for what in ("new", "changed", "same")}
        audit.record(workspace, "segments.imported", workspace, by=by, data=done)
    return changes


def _entry(segment: Segment) -> dict[str, Any]:
    shown = _shown(segment)
    facts = {name: getattr(segment, name) for name in ("key", *WORDS) if getattr(segment, name)}
    return {
        **facts,
        "kind": segment.kind,
        "refreshed": PACES[Pace(segment.pace)],
        "criteria": portable.portable(shown.criteria, segment.kind, segment.workspace) if shown else {"all": []},
    }


def _shown(segment: Segment) -> SegmentVersion | None:
    states = SegmentVersion.State
    by_state = {version.state: version for version in segment.versions.exclude(state=states.REPLACED)}
    return by_state.get(states.PUBLISHED) or by_state.get(states.DRAFT)


def _entries(text: str) -> list[Mapping[str, Any]]:
    if len(text.encode()) > MOST_BYTES:
        raise CannotRead(_("The text is larger than 2 MB."))
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise CannotRead(_("This is no YAML: see line %(line)s.") % {"line": line}) from None
    entries = found.get("segments") if isinstance(found, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries) or not entries:
        raise CannotRead(_("Write a list under “segments”, as an export has it."))
    if found.get("format", FORMAT) != FORMAT:
        raise CannotRead(_("The format “%(format)s” is not known here.") % {"format": found.get("format")})
    return entries


def _change(workspace: Workspace, known: Mapping[str, Segment], place: int, entry: Mapping[str, Any]) -> Change:
    where = f"segments.{place}"
    unknown = [str(name) for name in entry if name not in FIELDS]
    if unknown:
        raise CannotRead(_("%(where)s: “%(name)s” is not known.") % {"where": where, "name": unknown[0]})
    key = str(entry.get("key") or "")
    if not key or "criteria" not in entry or entry.get("kind") not in ("person", "account"):
        raise CannotRead(_("%(where)s: a segment needs key, kind and criteria.") % {"where": where})
    if not actions.is_key(key):
        raise CannotRead(_("%(where)s.key: use small letters, digits and hyphens.") % {"where": where})
    if entry.get("refreshed", PACES[Pace.ARRIVALS]) not in PACES.values():
        paces = ", ".join(PACES.values())
        raise CannotRead(_("%(where)s.refreshed: choose one of %(paces)s.") % {"where": where, "paces": paces})
    segment = known.get(key)
    if segment is None:
        return Change(key, str(entry.get("name") or key), "new", entry, None, [("criteria", "", "")])
    if segment.is_list or segment.kind != entry["kind"]:
        raise CannotRead(_("%(where)s: the segment “%(key)s” here is of another kind.") % {"where": where, "key": key})
    before, after = _entry(segment), {**_entry(segment), **entry}
    lines = [
        (name, _text(before.get(name)), _text(after.get(name))) for name in FIELDS if _differs(before, after, name)
    ]
    return Change(key, segment.name, "changed" if lines else "same", entry, segment, lines)


def _differs(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> bool:
    found, wanted = before.get(name) or "", after.get(name) or ""
    return json.dumps(found, sort_keys=True, default=str) != json.dumps(wanted, sort_keys=True, default=str)


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=80).strip()
    return "" if value is None else str(value)


class _Rehearsed(Exception):
    """Ends the rehearsal, so that nothing of it stays."""


def _check_criteria(workspace: Workspace, changes: list[Change]) -> None:
    """Read all criteria as they would be read, new segments standing there already."""
    try:
        with transaction.atomic():
            for change in changes:
                if change.segment is None:
                    kind = change.entry["kind"]
                    Segment.objects.create(workspace=workspace, key=change.key, name=change.name, kind=kind)
            for place, change in enumerate(changes):
                _parse(workspace, place, change)
            raise _Rehearsed
    except _Rehearsed:
        pass


def _parse(workspace: Workspace, place: int, change: Change) -> None:
    try:
        rules.parse(change.entry["criteria"], change.entry["kind"], workspace)
    except rules.CriteriaError as error:
        where = ".".join(part for part in (f"segments.{place}.criteria", error.part) if part)
        raise CannotRead(f"{where}: {error.message}") from None


def _write(workspace: Workspace, change: Change, by: Member | None) -> None:
    entry = change.entry
    words = {name: str(entry[name]) for name in WORDS if name in entry}
    paces = {told: pace for pace, told in PACES.items()}
    if "refreshed" in entry:
        words["pace"] = paces[entry["refreshed"]]  # type: ignore[assignment]
    if change.segment is not None:
        actions.edit_segment(segment=change.segment, by=by, **words)
        return
    facts: dict[str, Any] = {"name": change.name, **words}
    change.segment = actions.create_segment(
        workspace=workspace, kind=entry["kind"], key=change.key, criteria={"all": []}, is_draft=True, by=by, **facts
    )
