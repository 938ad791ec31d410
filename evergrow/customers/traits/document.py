"""Traits as a file: what they are and how they are computed, out as YAML, in with a list of what would change.

version: 1
described:
  person: {plan: {type: text, name: {en: Plan, zh: 套餐}, precedence: sources, order: [crm, sdk]}}
computed:
  account: {orders_30d: {name: {en: Orders}, definition: {measure: count, event: order, within: {days: 30}}}}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers.criteria import CriteriaError
from evergrow.customers.models import ComputedState, ComputedTrait, SubjectKind, TraitDefinition
from evergrow.customers.traits.computed import drafts
from evergrow.customers.traits.describing import describe
from evergrow.customers.traits.formula.errors import FormulaError
from evergrow.customers.traits.subjects import Kind
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.models import Member, Workspace

VERSION, LARGEST = 1, 1_000_000
DESCRIBED = ("type", "name", "description", "unit", "is_personal", "precedence", "order")


class BadDocument(Refused, ValueError):
    """A file that cannot be taken over; ``field`` names the place."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.field, self.sentence = place, message


@dataclass(frozen=True, slots=True)
class Difference:
    """What the file would change of one trait. ``how``: added or changed; ``part``: described or computed."""

    part: str
    kind: Kind
    key: str
    how: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """Each fact that differs: its name, before, after."""
        names = [name for name in self.after if self.before.get(name) != self.after[name]]
        return [(name, self.before.get(name), self.after[name]) for name in names]


def export(workspace: Workspace) -> dict[str, Any]:
    """Everything that colleagues said about traits, and the published (else drafted) computed ones."""
    found: dict[str, Any] = {"version": VERSION, "described": {}, "computed": {}}
    for kind in KINDS:
        described = {key: facts_of(row) for key, row in _described(workspace, kind).items()}
        computed = {key: facts for key, facts in _computed(workspace, kind).items() if facts}
        if described:
            found["described"][kind] = described
        if computed:
            found["computed"][kind] = computed
    return found


KINDS: tuple[Kind, ...] = ("person", "account")


def write(document: Mapping[str, Any]) -> str:
    """The YAML of a document."""
    return str(yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False, width=120))


def read(text: str) -> dict[str, Any]:
    """A document from YAML or JSON. Raises BadDocument."""
    if len(text) > LARGEST:
        raise BadDocument("", _("The file is too large."))
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadDocument("", _("This is no YAML: %(error)s") % {"error": str(error)[:300]}) from None
    if not isinstance(found, dict) or found.get("version") != VERSION:
        raise BadDocument("version", _("The file has to begin with “version: 1”."))
    for part, kinds in found.items():
        if part not in ("version", "described", "computed"):
            raise BadDocument(str(part), _("“%(key)s” does not belong here.") % {"key": str(part)[:80]})
        if part != "version":
            check_kinds(part, kinds)
    return found


def check_kinds(part: str, kinds: Any) -> None:
    """Whether a part of a document has the form it must have. Raises BadDocument."""
    if not isinstance(kinds, dict) or set(kinds) - set(SubjectKind.values):
        raise BadDocument(part, _("Under it stand “person” and “account”."))
    for kind, traits in kinds.items():
        if not isinstance(traits, dict):
            raise BadDocument(f"{part}.{kind}", _("Under it stand traits by their key."))
        for key, facts in traits.items():
            known = DESCRIBED if part == "described" else ("name", "definition")
            if not isinstance(key, str) or not isinstance(facts, dict) or set(facts) - set(known):
                sentence = _("A trait has: %(known)s.") % {"known": ", ".join(known)}
                raise BadDocument(f"{part}.{kind}.{key}", sentence)
            if any(not isinstance(facts.get(name, {}), dict) for name in ("name", "description", "definition")):
                raise BadDocument(f"{part}.{kind}.{key}", _("Names and descriptions hold “en” and “zh”."))
            if not isinstance(facts.get("order", []), list):
                raise BadDocument(f"{part}.{kind}.{key}.order", _("The order is a list of sources."))
            if part == "computed" and "definition" not in facts:
                raise BadDocument(f"{part}.{kind}.{key}", _("A computed trait needs a definition."))


def differences(workspace: Workspace, document: Mapping[str, Any]) -> list[Difference]:
    """What taking the document over would change. Nothing is ever removed by it."""
    found = []
    for part, now in (("described", _described_facts), ("computed", _computed)):
        for kind in KINDS:
            known = now(workspace, kind)
            for key, facts in document.get(part, {}).get(kind, {}).items():
                before = known.get(key)
                wanted = {name: _plain(name, value) for name, value in facts.items()}
                if before is None or any(before.get(name) != value for name, value in wanted.items()):
                    how = "added" if before is None else "changed"
                    found.append(Difference(part, kind, key, how, before or {}, wanted))
    return found


def _plain(name: str, value: Any) -> Any:
    if name == "definition":
        return {key: each for key, each in value.items() if key != "type"}
    if name in ("name", "description"):
        return {code: text for code, text in value.items() if text}
    return value


@transaction.atomic
def bring_in(*, workspace: Workspace, document: Mapping[str, Any], by: Member | None) -> int:
    """Take a document over: descriptions hold at once, definitions become drafts. How many traits changed.

    All or nothing. Raises BadDocument at the offending trait.
    """
    require(by, "manage")
    found = differences(workspace, document)
    for each in found:
        try:
            _take(workspace, each, by)
        except (CriteriaError, FormulaError, Refused, TypeError) as error:
            part = getattr(error, "part", "") or getattr(error, "field", "")
            place = ".".join(filter(None, (each.part, each.kind, each.key, part)))
            raise BadDocument(place, str(error)) from error
    if found:
        audit.record(workspace, "traits.taken", workspace, by=by, data={"traits": [each.key for each in found]})
    return len(found)


def _take(workspace: Workspace, each: Difference, by: Member | None) -> None:
    if each.part == "described":
        describe(workspace=workspace, kind=each.kind, key=each.key, by=by, **each.after)
        return
    trait = ComputedTrait.objects.filter(workspace=workspace, kind=each.kind, key=each.key).first()
    definition, name = dict(each.after["definition"]), each.after.get("name")
    if trait is None:
        drafts.create(workspace=workspace, kind=each.kind, key=each.key, definition=definition, name=name, by=by)
    else:
        drafts.save_draft(trait=trait, definition=definition, name=name, by=by)


def _described(workspace: Workspace, kind: Kind) -> dict[str, TraitDefinition]:
    rows = TraitDefinition.objects.filter(workspace=workspace, kind=kind).order_by("key")
    return {row.key: row for row in rows}


def _described_facts(workspace: Workspace, kind: Kind) -> dict[str, dict[str, Any]]:
    return {key: {name: getattr(row, name) for name in DESCRIBED} for key, row in _described(workspace, kind).items()}


def facts_of(row: TraitDefinition) -> dict[str, Any]:
    """What was said, without what is empty or usual."""
    return usual_left_out({name: getattr(row, name) for name in DESCRIBED})


def usual_left_out(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a trait without those that are empty or usual."""
    return {name: value for name, value in facts.items() if value not in ("", {}, [], False, "newest")}


def _computed(workspace: Workspace, kind: Kind) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    rows = ComputedTrait.objects.filter(workspace=workspace, kind=kind).order_by("key").prefetch_related("versions")
    for trait in rows:
        versions = {version.state: version for version in trait.versions.all()}
        version = versions.get(ComputedState.DRAFT) or versions.get(ComputedState.PUBLISHED)
        if version is None:
            continue
        definition = {name: value for name, value in version.definition.items() if name != "type"}
        found[trait.key] = {**({"name": trait.name} if trait.name else {}), "definition": definition}
    return found
