"""Who meets the criteria of a lifecycle: every stage is asked once, for everybody at once."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evergrow.customers import criteria
from evergrow.customers.models import Lifecycle, Product, ProductUse, StagedKind
from evergrow.customers.stages.definition import Criteria, Definition, Stage, criteria_kind
from evergrow.customers.tiers.unknown import maybe

Numbers = frozenset[int]
NOBODY: Numbers = frozenset()


@dataclass(frozen=True, slots=True)
class Answers:
    """Numbers of subjects for whom criteria hold, and for whom they hold or cannot be decided for want of a value.

    ``entry`` and ``may_enter`` by stage, ``exit`` by stage. ``who`` and ``may_take_part`` are None for everybody.
    """

    entry: Mapping[str, Numbers] = field(default_factory=dict)
    may_enter: Mapping[str, Numbers] = field(default_factory=dict)
    exit: Mapping[str, Numbers] = field(default_factory=dict)
    who: Numbers | None = None
    may_take_part: Numbers | None = None

    def enters(self, stage: Stage, number: int) -> bool:
        return number in self.entry.get(stage.key, NOBODY)

    def fails(self, stage: Stage, number: int) -> bool:
        """Whether the entry criteria of a stage surely fail; without any they never do."""
        return stage.entry is not None and number not in self.may_enter.get(stage.key, NOBODY)

    def exits(self, stage: Stage, number: int) -> bool:
        return number in self.exit.get(stage.key, NOBODY)


def ask(lifecycle: Lifecycle, definition: Definition) -> Answers:
    """Ask all criteria now. Raises CriteriaError, CostError, StoreUnavailable."""
    asker = _Asker(lifecycle)
    entry, may_enter, exits = {}, {}, {}
    for stage in definition.stages:
        if stage.entry is not None:
            entry[stage.key] = asker.subjects(stage.entry, stage.least)
            may_enter[stage.key] = entry[stage.key] | asker.subjects(maybe(stage.entry), stage.least)
        if stage.exit is not None:
            exits[stage.key] = asker.subjects(stage.exit, stage.least)
    who = None if definition.who is None else asker.subjects(definition.who)
    may = who if who is None or definition.who is None else who | asker.subjects(maybe(definition.who))
    return Answers(entry, may_enter, exits, who, may)


class _Asker:
    """Asks criteria of a workspace; of products by the accounts that use them."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.workspace = lifecycle.workspace
        self.kind: Any = criteria_kind(lifecycle.kind)
        self.users = _users(lifecycle) if lifecycle.kind == StagedKind.PRODUCT else None

    def subjects(self, given: Criteria, least: int = 1) -> Numbers:
        parsed = criteria.parse(dict(given), self.kind, self.workspace)
        found = frozenset(criteria.find(self.workspace, parsed).tolist())
        if self.users is None:
            return found
        met = Counter(product for product, account in self.users if account in found)
        return frozenset(product for product, count in met.items() if count >= least)


def _users(lifecycle: Lifecycle) -> list[tuple[int, int]]:
    """``(number of a product, number of an account that uses it)``."""
    uses = ProductUse.objects.filter(product__workspace=lifecycle.workspace, product__retired_at=None)
    return list(uses.values_list("product__number", "account__number"))


def refresh_uses(product: Product) -> int:
    """Let the accounts that meet a product's criteria be those that use it; what people said stays. How many use it.

    Raises CriteriaError, CostError, StoreUnavailable.
    """
    rows = ProductUse.objects.filter(product=product)
    if product.used_by is None:
        return rows.count()
    workspace = product.workspace
    parsed = criteria.parse(dict(product.used_by), "account", workspace)
    found = set(criteria.find(workspace, parsed).tolist())
    known = dict(workspace.accounts.filter(merged_into=None).values_list("number", "pk"))
    wanted = {known[number] for number in found if number in known}
    here = dict(rows.values_list("account", "source"))
    gone = [account for account, source in here.items() if source == "rule" and account not in wanted]
    for start in range(0, len(gone), 500):
        rows.filter(account__in=gone[start : start + 500], source="rule").delete()
    today = workspace.today()
    new = [ProductUse(product=product, account_id=pk, since=today) for pk in sorted(wanted - here.keys())]
    ProductUse.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    return rows.count()
