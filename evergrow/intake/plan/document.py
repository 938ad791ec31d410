"""The whole plan as a YAML document: out, and in again with a look at what it would change first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.intake.models.plan import TrackedEvent, TrackedProperty
from evergrow.intake.plan import actions
from evergrow.intake.plan import definition as definitions
from evergrow.intake.plan.actions import Facts
from evergrow.intake.plan.changes import Change, compare
from evergrow.intake.plan.definition import BadPlan
from evergrow.workspaces.access import require
from evergrow.workspaces.configuration import text as texts
from evergrow.workspaces.models import Member, Workspace

VERSION = 1
LARGEST = texts.LARGEST
FACTS = ("description", "owner", "tags", "deprecated", "hidden")
RULES = ("mode", "unplanned", "properties", *definitions.LISTS)
Path = tuple[str | int, ...]


class BadDocument(BadPlan):
    """A document cannot be read. ``line`` counts from 1; 0 where it is not known."""

    def __init__(self, path: Path, sentence: str, line: int = 0) -> None:
        super().__init__(path, sentence)
        self.line = line

    def __str__(self) -> str:
        text = super().__str__()
        return _("Line %(line)s: %(text)s") % {"line": self.line, "text": text} if self.line else text


@dataclass(slots=True)
class Entry:
    """What a document says of a name: facts as plain data, and for events the rules (empty: no plan)."""

    facts: dict[str, Any] = field(default_factory=dict)
    rules: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Document:
    """A whole plan. ``everywhere`` is None where a document says nothing about it."""

    everywhere: dict[str, Any] | None = None
    events: dict[str, Entry] = field(default_factory=dict)
    properties: dict[str, Entry] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        parts: dict[str, Any] = {"version": VERSION}
        if self.everywhere is not None:
            parts["workspace"] = self.everywhere
        for name, entries in (("events", self.events), ("properties", self.properties)):
            if entries:
                parts[name] = {key: entry.facts | entry.rules for key, entry in sorted(entries.items())}
        return parts


@dataclass(frozen=True, slots=True)
class Difference:
    """What a document changes about one event or property, or (``name`` empty) about the rules for everything."""

    part: str
    name: str
    kind: str
    changes: list[Change]


def export(workspace: Workspace, *, newest: bool = False) -> Document:
    """What is published (``newest``: what drafts say, where there are some) and what is said of events, properties."""
    plans = actions.published(workspace) | (actions.drafted(workspace) if newest else {})
    plans = {name: rules for name, rules in plans.items() if rules}
    document = Document(everywhere=definitions.read_rules(plans.pop("", {})).as_json())
    # Read again: PostgreSQL keeps the names of an object in an order of its own.
    document.events = {name: Entry(rules=definitions.read_event(rules).as_json()) for name, rules in plans.items()}
    for event in TrackedEvent.objects.filter(workspace=workspace).select_related("owner__user"):
        if facts := _said(event):
            document.events.setdefault(event.name, Entry()).facts = facts
    for each in TrackedProperty.objects.filter(workspace=workspace).select_related("owner__user"):
        if facts := _said(each):
            document.properties[each.name] = Entry(facts)
    return document


def write(document: Document) -> str:
    """The document as YAML, the same plan always the same text."""
    return yaml.safe_dump(document.as_json(), allow_unicode=True, sort_keys=False, width=100)


def read(text: str) -> Document:
    """A document from YAML (JSON is YAML too). Raises BadDocument with the line and the path of what is wrong."""
    try:
        raw, lines = texts.read(text)
    except texts.BadText as bad:
        raise BadDocument(bad.path, bad.sentence, bad.line) from bad
    try:
        return from_json(raw)
    except BadPlan as error:
        raise BadDocument(error.path, error.sentence, texts.line_of(error.path, lines)) from error


def from_json(raw: Any) -> Document:
    """A document from its plain data. Raises BadPlan with the path of what is wrong."""
    known = {"version", "workspace", "events", "properties"}
    parts = definitions.mapping({} if raw is None else raw, (), known)
    if parts.get("version", VERSION) != VERSION:
        raise BadPlan(("version",), _("Only version %(known)s is known.") % {"known": VERSION})
    document = Document()
    if parts.get("workspace") is not None:
        document.everywhere = definitions.read_rules(parts["workspace"], ("workspace",)).as_json()
    for name, given in _named(parts, "events"):
        document.events[name] = _event(given, ("events", name))
    for name, given in _named(parts, "properties"):
        facts = definitions.mapping({} if given is None else given, ("properties", name), FACTS)
        document.properties[name] = Entry(_facts(facts, ("properties", name)))
    return document


def joined(now: Document, wanted: Document) -> Document:
    """``now`` with what ``wanted`` says: facts one by one, the rules of an event as a whole."""
    everywhere = now.everywhere if wanted.everywhere is None else wanted.everywhere
    return Document(everywhere, _over(now.events, wanted.events), _over(now.properties, wanted.properties))


def _over(now: Mapping[str, Entry], wanted: Mapping[str, Entry]) -> dict[str, Entry]:
    found = dict(now)
    for name, entry in wanted.items():
        before = now.get(name, Entry())
        facts = {fact: value for fact, value in (before.facts | entry.facts).items() if value}
        kept = {fact: facts[fact] for fact in FACTS if fact in facts}
        found[name] = Entry(kept, entry.rules or before.rules)
    return found


def preview(workspace: Workspace, document: Document, *, removing: bool = False) -> list[Difference]:
    """What the document would change. ``removing``: events with a plan that it does not name lose theirs.

    Raises BadPlan where an owner is not a member.
    """
    _owners(workspace, document)
    now = export(workspace)
    found: list[Difference] = []
    if document.everywhere is not None:
        found += _difference("workspace", "", now.everywhere or {}, document.everywhere)
    for name, entry in document.events.items():
        before = now.events.get(name)
        old = before.facts | before.rules if before else {}
        new = ((before.facts if before else {}) | entry.facts) | (entry.rules or (before.rules if before else {}))
        found += _difference("event", name, old, new, is_new=before is None)
    for name, entry in document.properties.items():
        before = now.properties.get(name)
        old = before.facts if before else {}
        found += _difference("property", name, old, old | entry.facts, is_new=before is None)
    if removing:
        gone = {name: entry for name, entry in now.events.items() if entry.rules and name not in document.events}
        for name, entry in gone.items():
            found.append(Difference("event", name, "removed", compare(entry.rules, {})))
    return found


@transaction.atomic
def bring_in(
    *, workspace: Workspace, document: Document, removing: bool = False, by: Member | None
) -> list[Difference]:
    """Take a document over: what it says of names holds at once, its rules become drafts to be published.

    Rules for everything need "administer". Gives what changed. Raises BadPlan.
    """
    require(by, "manage")
    changed = preview(workspace, document, removing=removing)
    owners = _owners(workspace, document)
    now = export(workspace)
    for each in changed:
        if each.part == "workspace":
            actions.save_draft(workspace=workspace, event="", definition=document.everywhere or {}, by=by)
        elif each.part == "property":
            facts = _facts_of(document.properties[each.name], now.properties.get(each.name), owners)
            actions.describe_property(workspace=workspace, name=each.name, facts=facts, by=by)
        elif each.kind == "removed":
            actions.save_draft(workspace=workspace, event=each.name, definition={}, by=by)
        else:
            _bring_event(workspace, each.name, document.events[each.name], now.events.get(each.name), owners, by)
    return changed


def _bring_event(
    workspace: Workspace, name: str, entry: Entry, before: Entry | None, owners: Mapping[str, Member], by: Member | None
) -> None:
    if entry.facts:
        facts = _facts_of(entry, before, owners)
        actions.describe_event(workspace=workspace, name=name, facts=facts, by=by)
    if entry.rules and entry.rules != (before.rules if before else {}):
        actions.save_draft(workspace=workspace, event=name, definition=entry.rules, by=by)


def _difference(
    part: str, name: str, before: dict[str, Any], after: dict[str, Any], *, is_new: bool = False
) -> list[Difference]:
    changes = compare(before, after)
    kind = "added" if is_new else "changed"
    return [Difference(part, name, kind, changes)] if changes else []


def _said(row: TrackedEvent | TrackedProperty) -> dict[str, Any]:
    return {name: value for name, value in actions.said(row).items() if value}


def _facts_of(entry: Entry, before: Entry | None, owners: Mapping[str, Member]) -> Facts:
    said = (before.facts if before else {}) | entry.facts
    return Facts(
        description=said.get("description", {}),
        owner=owners.get(said.get("owner", "")),
        tags=said.get("tags", []),
        is_deprecated=said.get("deprecated", False),
        is_hidden=said.get("hidden", False),
    )


def _owners(workspace: Workspace, document: Document) -> dict[str, Member]:
    """The members named as owners, and everybody else, by email. Raises BadPlan for one who is no member."""
    members = Member.objects.filter(workspace=workspace, left_at=None).select_related("user")
    known = {member.user.email: member for member in members}
    for part, entries in (("events", document.events), ("properties", document.properties)):
        for name, entry in entries.items():
            owner = entry.facts.get("owner")
            if owner and owner not in known:
                sentence = _("“%(owner)s” is not the email of a member of this workspace.") % {"owner": owner}
                raise BadPlan((part, name, "owner"), sentence)
    return known


def _named(parts: Mapping[str, Any], which: str) -> Iterable[tuple[str, Any]]:
    given = definitions.mapping(parts.get(which) or {}, (which,))
    for name, value in given.items():
        yield definitions.name_of(name, (which, name)), value


def _event(given: Any, path: Path) -> Entry:
    parts = definitions.mapping({} if given is None else given, path, (*FACTS, *RULES))
    rules = {name: parts[name] for name in RULES if name in parts}
    return Entry(
        _facts({name: parts[name] for name in FACTS if name in parts}, path),
        definitions.read_event(rules, path).as_json() if rules else {},
    )


def _facts(given: Mapping[str, Any], path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "description" in given:
        said = given["description"] or {}
        said = {"en": said, "zh": said} if isinstance(said, str) else said
        said = definitions.mapping(said, (*path, "description"), ("zh", "en"))
        for part, text in said.items():
            if not isinstance(text, str) or len(text) > actions.LONGEST_DESCRIPTION:
                words = _("A text of at most %(most)s characters is expected.")
                raise BadPlan((*path, "description", part), words % {"most": actions.LONGEST_DESCRIPTION})
        found["description"] = {part: said[part].strip() for part in ("en", "zh") if said.get(part, "").strip()}
    if "owner" in given:
        owner = given["owner"] or ""
        if not isinstance(owner, str):
            raise BadPlan((*path, "owner"), _("The email of a member is expected."))
        found["owner"] = owner
    if "tags" in given:
        tags = given["tags"] or []
        if not isinstance(tags, list) or not all(isinstance(tag, str) and len(tag) <= 40 for tag in tags):
            raise BadPlan((*path, "tags"), _("A list of words of at most 40 characters is expected."))
        found["tags"] = [tag.strip() for tag in tags if tag.strip()]
    for name in ("deprecated", "hidden"):
        if name in given:
            if not isinstance(given[name], bool):
                raise BadPlan((*path, name), _("Write true or false."))
            found[name] = given[name]
    return found
