"""The part of a step's form that its kind has of its own, read into ``Step.details``."""

from collections.abc import Callable
from typing import Any

from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _

from evergrow.customers import criteria
from evergrow.customers.criteria import posted
from evergrow.lib.digits import row_id
from evergrow.success.config.details_in import LONGEST_BODY, LONGEST_SUBJECT, LONGEST_URL, MOST_BRANCHES
from evergrow.success.engine.details import APPROVER_ROLES, CONTACT_ROLES
from evergrow.success.models import Step, StepKind, Unit
from evergrow.success.views.answers import Unreadable
from evergrow.workspaces.models import Workspace

Details = dict[str, Any]
OTHERWISE = {"key": "else", "name": {"zh": "其他情况", "en": "Otherwise"}}


def read(post: QueryDict, kind: str, step: Step, workspace: Workspace, members: set[int]) -> Details:
    """What the form says of the kind's own. Another kind begins empty; fields that were not shown stay.

    Raises Unreadable, ``criteria.CriteriaError``.
    """
    before = dict(step.details) if kind == step.kind else {}
    reader = READERS.get(kind)
    if reader is None:
        return {}
    return reader(post, before, workspace, members) if post.get("details_of") == kind else before


def words(post: QueryDict, name: str, most: int) -> dict[str, str]:
    """A text in both languages."""
    return {code: post.get(f"{name}_{code}", "").replace("\r\n", "\n").strip()[:most] for code in ("en", "zh")}


def _letter(post: QueryDict, before: Details, workspace: Workspace, members: set[int]) -> Details:
    found = {
        **before,
        "channel": post.get("channel", "") if post.get("channel") in ("", "colleague", "mail", "task") else "",
        "subject": words(post, "subject", LONGEST_SUBJECT),
        "body": words(post, "body", LONGEST_BODY),
    }
    if "has_contacts" in post:
        found["contacts"] = [role for role in CONTACT_ROLES if role in post.getlist("contacts")] or list(CONTACT_ROLES)
    return found


def _survey(post: QueryDict, before: Details, workspace: Workspace, members: set[int]) -> Details:
    found = _letter(post, before, workspace, members)
    found["channel"] = "mail" if post.get("channel") == "mail" else "task"
    found["url"] = _address(post.get("url", ""))
    if event := post.get("event", "").strip():
        found["event"] = event[:200]
    return found


def _address(text: str) -> str:
    found = text.strip()[:LONGEST_URL]
    if found and not found.startswith(("https://", "http://")):
        raise Unreadable(sentence=_("An address that begins with https:// is expected."))
    return found


def _approval(post: QueryDict, before: Details, workspace: Workspace, members: set[int]) -> Details:
    def named(field: str) -> list[int]:
        return [pk for pk in map(row_id, post.getlist(field)) if pk in members]

    return {
        **before,
        "role": post.get("role", "") if post.get("role") in APPROVER_ROLES else "",
        "members": named("members"),
        "need": post.get("need", "any") if post.get("need") in ("any", "all", "quorum") else "any",
        "quorum": _count(post.get("quorum", ""), 2),
        "timeout": _count(post.get("timeout", ""), 0),
        "unit": post.get("timeout_unit", "") if post.get("timeout_unit") in Unit.values else "workdays",
        "escalate": named("escalate"),
    }


def _count(text: str, default: int) -> int:
    return min(int(text), 730) if text.isascii() and text.isdigit() and len(text) < 6 else default


def _decision(post: QueryDict, before: Details, workspace: Workspace, members: set[int]) -> Details:
    held = {row["key"]: row for row in before.get("branches", [])}
    rows = [_branch(post, key, held.get(key, {}), workspace) for key in post.getlist("way") if key in held]
    rows = [row for row in rows if row["key"] not in post.getlist("drop_way")]
    last: Details = before.get("otherwise") or OTHERWISE
    if post.get("add_way") and len(rows) < MOST_BRANCHES:
        rows.append({"key": _free({*held, last["key"]}, len(held) + 1), "name": {"en": "", "zh": ""}, "criteria": None})
    name = words(post, "otherwise_name", 80)
    return {"branches": rows, "otherwise": {"key": last["key"], "name": name if any(name.values()) else last["name"]}}


def _branch(post: QueryDict, key: str, before: Details, workspace: Workspace) -> Details:
    given = before.get("criteria")
    field = f"when_{key}"
    if post.get(f"by_{key}") == "hand":
        given = None
    elif field in post or f"{field}_text" in post:
        given = criteria.as_data(posted.read(post, "account", workspace, field))
    elif given is None and post.get(f"by_{key}") == "rule":
        given = {"all": []}
    return {"key": key, "name": words(post, f"way_{key}", 80), "criteria": given}


def _free(taken: set[str], number: int) -> str:
    while f"way-{number}" in taken:
        number += 1
    return slugify(f"way-{number}")


def _webhook(post: QueryDict, before: Details, workspace: Workspace, members: set[int]) -> Details:
    return {"url": _address(post.get("url", "")), "is_repeatable": "is_repeatable" in post}


def _playbook(post: QueryDict, before: Details, workspace: Workspace, members: set[int]) -> Details:
    return {"playbook": post.get("playbook", "")[:60], "waits": "waits" in post}


READERS: dict[str, Callable[[QueryDict, Details, Workspace, set[int]], Details]] = {
    StepKind.MESSAGE: _letter,
    StepKind.SURVEY: _survey,
    StepKind.APPROVAL: _approval,
    StepKind.DECISION: _decision,
    StepKind.WEBHOOK: _webhook,
    StepKind.PLAYBOOK: _playbook,
}
