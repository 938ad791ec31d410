"""Signal rules: delivered ones and those of the workspace."""

from datetime import date, datetime
from typing import Any

from django.http import Http404
from ninja import Router, Schema, Status
from pydantic import Field

from evergrow.success.errors import RuleWrong
from evergrow.success.models import VersionState
from evergrow.success.signals import capacity, preview, rules, standing
from evergrow.success.signals.definition import read
from evergrow.success.signals.standing import row_or_404, row_to_change, rule_or_404
from evergrow.workspaces.api import ApiRequest, Count, Input, Line, refusal, token

refusal(RuleWrong, 422)
router = Router(tags=["signals"])
Words = dict[str, str]


class PrecisionOut(Schema):
    """Of the signals that colleagues closed within a year: how many were right, with the 95% interval of the share."""

    right: int
    wrong: int
    share: float | None
    low: float
    high: float


class SignalRuleOut(Schema):
    """A rule. ``definition`` and ``draft`` are null for delivered ones, which have ``numbers`` instead."""

    key: str
    name: Words
    says: Words
    is_built_in: bool
    is_on: bool
    version: str
    definition: Any = None
    draft: Any = None
    numbers: dict[str, float] | None = None
    held_on: date | None = None
    held_count: int = 0
    held_why: str = ""
    problem: str = ""
    retired_at: datetime | None = None
    open: int
    raised_in_30_days: int
    precision: PrecisionOut


class SignalRuleIn(Input):
    """``definition`` as docs/signals.md tells."""

    name: Words = Field(description="In zh, en or both.")
    definition: dict[str, Any]


class SignalRuleDraft(Input):
    definition: dict[str, Any]
    note: Line = ""


class SignalRuleNumbers(Input):
    numbers: dict[str, float] = Field(default_factory=dict)
    cool_down_days: Count | None = None
    false_positive_days: Count | None = None
    clear_after: Count | None = None
    most_a_day: Count | None = None


class WouldRaise(Schema):
    account: int | None = Field(None, description="The account's number.")
    severity: int
    reason: Words
    evidence: list[Words]
    owner: int | None


class SignalRulePreview(Schema):
    """What would be raised today; ``held_why`` says what would hold it back, "" for nothing."""

    new: int
    open: int
    resting: int
    again: int
    unknown: int
    held_why: str
    limit: int
    lines: list[WouldRaise]


@router.get("/signal-rules", auth=token("view"), response=list[SignalRuleOut], summary="Signal rules")
def signal_rules(request: ApiRequest, retired: bool = False) -> list[dict[str, Any]]:
    """All rules: the workspace's own, then the delivered ones."""
    return [_out(row) for row in standing.rows(request.workspace, retired=retired)]


@router.post("/signal-rules", auth=token("manage"), response={201: SignalRuleOut}, summary="Make a signal rule")
def create_signal_rule(request: ApiRequest, rule: SignalRuleIn) -> Status[dict[str, Any]]:
    """A new rule with its first draft."""
    made = rules.create_rule(workspace=request.workspace, name=rule.name, definition=rule.definition, by=request.member)
    return Status(201, _one(request, made.key))


@router.get("/signal-rules/{key}", auth=token("view"), response=SignalRuleOut, summary="A signal rule")
def signal_rule(request: ApiRequest, key: str) -> dict[str, Any]:
    return _one(request, key)


@router.put("/signal-rules/{key}/draft", auth=token("manage"), response=SignalRuleOut, summary="Write a rule's draft")
def save_signal_rule_draft(request: ApiRequest, key: str, draft: SignalRuleDraft) -> dict[str, Any]:
    row = rule_or_404(request.workspace, key)
    rules.save_draft(rule=row, definition=draft.definition, note=draft.note, by=request.member)
    return _one(request, key)


@router.put("/signal-rules/{key}/publication", auth=token("manage"), response=SignalRuleOut, summary="Publish a rule")
def publish_signal_rule(request: ApiRequest, key: str) -> dict[str, Any]:
    """Make the draft count from the next evaluation."""
    rules.publish_draft(rule=rule_or_404(request.workspace, key), by=request.member)
    return _one(request, key)


@router.put("/signal-rules/{key}/retirement", auth=token("manage"), response=SignalRuleOut, summary="Retire a rule")
def retire_signal_rule(request: ApiRequest, key: str) -> dict[str, Any]:
    rules.retire_rule(rule=rule_or_404(request.workspace, key), by=request.member)
    return _one(request, key)


@router.delete("/signal-rules/{key}/retirement", auth=token("manage"), response=SignalRuleOut, summary="Restore a rule")
def restore_signal_rule(request: ApiRequest, key: str) -> dict[str, Any]:
    rules.restore_rule(rule=rule_or_404(request.workspace, key), by=request.member)
    return _one(request, key)


@router.put("/signal-rules/{key}/switch", auth=token("manage"), response=SignalRuleOut, summary="Switch a rule on")
def switch_signal_rule_on(request: ApiRequest, key: str) -> dict[str, Any]:
    rules.switch_rule(rule=row_to_change(request.workspace, key), is_on=True, by=request.member)
    return _one(request, key)


@router.delete("/signal-rules/{key}/switch", auth=token("manage"), response=SignalRuleOut, summary="Switch a rule off")
def switch_signal_rule_off(request: ApiRequest, key: str) -> dict[str, Any]:
    """It raises nothing; its open signals stay as they are."""
    rules.switch_rule(rule=row_to_change(request.workspace, key), is_on=False, by=request.member)
    return _one(request, key)


@router.put(
    "/signal-rules/{key}/numbers", auth=token("manage"), response=SignalRuleOut, summary="Tune a delivered rule"
)
def tune_signal_rule(request: ApiRequest, key: str, tuned: SignalRuleNumbers) -> dict[str, Any]:
    """Publish other numbers of a rule that comes with Evergrow."""
    found = row_or_404(request.workspace, key)
    if found.rule is None:
        raise Http404
    more = tuned.model_dump(exclude={"numbers"})
    rules.tune_rule(rule=row_to_change(request.workspace, key), numbers=tuned.numbers, by=request.member, **more)
    return _one(request, key)


@router.put("/signal-rules/{key}/release", auth=token("manage"), response=SignalRuleOut, summary="Let a held rule go")
def release_signal_rule(request: ApiRequest, key: str) -> dict[str, Any]:
    """The next evaluation of today raises what was held back."""
    rules.release_rule(rule=row_to_change(request.workspace, key), by=request.member)
    return _one(request, key)


@router.get("/signal-rules/{key}/preview", auth=token("view"), response=SignalRulePreview, summary="Preview a rule")
def preview_signal_rule(request: ApiRequest, key: str) -> dict[str, Any]:
    """What the draft, or else the published version, would raise today; nothing is raised."""
    row = rule_or_404(request.workspace, key)
    rows = row.versions.filter(state__in=[VersionState.DRAFT, VersionState.PUBLISHED])
    version = rows.order_by("-number").first()
    given = version.definition if version else {}
    seen = preview.preview(request.member, read(given, request.workspace), row)
    lines = [
        {
            "account": line.account.number if line.account else None,
            "severity": line.finding.severity,
            "reason": line.finding.reason,
            "evidence": line.finding.evidence,
            "owner": line.owner.pk if line.owner else None,
        }
        for line in seen.lines
    ]
    return {
        "new": seen.new,
        "open": seen.open,
        "resting": seen.resting,
        "again": seen.again,
        "unknown": seen.unknown,
        "held_why": seen.verdict.why,
        "limit": seen.verdict.limit,
        "lines": lines,
    }


def _one(request: ApiRequest, key: str) -> dict[str, Any]:
    return _out(row_or_404(request.workspace, key))


def _out(row: standing.Row) -> dict[str, Any]:
    kept, low_high = row.row, row.precision.interval
    numbers = None
    if row.rule is not None:
        numbers = {knob.name: row.rule.tuned.get(knob.name, knob.usual) for knob in row.rule.knobs}
    return {
        "key": row.key,
        "name": row.name if isinstance(row.name, dict) else capacity.kind_names(row.key.replace("-", "_")),
        "says": row.says,
        "is_built_in": row.is_built_in,
        "is_on": row.is_on,
        "version": row.version,
        "definition": row.published.definition if row.published else None,
        "draft": row.draft.definition if row.draft else None,
        "numbers": numbers,
        "held_on": kept.held_on if kept else None,
        "held_count": kept.held_count if kept else 0,
        "held_why": kept.held_why if kept else "",
        "problem": kept.problem if kept else "",
        "retired_at": kept.retired_at if kept else None,
        "open": row.open,
        "raised_in_30_days": row.lately,
        "precision": {
            "right": row.precision.right,
            "wrong": row.precision.wrong,
            "share": row.precision.share,
            "low": low_high[0],
            "high": low_high[1],
        },
    }
