"""What a rule looks at and what it may find."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from evergrow.customers.models import Account
from evergrow.health.models import AccountHealth
from evergrow.lib import numerals
from evergrow.success.models import SignalKind
from evergrow.workspaces.models import Workspace

Text = dict[str, str]
ZH, EN = "zh-hans", "en"


@dataclass(frozen=True, slots=True)
class Watch:
    """The customers of a workspace on a day, by id, each with ``health_state``; ``open`` ones have such a signal.

    ``tuned``: the numbers of the rule that the workspace set otherwise than they are delivered.
    """

    workspace: Workspace
    today: date
    accounts: Mapping[int, Account]
    open: frozenset[int] = frozenset()
    tuned: Mapping[str, float] = field(default_factory=dict)

    def set(self, name: str, usual: float) -> float:
        """A number of the rule: as the workspace set it, else as it is delivered."""
        return self.tuned.get(name, usual)

    def days(self, name: str, usual: int) -> int:
        """The same for whole days and counts."""
        return int(self.set(name, usual))


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's condition holds for an account, or for a source: then ``account`` is None and ``source`` its key's id.

    It may be about one ``person`` or one ``subscription`` of the account; without an account about a ``product`` or a
    ``risk``. ``part`` tells apart what may happen to it twice (a renewal date, an event). ``owner``: the member who
    gets it, where the rule chose one; else the success manager does.
    """

    account: int | None
    severity: int
    reason: Text
    evidence: list[Text]
    part: str = ""
    source: int | None = None
    person: int | None = None
    subscription: int | None = None
    product: int | None = None
    risk: int | None = None
    owner: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """All findings of a rule. ``unknown`` accounts (or sources) could not be judged: their signals stay as they are.

    So do those of ``unknown_people`` and ``unknown_products``, and all of them where ``is_blind``: nothing at all could
    be judged.
    """

    found: list[Finding] = field(default_factory=list)
    unknown: frozenset[int] = frozenset()
    unknown_people: frozenset[int] = frozenset()
    unknown_products: frozenset[int] = frozenset()
    is_blind: bool = False


@dataclass(frozen=True, slots=True)
class Knob:
    """A number of a delivered rule that a workspace may set otherwise, between ``least`` and ``most``."""

    name: str
    label: Text
    usual: float
    least: float
    most: float
    is_share: bool = False

    def shown(self, value: float) -> str:
        """A value as it stands in the rule's words."""
        return numerals.percent(value, EN) if self.is_share else numerals.number(value, EN)


@dataclass(frozen=True, slots=True)
class Rule:
    """When a kind of signal is raised, how long it stays away after it was closed, and when it passes by itself.

    ``clear_after``: on how many daily evaluations in a row the condition must be false; 0: it passes at once, worked on
    or not, as rules about sources do, which are evaluated every few minutes. ``says`` is the rule in words, with the
    ``knobs`` as marks. A rule of the workspace has a ``row`` (its SignalRule's id) and an ``edition``; ``reopens``:
    what comes back within the cool-down opens the closed signal again; ``chooses_owner``: findings say who gets it.
    """

    kind: SignalKind
    version: int
    look: Callable[[Watch], Seen]
    says: Text
    cool_down_days: int = 14
    false_positive_days: int = 60
    clear_after: int = 3
    knobs: tuple[Knob, ...] = ()
    tuned: Mapping[str, float] = field(default_factory=dict)
    row: int | None = None
    edition: int = 0
    due_days: int | None = None
    reopens: bool = False
    chooses_owner: bool = False
    most_a_day: int | None = None

    @property
    def key(self) -> str:
        """What its signals' keys begin with."""
        return f"rule-{self.row}" if self.kind == SignalKind.CUSTOM else str(self.kind)

    @property
    def words(self) -> Text:
        """The rule in words, with its numbers."""
        numbers = {knob.name: knob.shown(self.tuned.get(knob.name, knob.usual)) for knob in self.knobs}
        return {code: said.format(**numbers) if numbers else said for code, said in self.says.items()}


def text(zh: str, en: str) -> Text:
    return {"zh": zh, "en": en}


def standing(account: Account, today: date) -> list[Text]:
    """What is at stake: monthly revenue and the renewal date."""
    currency = account.workspace.currency
    lines = [text(*(f"MRR {numerals.short_money(account.mrr, currency, language)}" for language in (ZH, EN)))]
    if account.renews_on is not None and account.renews_on >= today:
        days = (account.renews_on - today).days
        lines.append(text(f"{days} 天后续约", f"renews in {days} days"))
    return lines


def unscored(accounts: Iterable[Account]) -> frozenset[int]:
    """The accounts whose health is not known: never scored, or on too little data."""
    return frozenset(account.pk for account in accounts if band_of(account) not in ("risk", "watch", "healthy"))


def band_of(account: Account) -> str:
    """The account's health band now, "" where it was never scored."""
    state = health_of(account)
    return state.band if state else ""


def health_of(account: Account) -> AccountHealth | None:
    """The account's health now, None where it was never scored."""
    return getattr(account, "health_state", None)
