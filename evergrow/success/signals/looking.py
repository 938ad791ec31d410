"""A rule of the workspace as something that looks at customers: what it finds today, with the sentences filled in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q

from evergrow.customers import criteria
from evergrow.customers.models import Account, Affiliation, ProductUse, Subscription, SubscriptionStatus
from evergrow.customers.privacy.masking import Everybody
from evergrow.lib.batches import batched
from evergrow.success.models import Signal
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.rules.finding import Finding, Seen, Watch, health_of
from evergrow.success.rules.health import WORDS
from evergrow.success.signals import happenings, owners, words
from evergrow.success.signals.definition import Definition
from evergrow.success.signals.happenings import Facts, Happened
from evergrow.workspaces.models import Workspace

RUNS = [SubscriptionStatus.ACTIVE, SubscriptionStatus.TRIAL]


@dataclass(frozen=True, slots=True)
class Hit:
    """One match, before it becomes a finding."""

    facts: Facts
    amount: Decimal
    account: Account | None = None
    part: str = ""
    person: int | None = None
    subscription: int | None = None
    product: int | None = None


def look(definition: Definition, watch: Watch, rule: int | None = None) -> Seen:
    """All that the rule finds. ``rule``: the id of its row, whose open signals tell which missing data matters.

    Raises CriteriaError, CostError, warehouse.StoreUnavailable.
    """
    workspace = watch.workspace
    happened = _happened(definition, watch, rule)
    hits = list(_hits(definition, watch, happened))
    chosen = owners.choose(workspace, definition.owner, [hit.account.pk for hit in hits if hit.account])
    found = [_finding(definition, workspace, hit, chosen.get(hit.account.pk if hit.account else 0)) for hit in hits]
    if definition.subject == "person":
        return Seen(found, unknown_people=_people_keys(workspace, happened.unknown), is_blind=happened.is_blind)
    if definition.subject == "product":
        unsure = _unsure_products(definition, workspace, set(happened.to) | happened.unknown, rule)
        return Seen(found, unknown_products=unsure, is_blind=happened.is_blind)
    return Seen(found, _account_keys(workspace, happened.unknown), is_blind=happened.is_blind)


def _happened(definition: Definition, watch: Watch, rule: int | None) -> Happened:
    workspace, kind = watch.workspace, definition.criteria.kind
    meant = [int(number) for number in criteria.find(workspace, definition.criteria)]
    if definition.change is not None:
        return happenings.changed(workspace, kind, definition.change, meant, watch.today)
    if definition.silence is not None:
        return happenings.silent(workspace, kind, definition.silence, meant, watch.today)
    return Happened({number: {} for number in meant}, _unsure(definition, workspace, set(meant), rule))


def _unsure(definition: Definition, workspace: Workspace, meant: set[int], rule: int | None) -> frozenset[int]:
    """Who has an open signal of the rule and does not meet it now, while a trait that it asks about has no value."""
    if rule is None:
        return frozenset()
    if definition.subject == "product":
        return _without_value(definition, workspace) - meant
    field = "person__number" if definition.criteria.kind == "person" else "account__number"
    rows = Signal.objects.filter(workspace=workspace, rule=rule, state__in=OPEN_SIGNALS)
    gone = {number for number in rows.values_list(field, flat=True) if number is not None} - meant
    return _without_value(definition, workspace) & gone if gone else frozenset()


def _without_value(definition: Definition, workspace: Workspace) -> frozenset[int]:
    """Who lacks the value of a trait that the rule asks about, by number."""
    own = [trait for kind, trait in criteria.needs(definition.criteria).traits if kind == definition.criteria.kind]
    if not own:
        return frozenset()
    unset = {"any": [{"trait": trait, "is_set": False} for trait in sorted(own)]}
    without = criteria.find(workspace, criteria.parse(unset, definition.criteria.kind, workspace))
    return frozenset(int(number) for number in without)


def _unsure_products(
    definition: Definition, workspace: Workspace, perhaps: set[int], rule: int | None
) -> frozenset[int]:
    """Products with an open signal of the rule that might be meant still, were all values of ``perhaps`` known."""
    asked = definition.products
    users: dict[int, list[int]] = defaultdict(list)
    open_ones = Signal.objects.filter(workspace=workspace, rule=rule or 0, state__in=OPEN_SIGNALS)
    rows = ProductUse.objects.filter(product__in=open_ones.exclude(product=None).values("product"))
    for product, number in rows.values_list("product", "account__number"):
        users[product].append(number)
    found = set()
    for product, mine in users.items():
        hit = len(perhaps.intersection(mine))
        if hit >= asked.least and hit / len(mine) >= asked.share:
            found.add(product)
    return frozenset(found)


def _hits(definition: Definition, watch: Watch, happened: Happened) -> Iterator[Hit]:
    numbers = happened.to
    if definition.subject == "person":
        yield from _person_hits(watch.workspace, numbers)
        return
    accounts = _accounts(watch.workspace, numbers)
    if definition.subject == "account":
        for number, account in accounts.items():
            yield Hit({**_facts(account, watch), **numbers[number]}, account.mrr, account)
    elif definition.subject == "contract":
        yield from _contract_hits(definition, watch, accounts, numbers)
    else:
        yield from _product_hits(definition, watch.workspace, accounts)


def _accounts(workspace: Workspace, numbers: Mapping[int, Any]) -> dict[int, Account]:
    found: dict[int, Account] = {}
    for part in batched(sorted(numbers), 500):
        rows = Account.objects.filter(workspace=workspace, number__in=part)
        found |= {account.number: account for account in rows.select_related("health_state", "workspace")}
    return found


def _person_hits(workspace: Workspace, numbers: Mapping[int, Facts]) -> Iterator[Hit]:
    """People at an account; where at several, the one where they are key, else the larger one."""
    told: set[int] = set()
    mask = Everybody(workspace)
    for part in batched(sorted(numbers), 500):
        rows = Affiliation.objects.filter(person__workspace=workspace, person__number__in=part, ended_on=None)
        rows = rows.filter(account__merged_into=None).select_related("person", "account__health_state")
        for place in rows.order_by("person", "-is_key", "-account__mrr", "pk"):
            if place.person_id in told:
                continue
            told.add(place.person_id)
            account = place.account
            account.workspace = workspace
            facts = {**_facts(account, None), **numbers[place.person.number], "person": mask.called(place.person)}
            facts["contact"] = facts["person"]
            yield Hit(facts, account.mrr, account, f"person-{place.person_id}", person=place.person_id)


def _contract_hits(
    definition: Definition, watch: Watch, accounts: Mapping[int, Account], numbers: Mapping[int, Facts]
) -> Iterator[Hit]:
    by_key, asked = {account.pk: account for account in accounts.values()}, definition.contracts
    terms = Q(status__in=RUNS, mrr__gte=asked.least_mrr)
    if asked.plans:
        terms &= Q(plan__in=asked.plans)
    if asked.auto_renews is not None:
        terms &= Q(auto_renews=asked.auto_renews)
    if asked.ends_within is not None:
        terms &= Q(renews_on__range=(watch.today, watch.today + timedelta(days=asked.ends_within)))
    for part in batched(sorted(by_key), 500):
        rows = Subscription.objects.filter(terms, workspace=watch.workspace, account__in=part)
        for one in rows.order_by("pk"):
            account = by_key[one.account_id]
            days = None if one.renews_on is None else (one.renews_on - watch.today).days
            facts = {**_facts(account, watch), **numbers[account.number], "contract": one.external_id}
            facts |= {"plan": one.plan, "mrr": one.mrr, "renews_in": days}
            yield Hit(facts, one.mrr, account, f"contract-{one.pk}", subscription=one.pk)


def _product_hits(definition: Definition, workspace: Workspace, accounts: Mapping[int, Account]) -> Iterator[Hit]:
    meant = {account.pk: account for account in accounts.values()}
    users: dict[int, list[int]] = defaultdict(list)
    names: dict[int, dict[str, str]] = {}
    rows = ProductUse.objects.filter(product__workspace=workspace, product__retired_at=None)
    for use in rows.select_related("product"):
        users[use.product_id].append(use.account_id)
        names[use.product_id] = use.product.names
    for product, mine in sorted(users.items()):
        hit = [meant[pk] for pk in mine if pk in meant]
        share = len(hit) / len(mine)
        if len(hit) >= definition.products.least and share >= definition.products.share:
            amount = sum((account.mrr for account in hit), Decimal(0))
            facts = {"product": names[product], "count": len(hit), "share": f"{share * 100:.0f}%", "mrr": amount}
            yield Hit(facts, amount, None, product=product)


def _facts(account: Account, watch: Watch | None) -> Facts:
    state = health_of(account)
    left = None
    if watch is not None and account.renews_on is not None:
        left = (account.renews_on - watch.today).days
    return {
        "account": account.names,
        "plan": account.plan,
        "tier": account.tier,
        "mrr": account.mrr,
        "renews_in": left,
        "score": None if state is None or state.score is None else float(int(state.score)),
        "band": WORDS.get(state.band) if state else None,
    }


def _finding(definition: Definition, workspace: Workspace, hit: Hit, owner: int | None) -> Finding:
    tier = hit.account.tier if hit.account else ""
    lines = [words.fill(line, hit.facts, workspace.currency) for line in definition.evidence]
    return Finding(
        hit.account.pk if hit.account else None,
        definition.severity.of(tier, hit.amount),
        words.fill(definition.reason, hit.facts, workspace.currency),
        lines or _usual_evidence(hit, workspace.currency),
        part=hit.part,
        person=hit.person,
        subscription=hit.subscription,
        product=hit.product,
        owner=owner,
    )


USUAL = {
    "before": {"zh": "此前 {before}，现在 {now}", "en": "{before} before, {now} now"},
    "last": {"zh": "最近一次 {last}", "en": "last on {last}"},
    "count": {"zh": "{count} 家客户，占其客户的 {share}", "en": "{count} of its customers, {share} of all"},
    "mrr": {"zh": "MRR {mrr}", "en": "MRR {mrr}"},
    "renews_in": {"zh": "{renews_in} 天后续约", "en": "renews in {renews_in} days"},
}


def _usual_evidence(hit: Hit, currency: str) -> list[dict[str, str]]:
    """What is known of it, where the rule names no evidence itself."""
    return [words.fill(said, hit.facts, currency) for fact, said in USUAL.items() if hit.facts.get(fact) is not None]


def _account_keys(workspace: Workspace, numbers: Iterable[int]) -> frozenset[int]:
    found: set[int] = set()
    for part in batched(sorted(numbers), 500):
        found.update(Account.objects.filter(workspace=workspace, number__in=part).values_list("pk", flat=True))
    return frozenset(found)


def _people_keys(workspace: Workspace, numbers: Iterable[int]) -> frozenset[int]:
    found: set[int] = set()
    for part in batched(sorted(numbers), 500):
        rows = Affiliation.objects.filter(person__workspace=workspace, person__number__in=part)
        found.update(rows.values_list("person_id", flat=True))
    return frozenset(found)
