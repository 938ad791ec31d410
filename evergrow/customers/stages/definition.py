"""What a version of a lifecycle says, read from its definition, and refused with a sentence where it cannot be used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow.customers import criteria
from evergrow.customers.models import Lifecycle, LifecycleVersion, StagedKind, TeamRole
from evergrow.lib import bilingual
from evergrow.workspaces import prepared

KEY = re.compile(r"[a-z][a-z0-9_]{0,38}")
START, ACTIVE, PAUSED, TERMINAL = "start", "active", "paused", "terminal"
KINDS = (START, ACTIVE, PAUSED, TERMINAL)
ON_THE_WAY = (START, ACTIVE)
MOST_STAGES, MOST_DAYS, MOST_ITEMS = 20, 3650, 20
Criteria = Mapping[str, Any]


class BadLifecycle(ValidationError):
    """The definition cannot be used; the sentence says which part and why."""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a gate's checklist, or an artefact that is due there."""

    key: str
    names: Mapping[str, str]
    is_required: bool = True

    @property
    def name(self) -> str:
        return bilingual.pick(self.names, get_language() or "en")


@dataclass(frozen=True, slots=True)
class Gate:
    """What must be done before a subject leaves the stage forwards; ``approvals`` is how many colleagues must agree."""

    checklist: tuple[Item, ...] = ()
    artefacts: tuple[Item, ...] = ()
    approvals: int = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage. ``order`` is its place from 0. ``entry`` and ``exit`` are criteria; ``least`` is for products: how many
    of the accounts that use one must meet them. ``next`` is where one may go on to, empty for anywhere."""

    key: str
    order: int
    names: Mapping[str, str]
    kind: str
    expected: int | None = None
    stuck: int | None = None
    entry: Criteria | None = None
    exit: Criteria | None = None
    least: int = 1
    owner: str = ""
    next: tuple[str, ...] = ()
    gate: Gate | None = None

    @property
    def name(self) -> str:
        return bilingual.pick(self.names, get_language() or "en")

    @property
    def is_on_the_way(self) -> bool:
        return self.kind in ON_THE_WAY


@dataclass(frozen=True)
class Definition:
    """Stages in order. ``who`` are criteria for who takes part, None for everybody. ``back_days``: after how many days
    in a row of surely failing its own entry criteria a subject falls back by itself; None for never."""

    stages: tuple[Stage, ...]
    who: Criteria | None = None
    back_days: int | None = None
    version: LifecycleVersion | None = field(default=None, compare=False)

    @cached_property
    def by_key(self) -> dict[str, Stage]:
        return {stage.key: stage for stage in self.stages}

    def stage(self, key: str) -> Stage | None:
        return self.by_key.get(key)

    def name(self, key: str) -> str:
        """What a stage is called; a key that a former version had is shown as it is."""
        found = self.by_key.get(key)
        return found.name if found else key

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(stage.key, stage.name) for stage in self.stages]

    def leads_to(self, here: Stage, there: Stage) -> bool:
        """Whether one may go on from a stage to another; going back is always allowed, with a reason."""
        if is_backward(here, there):
            return True
        return not here.next or there.key in here.next


def is_backward(here: Stage, there: Stage) -> bool:
    """Whether a move goes towards the beginning; pauses and ends are neither."""
    return here.is_on_the_way and there.is_on_the_way and there.order < here.order


def between(definition: Definition, here: Stage, there: Stage) -> list[Stage]:
    """The stages that a move forwards passes over."""
    if not (here.is_on_the_way and there.is_on_the_way):
        return []
    return [s for s in definition.stages if s.is_on_the_way and here.order < s.order < there.order]


def of(lifecycle: Lifecycle) -> Definition | None:
    """The definition that counts, read once per ``Lifecycle`` object; None before anything is published."""
    if "_definition" not in lifecycle.__dict__:
        version = _published(lifecycle)
        lifecycle.__dict__["_definition"] = read(version.definition, lifecycle.kind, version) if version else None
    found: Definition | None = lifecycle.__dict__["_definition"]
    return found


@prepared.first
def _published(lifecycle: Lifecycle) -> QuerySet[LifecycleVersion]:
    return LifecycleVersion.objects.filter(lifecycle=lifecycle, state="published").order_by("pk")


def forget(lifecycle: Lifecycle) -> None:
    """Read the definition anew the next time, after a publication."""
    lifecycle.__dict__.pop("_definition", None)


def read(given: Any, kind: str, version: LifecycleVersion | None = None) -> Definition:
    """The definition in what a version or a file says. Raises BadLifecycle with a sentence that names the part."""
    if not isinstance(given, Mapping) or not isinstance(given.get("stages"), list):
        raise BadLifecycle(_("A lifecycle is a list of stages."))
    parts = given["stages"]
    if not 0 < len(parts) <= MOST_STAGES:
        raise BadLifecycle(_("A lifecycle has 1 to %(most)d stages.") % {"most": MOST_STAGES})
    stages = tuple(_stage(part, order, kind) for order, part in enumerate(parts))
    _fit(stages)
    back = _number(given.get("back_days"), _("Days before falling back"), 1)
    who = _criteria(given.get("who"), _("Who takes part"))
    if kind == StagedKind.PRODUCT and who is not None:
        raise BadLifecycle(_("All products that are not retired take part in a lifecycle of products."))
    return Definition(stages, who, back, version)


def check(lifecycle: Lifecycle, definition: Definition) -> None:
    """Raise BadLifecycle where criteria cannot be used in this workspace."""
    kind: Any = criteria_kind(lifecycle.kind)
    wanted = [(_("Who takes part"), definition.who)]
    for stage in definition.stages:
        wanted += [(stage.name, stage.entry), (stage.name, stage.exit)]
    for name, given in wanted:
        if given is None:
            continue
        try:
            criteria.parse(dict(given), kind, lifecycle.workspace)
        except criteria.CriteriaError as error:
            raise BadLifecycle(f"{name}: {error}") from error


def criteria_kind(kind: str) -> str:
    """Whom criteria of a lifecycle describe: those of products describe the accounts that use one."""
    return "person" if kind == StagedKind.PERSON else "account"


def _stage(given: Any, order: int, kind: str) -> Stage:
    if not isinstance(given, Mapping) or not KEY.fullmatch(str(given.get("key", ""))):
        raise BadLifecycle(_("The key of a stage is small letters, digits and _, 39 at most; it begins with a letter."))
    key = given["key"]
    names = _names(given.get("name"), key)
    name = bilingual.pick(names, get_language() or "en")
    if given.get("kind") not in KINDS:
        raise BadLifecycle(_("%(stage)s: the kind of a stage is start, active, paused or terminal.") % {"stage": name})
    owner = given.get("owner") or ""
    if owner and owner not in TeamRole.values:
        raise BadLifecycle(_("%(stage)s: there is no role “%(role)s” in a team.") % {"stage": name, "role": owner})
    listed = given.get("next") or []
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise BadLifecycle(_("%(stage)s: what may follow is a list of keys.") % {"stage": name})
    return Stage(
        key,
        order,
        names,
        given["kind"],
        _number(given.get("expected_days"), name),
        _number(given.get("stuck_days"), name),
        _criteria(given.get("entry"), name),
        _criteria(given.get("exit"), name),
        (_number(given.get("least"), name, 1) or 1) if kind == StagedKind.PRODUCT else 1,
        owner,
        tuple(listed),
        _gate(given.get("gate"), name),
    )


def _fit(stages: tuple[Stage, ...]) -> None:
    """What the stages must be together."""
    keys = [stage.key for stage in stages]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice:
        raise BadLifecycle(_("Two stages have the key “%(key)s”.") % {"key": twice})
    if stages[0].kind != START:
        raise BadLifecycle(_("The first stage is where the way begins: its kind is start."))
    for stage in stages:
        words = {"stage": stage.name}
        if stage.expected and stage.stuck and stage.stuck < stage.expected:
            raise BadLifecycle(_("%(stage)s: stuck comes after expected, not before.") % words)
        if not stage.is_on_the_way and (stage.expected or stage.stuck or stage.gate):
            raise BadLifecycle(_("%(stage)s: where the clock stands, there are no days and no gate.") % words)
        if stage.kind == TERMINAL and stage.exit:
            raise BadLifecycle(_("%(stage)s: an end has no way out; whoever fails its entry begins anew.") % words)
        unknown = next((key for key in stage.next if key not in keys or key == stage.key), None)
        if unknown:
            raise BadLifecycle(_("%(stage)s: there is no stage “%(key)s” to follow.") % {**words, "key": unknown})


def _names(given: Any, key: str) -> dict[str, str]:
    if isinstance(given, str):
        given = {"en": given}
    if given is not None and not isinstance(given, Mapping):
        raise BadLifecycle(_("The name of “%(key)s” is a text in Chinese (zh) and English (en).") % {"key": key})
    names = {code: str(words)[:60] for code, words in (given or {}).items() if code in ("zh", "en") and words}
    return names or {"en": key}


def _number(given: Any, name: str, least: int = 0) -> int | None:
    if given in (None, ""):
        return None
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= MOST_DAYS:
        sentence = _("%(name)s: a whole number from %(least)d to %(most)d is meant.")
        raise BadLifecycle(sentence % {"name": name, "least": least, "most": MOST_DAYS})
    return given


def _criteria(given: Any, name: str) -> Criteria | None:
    if given in (None, {}, {"all": []}, {"any": []}):
        return None
    if not isinstance(given, Mapping):
        raise BadLifecycle(_("%(name)s: these are no criteria.") % {"name": name})
    return dict(given)


def _gate(given: Any, name: str) -> Gate | None:
    if not given:
        return None
    if not isinstance(given, Mapping):
        raise BadLifecycle(_("%(name)s: a gate has a checklist, artefacts and approvals.") % {"name": name})
    gate = Gate(
        _items(given.get("checklist"), name),
        _items(given.get("artefacts"), name),
        _number(given.get("approvals"), name) or 0,
    )
    return gate if gate != Gate() or given.get("decision") else None


def _items(given: Any, name: str) -> tuple[Item, ...]:
    if given is None:
        return ()
    if not isinstance(given, list) or len(given) > MOST_ITEMS:
        raise BadLifecycle(_("%(name)s: a gate lists %(most)d items at most.") % {"name": name, "most": MOST_ITEMS})
    found = []
    for each in given:
        if not isinstance(each, Mapping) or not KEY.fullmatch(str(each.get("key", ""))):
            raise BadLifecycle(_("%(name)s: every item of the gate has a key.") % {"name": name})
        found.append(Item(each["key"], _names(each.get("name"), each["key"]), bool(each.get("required", True))))
    if len({item.key for item in found}) < len(found):
        raise BadLifecycle(_("%(name)s: two items of the gate have one key.") % {"name": name})
    return tuple(found)
