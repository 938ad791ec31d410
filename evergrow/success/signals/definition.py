"""A signal rule as data: read, checked, written.

``{"subject", "way", "criteria", "change", "silence", "contract", "product", "severity", "reason", "evidence", "owner",
"due_days", "cool_down", "clear_after", "most_a_day", "playbook"}``; docs/signals.md tells what each may hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, cast

from django.utils.translation import gettext as _

from evergrow.customers.criteria import Criteria, CriteriaError, parse
from evergrow.lib.digits import row_id
from evergrow.success import errors
from evergrow.success.signals import words
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
Raw = Mapping[str, Any]


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
    subject = _one_of(raw, "subject", SUBJECTS, "account")
    way = _one_of(raw, "way", WAYS, "meets")
    kind = "person" if subject == "person" else "account"
    try:
        criteria = parse(raw.get("criteria"), kind, workspace)
    except CriteriaError as error:
        raise wrong("criteria", str(error.message)) from None
    cool = _part(raw, "cool_down")
    found = Definition(
        subject=cast(Subject, subject),
        way=cast(Way, way),
        criteria=criteria,
        change=_change(_part(raw, "change")) if way == "change" else None,
        silence=_silence(_part(raw, "silence"), subject) if way == "silence" else None,
        contracts=_contracts(_part(raw, "contract")),
        products=Products(_whole(_part(raw, "product"), "least", 1, 1, 1_000_000), _share(_part(raw, "product"))),
        severity=_severity(_part(raw, "severity")),
        reason=_text(raw.get("reason"), "reason", needed=True),
        evidence=tuple(_text(line, "evidence") for line in _list(raw, "evidence")[:6]),
        owner=_owner(_part(raw, "owner")),
        due_days=_whole(raw, "due_days", 3, 0, 250),
        cool_down_days=_whole(cool, "days", 14, 0, 730),
        again=_one_of(cool, "then", AGAIN, "suppress"),
        false_positive_days=_whole(cool, "false_positive_days", 60, 0, 730),
        clear_after=_whole(raw, "clear_after", 3, 1, 60),
        most_a_day=_whole(raw, "most_a_day", 200, 1, 1_000_000),
        playbook=str(raw.get("playbook") or "")[:60],
    )
    if way == "meets" and raw.get("criteria") in (None, {}, {"all": []}, {"any": []}) and subject != "contract":
        raise wrong("criteria", _("Say when it is raised: without any condition it would be raised for everyone."))
    return found


def wrong(part: str, sentence: str) -> errors.RuleWrong:
    return errors.RuleWrong(part=part, sentence=sentence)


def _change(raw: Raw) -> Change:
    how = _one_of(raw, "how", HOWS, "to")
    trait, event = str(raw.get("trait") or "").strip()[:200], str(raw.get("event") or "").strip()[:200]
    if bool(trait) == bool(event):
        raise wrong("change", _("Choose one trait or one event whose change is watched."))
    before, after = _texts(raw, "before"), _texts(raw, "after")
    if how == "to" and (event or not (before or after)):
        raise wrong("change", _("Say from which value or to which value it changed."))
    percent = _real(raw, "percent", 20.0) if how != "to" else 0.0
    if how != "to" and not 0 < percent <= (100 if how == "fell" else 100_000):
        raise wrong("change.percent", _("A number falls by more than 0 and at most 100 %."))
    return Change(how, _whole(raw, "days", 7, 1, 365), trait, event, before, after, percent)


def _silence(raw: Raw, subject: str) -> Silence:
    what = _one_of(raw, "what", ("event", "contact"), "event")
    event = str(raw.get("event") or "").strip()[:200]
    if what == "event" and not event:
        raise wrong("silence.event", _("Choose the event that stays away; “*” is any event."))
    if what == "contact" and subject == "person":
        raise wrong("silence.what", _("Contact is known of accounts, not of single people. Choose an event."))
    unit = _one_of(raw, "unit", UNITS, "days")
    return Silence(what, _whole(raw, "n", 14, 1, 730), unit, event, bool(raw.get("only_after", True)))


def _contracts(raw: Raw) -> Contracts:
    within = raw.get("ends_within")
    return Contracts(
        plans=_texts(raw, "plans"),
        ends_within=None if within in (None, "") else _whole(raw, "ends_within", 90, 0, 3650),
        least_mrr=_money(raw.get("least_mrr") or 0, "contract.least_mrr"),
        auto_renews=None if raw.get("auto_renews") in (None, "") else bool(raw["auto_renews"]),
    )


def _severity(raw: Raw) -> Severities:
    by = _one_of(raw, "by", ("", "tier", "amount"), "")
    tiers = {str(tier): _level(level) for tier, level in _part(raw, "tiers").items()}
    given = _list(raw, "steps")
    if not all(isinstance(step, list) and len(step) == 2 for step in given):
        raise wrong("severity.steps", _("This part of the rule cannot be read."))
    steps = [(_money(least, "severity.steps"), _level(level)) for least, level in given]
    steps.sort(key=lambda step: step[0], reverse=True)
    return Severities(by, _level(raw.get("otherwise", 2)), tiers, tuple(steps))


def _level(value: Any) -> int:
    if type(value) is not int or value not in (1, 2, 3):
        raise wrong("severity", _("Severity is 1 (low), 2 (medium) or 3 (high)."))
    return int(value)


def _owner(raw: Raw) -> OwnerRule:
    rule, fallback = _one_of(raw, "rule", OWNERS, "csm"), _one_of(raw, "fallback", FALLBACKS, "manager")
    member, other = _id(raw.get("member")), _id(raw.get("fallback_member"))
    if (rule == "member" and member is None) or (fallback == "member" and other is None):
        raise wrong("owner", _("Choose the colleague who gets it."))
    return OwnerRule(rule, member, fallback, other)


def _id(value: Any) -> int | None:
    return row_id(value) or None


def _text(raw: Any, part: str, *, needed: bool = False) -> dict[str, str]:
    found = {code: str(raw.get(code) or "").strip()[:300] for code in ("zh", "en")} if isinstance(raw, Mapping) else {}
    given = {code: text for code, text in found.items() if text}
    if not given:
        if needed:
            raise wrong(part, _("Write the sentence that the signal shows, in at least one language."))
        return {}
    for text in given.values():
        unknown = words.unknown(text)
        if unknown:
            sentence = _("“{%(name)s}” is not a number that can be filled in. There are: %(known)s.")
            raise wrong(part, sentence % {"name": unknown, "known": ", ".join(f"{{{each}}}" for each in words.FACTS)})
    return {code: given.get(code) or next(iter(given.values())) for code in ("zh", "en")}


def _part(raw: Raw, name: str) -> Raw:
    found = raw.get(name) or {}
    if not isinstance(found, Mapping):
        raise wrong(name, _("This part of the rule cannot be read."))
    return found


def _list(raw: Raw, name: str) -> list[Any]:
    found = raw.get(name) or []
    if not isinstance(found, list):
        raise wrong(name, _("This part of the rule cannot be read."))
    return found


def _texts(raw: Raw, name: str) -> tuple[str, ...]:
    return tuple(text for each in _list(raw, name)[:50] if (text := str(each).strip()[:200]))


def _one_of(raw: Raw, name: str, known: tuple[str, ...], usual: str) -> str:
    found = str(raw.get(name, usual) or usual) if usual else str(raw.get(name) or "")
    if found not in known:
        sentence = _("“%(value)s” is none of: %(known)s.")
        raise wrong(name, sentence % {"value": found, "known": ", ".join(filter(None, known))})
    return found


def _whole(raw: Raw, name: str, usual: int, least: int, most: int) -> int:
    value = _real(raw, name, usual)
    if value != int(value) or not least <= value <= most:
        raise wrong(name, _("A whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
    return int(value)


def _real(raw: Raw, name: str, usual: float) -> float:
    value = raw.get(name)
    try:
        found = float(usual if value in (None, "") else value)
    except (TypeError, ValueError):
        raise wrong(name, _("Write a number.")) from None
    if found != found or abs(found) > 1e12:
        raise wrong(name, _("Write a number."))
    return found


def _share(raw: Raw) -> float:
    found = _real(raw, "share", 0)
    if not 0 <= found <= 1:
        raise wrong("product.share", _("A share lies between 0 and 1."))
    return found


def _money(value: Any, part: str) -> Decimal:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise wrong(part, _("Write an amount of money.")) from None
    if not found.is_finite() or found < 0:
        raise wrong(part, _("Write an amount of money."))
    return found
