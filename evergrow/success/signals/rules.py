"""Making, changing, publishing and retiring signal rules, and tuning the delivered ones."""

from collections.abc import Mapping
from contextlib import suppress
from itertools import count
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
from evergrow.success.signals.definition import read
from evergrow.success.signals.reading import wrong
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

Names = Mapping[str, str]
Data = dict[str, Any]
RESERVED = {"new", *(rule.kind.replace("_", "-") for rule in EVERY_RULE)}  # addresses, and keys of delivered rules
BOUNDS = {
    "cool_down_days": (0, 730),
    "false_positive_days": (0, 730),
    "clear_after": (1, 60),
    "most_a_day": (1, 1_000_000),
}


@transaction.atomic
def create_rule(*, workspace: Workspace, name: Names, definition: Data, by: Member | None, key: str = "") -> SignalRule:
    """A new rule with its first draft; its key follows from its name where none is given.

    Raises NameMissing, NameTaken, RuleWrong.
    """
    require(by, "manage")
    read(definition, workspace)
    names = _names(name)
    key = key or slugify(names["en"])[:44]
    if not key or key in RESERVED:
        key = _free_key(workspace)
    try:
        with transaction.atomic():
            rule = SignalRule.objects.create(workspace=workspace, key=key, name=names, created_by=by)
    except IntegrityError:
        raise errors.NameTaken(name=names["en"]) from None
    SignalRuleVersion.objects.create(rule=rule, number=1, definition=definition, created_by=by)
    audit.record(workspace, "signal_rule.created", rule, by=by)
    return rule


def _free_key(workspace: Workspace) -> str:
    """“rule-3” or the like, for a name that makes no key of its own."""
    taken = set(SignalRule.objects.filter(workspace=workspace, key__startswith="rule-").values_list("key", flat=True))
    return next(key for n in count(1) if (key := f"rule-{n}") not in taken)


@transaction.atomic
def save_draft(
    *, rule: SignalRule, definition: Data, by: Member | None, name: Names | None = None, note: str = ""
) -> Any:
    """Write a definition into the rule's draft, opening one where there is none. Raises RuleRetired, RuleWrong."""
    require(by, "manage")
    _changeable(rule)
    read(definition, rule.workspace)
    if name is not None:
        rule.name = _names(name)
        rule.save(update_fields=["name"])
    SignalRule.objects.select_for_update().get(pk=rule.pk)
    draft = rule.versions.filter(state=VersionState.DRAFT).first()
    if draft is None:
        draft = SignalRuleVersion(rule=rule, number=_next_number(rule), created_by=by)
    draft.definition, draft.note, draft.edited_at = definition, note.strip()[:300], clock.now()
    draft.save()
    audit.record(rule.workspace, "signal_rule.draft_saved", rule, by=by, data={"version": draft.number})
    return draft


@transaction.atomic
def discard_draft(*, rule: SignalRule, by: Member) -> None:
    """Throw the draft away; a rule without any other version goes with it. Raises NoDraft."""
    require(by, "manage")
    SignalRule.objects.select_for_update().get(pk=rule.pk)
    draft = rule.versions.filter(state=VersionState.DRAFT).first()
    if draft is None:
        raise errors.NoDraft()
    audit.record(rule.workspace, "signal_rule.draft_discarded", rule, by=by, data={"version": draft.number})
    draft.delete()
    if not rule.versions.exists():
        rule.delete()


def publish_draft(*, rule: SignalRule, by: Member | None) -> SignalRuleVersion:
    """Make the draft the version that counts, and begin to watch what it watches. Raises NoDraft, RuleWrong."""
    require(by, "manage")
    _changeable(rule)
    with transaction.atomic():
        SignalRule.objects.select_for_update().get(pk=rule.pk)
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
    if not SignalRule.objects.filter(pk=rule.pk, retired_at=None).update(retired_at=clock.now(), held_on=None):
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
def switch_rule(*, rule: SignalRule, is_on: bool, by: Member | None) -> SignalRule:
    """Switch a rule on or off; off it neither raises nor lets pass."""
    require(by, "manage")
    free = {"held_on": None, "held_count": 0, "held_why": ""}
    if SignalRule.objects.filter(pk=rule.pk, is_on=not is_on).update(is_on=is_on, **free):
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
def tune_rule(
    *, rule: SignalRule, numbers: Mapping[str, float], by: Member | None, **more: int | None
) -> SignalRuleVersion:
    """Publish other numbers of a delivered rule.

    ``more``: cool_down_days, false_positive_days, clear_after, most_a_day. Raises RuleWrong at a number that the rule
    does not have, or out of bounds.
    """
    require(by, "manage")
    check_numbers(delivered_rule(rule.built_in), numbers)
    for name, number in more.items():
        least, most = BOUNDS[name]
        if number is not None and not least <= number <= most:
            raise wrong(name, _("A whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
    definition: Data = {"numbers": dict(numbers), **{name: value for name, value in more.items() if value is not None}}
    SignalRule.objects.select_for_update().get(pk=rule.pk)
    draft = SignalRuleVersion.objects.create(rule=rule, number=_next_number(rule), definition=definition, created_by=by)
    _publish(rule, draft, by)
    return draft


def check_numbers(delivered: Rule, numbers: Mapping[str, float]) -> None:
    """Refuse numbers that a delivered rule does not have, or that are out of its bounds: RuleWrong."""
    known = [knob.name for knob in delivered.knobs]
    for name in numbers:
        if name not in known:
            facts = {"value": name, "known": ", ".join(known) or "—"}
            raise wrong("numbers", _("“%(value)s” is none of: %(known)s.") % facts)
    for knob in delivered.knobs:
        value = numbers.get(knob.name, knob.usual)
        if not knob.least <= value <= knob.most:
            sentence = _("From %(least)s to %(most)s.") % {
                "least": knob.shown(knob.least),
                "most": knob.shown(knob.most),
            }
            raise wrong(knob.name, sentence)


def delivered_rule(kind: str) -> Rule:
    """The rule that comes with Evergrow for a kind of signal. Raises LookupError."""
    return {str(rule.kind): rule for rule in EVERY_RULE}[kind]


def _next_number(rule: SignalRule) -> int:
    newest = rule.versions.order_by("-number").first()
    return newest.number + 1 if newest else 1


def _publish(rule: SignalRule, draft: SignalRuleVersion, by: Member | None) -> None:
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
