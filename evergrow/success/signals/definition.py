"""A signal rule as data: read, checked, written.

``{"subject", "way", "criteria", "change", "silence", "contract", "product", "severity", "reason", "evidence", "owner",
"due_days", "cool_down", "clear_after", "most_a_day", "playbook"}``; docs/signals.md tells what each may hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, cast

from django.utils.translation import gettext as _

from evergrow.customers.criteria import Criteria, CriteriaError, parse
from evergrow.success.signals.reading import (
    EVERYBODY,
    Raw,
    identifier,
    level,
    listed,
    money,
    one_of,
    part,
    real,
    sentence,
    texts,
    whole,
    wrong,
)
from evergrow.workspaces.models import Workspace

Subject = Literal["account", "person", "contract", "product"]
Way = Literal["meets", "change", "silence"]
SUBJECTS = ("account", "person", "contract", "product")
WAYS = ("meets", "change", "silence")
HOWS = ("to", "fell", "rose")
UNITS = ("days", "working_days")
OWNERS = ("csm", "sales", "expert", "member", "nobody")
FALLBACKS = ("manager", "member", "nobody")
AGAIN = ("suppress", "reopen")


@dataclass(frozen=True, slots=True)
class Change:
    """A trait went from one of ``before`` to one of ``after`` (nothing: any), or a number fell or rose by ``percent``.

    Compared is the value ``days`` ago with today's. With ``event`` instead of ``trait`` the number is how often it
    happened in the last ``days`` against the ``days`` before them.
    """

    how: str
    days: int
    trait: str = ""
    event: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    percent: float = 0.0


@dataclass(frozen=True, slots=True)
class Silence:
    """An event, or any contact of ours, did not happen for ``n`` days; ``only_after``: though it had before."""

    what: str
    n: int
    unit: str
    event: str = ""
    only_after: bool = True


@dataclass(frozen=True, slots=True)
class Contracts:
    """Which subscriptions of the accounts that are meant; nothing given: every one that runs."""

    plans: tuple[str, ...] = ()
    ends_within: int | None = None
    least_mrr: Decimal = Decimal(0)
    auto_renews: bool | None = None


@dataclass(frozen=True, slots=True)
class Products:
    """A product is meant when at least so many of its customers are, and at least this share of them (0 to 1)."""

    least: int = 1
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Severities:
    """Fixed, by tier, or by the monthly amount (``steps``: from so much on, the largest first)."""

    by: str
    otherwise: int
    tiers: Mapping[str, int]
    steps: tuple[tuple[Decimal, int], ...]

    def of(self, tier: str, amount: Decimal) -> int:
        if self.by == "tier":
            return self.tiers.get(tier, self.otherwise)
        if self.by == "amount":
            return next((level for least, level in self.steps if amount >= least), self.otherwise)
        return self.otherwise


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """A role of the account's team or a member; where nobody fits, the manager, a member, or nobody."""

    rule: str
    member: int | None
    fallback: str
    fallback_member: int | None


@dataclass(frozen=True, slots=True)
class Definition:
    """A rule that can be evaluated."""

    subject: Subject
    way: Way
    criteria: Criteria
    change: Change | None
    silence: Silence | None
    contracts: Contracts
    products: Products
    severity: Severities
    reason: dict[str, str]
    evidence: tuple[dict[str, str], ...]
    owner: OwnerRule
    due_days: int
    cool_down_days: int
    again: str
    false_positive_days: int
    clear_after: int
    most_a_day: int
    playbook: str


def read(raw: Raw, workspace: Workspace) -> Definition:
    """The definition that data says. Raises errors.RuleWrong at the part that cannot be."""
    subject = one_of(raw, "subject", SUBJECTS, "account")
    way = one_of(raw, "way", WAYS, "meets")
    kind = "person" if subject == "person" else "account"
    try:
        criteria = parse(raw.get("criteria"), kind, workspace)
    except CriteriaError as error:
        raise wrong("criteria", str(error.message)) from None
    cool = part(raw, "cool_down")
    found = Definition(
        subject=cast(Subject, subject),
        way=cast(Way, way),
        criteria=criteria,
        change=_change(part(raw, "change")) if way == "change" else None,
        silence=_silence(part(raw, "silence"), subject) if way == "silence" else None,
        contracts=_contracts(part(raw, "contract")),
        products=Products(whole(part(raw, "product"), "least", 1, 1, 1_000_000), _share(part(raw, "product"))),
        severity=_severity(part(raw, "severity")),
        reason=sentence(raw.get("reason"), "reason", needed=True),
        evidence=tuple(sentence(line, "evidence") for line in listed(raw, "evidence")[:6]),
        owner=_owner(part(raw, "owner")),
        due_days=whole(raw, "due_days", 3, 0, 250),
        cool_down_days=whole(cool, "days", 14, 0, 730),
        again=one_of(cool, "then", AGAIN, "suppress"),
        false_positive_days=whole(cool, "false_positive_days", 60, 0, 730),
        clear_after=whole(raw, "clear_after", 3, 1, 60),
        most_a_day=whole(raw, "most_a_day", 200, 1, 1_000_000),
        playbook=str(raw.get("playbook") or "")[:60],
    )
    if way == "meets" and raw.get("criteria") in EVERYBODY and subject != "contract":
        raise wrong("criteria", _("Say when it is raised: without any condition it would be raised for everyone."))
    return found


def _change(raw: Raw) -> Change:
    how = one_of(raw, "how", HOWS, "to")
    trait, event = str(raw.get("trait") or "").strip()[:200], str(raw.get("event") or "").strip()[:200]
    if bool(trait) == bool(event):
        raise wrong("change", _("Choose one trait or one event whose change is watched."))
    before, after = texts(raw, "before"), texts(raw, "after")
    if how == "to" and (event or not (before or after)):
        raise wrong("change", _("Say from which value or to which value it changed."))
    percent = real(raw, "percent", 20.0) if how != "to" else 0.0
    if how != "to" and not 0 < percent <= (100 if how == "fell" else 100_000):
        raise wrong("change.percent", _("A number falls by more than 0 and at most 100 %."))
    return Change(how, whole(raw, "days", 7, 1, 365), trait, event, before, after, percent)


def _silence(raw: Raw, subject: str) -> Silence:
    what = one_of(raw, "what", ("event", "contact"), "event")
    event = str(raw.get("event") or "").strip()[:200]
    if what == "event" and not event:
        raise wrong("silence.event", _("Choose the event that stays away; “*” is any event."))
    if what == "contact" and subject == "person":
        raise wrong("silence.what", _("Contact is known of accounts, not of single people. Choose an event."))
    unit = one_of(raw, "unit", UNITS, "days")
    return Silence(what, whole(raw, "n", 14, 1, 730), unit, event, bool(raw.get("only_after", True)))


def _contracts(raw: Raw) -> Contracts:
    within = raw.get("ends_within")
    return Contracts(
        plans=texts(raw, "plans"),
        ends_within=None if within in (None, "") else whole(raw, "ends_within", 90, 0, 3650),
        least_mrr=money(raw.get("least_mrr") or 0, "contract.least_mrr"),
        auto_renews=None if raw.get("auto_renews") in (None, "") else bool(raw["auto_renews"]),
    )


def _severity(raw: Raw) -> Severities:
    by = one_of(raw, "by", ("", "tier", "amount"), "")
    tiers = {str(tier): level(grade) for tier, grade in part(raw, "tiers").items()}
    given = listed(raw, "steps")
    if not all(isinstance(step, list) and len(step) == 2 for step in given):
        raise wrong("severity.steps", _("This part of the rule cannot be read."))
    steps = [(money(least, "severity.steps"), level(grade)) for least, grade in given]
    steps.sort(key=lambda step: step[0], reverse=True)
    return Severities(by, level(raw.get("otherwise", 2)), tiers, tuple(steps))


def _owner(raw: Raw) -> OwnerRule:
    rule, fallback = one_of(raw, "rule", OWNERS, "csm"), one_of(raw, "fallback", FALLBACKS, "manager")
    member, other = identifier(raw.get("member")), identifier(raw.get("fallback_member"))
    if (rule == "member" and member is None) or (fallback == "member" and other is None):
        raise wrong("owner", _("Choose the colleague who gets it."))
    return OwnerRule(rule, member, fallback, other)


def _share(raw: Raw) -> float:
    found = real(raw, "share", 0)
    if not 0 <= found <= 1:
        raise wrong("product.share", _("A share lies between 0 and 1."))
    return found
