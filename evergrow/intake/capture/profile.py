"""Changes of a person's traits that messages bring along: set, set once, add, append, unset.

Setting and unsetting can be repeated. Adding and appending cannot: a message that adds counts once for ever, also when
a crash repeats its segment or its client sends it again weeks later.
"""

import hashlib
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from evergrow.customers.models import Identifier, Person
from evergrow.customers.traits import Learner, Saying
from evergrow.customers.traits.precedence import Said
from evergrow.customers.traits.subjects import FIELDS, put
from evergrow.intake.capture import people
from evergrow.intake.capture.messages import Message
from evergrow.intake.models import AppliedStep
from evergrow.workspaces.models import Workspace

BLOCK = 1_000
COUNTED = ("add", "append")
MAX_LIST = 1_000
LEARNT = ("name", "email", "phone", "title", "traits", "origins")


def apply(workspace: Workspace, taught: list[tuple[int, Message]]) -> None:
    """Bring the profiles of messages into the traits of people, in order; each with its person's number.

    To be called in the transaction that saves the people.
    """
    if not taught:
        return
    new = _count(workspace, [message for _, message in taught])
    rows = _rows(workspace, {number for number, _ in taught})
    learner = Learner(workspace)
    before = {number: {name: getattr(row, name) for name in LEARNT} for number, row in rows.items()}
    for number, message in taught:
        if number in rows and message.profile:
            _teach(learner, rows[number], message, counts=id(message) in new)
    learner.tell()
    for number, row in rows.items():
        changed = [name for name in LEARNT if getattr(row, name) != before[number][name]]
        if changed:
            row.save(update_fields=changed)


def _count(workspace: Workspace, messages: list[Message]) -> set[int]:
    """Write down the messages that add or append and were not counted yet; which objects they are."""
    adding = {
        _digest(each): each for each in reversed(messages) if each.profile and any(map(each.profile.get, COUNTED))
    }
    known: set[str] = set()
    for part in _parts(list(adding)):
        rows = AppliedStep.objects.filter(workspace=workspace, digest__in=part)
        known.update(rows.values_list("digest", flat=True))
    fresh = [digest for digest in adding if digest not in known]
    AppliedStep.objects.bulk_create(
        [AppliedStep(workspace=workspace, digest=digest) for digest in fresh], batch_size=BLOCK
    )
    return {id(adding[digest]) for digest in fresh}


def _digest(message: Message) -> str:
    return hashlib.blake2b(message.message_id.encode(), digest_size=16).hexdigest()


def _rows(workspace: Workspace, numbers: set[int]) -> dict[int, Person]:
    found: dict[int, Person] = {}
    for part in _parts(sorted(numbers)):
        found |= {row.number: row for row in Person.objects.filter(workspace=workspace, number__in=part)}
    return found


def _parts(values: list[Any]) -> Iterator[list[Any]]:
    return (values[start : start + BLOCK] for start in range(0, len(values), BLOCK))


def _teach(learner: Learner, person: Person, message: Message, *, counts: bool) -> None:
    profile, at = message.profile or {}, datetime.fromtimestamp(message.at / 1000, UTC)
    once = {name: value for name, value in profile.get("once", {}).items() if not _has(person, name)}
    values = once | profile.get("set", {})
    if values:
        people.learn_traits(learner, person, values, at, [_learnt_email(person, values.get("email"))])
    if counts:
        counted = {name: _added(person.traits.get(name), value) for name, value in profile.get("add", {}).items()}
        _put(person, counted, message.at)
        counted = {name: _appended(person.traits.get(name), value) for name, value in profile.get("append", {}).items()}
        _put(person, counted, message.at)
    gone = dict.fromkeys(profile.get("unset", ()))
    if gone:
        learner.hear(Saying(person, {name: None for name in gone if name not in FIELDS["person"]}, people.SDK, at))


def _has(person: Person, name: str) -> bool:
    return bool(getattr(person, name)) if name in FIELDS["person"] else name in person.traits


def _put(person: Person, counted: dict[str, Any], at: int) -> None:
    """Every message that adds counts, in whatever order they come; the newest one says when."""
    for name, value in counted.items():
        if value is not None and name not in FIELDS["person"]:
            newest = max(at, person.origins.get(name, ("", 0))[1])
            put(person, name, Said(value, people.SDK, newest))


def _added(before: Any, value: Any) -> Any:
    """What is no number stays as it is."""
    if not _is_number(value):
        return before
    if before is None:
        return value
    after = before + value if _is_number(before) else before
    return after if not isinstance(after, float) or math.isfinite(after) else before


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _appended(before: Any, value: Any) -> list[Any]:
    """A list of the newest thousand values; one that was no list becomes its first."""
    values = before if isinstance(before, list) else [] if before is None else [before]
    return [*values, *(value if isinstance(value, list) else [value])][-MAX_LIST:]


def _learnt_email(person: Person, email: Any) -> str:
    """The email of somebody who has none, where it is nobody else's; "" where it is not taken."""
    if person.email or not isinstance(email, str) or "@" not in email or len(email) > 250:
        return ""
    address = email.strip().lower()
    _, is_new = Identifier.objects.get_or_create(
        workspace=person.workspace, kind=Identifier.Kind.EMAIL, value=address, defaults={"person": person}
    )
    return address if is_new else ""
