"""All traits of a workspace: fields, those that rooms give, described, computed, and what data brought along."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils.functional import lazy
from django.utils.translation import get_language

from evergrow import warehouse
from evergrow.customers.criteria import known_traits, mirror, providers
from evergrow.customers.criteria.providers import TraitInfo
from evergrow.customers.models import ComputedState, ComputedTrait, ComputedTraitVersion, TraitDefinition, TraitType
from evergrow.customers.traits import words
from evergrow.customers.traits.subjects import Kind
from evergrow.lib import bilingual
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Workspace

EVERYONE = "created_at"
REMEMBERED_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Filled:
    """What the mirror says of one trait. ``type`` is what most of its values read as."""

    key: str
    filled: int
    distinct: int
    sample: str
    type: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A source that spoke of a trait."""

    source: str
    said: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A trait as the catalogue shows it. ``origin``: field, room, custom or computed."""

    kind: Kind
    key: str
    label: str
    type: str
    origin: str
    described: TraitDefinition | None
    computed: ComputedTrait | None
    filled: Filled | None
    subjects: int
    sources: tuple[Spoken, ...] = ()

    @property
    def share(self) -> float | None:
        """The share of subjects that have a value."""
        return None if not self.subjects else (self.filled.filled if self.filled else 0) / self.subjects

    @property
    def last_at(self) -> datetime | None:
        return max((each.last_at for each in self.sources), default=None)

    @property
    def count(self) -> int:
        return self.filled.filled if self.filled else 0

    @property
    def type_label(self) -> str:
        return str(TraitType(self.type).label) if self.type in TraitType.values else self.type

    @property
    def source_labels(self) -> list[str]:
        """The sources in words, the most talkative first."""
        return [words.source(each.source) for each in self.sources[:3]]

    @property
    def changed_at(self) -> datetime | None:
        return self.computed.computed_at if self.computed else self.last_at

    @property
    def is_personal(self) -> bool:
        if self.described:
            return self.described.is_personal
        return self.key in PERSONAL.get(self.kind, ())

    @property
    def description(self) -> Mapping[str, str]:
        return self.described.description if self.described else {}

    @property
    def unit(self) -> str:
        return self.described.unit if self.described else ""


PERSONAL: dict[str, tuple[str, ...]] = {"person": ("name", "email", "phone", "title")}


def entries(workspace: Workspace, kind: Kind) -> list[Entry]:
    """Every trait of one kind of subject: those with a label first, then by fill. Refreshes the mirror.

    Raises ``warehouse.StoreUnavailable``.
    """
    mirror.refresh(workspace)
    seen, said = filled(workspace, kind), sources(workspace, kind)
    subjects = seen[EVERYONE].filled if EVERYONE in seen else 0
    fields, given = known_traits.built_in(kind), providers.provided(kind)
    described = {d.key: d for d in TraitDefinition.objects.filter(workspace=workspace, kind=kind)}
    computed = {c.key: c for c in ComputedTrait.objects.filter(workspace=workspace, kind=kind)}
    kinds = types(workspace, kind, seen)
    found = []
    for key in dict.fromkeys([*fields, *given, *computed, *described, *seen]):
        origin = "field" if key in fields else "room" if key in given else "computed" if key in computed else "custom"
        info = fields.get(key) or given.get(key)
        found.append(
            Entry(
                kind=kind,
                key=key,
                label=_label(key, info, described.get(key), computed.get(key)),
                type=kinds.get(key, "text"),
                origin=origin,
                described=described.get(key),
                computed=computed.get(key),
                filled=seen.get(key),
                subjects=subjects,
                sources=tuple(said.get(key, ())),
            )
        )
    return found


def entry(workspace: Workspace, kind: Kind, key: str) -> Entry | None:
    """One trait, or None where nobody has it and nobody described it."""
    return next((each for each in entries(workspace, kind) if each.key == key), None)


def _label(key: str, info: TraitInfo | None, described: TraitDefinition | None, computed: ComputedTrait | None) -> str:
    language = get_language() or "en"
    for names in (described.name if described else {}, computed.name if computed else {}):
        if any(names.values()):
            return bilingual.pick(names, language)
    return capitalised(str(info.label)) if info else key


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def filled(workspace: Workspace, kind: Kind) -> dict[str, Filled]:
    """How many have each trait, how many values there are, one of them. Remembered while nothing was written."""
    written = warehouse.scalar(
        "select max(version) from traits where workspace_id = {workspace:UInt32} and kind = {kind:String}",
        workspace=workspace.pk,
        kind=kind,
    )
    key = f"traits:{workspace.pk}:{kind}:{written}"
    found: dict[str, Filled] | None = cache.get(key)
    if found is None:
        rows = warehouse.rows(warehouse.statement("customers", "trait_fill"), workspace=workspace.pk, kind=kind)
        found = {row[0]: Filled(*row) for row in rows}
        cache.set(key, found, REMEMBERED_SECONDS)
    return found


def sources(workspace: Workspace, kind: Kind) -> dict[str, list[Spoken]]:
    """Who spoke of each trait, the most talkative first."""
    found: dict[str, list[Spoken]] = {}
    rows = warehouse.rows(warehouse.statement("customers", "trait_sources"), workspace=workspace.pk, kind=kind)
    for trait, source, said, last_at in rows:
        found.setdefault(trait, []).append(Spoken(source, said, last_at))
    return found


def types(workspace: Workspace, kind: Kind, seen: Mapping[str, Filled] | None = None) -> dict[str, str]:
    """What each trait is: as the fields say, as it is computed, as it was described, else as most values read."""
    seen = filled(workspace, kind) if seen is None else seen
    found = {key: each.type for key, each in seen.items()}
    described = TraitDefinition.objects.filter(workspace=workspace, kind=kind)
    found |= dict(described.values_list("key", "type"))
    found |= computed_types(workspace, kind)
    return found | {key: info.type for key, info in {**providers.provided(kind), **known_traits.built_in(kind)}.items()}


def computed_types(workspace: Workspace, kind: Kind) -> dict[str, str]:
    """The types of published computed traits."""
    return {key: str(definition.get("type", "text")) for key, definition in _published(workspace, kind)}


@prepared.rows
def _published(workspace: Workspace, kind: Kind) -> QuerySet[ComputedTraitVersion, tuple[str, Mapping[str, str]]]:
    rows = ComputedTraitVersion.objects.filter(trait__workspace=workspace, trait__kind=kind)
    return rows.filter(state=ComputedState.PUBLISHED).values_list("trait__key", "definition")


@prepared.rows
def _computed_names(workspace: Workspace, kind: Kind) -> QuerySet[ComputedTrait, tuple[str, Mapping[str, str]]]:
    return ComputedTrait.objects.filter(workspace=workspace, kind=kind).values_list("key", "name")


@prepared.rows
def _described(workspace: Workspace, kind: Kind) -> QuerySet[TraitDefinition, tuple[str, Mapping[str, str], str]]:
    return TraitDefinition.objects.filter(workspace=workspace, kind=kind).values_list("key", "name", "type")


def naming(workspace: Workspace, kind: Kind) -> dict[str, TraitInfo]:
    """How criteria call custom and computed traits, and what they are."""
    gives = computed_types(workspace, kind)
    named = [(key, names, gives.get(key, "number")) for key, names in _computed_names(workspace, kind)]
    named += _described(workspace, kind)
    return {key: TraitInfo(kind, key, _called(names, key), of) for key, names, of in named}  # type: ignore[arg-type]


def _pick(names: Mapping[str, str], key: str) -> str:
    return bilingual.pick(names, get_language() or "en") or key


_called = lazy(_pick, str)
