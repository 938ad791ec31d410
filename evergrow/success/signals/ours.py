"""The rules that count in a workspace: the delivered ones as they are tuned here, and the workspace's own."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from evergrow import warehouse
from evergrow.customers.criteria import CostError, CriteriaError
from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.models import SignalKind, SignalRule, SignalRuleVersion, VersionState
from evergrow.success.rules.finding import Rule, Seen, Watch
from evergrow.success.signals import looking
from evergrow.success.signals.definition import Definition, read
from evergrow.workspaces.models import Workspace


def to_evaluate(workspace: Workspace, built_in: Sequence[Rule]) -> list[Rule]:
    """Everything that is looked at each night: what is switched on, and the published rules of the workspace."""
    return [*switched_on(workspace, built_in), *made(workspace)]


def switched_on(workspace: Workspace, built_in: Sequence[Rule]) -> list[Rule]:
    """The delivered rules that the workspace did not switch off, with its own numbers."""
    rows = {row.built_in: row for row in SignalRule.objects.filter(workspace=workspace).exclude(built_in="")}
    versions = _published(workspace)
    found = []
    for rule in built_in:
        row = rows.get(str(rule.kind))
        if row is None:
            found.append(rule)
        elif row.is_on:
            found.append(tuned(rule, row, versions.get(row.pk)))
    return found


def tuned(rule: Rule, row: SignalRule, version: SignalRuleVersion | None) -> Rule:
    """A delivered rule with the numbers of the workspace."""
    if version is None:
        return replace(rule, row=row.pk)
    said = version.definition
    numbers = {
        knob.name: float(said["numbers"][knob.name]) for knob in rule.knobs if knob.name in said.get("numbers", {})
    }
    return replace(
        rule,
        row=row.pk,
        edition=version.number,
        tuned=numbers,
        cool_down_days=int(said.get("cool_down_days", rule.cool_down_days)),
        false_positive_days=int(said.get("false_positive_days", rule.false_positive_days)),
        clear_after=int(said.get("clear_after", rule.clear_after)) if rule.clear_after else 0,
        most_a_day=said.get("most_a_day") or rule.most_a_day,
    )


def made(workspace: Workspace) -> list[Rule]:
    """The workspace's own published rules that are switched on; one that can no longer be read says why."""
    rows = SignalRule.objects.filter(workspace=workspace, built_in="", is_on=True, retired_at=None).order_by("pk")
    versions, found = _published(workspace), []
    for row in rows:
        version = versions.get(row.pk)
        if version is None:
            continue
        try:
            found.append(as_rule(row, version.number, read(version.definition, workspace)))
        except errors.RuleWrong as wrong:
            SignalRule.objects.filter(pk=row.pk).update(problem=str(wrong)[:400], evaluated_at=clock.now())
    return found


def as_rule(row: SignalRule, edition: int, definition: Definition) -> Rule:
    """A definition as a rule that the daily look evaluates."""

    def look(watch: Watch) -> Seen:
        return looking.look(definition, watch, row.pk)

    return Rule(
        SignalKind.CUSTOM,
        min(edition, 32767),
        look,
        {"zh": row.name.get("zh", ""), "en": row.name.get("en", "")},
        cool_down_days=definition.cool_down_days,
        false_positive_days=definition.false_positive_days,
        clear_after=definition.clear_after,
        row=row.pk,
        edition=edition,
        due_days=definition.due_days,
        reopens=definition.again == "reopen",
        chooses_owner=True,
        most_a_day=definition.most_a_day,
    )


def asked(rule: Rule, watch: Watch) -> Seen | None:
    """What the rule finds; None where it cannot be asked, which is then said on the rule of the workspace."""
    note = partial(SignalRule.objects.filter(pk=rule.row or 0).update, evaluated_at=clock.now())
    if rule.kind != SignalKind.CUSTOM:
        found = rule.look(watch)
        note()
        return found
    try:
        found = rule.look(watch)
    except (CriteriaError, CostError, warehouse.BadQuery) as error:
        note(problem=str(error)[:400])
        return None
    note(problem="")
    return found


def _published(workspace: Workspace) -> dict[int, SignalRuleVersion]:
    rows = SignalRuleVersion.objects.filter(rule__workspace=workspace, state=VersionState.PUBLISHED)
    return {row.rule_id: row for row in rows}
