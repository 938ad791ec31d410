"""The list of all rules, delivered and own, with how they do: open, raised lately, how often they were right; and one
of them by its key."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils import translation

from evergrow.customers import criteria
from evergrow.lib import clock, shares
from evergrow.success.models import Signal, SignalKind, SignalRule, SignalRuleVersion, SignalState, VersionState
from evergrow.success.models.signals import OPEN_SIGNALS, SIGNAL_ICONS
from evergrow.success.rules import EVERY_RULE, SOURCE_RULES
from evergrow.success.rules.finding import Rule
from evergrow.success.signals import capacity, ours, sentences
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Workspace

JUDGED_DAYS = 365
OF_ANY_RULE = prepared.Word("of any rule")
LATELY_DAYS = 30


@dataclass(frozen=True, slots=True)
class Precision:
    """Of the signals that people closed, how many were right: the share with its 95% interval; None where none was."""

    right: int = 0
    wrong: int = 0

    @property
    def n(self) -> int:
        return self.right + self.wrong

    @property
    def share(self) -> float | None:
        return self.right / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        return shares.wilson(self.right, self.n)

    @property
    def is_poor(self) -> bool:
        """Surely wrong more often than right."""
        return self.n > 0 and self.interval[1] < 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """A rule as the list shows it. ``row`` is None for a delivered rule that nobody touched.

    ``published`` and ``draft`` are versions of the workspace's own rules.
    """

    key: str
    name: object
    icon: str
    says: dict[str, str]
    is_built_in: bool
    is_on: bool
    version: str
    row: SignalRule | None
    open: int
    lately: int
    precision: Precision
    rule: Rule | None = None
    published: SignalRuleVersion | None = None
    draft: SignalRuleVersion | None = None

    @property
    def is_held(self) -> bool:
        return self.row is not None and self.row.held_on is not None


def rows(workspace: Workspace, *, retired: bool = False) -> list[Row]:
    """Every rule, the workspace's own first."""
    kept = list(SignalRule.objects.filter(workspace=workspace))
    versions: dict[int, dict[str, SignalRuleVersion]] = defaultdict(dict)
    for version in SignalRuleVersion.objects.filter(rule__workspace=workspace).order_by("number"):
        versions[version.rule_id][version.state] = version
    numbers = _Numbers(workspace)
    own = [row for row in kept if not row.built_in and bool(row.retired_at) == retired]
    found = [_own(row, versions[row.pk], numbers) for row in own]
    if retired:
        return found
    by_kind = {row.built_in: row for row in kept if row.built_in}
    return found + [_delivered(rule, by_kind.get(str(rule.kind)), versions, numbers) for rule in EVERY_RULE]


def precision_of_rule(signal: Signal) -> Precision:
    """How often the rule behind a signal was right, over the last year."""
    rule = signal.rule_id if signal.kind == SignalKind.CUSTOM else OF_ANY_RULE
    found = _judged(signal.workspace_id, signal.kind, rule, clock.now() - timedelta(days=JUDGED_DAYS))
    return Precision(*found) if found else Precision()


@prepared.first
def _judged(workspace: int, kind: str, rule: Any, since: datetime) -> QuerySet[Signal, tuple[int, int]]:
    rows = Signal.objects.filter(workspace=workspace, kind=kind, ended_at__gte=since)
    rows = rows if isinstance(rule, prepared.Word) else rows.filter(rule=rule)
    right, wrong = (Count("pk", filter=Q(state=state)) for state in (SignalState.RESOLVED, SignalState.FALSE_POSITIVE))
    return rows.values("workspace").annotate(right=right, wrong=wrong).values_list("right", "wrong").order_by()


def row_or_404(workspace: Workspace, key: str) -> Row:
    """The rule with this key, delivered or own, retired ones too."""
    for retired in (False, True):
        for row in rows(workspace, retired=retired):
            if row.key == key:
                return row
    raise Http404


def rule_or_404(workspace: Workspace, key: str) -> SignalRule:
    """A rule of the workspace's own."""
    row = SignalRule.objects.select_related("workspace").filter(workspace=workspace, key=key, built_in="").first()
    if row is None:
        raise Http404
    return row


def row_to_change(workspace: Workspace, key: str) -> SignalRule:
    """The row that keeps a rule's state, delivered or own; that of a delivered one is made when first needed."""
    for rule in EVERY_RULE:
        if rule.kind.replace("_", "-") == key:
            return capacity.built_in_row(workspace, str(rule.kind))
    return rule_or_404(workspace, key)


class _Numbers:
    """Counts of signals by rule."""

    def __init__(self, workspace: Workspace) -> None:
        keys = dict(SignalRule.objects.filter(workspace=workspace, built_in="").values_list("pk", "key"))

        def keyed(kind: str, rule: int | None) -> str:
            return keys.get(rule or 0, "?") if kind == SignalKind.CUSTOM else kind.replace("_", "-")

        signals, now = Signal.objects.filter(workspace=workspace).order_by(), clock.now()
        self.open, self.lately = Counter[str](), Counter[str]()
        for kind, rule, n in _counted(signals.filter(state__in=OPEN_SIGNALS)):
            self.open[keyed(kind, rule)] += n
        for kind, rule, n in _counted(signals.filter(first_seen_at__gte=now - timedelta(days=LATELY_DAYS))):
            self.lately[keyed(kind, rule)] += n
        closed = signals.filter(ended_at__gte=now - timedelta(days=JUDGED_DAYS))
        right, wrong = Counter[str](), Counter[str]()
        for state, counts in ((SignalState.RESOLVED, right), (SignalState.FALSE_POSITIVE, wrong)):
            for kind, rule, n in _counted(closed.filter(state=state)):
                counts[keyed(kind, rule)] += n
        self.precision = {key: Precision(right[key], wrong[key]) for key in right.keys() | wrong.keys()}


def _counted(rows: object) -> list[tuple[str, int | None, int]]:
    return list(rows.values_list("kind", "rule").annotate(Count("pk")))  # type: ignore[attr-defined]


def _own(row: SignalRule, versions: dict[str, SignalRuleVersion], numbers: _Numbers) -> Row:
    published, draft = versions.get(VersionState.PUBLISHED), versions.get(VersionState.DRAFT)
    shown = published or draft
    return Row(
        key=row.key,
        name=row.name,
        icon="bell",
        says=says(row.workspace, shown.definition) if shown else {},
        is_built_in=False,
        is_on=row.is_on and published is not None,
        version=f"v{published.number}" if published else "",
        row=row,
        open=numbers.open[row.key],
        lately=numbers.lately[row.key],
        precision=numbers.precision.get(row.key, Precision()),
        published=published,
        draft=draft,
    )


def _delivered(
    rule: Rule, row: SignalRule | None, versions: dict[int, dict[str, SignalRuleVersion]], numbers: _Numbers
) -> Row:
    key = str(rule.kind).replace("_", "-")
    version = versions[row.pk].get(VersionState.PUBLISHED) if row else None
    now = ours.tuned(rule, row, version) if row else rule
    return Row(
        key=key,
        name=rule.kind.label,
        icon=SIGNAL_ICONS[rule.kind],
        says=now.words,
        is_built_in=True,
        is_on=row is None or row.is_on,
        version=f"v{rule.version}" + (f".{version.number}" if version else ""),
        row=row,
        open=numbers.open[key],
        lately=numbers.lately[key],
        precision=numbers.precision.get(key, Precision()),
        rule=now,
    )


def is_of_sources(rule: Rule) -> bool:
    """Whether a delivered rule looks at sources of events."""
    return any(rule.kind == each.kind for each in SOURCE_RULES)


def says(workspace: Workspace, definition: dict[str, object]) -> dict[str, str]:
    """A rule of the workspace in words, in both languages."""
    found = {}
    for code, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            found[code] = _sentence(workspace, definition)
    return found


def _sentence(workspace: Workspace, raw: dict[str, object]) -> str:
    try:
        kind = "person" if raw.get("subject") == "person" else "account"
        who = criteria.sentence(criteria.parse(raw.get("criteria"), kind, workspace))
    except criteria.CriteriaError as error:
        who = error.message
    return sentences.sentence(raw, who)
