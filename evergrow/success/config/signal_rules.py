"""Signal rules as files: the workspace's own in full, delivered ones with what was changed about them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.segments import portable
from evergrow.success.config import colleagues, step_out
from evergrow.success.config.colleagues import Colleagues
from evergrow.success.errors import Refused, RuleWrong
from evergrow.success.models import SignalRule, VersionState
from evergrow.success.rules import EVERY_RULE
from evergrow.success.signals import capacity, definition, rules
from evergrow.success.signals.reading import EVERYBODY
from evergrow.workspaces import configuration
from evergrow.workspaces.configuration import BadObject, Data, Which, in_order, pick, shapes
from evergrow.workspaces.configuration.registry import Path
from evergrow.workspaces.models import Member, Workspace

FOLDER, LONGEST_NAME = "signal-rules", 120
KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")
PLAIN = ("subject", "way", "criteria", "reason", "evidence", "due_days", "clear_after", "most_a_day", "playbook")
PARTS = {
    "change": ("how", "trait", "event", "before", "after", "percent", "days"),
    "silence": ("what", "event", "n", "unit", "only_after"),
    "contract": ("plans", "ends_within", "least_mrr", "auto_renews"),
    "product": ("least", "share"),
    "severity": ("by", "tiers", "steps", "otherwise"),
    "owner": ("rule", "member", "fallback", "fallback_member"),
    "cool_down": ("days", "then", "false_positive_days"),
}
NAMED = ("member", "fallback_member")


def export(workspace: Workspace, which: Which) -> dict[str, Data]:
    found: dict[str, Data] = {}
    team = colleagues.of(workspace)
    rows = SignalRule.objects.filter(workspace=workspace, retired_at=None).prefetch_related("versions")
    for row in rows:
        version = pick({each.state: each for each in row.versions.all()}, which)
        if row.built_in:
            tuned = version.definition if version else {}
            if tuned or not row.is_on:
                found[_key(row.built_in)] = _tuned({"is_on": row.is_on, **tuned})
        elif version is not None:
            given = _named(version.definition, lambda member: team.email(member) or None)
            found[row.key] = {"name": step_out.words(row.name)} | _plain(given, workspace)
    return found


def read(workspace: Workspace, name: str, data: Data) -> Data:
    if (kind := _delivered(name)) is not None:
        return _read_tuned(kind, data)
    if not KEY.fullmatch(name) or name in rules.RESERVED:
        raise BadObject((), _("A rule's file is named in small letters, digits and hyphens."))
    parts = shapes.mapping(data, (), ("name", *PLAIN, *PARTS))
    called = shapes.words(parts.pop("name", None), ("name",), most=LONGEST_NAME, is_needed=True)
    for part, fields in PARTS.items():
        if parts.get(part) is not None:
            parts[part] = shapes.mapping(parts[part], (part,), fields)
    kind = "person" if parts.get("subject") == "person" else "account"
    if parts.get("criteria") not in EVERYBODY:
        parts["criteria"] = portable.read(parts["criteria"], kind, workspace, ("criteria",))
    kept = _named(parts, _member_of(colleagues.of(workspace)))
    try:
        definition.read(kept, workspace)
    except RuleWrong as error:
        raise BadObject(_place(error), str(error)) from error
    return {"name": called} | _plain(parts, workspace)


def write(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    try:
        if (kind := _delivered(name)) is not None:
            _tune(workspace, kind, data, by)
            return
        given = {field: value for field, value in data.items() if field != "name"}
        kept = _named(given, _member_of(colleagues.of(workspace)))
        row = SignalRule.objects.filter(workspace=workspace, key=name).first()
        if row is None:
            rules.create_rule(workspace=workspace, name=data["name"], definition=kept, by=by, key=name)
        else:
            rules.save_draft(rule=row, definition=kept, name=data["name"], by=by)
    except Refused as refused:
        raise BadObject((), str(refused)) from refused


def publish(workspace: Workspace, name: str, by: Member | None) -> None:
    row = SignalRule.objects.filter(workspace=workspace, key=name, built_in="").first()
    if row is None or not row.versions.filter(state=VersionState.DRAFT).exists():
        return
    try:
        rules.publish_draft(rule=row, by=by)
    except Refused as refused:
        raise BadObject((), str(refused)) from refused


def _plain(given: Mapping[str, Any], workspace: Workspace) -> Data:
    """A rule for a file: what says something, criteria by the keys of their segments."""
    found = {field: given[field] for field in PLAIN if given.get(field) not in (None, "", [], {})}
    if found.get("criteria") in EVERYBODY:
        found.pop("criteria", None)
    else:
        kind = "person" if given.get("subject") == "person" else "account"
        found["criteria"] = portable.portable(found["criteria"], kind, workspace)
    for part, fields in PARTS.items():
        inner = given.get(part) or {}
        said = {field: inner[field] for field in fields if inner.get(field) not in (None, "", [], {})}
        if said:
            found[part] = said
    return dict(in_order(found))


def _named(given: Mapping[str, Any], name: Callable[[Any], Any]) -> Data:
    """The rule with the colleagues it names changed: ids to emails, or back."""
    owner = given.get("owner")
    if not isinstance(owner, Mapping):
        return dict(given)
    return {**given, "owner": {**owner, **{field: name(owner[field]) for field in NAMED if owner.get(field)}}}


def _member_of(team: Colleagues) -> Callable[[Any], int]:
    return lambda email: team.member(email, ("owner", "member"))


def _place(error: RuleWrong) -> Path:
    return tuple(str(error.facts.get("part", "")).split("."))


def _key(kind: str) -> str:
    return kind.replace("_", "-")


def _delivered(name: str) -> str | None:
    """The kind of signal whose delivered rule a file tunes; None for a rule of the workspace."""
    return next((str(rule.kind) for rule in EVERY_RULE if _key(rule.kind) == name), None)


def _read_tuned(kind: str, data: Data) -> Data:
    parts = shapes.mapping(data, (), ("is_on", "numbers", *rules.BOUNDS))
    parts["is_on"] = shapes.truth(parts.get("is_on"), ("is_on",), True)
    knobs = [knob.name for knob in rules.delivered_rule(kind).knobs]
    parts["numbers"] = shapes.mapping(parts.get("numbers") or {}, ("numbers",), knobs)
    for name, value in parts["numbers"].items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadObject(("numbers", name), _("Write a number."))
    for name, (least, most) in rules.BOUNDS.items():
        if parts.get(name) is not None:
            shapes.number(parts[name], (name,), least=least, most=most)
    try:
        rules.check_numbers(rules.delivered_rule(kind), parts["numbers"])
    except RuleWrong as error:
        raise BadObject(("numbers",), str(error)) from error
    return _tuned(parts)


def _tuned(given: Mapping[str, Any]) -> Data:
    """Whole numbers without a point, nothing that is not set."""
    numbers = {name: int(value) if value == int(value) else value for name, value in given.get("numbers", {}).items()}
    more = {name: given[name] for name in rules.BOUNDS if given.get(name) is not None}
    return {"is_on": given["is_on"], **({"numbers": dict(sorted(numbers.items()))} if numbers else {}), **more}


def _tune(workspace: Workspace, kind: str, data: Data, by: Member | None) -> None:
    row = capacity.built_in_row(workspace, kind)
    rules.switch_rule(rule=row, is_on=data["is_on"], by=by)
    version = row.versions.filter(state=VersionState.PUBLISHED).first()
    if _tuned({"is_on": True, **(version.definition if version else {})}) != data | {"is_on": True}:
        more = {name: data.get(name) for name in rules.BOUNDS}
        rules.tune_rule(rule=row, numbers=data.get("numbers", {}), by=by, **more)


configuration.register(
    configuration.Kind(FOLDER, pgettext_lazy("configuration", "Signal rule"), 96, export, read, write, publish)
)
