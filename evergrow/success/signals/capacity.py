"""No flood: a rule that would raise more than it may, or than the team can take, is held back and says so."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import QuerySet
from django.utils import translation

from evergrow.success.models import Held, Signal, SignalKind, SignalRule, SignalSettings
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.rules.finding import Rule
from evergrow.success.signals import telling
from evergrow.workspaces import audit, prepared
from evergrow.workspaces.models import Workspace
from evergrow.workspaces.queries import able


@dataclass(frozen=True, slots=True)
class Load:
    """Signals open now, of how many at most; ``is_near``: the limit is close, ``is_full``: it is reached."""

    open: int
    most: int
    warn_from: int

    @property
    def is_near(self) -> bool:
        return self.open >= self.warn_from

    @property
    def is_full(self) -> bool:
        return self.open >= self.most

    @property
    def share(self) -> float:
        return self.open / self.most if self.most else 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether so many new ones may be raised; if not, ``why``, and the ``limit`` that stands in the way."""

    why: str = ""
    limit: int = 0

    @property
    def is_held(self) -> bool:
        return bool(self.why)


def settings_of(workspace: Workspace) -> SignalSettings:
    """The settings of a workspace; unsaved ones with the usual values where nobody set any."""
    return _settings(workspace) or SignalSettings(workspace=workspace)


@prepared.first
def _settings(workspace: Workspace) -> QuerySet[SignalSettings]:
    return SignalSettings.objects.filter(workspace=workspace).order_by("pk")


def load(workspace: Workspace) -> Load:
    """How many signals are open against the limit."""
    limits = settings_of(workspace)
    return Load(_open(workspace), limits.most_open, limits.most_open * limits.warn_percent // 100)


@prepared.count
def _open(workspace: Workspace) -> QuerySet[Signal]:
    return Signal.objects.filter(workspace=workspace, state__in=OPEN_SIGNALS)


def verdict(workspace: Workspace, rule: Rule, new: int) -> Verdict:
    """Whether a rule may raise ``new`` more signals today."""
    if not new:
        return Verdict()
    limits, today = settings_of(workspace), _raised_today(workspace, rule)
    most = rule.most_a_day or limits.most_a_day
    if today + new > most:
        return Verdict(Held.DAY, most)
    team = limits.per_member_a_day * max(1, able(workspace, "work").count())
    if today + new > team:
        return Verdict(Held.TEAM, team)
    if load(workspace).open + new > limits.most_open:
        return Verdict(Held.OPEN, limits.most_open)
    return Verdict()


def hold(workspace: Workspace, rule: Rule, new: int) -> bool:
    """Hold the rule back if it must be, and say so on it, in the audit trail and to managers; or note that it goes."""
    found, today = verdict(workspace, rule, new), workspace.today()
    row = _row(workspace, rule, is_needed=found.is_held)
    if row is None:
        return False
    if not found.is_held or row.released_on == today:
        SignalRule.objects.filter(pk=row.pk).exclude(held_on=None).update(held_on=None, held_count=0, held_why="")
        return False
    is_news = row.held_on != today
    SignalRule.objects.filter(pk=row.pk).update(held_on=today, held_count=new, held_why=found.why)
    if is_news:
        data = {"count": new, "limit": found.limit}
        audit.record(workspace, "signal_rule.held", row, by=None, data=data)
        telling.held(row, new, found.limit)
    return True


def _row(workspace: Workspace, rule: Rule, *, is_needed: bool) -> SignalRule | None:
    if rule.row is not None:
        return SignalRule.objects.filter(pk=rule.row).first()
    if is_needed:
        return built_in_row(workspace, str(rule.kind))
    return SignalRule.objects.filter(workspace=workspace, built_in=rule.kind).first()


def built_in_row(workspace: Workspace, kind: str) -> SignalRule:
    """The row that keeps how a delivered rule is set here; made when first needed."""
    facts = {"built_in": kind, "name": kind_names(kind)}
    return SignalRule.objects.get_or_create(workspace=workspace, key=kind.replace("_", "-"), defaults=facts)[0]


def kind_names(kind: str) -> dict[str, str]:
    """The name of a kind of signal in both languages."""
    found = {}
    for code, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            found[code] = str(SignalKind(kind).label)
    return found


def _raised_today(workspace: Workspace, rule: Rule) -> int:
    midnight = datetime.combine(workspace.today(), time(), workspace.tz)
    rows = Signal.objects.filter(workspace=workspace, kind=rule.kind, first_seen_at__gte=midnight)
    return (rows.filter(rule=rule.row) if rule.kind == SignalKind.CUSTOM else rows).count()
