"""Needs, issues, praise and next steps, written out of one record as rows of their own."""

import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers import timeline
from evergrow.customers.models import Account, Importance, Person, Point, PointKind, PointState, Visit
from evergrow.customers.visits import registry
from evergrow.customers.visits.errors import EmptyWords, WrongState
from evergrow.customers.visits.guests import check_colleague
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member

LONGEST = 4000
LIST_MARK = re.compile(r"^\s*(?:[-*•·–—]+|[（(]?\d{1,2}(?:[.、）)])(?!\d))\s*")
# The field of a record that holds what a kind of point is about.
FROM_FIELD = {"need": PointKind.NEED, "experience": PointKind.ISSUE, "next_step": PointKind.NEXT_STEP}
State = PointState
MOVES = {
    "answer": ((State.OPEN,), State.ANSWERED),
    "close": ((State.OPEN, State.ANSWERED), State.CLOSED),
    "reopen": ((State.ANSWERED, State.CLOSED), State.OPEN),
}


@transaction.atomic
def write_out(
    *,
    account: Account,
    by: Member,
    kind: str,
    words: str,
    visit: Visit | None = None,
    person: Person | None = None,
    product: str = "",
    importance: int = Importance.LOW,
    owner: Member | None = None,
) -> Point:
    """Make one point. Product and contact come from the record where nothing else is said.

    Raises EmptyWords, NotAColleague, or ValidationError per field.
    """
    require(by, "work")
    point = Point(
        workspace_id=account.workspace_id,
        account=account,
        visit=visit,
        person=person or (visit.person if visit else None),
        kind=kind,
        words=_words(words),
        product=product.strip() or (visit.product if visit else ""),
        importance=importance,
        owner=owner,
        created_by=by,
    )
    point.clean_fields(exclude=["workspace", "account", "visit"])
    if owner is not None:
        check_colleague(Visit(account=account), owner)
    point.save()
    audit.record(account.workspace, "point.added", account, by=by, data={"point": point.pk, "kind": kind})
    return point


@transaction.atomic
def write_out_lines(*, account: Account, by: Member, kind: str, lines: str, **facts: Any) -> Sequence[Point]:
    """Make a point of every line of a text; list marks (“1.”, “-”, “、”) go. Raises EmptyWords."""
    kept = [clean for line in lines.splitlines() if (clean := LIST_MARK.sub("", line).strip())]
    if not kept:
        raise EmptyWords({"words": _("Write at least one line.")})
    return [write_out(account=account, by=by, kind=kind, words=line, **facts) for line in kept[:50]]


@transaction.atomic
def edit(*, point: Point, by: Member, **facts: Any) -> Point:
    """Change what a point says: kind, words, product, importance, owner. Raises what ``write_out`` raises."""
    require(by, "work")
    before = {name: str(getattr(point, name) or "") for name in facts}
    for name, value in facts.items():
        if name not in ("kind", "words", "product", "importance", "owner"):
            raise TypeError(f"A point has no {name}.")
        setattr(point, name, _words(value) if name == "words" else value)
    point.clean_fields(exclude=["workspace", "account", "visit"])
    if "owner" in facts and point.owner is not None:
        check_colleague(Visit(account=point.account), point.owner)
    point.save(update_fields=list(facts))
    after = {name: str(getattr(point, name) or "") for name in facts}
    if before != after:
        data = {"point": point.pk, "before": before}
        audit.record(point.account.workspace, "point.edited", point.account, by=by, data=data)
    return point


@transaction.atomic
def move(*, point: Point, by: Member, to: str, answer: str = "") -> Point:
    """Answer, close or reopen a point. An answer needs words. Raises WrongState, EmptyWords."""
    require(by, "work")
    if to not in MOVES:
        raise WrongState(_("Choose what to do with it: answer, close or reopen."))
    allowed, state = MOVES[to]
    fields: dict[str, Any] = {"state": state, "moved_at": clock.now(), "moved_by": by}
    if to == "answer":
        fields["answer"] = _words(answer)
    if not Point.objects.filter(pk=point.pk, state__in=allowed).update(**fields):
        raise WrongState(_("Somebody changed it meanwhile. Reload the page and look again."))
    point.refresh_from_db()
    audit.record(point.account.workspace, f"point.{state.value}", point.account, by=by, data={"point": point.pk})
    if to == "answer":
        data = {"point": point.pk, "kind": point.kind, "words": point.words[:200], "answer": point.answer[:200]}
        visibility = point.visit.visibility if point.visit else None
        entry = timeline.add(point.account, "point.answered", data, by=by, person=point.person)
        if visibility:
            entry.visibility = visibility
            entry.save(update_fields=["visibility"])
    return point


@transaction.atomic
def remove(*, point: Point, by: Member) -> None:
    """Take a point back: the record it came from stays."""
    require(by, "work")
    audit.record(point.account.workspace, "point.removed", point.account, by=by, data={"words": point.words[:200]})
    point.delete()


@transaction.atomic
def follow(*, point: Point, by: Member, key: str) -> Point:
    """Let another room take it up, once: a task of a next step. Raises WrongState, and what that room refuses."""
    require(by, "work")
    act = registry.act(key)
    held = Point.objects.select_for_update().get(pk=point.pk)
    if act is None or held.followed:
        raise WrongState(_("It was taken up before. Open what came of it."))
    made = act.make(point, by)
    Point.objects.filter(pk=point.pk).update(followed={"kind": key, "id": made.pk, "name": made.name[:200]})
    point.refresh_from_db()
    audit.record(point.account.workspace, "point.followed", point.account, by=by, data={"point": point.pk, "by": key})
    return point


def _words(text: str) -> str:
    if not text.strip():
        raise EmptyWords({"words": _("Write what was said.")})
    return text.strip()[:LONGEST]
