"""What a step of each kind has of its own, read from a file; see ``engine.details`` for the forms."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers.segments import portable
from evergrow.success.config.colleagues import Colleagues
from evergrow.success.engine.details import APPROVER_ROLES, CONTACT_ROLES
from evergrow.success.models import StepKind, Unit
from evergrow.workspaces.configuration import BadObject, shapes
from evergrow.workspaces.configuration.registry import Path
from evergrow.workspaces.models import Workspace

Details = dict[str, Any]
LONGEST_SUBJECT, LONGEST_BODY, LONGEST_URL = 200, 8000, 500
MOST_BRANCHES = 8


def details(kind: str, given: Any, path: Path, workspace: Workspace, people: Colleagues) -> Details:
    """The details of a step of ``kind``; empty where it needs none. Raises BadObject."""
    reader = _READERS.get(kind)
    if reader is None or given is None:
        return {}
    return reader(given, path, workspace, people)


def _message(given: Any, path: Path, workspace: Workspace, people: Colleagues) -> Details:
    parts = shapes.mapping(given, path, ("channel", "contacts", "subject", "body", "purpose"))
    found = {"channel": shapes.choice(parts.get("channel"), (*path, "channel"), ("", "colleague", "mail"), "")}
    return found | _letter(parts, path)


def _survey(given: Any, path: Path, workspace: Workspace, people: Colleagues) -> Details:
    parts = shapes.mapping(given, path, ("channel", "contacts", "subject", "body", "purpose", "url", "event"))
    found: Details = {"channel": shapes.choice(parts.get("channel"), (*path, "channel"), ("task", "mail"), "task")}
    found |= _letter(parts, path) | {"url": address(parts.get("url"), (*path, "url"))}
    if "event" in parts:
        found["event"] = shapes.text(parts["event"], (*path, "event"), most=200, is_needed=True)
    return found


def _letter(parts: Details, path: Path) -> Details:
    found: Details = {}
    if "contacts" in parts:
        roles = shapes.keys(parts["contacts"], (*path, "contacts"), most=len(CONTACT_ROLES))
        found["contacts"] = [
            shapes.choice(role, (*path, "contacts", place), CONTACT_ROLES) for place, role in enumerate(roles, 1)
        ]
    if "purpose" in parts:
        found["purpose"] = shapes.text(parts["purpose"], (*path, "purpose"), most=60)
    for field, most in (("subject", LONGEST_SUBJECT), ("body", LONGEST_BODY)):
        if field in parts:
            found[field] = shapes.words(parts[field], (*path, field), most=most)
    return found


def _approval(given: Any, path: Path, workspace: Workspace, people: Colleagues) -> Details:
    known = ("members", "role", "need", "quorum", "timeout", "unit", "escalate")
    parts = shapes.mapping(given, path, known)
    found: Details = {}
    for field in ("members", "escalate"):
        if field in parts:
            emails = shapes.listed(parts[field], (*path, field), most=20)
            found[field] = [people.member(email, (*path, field, n)) for n, email in enumerate(emails, 1)]
    if "role" in parts:
        found["role"] = shapes.choice(parts["role"], (*path, "role"), ("", *APPROVER_ROLES))
    if "need" in parts:
        found["need"] = shapes.choice(parts["need"], (*path, "need"), ("any", "all", "quorum"))
    if "quorum" in parts:
        found["quorum"] = shapes.number(parts["quorum"], (*path, "quorum"), least=1, most=20)
    if "timeout" in parts:
        found["timeout"] = shapes.number(parts["timeout"], (*path, "timeout"), least=0, most=730)
    if "unit" in parts:
        found["unit"] = shapes.choice(parts["unit"], (*path, "unit"), Unit.values)
    return found


def _decision(given: Any, path: Path, workspace: Workspace, people: Colleagues) -> Details:
    parts = shapes.mapping(given, path, ("branches", "otherwise"))
    rows = shapes.listed(parts.get("branches"), (*path, "branches"), most=MOST_BRANCHES)
    branches = [_branch(row, (*path, "branches", place), workspace) for place, row in enumerate(rows, 1)]
    found: Details = {"branches": branches}
    if parts.get("otherwise") is not None:
        found["otherwise"] = _branch(parts["otherwise"], (*path, "otherwise"), workspace, is_last=True)
    keys = [row["key"] for row in branches] + ([found["otherwise"]["key"]] if "otherwise" in found else ["else"])
    if len(set(keys)) < len(keys):
        raise BadObject((*path, "branches"), _("Two branches have the same key. Give each its own."))
    return found


def _branch(given: Any, path: Path, workspace: Workspace, *, is_last: bool = False) -> Details:
    parts = shapes.mapping(given, path, ("key", "name") if is_last else ("key", "name", "criteria"))
    key = shapes.text(parts.get("key"), (*path, "key"), most=60, is_needed=True)
    found: Details = {"key": key, "name": shapes.words(parts.get("name"), (*path, "name"), most=80, is_needed=True)}
    if not is_last:
        criteria = parts.get("criteria")
        here = (*path, "criteria")
        found["criteria"] = None if criteria is None else portable.read(criteria, "account", workspace, here)
    return found


def _webhook(given: Any, path: Path, workspace: Workspace, people: Colleagues) -> Details:
    parts = shapes.mapping(given, path, ("url", "is_repeatable"))
    repeatable = shapes.truth(parts.get("is_repeatable"), (*path, "is_repeatable"), False)
    return {"url": address(parts.get("url"), (*path, "url")), "is_repeatable": repeatable}


def address(given: Any, path: Path) -> str:
    """A web address, or nothing yet. Raises BadObject."""
    found = shapes.text(given, path, most=LONGEST_URL)
    if found and not found.startswith(("https://", "http://")):
        raise BadObject(path, _("An address that begins with https:// is expected."))
    return found


def _playbook(given: Any, path: Path, workspace: Workspace, people: Colleagues) -> Details:
    parts = shapes.mapping(given, path, ("playbook", "waits"))
    key = shapes.text(parts.get("playbook"), (*path, "playbook"), most=60, is_needed=True)
    return {"playbook": key, "waits": shapes.truth(parts.get("waits"), (*path, "waits"), True)}


_READERS: dict[str, Callable[[Any, Path, Workspace, Colleagues], Details]] = {
    StepKind.MESSAGE: _message,
    StepKind.SURVEY: _survey,
    StepKind.APPROVAL: _approval,
    StepKind.DECISION: _decision,
    StepKind.WEBHOOK: _webhook,
    StepKind.PLAYBOOK: _playbook,
}
