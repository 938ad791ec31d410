"""Reckon what accounts are worth, and change how that is reckoned."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers.models import Account
from evergrow.health.money.booking import lines_of
from evergrow.health.value import contracts, purchases, simple, sources
from evergrow.health.value.models import AccountValue, GroupBy, Method, ValueSettings
from evergrow.health.value.months import DAYS_PER_MONTH
from evergrow.lib import clock
from evergrow.lib.shares import Z95
from evergrow.lib.survival import Array
from evergrow.workspaces import audit, jobs
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Job, Member, Workspace

KIND = "health.compute_value"
BATCH = 1000
MONTHS_OF_CHURN = 12
Found = tuple[list[AccountValue], dict[str, Any]]


def settings_of(workspace: Workspace) -> ValueSettings:
    """The workspace's settings; unsaved ones with the defaults where nobody chose."""
    return ValueSettings.objects.filter(workspace=workspace).first() or ValueSettings(workspace=workspace)


@transaction.atomic
def change_settings(*, workspace: Workspace, by: Member | None, **wanted: Any) -> ValueSettings:
    """Choose method, margin, discount, horizon, grouping and where purchases are read; a computation follows.

    Raises ValidationError per field.
    """
    require(by, "manage")
    found = settings_of(workspace)
    before = {name: getattr(found, name) for name in wanted}
    for name, value in wanted.items():
        setattr(found, name, value)
    _check(found)
    found.changed_by, found.changed_at = by, clock.now()
    found.save()
    changed = {name: str(value) for name, value in wanted.items() if before[name] != value}
    audit.record(workspace, "value.settings_changed", workspace, by=by, data=changed)
    request_compute(workspace=workspace, by=by)
    return found


def _check(found: ValueSettings) -> None:
    wrong = {}
    if not 0 < Decimal(found.margin) <= 1:
        wrong["margin"] = _("The margin lies above 0 and at most at 100%.")
    if not 0 <= Decimal(found.discount) < 1:
        wrong["discount"] = _("The discount rate lies between 0 and 99%.")
    if not 1 <= found.horizon <= 120:
        wrong["horizon"] = _("The horizon lies between 1 and 120 months.")
    if bool(found.event) != bool(found.property):
        wrong["event"] = _("An event of purchase needs the property with its amount, and the other way round.")
    if wrong:
        raise ValidationError(wrong)
    found.clean_fields(exclude=["workspace", "changed_by", "learned", "computed_at"])


def request_compute(*, workspace: Workspace, by: Member | None) -> Job:
    """Queue a computation; one that waits is enough."""
    return jobs.enqueue(KIND, workspace, by=by, dedupe_key="now")


def compute(*, workspace: Workspace) -> int:
    """Reckon every account anew by the settings; gives how many have a value. The same facts give the same values."""
    settings = settings_of(workspace)
    methods: dict[str, Callable[[Workspace, ValueSettings], Found]] = {
        Method.CONTRACTS: _by_contracts,
        Method.PURCHASES: _by_purchases,
        Method.SIMPLE: _by_formula,
    }
    rows, learned = methods[settings.method](workspace, settings)
    with transaction.atomic():
        AccountValue.objects.filter(workspace=workspace).delete()
        AccountValue.objects.bulk_create(rows, batch_size=BATCH)
        settings.learned, settings.computed_at = learned, clock.now()
        settings.save()
    return len(rows)


def _by_contracts(workspace: Workspace, settings: ValueSettings) -> Found:
    """Monthly margin · the discounted months that customers of this tenure still stay."""
    today = workspace.today()
    present = set(Account.objects.filter(workspace=workspace).values_list("pk", flat=True))
    lines = {pk: own for pk, own in lines_of(workspace).items() if pk in present}
    found = contracts.spells(lines, today)
    running = [spell for spell in found if spell.end is None]
    ended = len(found) - len(running)
    if len(found) < contracts.FEWEST_CUSTOMERS or ended < contracts.FEWEST_ENDED:
        return [], {"problem": "few_contracts", "customers": len(found), "ended": ended}
    group_of = _groups(workspace, settings)
    learned = contracts.learn(found, group_of, today)
    rows: list[AccountValue] = []
    for group in sorted({learned.of(group_of.get(spell.account, ""))[0] for spell in running}):
        mine = [spell for spell in running if learned.of(group_of.get(spell.account, ""))[0] == group]
        months = contracts.ahead(learned.curves[group], mine, today, settings.horizon, float(settings.discount))
        monthly = np.array([spell.cents for spell in mine]) / 100 * float(settings.margin)
        columns = {
            "value": months.worth * monthly,
            "low": months.low * monthly,
            "high": months.high * monthly,
            "alive": months.stays,
            "monthly": monthly,
            "months": months.ahead,
        }
        facts = [{"group": group, "tenure": (today - spell.start).days} for spell in mine]
        rows += _rows(workspace, Method.CONTRACTS, [spell.account for spell in mine], columns, facts)
    return rows, {"customers": len(found), "ended": ended, "curves": _curves(learned)}


def _groups(workspace: Workspace, settings: ValueSettings) -> dict[int, str]:
    if settings.group_by not in (GroupBy.PLAN, GroupBy.TIER):
        return {}
    return dict(Account.objects.filter(workspace=workspace).values_list("pk", settings.group_by))


def _curves(learned: contracts.Learned) -> dict[str, Any]:
    """Each curve at the ends of months, for the page."""
    found: dict[str, Any] = {}
    for group, curve in learned.curves.items():
        last = min(int(curve.last / DAYS_PER_MONTH), 120)
        days = np.arange(last + 1) * DAYS_PER_MONTH
        stays, spread = curve.at(days)
        error = Z95 * stays * np.sqrt(np.where(np.isfinite(spread), spread, 0))
        found[group] = {
            "customers": curve.n,
            "ended": curve.left,
            "median": curve.median,
            "stays": [round(float(value), 6) for value in stays],
            "error": [round(float(value), 6) for value in error],
        }
    return found


def _by_purchases(workspace: Workspace, settings: ValueSettings) -> Found:
    """BG/NBD and Gamma-Gamma."""
    past = sources.read(workspace, settings)
    try:
        buying, spending = purchases.fit(past)
    except purchases.TooFew as few:
        return [], {"problem": "few_purchases", "customers": few.customers, "repeaters": few.repeaters}
    learned = {
        "customers": len(past.customer),
        "repeaters": int((past.repeats > 0).sum()),
        "buying": dict(zip(("r", "alpha", "a", "b"), buying.parameters.tolist(), strict=True)),
        "log_likelihood": buying.log_likelihood,
        "spending": dict(zip(("p", "q", "v"), spending.parameters.tolist(), strict=True)),
        "is_bounded": buying.covariance is not None and spending.covariance is not None,
        "correlation": _correlation(past),
    }
    if spending.mean is None:
        return [], learned | {"problem": "no_mean"}
    found = purchases.worth(
        past,
        buying,
        spending,
        margin=float(settings.margin),
        horizon=settings.horizon,
        discount=float(settings.discount),
    )
    columns = {"value": found.value, "alive": found.alive, "expected": found.expected, "monthly": found.spend}
    if found.low is not None and found.high is not None:
        columns |= {"low": found.low, "high": found.high}
    columns["months"] = np.full(len(past.customer), float(settings.horizon))
    facts = [
        {"repeats": repeats, "recency": recency, "age": age}
        for repeats, recency, age in zip(past.repeats.tolist(), past.recency.tolist(), past.age.tolist(), strict=True)
    ]
    return _rows(workspace, Method.PURCHASES, past.customer.tolist(), columns, facts), learned


def _correlation(past: purchases.History) -> float | None:
    """How spend and frequency go together; Gamma-Gamma takes them to be apart."""
    again = past.repeats > 0
    x, z = past.repeats[again].astype(float), past.mean[again]
    return float(np.corrcoef(x, z)[0, 1]) if len(x) > 2 and x.std() > 0 and z.std() > 0 else None


def _by_formula(workspace: Workspace, settings: ValueSettings) -> Found:
    """ARPA · margin / churn of all, or the form with growth and discount; each account by its own revenue."""
    today = workspace.today()
    present = set(Account.objects.filter(workspace=workspace).values_list("pk", flat=True))
    found = contracts.spells({pk: own for pk, own in lines_of(workspace).items() if pk in present}, today)
    running = [spell for spell in found if spell.end is None]
    churn = churn_a_month(found, today.toordinal())
    monthly = np.array([spell.cents for spell in running]) / 100 * float(settings.margin)
    learned: dict[str, Any] = {"customers": len(running), "churn": churn}
    if not running or not churn:
        return [], learned | {"problem": "no_churn"}
    discount = (1 + float(settings.discount)) ** (1 / 12) - 1
    # A share of each month's value, so that d a month is taken off as (1 - d)
    taken_off = discount / (1 + discount)
    learned |= {
        "arpa": float(monthly.mean()) / float(settings.margin),
        "simple": simple.simple(float(monthly.mean()), 1.0, churn),
        "grown": simple.with_growth(float(monthly.mean()), float(settings.growth), churn, taken_off),
    }
    values = [simple.with_growth(own, float(settings.growth), churn, taken_off) for own in monthly.tolist()]
    columns = {"value": np.array(values), "monthly": monthly}
    return _rows(workspace, Method.SIMPLE, [s.account for s in running], columns, [{} for _ in running]), learned


def churn_a_month(found: list[contracts.Spell], today: int) -> float | None:
    """Customers lost in the last 12 months / months that customers were there in them; None for nobody there."""
    first = today - round(MONTHS_OF_CHURN * DAYS_PER_MONTH)
    days = lost = 0
    for spell in found:
        end = today if spell.end is None else spell.end.toordinal()
        days += max(0, end - max(first, spell.start.toordinal()))
        lost += spell.end is not None and end > first
    return lost / (days / DAYS_PER_MONTH) if days else None


def _rows(
    workspace: Workspace, method: Method, accounts: list[int], columns: Mapping[str, Array], facts: list[dict[str, Any]]
) -> list[AccountValue]:
    """Rows of the accounts; what is not a number is nothing. Values below nothing cannot be."""
    names = list(columns)
    found = []
    for place, account in enumerate(accounts):
        own = {name: _number(columns[name][place]) for name in names}
        if own["value"] is None:
            continue
        own["value"] = max(own["value"], 0.0)
        row = AccountValue(workspace=workspace, account_id=account, method=method, as_of=workspace.today())
        for name, value in own.items():
            setattr(row, name, value)
        row.facts = facts[place]
        found.append(row)
    return found


def _number(value: Any) -> float | None:
    found = float(value)
    return found if np.isfinite(found) else None
