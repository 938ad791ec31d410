"""Making, changing, publishing and retiring signal rules, and tuning the delivered ones."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.models import SignalRule, SignalRuleVersion, VersionState
from evergrow.success.rules import EVERY_RULE
from evergrow.success.rules.finding import Rule
from evergrow.success.signals import watching
from evergrow.success.signals.definition import read, wrong
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

Names = Mapping[str, str]
Data = dict[str, Any]
RESERVED = {"new", "preview", "limits", "archive"}  # these stand in addresses where a key would


@transaction.atomic
def create_rule(*, workspace: Workspace, name: Names, definition: Data, by: Member) -> SignalRule:
    """A new rule with its first draft. Raises NameMissing, NameTaken, RuleWrong."""
    require(by, "manage")
    read(definition, workspace)
    names = _names(name)
    key = slugify(names["en"])[:44]
    if not key or key in RESERVED:
        key = f"rule-{SignalRule.objects.filter(workspace=workspace).count() + 1}"
    try:
        with transaction.atomic():
            rule = SignalRule.objects.create(workspace=workspace, key=key, name=names, created_by=by)
    except IntegrityError:
        raise errors.NameTaken(name=names["en"]) from None
    SignalRuleVersion.objects.create(rule=rule, number=1, definition=definition, created_by=by)
    audit.record(workspace, "signal_rule.created", rule, by=by)
    return rule


@transaction.atomic
def save_draft(*, rule: SignalRule, definition: Data, by: Member, name: Names | None = None, note: str = "") -> Any:
    """Write a definition into the rule's draft, opening one where there is none. Raises RuleRetired, RuleWrong."""
    require(by, "manage")
    _changeable(rule)
    read(definition, rule.workspace)
    if name is not None:
        rule.name = _names(name)
        rule.save(update_fields=["name"])
    draft = rule.versions.select_for_update().filter(state=VersionState.DRAFT).first()
    if draft is None:
        newest = rule.versions.order_by("-number").first()
        draft = SignalRuleVersion(rule=rule, number=newest.number + 1 if newest else 1, created_by=by)
    draft.definition, draft.note, draft.edited_at = definition, note.strip()[:300], clock.now()
    draft.save()
    audit.record(rule.workspace, "signal_rule.draft_saved", rule, by=by, data={"version": draft.number})
    return draft


@transaction.atomic
def discard_draft(*, rule: SignalRule, by: Member) -> None:
    """Throw the draft away; a rule without any other version goes with it. Raises NoDraft."""
    require(by, "manage")
    draft = rule.versions.filter(state=VersionState.DRAFT).first()
    if draft is None:
        raise errors.NoDraft()
    audit.record(rule.workspace, "signal_rule.draft_discarded", rule, by=by, data={"version": draft.number})
    draft.delete()
    if not rule.versions.exists():
        rule.delete()


def publish_draft(*, rule: SignalRule, by: Member) -> SignalRuleVersion:
    """Make the draft the version that counts, and begin to watch what it watches. Raises NoDraft, RuleWrong."""
    require(by, "manage")
    _changeable(rule)
    with transaction.atomic():
        draft = rule.versions.filter(state=VersionState.DRAFT).first()
        if draft is None:
            raise errors.NoDraft()
        read(draft.definition, rule.workspace)
        _publish(rule, draft, by)
    if draft.definition.get("way") == "change":
        with suppress(warehouse.StoreUnavailable):  # the nightly evaluation begins to watch, then
            watching.remember(rule.workspace)
    return draft


@transaction.atomic
def retire_rule(*, rule: SignalRule, by: Member) -> SignalRule:
    """Raise nothing more by it. Its open signals stay with those who work on them."""
    require(by, "manage")
    if not SignalRule.objects.filter(pk=rule.pk, retired_at=None).update(retired_at=clock.now()):
        raise errors.RuleRetired(rule=rule)
    audit.record(rule.workspace, "signal_rule.retired", rule, by=by)
    rule.refresh_from_db()
    return rule


@transaction.atomic
def restore_rule(*, rule: SignalRule, by: Member) -> SignalRule:
    """Bring a retired rule back."""
    require(by, "manage")
    if SignalRule.objects.filter(pk=rule.pk).exclude(retired_at=None).update(retired_at=None):
        audit.record(rule.workspace, "signal_rule.restored", rule, by=by)
    rule.refresh_from_db()
    return rule


@transaction.atomic
def switch_rule(*, rule: SignalRule, is_on: bool, by: Member) -> SignalRule:
    """Switch a rule on or off; off it neither raises nor lets pass."""
    require(by, "manage")
    if SignalRule.objects.filter(pk=rule.pk, is_on=not is_on).update(is_on=is_on):
        audit.record(rule.workspace, "signal_rule.switched_on" if is_on else "signal_rule.switched_off", rule, by=by)
    rule.refresh_from_db()
    return rule


@transaction.atomic
def release_rule(*, rule: SignalRule, by: Member) -> SignalRule:
    """Let a rule that was held back raise all it found, today."""
    require(by, "manage")
    rule.released_on = rule.workspace.today()
    rule.save(update_fields=["released_on"])
    audit.record(rule.workspace, "signal_rule.released", rule, by=by, data={"count": rule.held_count})
    return rule


@transaction.atomic
def tune_rule(*, rule: SignalRule, numbers: Mapping[str, float], by: Member, **more: int | None) -> SignalRuleVersion:
    """Publish other numbers of a delivered rule.

    ``more``: cool_down_days, false_positive_days, clear_after, most_a_day. Raises RuleWrong at a number out of bounds.
    """
    require(by, "manage")
    delivered = delivered_rule(rule.built_in)
    for knob in delivered.knobs:
        value = numbers.get(knob.name, knob.usual)
        if not knob.least <= value <= knob.most:
            sentence = _("From %(least)s to %(most)s.") % {
                "least": knob.shown(knob.least),
                "most": knob.shown(knob.most),
            }
            raise wrong(knob.name, sentence)
    kept = {knob.name: numbers[knob.name] for knob in delivered.knobs if knob.name in numbers}
    definition: Data = {"numbers": kept, **{name: value for name, value in more.items() if value is not None}}
    newest = rule.versions.order_by("-number").first()
    draft = SignalRuleVersion.objects.create(
        rule=rule, number=newest.number + 1 if newest else 1, definition=definition, created_by=by
    )
    _publish(rule, draft, by)
    return draft


def delivered_rule(kind: str) -> Rule:
    """The rule that comes with Evergrow for a kind of signal. Raises LookupError."""
    return next(rule for rule in EVERY_RULE if rule.kind == kind)


def _publish(rule: SignalRule, draft: SignalRuleVersion, by: Member) -> None:
    now = clock.now()
    rule.versions.filter(state=VersionState.PUBLISHED).update(state=VersionState.RETIRED, retired_at=now)
    took = rule.versions.filter(pk=draft.pk, state=VersionState.DRAFT).update(
        state=VersionState.PUBLISHED, published_at=now, published_by=by
    )
    if not took:
        raise errors.NoDraft()
    draft.refresh_from_db()
    audit.record(rule.workspace, "signal_rule.published", rule, by=by, data={"version": draft.number})


def _changeable(rule: SignalRule) -> None:
    if rule.retired_at is not None:
        raise errors.RuleRetired(rule=rule)


def _names(name: Names) -> dict[str, str]:
    given = {code: text.strip()[:120] for code in ("zh", "en") if (text := name.get(code, "") or "").strip()}
    if not given:
        raise errors.NameMissing()
    return {code: given.get(code) or next(iter(given.values())) for code in ("zh", "en")}
