"""The stage as a trait for criteria.

Of the main lifecycle of accounts and of people ``stage``, ``stage.days`` and ``stage.status``; of the others
``stage.<key>`` and so on; of accounts also ``product.stages``, the stages of the products they use.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers.criteria import mirror, providers
from evergrow.customers.criteria.providers import Provider, TraitInfo, Values, Words
from evergrow.customers.criteria.tree import Kind
from evergrow.customers.models import Account, Lifecycle, Person, ProductUse, StagedKind, StageStay
from evergrow.customers.stages import days, standing
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages.moves import Moved
from evergrow.lib import bilingual
from evergrow.lib.batches import batched
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Workspace

log = logging.getLogger(__name__)
STATUS_WORDS: dict[str, Words] = {
    days.ON_TRACK: pgettext_lazy("time in a stage", "on track"),
    days.BEHIND: pgettext_lazy("time in a stage", "behind"),
    days.STUCK: pgettext_lazy("time in a stage", "stuck"),
    days.RESTING: pgettext_lazy("time in a stage", "paused"),
    days.ENDED: pgettext_lazy("time in a stage", "at an end"),
}
PARTS = ("", ".days", ".status")
PRODUCT_STAGES = "product.stages"


def trait(lifecycle: Lifecycle) -> str:
    """The trait that holds the stage of a lifecycle."""
    return "stage" if lifecycle.is_main else f"stage.{lifecycle.key}"


class StageNames(Mapping[str, Words]):
    """The names of the stages of a workspace's main lifecycle of a kind, read once somebody asks."""

    def __init__(self, workspace: Workspace, kind: str) -> None:
        self.workspace, self.kind = workspace, kind
        self._names: dict[str, Words] | None = None

    def _read(self) -> dict[str, Words]:
        if self._names is None:
            rows = Lifecycle.objects.filter(workspace=self.workspace, kind=self.kind, retired_at=None)
            found = [definitions.of(each) for each in rows.order_by("-is_main", "pk")]
            self._names = {s.key: s.name for each in reversed(found) if each for s in each.stages}
        return self._names

    def __getitem__(self, key: str) -> Words:
        return self._read()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


@prepared.rows
def _other_lifecycles(workspace: Workspace, kind: Kind) -> QuerySet[Lifecycle]:
    return Lifecycle.objects.filter(workspace=workspace, kind=kind, is_main=False, retired_at=None)


def naming(workspace: Workspace, kind: Kind) -> dict[str, TraitInfo]:
    """How criteria call the stages of lifecycles that are not the main ones."""
    found = {}
    for lifecycle in _other_lifecycles(workspace, kind):
        key, counts = trait(lifecycle), definitions.of(lifecycle)
        choices: dict[str, Words] = dict(counts.choices) if counts else {}
        found[key] = TraitInfo(kind, key, _named(lifecycle.names, ""), "text", choices)
        found[f"{key}.days"] = TraitInfo(kind, f"{key}.days", _named(lifecycle.names, "days"), "number")
        found[f"{key}.status"] = TraitInfo(
            kind, f"{key}.status", _named(lifecycle.names, "status"), "text", STATUS_WORDS
        )
    return found


def _pick(names: Mapping[str, str], part: str) -> str:
    name = {"name": bilingual.pick(names, get_language() or "en")}
    if part == "days":
        return _("%(name)s: days in the stage") % name
    if part == "status":
        return _("%(name)s: pace") % name
    return _("%(name)s: stage") % name


_named: Any = lazy(_pick, str)


def values(lifecycle: Lifecycle, subjects: Sequence[int] | None = None) -> dict[str, Values]:
    """The values of a lifecycle's three traits, by the numbers of subjects that have one."""
    counts = definitions.of(lifecycle)
    found = standing.standings(lifecycle, counts, subjects) if counts else {}
    model: Any = Account if lifecycle.kind == StagedKind.ACCOUNT else Person
    numbers: dict[int, int] = {}
    for part in batched(found, 500):
        numbers |= dict(model._base_manager.filter(pk__in=part).values_list("pk", "number"))
    rows = [(numbers[key], each) for key, each in found.items() if key in numbers]
    of = [number for number, _each in rows]
    key = trait(lifecycle)
    return {
        key: (of, [each.stay.stage for _number, each in rows]),
        f"{key}.days": (of, [each.days for _number, each in rows]),
        f"{key}.status": (of, [each.status for _number, each in rows]),
    }


def _load(kind: str) -> Any:
    def load(workspace: Workspace) -> dict[str, Values]:
        rows = Lifecycle.objects.filter(workspace=workspace, kind=kind, is_main=True, retired_at=None)
        main = rows.select_related("workspace").first()
        found = values(main) if main else {}
        return found | (_product_stages(workspace) if kind == StagedKind.ACCOUNT else {})

    return load


def _product_stages(workspace: Workspace) -> dict[str, Values]:
    """Of each account the stages, in the main lifecycle of products, of the products it uses."""
    stays = StageStay.objects.filter(
        workspace=workspace, lifecycle__is_main=True, lifecycle__retired_at=None, left_at=None, product__retired_at=None
    )
    stage = dict(stays.exclude(product=None).values_list("product", "stage"))
    uses = ProductUse.objects.filter(product__workspace=workspace, product__in=list(stage))
    found: dict[int, set[str]] = {}
    for account, product in uses.values_list("account__number", "product"):
        found.setdefault(account, set()).add(stage[product])
    return {PRODUCT_STAGES: (list(found), [sorted(each) for each in found.values()])}


def write_all(workspace: Workspace) -> None:
    """Write the traits of every lifecycle anew. Raises StoreUnavailable."""
    for kind in (StagedKind.ACCOUNT, StagedKind.PERSON):
        mirror.write_provided(workspace, f"stages.{kind.value}")
    others = Lifecycle.objects.filter(workspace=workspace, is_main=False, retired_at=None)
    for lifecycle in others.exclude(kind=StagedKind.PRODUCT):
        lifecycle.workspace = workspace
        _write(lifecycle, None)


def _write(lifecycle: Lifecycle, subjects: Sequence[int] | None) -> None:
    kind: Any = lifecycle.kind
    for key, (numbers, found) in values(lifecycle, subjects).items():
        mirror.write(lifecycle.workspace, kind, key, numbers, found, f"stages.{kind}", is_whole=subjects is None)


def follow(made: Sequence[Moved]) -> None:
    """After moves by hand: the traits of those who moved, at once. The job brings what is left out here."""
    lifecycle = made[0].lifecycle
    if made[0].source == "auto":
        return  # the job writes them all when it is through
    try:
        if lifecycle.kind == StagedKind.PRODUCT:
            mirror.write_provided(lifecycle.workspace, f"stages.{StagedKind.ACCOUNT.value}")
        else:
            _write(lifecycle, [each.subject for each in made])
    except warehouse.StoreUnavailable:
        log.warning("The event store is away; stages as traits follow with the next evaluation.")


def _infos(kind: Kind) -> tuple[TraitInfo, ...]:
    found = (
        TraitInfo(kind, "stage", gettext_lazy("stage"), "text"),
        TraitInfo(kind, "stage.days", gettext_lazy("days in the stage"), "number"),
        TraitInfo(kind, "stage.status", gettext_lazy("pace in the stage"), "text", STATUS_WORDS),
    )
    if kind == "account":
        return (*found, TraitInfo(kind, PRODUCT_STAGES, gettext_lazy("stages of the products used"), "list"))
    return found


def register() -> None:
    providers.register(Provider("stages.account", _infos("account"), _load(StagedKind.ACCOUNT)))
    providers.register(Provider("stages.person", _infos("person"), _load(StagedKind.PERSON)))
    providers.name_traits(naming)
