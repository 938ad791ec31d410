"""Everything that is configured goes out into files and comes in again, here and in an empty workspace."""

from datetime import date
from pathlib import Path

import pytest

from evergrow.customers.actions import segments
from evergrow.customers.icp import editing as icp
from evergrow.customers.stages import editing as stages
from evergrow.customers.tiers import editing as tiers
from evergrow.customers.traits.computed import drafts
from evergrow.customers.traits.describing import describe
from evergrow.health.actions import cards
from evergrow.insight.saved import actions as questions
from evergrow.intake.plan import actions as plan
from evergrow.success.actions import playbooks
from evergrow.success.contact import changing
from evergrow.success.models import Playbook, PlaybookVersion, Step
from evergrow.success.signals import capacity
from evergrow.success.signals import rules as signals
from evergrow.success.signals import settings as limits
from evergrow.success.triggers import actions as triggers
from evergrow.success.triggers import start_rules
from evergrow.workspaces import configuration
from evergrow.workspaces.actions import create_workspace
from evergrow.workspaces.calendar import acts as working_days
from evergrow.workspaces.models import AuditEntry, Member, Workspace

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")
BIG = {"trait": "mrr", "over": 5000}


@pytest.fixture
def full(workspace: Workspace, alice: Member) -> Workspace:
    """A workspace with one of everything."""
    big = segments.create_segment(workspace=workspace, name="Big", key="big", kind="account", criteria=BIG, by=alice)
    near = {"all": [{"segment": big.pk}, {"not": {"trait": "status", "is": ["churned"]}}]}
    segments.create_segment(workspace=workspace, name="Also", key="also", kind="account", criteria=near, by=alice)
    describe(workspace=workspace, kind="account", key="plan", by=alice, name={"en": "Plan", "zh": "套餐"})
    week = {"measure": "count", "event": "order", "within": {"days": 30}}
    computed = drafts.create(workspace=workspace, kind="account", key="orders", definition=week, by=alice)
    drafts.publish(trait=computed.trait, by=alice)
    rest = date(2026, 12, 31)
    working_days.set_own(workspace=workspace, first=rest, last=rest, works=False, name="盘点", by=alice)
    tiers.start(workspace, by=alice)
    icp.start(workspace, by=alice)
    icp.save(workspace, {"criteria": [_criterion(big.pk)], "cap": 40, "least_coverage": 0.5}, by=alice)
    icp.publish(workspace, by=alice)
    stages.create(workspace=workspace, key="journey", kind="account", name="Journey", name_zh="旅程", by=alice)
    asked = questions.save(
        workspace=workspace,
        by=alice,
        form={"kind": "trend", "event": "order"},
        name_en="Orders",
        name_zh="订单",
        sharing="view",
    )
    card = cards.start_draft(workspace=workspace, by=alice).definition
    ask = {"question": asked.number, "says": {"en": "Orders", "zh": "订单"}}
    measure = {**card["groups"][0]["measures"][0], "key": "orders", "source": "question", "ask": ask}
    card["groups"][0]["measures"].append(measure)
    cards.save_draft(workspace=workspace, definition=card, by=alice)
    cards.publish_draft(workspace=workspace, by=alice)
    rules = {"mode": "flag", "properties": {"amount": {"type": "number"}}}
    plan.save_draft(workspace=workspace, event="order", definition=rules, by=alice)
    plan.publish(workspace=workspace, by=alice)
    book = _rich_playbook(workspace, alice, {"segment": big.pk})
    _triggers(book, alice, big.pk)
    start_rules.save(playbook=book, held_out_percent="12.5", capacity=None, when_full="wait", keep_days=9, by=alice)
    quiet = [{"days": [5, 6], "from": "00:00", "to": "12:30"}]
    _signal_rules(workspace, alice, big.pk)
    changing.change(workspace=workspace, data={"quiet": quiet, "sending": quiet, "same_hours": 12}, by=alice)
    return workspace


def _signal_rules(workspace: Workspace, alice: Member, segment: int) -> None:
    """Rules with every part, one only drafted, a delivered one tuned, another switched off; a ladder to a colleague."""
    reason = {"zh": "{account}的 MRR 下降 {change}", "en": "MRR of {account} fell by {change}"}
    owner = {"rule": "sales", "fallback": "member", "fallback_member": alice.pk}
    severity = {"by": "amount", "steps": [[10000, 3], [1000, 2]], "otherwise": 1}
    fell = {"how": "fell", "trait": "mrr", "percent": 20, "days": 30}
    whole = {"way": "change", "change": fell, "reason": reason, "evidence": [reason], "owner": owner}
    more = {"criteria": {"segment": segment}, "severity": severity, "playbook": "save", "cool_down": {"days": 9}}
    made = signals.create_rule(workspace=workspace, name={"en": "Fell"}, definition=whole | more, by=alice)
    signals.publish_draft(rule=made, by=alice)
    quiet = {"way": "silence", "silence": {"what": "event", "event": "order", "n": 9}, "reason": reason}
    silent = signals.create_rule(
        workspace=workspace, name={"zh": "沉默"}, definition={**quiet, "subject": "person"}, by=alice
    )
    signals.publish_draft(rule=silent, by=alice)
    delivered = capacity.built_in_row(workspace, "no_contact")
    signals.tune_rule(rule=delivered, numbers={"days": 45}, cool_down_days=20, by=alice)
    signals.switch_rule(rule=capacity.built_in_row(workspace, "expansion"), is_on=False, by=alice)
    ladder = [{"severity": 2, "tiers": ["vip"], "after": 1, "to": "member", "member": alice.pk}]
    limits.set_limits(workspace=workspace, by=alice, ladder=ladder, most_a_day=50)


def _triggers(book: Playbook, alice: Member, segment: int) -> None:
    """One of each kind, and one over the people of accounts."""
    big = {"criteria": {"segment": segment}}
    for n, rule in enumerate(
        [
            {"who": big},
            {"kind": "exit", "who": {"segment": "also"}, "most": 2, "days": None},
            {"kind": "while", "who": {"band": ["risk"]}, "every_days": 14, "priority": 3, "is_calendar": True},
            {"kind": "date", "who": big, "trait": "renews_on", "offset": -20, "unit": "workdays", "most": None},
            {"kind": "event", "who": big, "event": "order", "where": [{"property": "amount", "over": 5}]},
            {"about": "contact", "who": {"criteria": {"trait": "email", "contains": "@"}}, "reentry_days": 3},
        ]
    ):
        names = {"en": "Fell", "zh": "下滑"} if n else {"zh": "大客户"}
        made = triggers.create_trigger(playbook=book, name=names, data={"existing": bool(n % 2), **rule}, by=alice)
        triggers.publish(trigger=made, by=alice)


def _criterion(segment: int) -> dict[str, object]:
    name = {"en": "Is big", "zh": "大客户"}
    return {"key": "big", "name": name, "kind": "nice", "weight": 2, "criteria": {"segment": segment}}


def _rich_playbook(workspace: Workspace, alice: Member, condition: dict[str, object]) -> Playbook:
    made = playbooks.create_playbook(
        workspace=workspace, name={"en": "Rich", "zh": "丰富"}, by=alice, anchor="renews_on"
    )
    branches = [
        {"key": "big", "name": {"en": "Big", "zh": "大"}, "criteria": condition},
        {"key": "hand", "name": {"en": "By hand", "zh": "手选"}, "criteria": None},
    ]
    letter = {"en": "Hello {{ person.name }}", "zh": "您好 {{ person.name }}"}
    steps = [
        {"key": "size", "kind": "decision", "details": {"branches": branches}},
        {"key": "call", "kind": "call", "on_branches": {"size": ["big", "hand"]}, "owner_rule": "member"}
        | {"member_id": alice.pk, "fallbacks": [{"rule": "sales"}, {"rule": "member", "member": alice.pk}]},
        {"key": "mail", "kind": "message", "condition": condition, "offset": -3, "unit": "hours", "due_from": "anchor"}
        | {"anchor": "customer_since", "details": {"channel": "mail", "subject": letter, "body": letter}},
        {"key": "ok", "kind": "approval", "details": {"members": [alice.pk], "need": "quorum", "quorum": 1}},
        {"key": "hook", "kind": "webhook", "details": {"url": "https://x.example/", "is_repeatable": True}},
        {"key": "more", "kind": "playbook", "details": {"playbook": "save", "waits": False}, "products": ["P1"]}
        | {"industries": ["Retail"], "evidence": True, "evidence_kind": "link", "required": False, "roll": "none"},
    ]
    version = PlaybookVersion.objects.get(playbook=made)
    for n, step in enumerate(steps, 1):
        after = [steps[n - 2]["key"]] if n > 1 else []
        Step.objects.create(version=version, position=n, name={"en": str(step["key"])}, after=after, **step)
    playbooks.publish(draft=version, by=alice)
    return made


def test_everything_goes_out_and_in_again_unchanged(full: Workspace, alice: Member, tmp_path: Path) -> None:
    files = configuration.export(full)
    assert {file.kind.folder for file in files} == {kind.folder for kind in configuration.kinds()}
    written, surplus = configuration.to_folder(files, tmp_path)
    assert (written, surplus) == (len(files), [])
    assert configuration.to_folder(configuration.export(full), tmp_path) == (0, [])
    entries = AuditEntry.objects.count()
    for publish in (False, True):
        done = configuration.apply(workspace=full, files=configuration.from_folder(tmp_path), by=alice, publish=publish)
        changed = [(c.file.place, [configuration.tell(d) for d in c.differences]) for c in done if c.how != "same"]
        assert changed == ([] if publish is False else [*_never_published(changed)])
    assert AuditEntry.objects.count() >= entries


def _never_published(changed: list[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """A lifecycle and a scheme that were only drafted are new where only what is published counts."""
    return [each for each in changed if each[0] in ("lifecycles/journey.yaml", "tiers/scheme.yaml")]


def test_an_empty_workspace_becomes_the_same_and_stays_so(full: Workspace, alice: Member, tmp_path: Path) -> None:
    configuration.to_folder(configuration.export(full), tmp_path)
    other = create_workspace(name="Other", slug="other", owner=alice.user)
    files = configuration.from_folder(tmp_path)
    planned = configuration.plan(other, files, publish=True)
    assert {change.how for change in planned} >= {"new"}
    assert not other.segments.exists(), "a plan changes nothing"
    configuration.apply(workspace=other, files=files, by=None, publish=True)
    here, there = tmp_path / "here", tmp_path / "there"
    configuration.to_folder(configuration.export(full), here)
    configuration.to_folder(configuration.export(other), there)
    for path in sorted(here.glob("*/*.yaml")):
        twin = there / path.relative_to(here)
        assert twin.read_text() == path.read_text(), path.name
    again = configuration.apply(workspace=other, files=files, by=None, publish=True)
    assert {change.how for change in again} == {"same"}
