"""What the rule of a trigger says, as sentences in the active language or in both."""

from typing import Any

from django.utils import translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from evergrow.customers import criteria
from evergrow.customers.criteria import known_traits
from evergrow.success.models.triggers import TriggerKind
from evergrow.success.triggers.definition import Definition, NotReadable, event_criteria, parsed
from evergrow.workspaces.models import Workspace

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def sentences(rule: Definition, workspace: Workspace) -> dict[str, str]:
    """What the rule says in both languages, by ``zh`` and ``en``."""
    found = {}
    for language, code in LANGUAGES.items():
        with translation.override(code):
            found[language] = sentence(rule, workspace)
    return found


def sentence(rule: Definition, workspace: Workspace) -> str:
    """What the rule says; why it cannot be read where its criteria are broken."""
    try:
        parts = [_starts(rule, workspace), _existing(rule), _often(rule), _back(rule), _first(rule)]
    except NotReadable as problem:
        return str(problem)
    joint = "" if (get_language() or "").startswith("zh") else " "
    return joint.join(part for part in parts if part)


def _who(rule: Definition, workspace: Workspace) -> str:
    said = criteria.sentence(parsed(rule, workspace), workspace)
    return _("one of its contacts is among: %(who)s") % {"who": said} if rule.about == "contact" else said


def _starts(rule: Definition, workspace: Workspace) -> str:
    facts: dict[str, Any] = {"who": _who(rule, workspace), "days": rule.every_days}
    match rule.kind:
        case TriggerKind.EXIT:
            return _("Starts when an account meets this no more: %(who)s.") % facts
        case TriggerKind.WHILE:
            words = ngettext(
                "Starts when an account comes to meet this, and every day while it does: %(who)s.",
                "Starts when an account comes to meet this, and every %(days)s days while it does: %(who)s.",
                rule.every_days,
            )
            return words % facts
        case TriggerKind.DATE:
            return _on_date(rule, workspace, facts["who"])
        case TriggerKind.EVENT:
            try:
                event = criteria.sentence(event_criteria(rule, workspace), workspace)
            except NotReadable:
                event = "—"
            return _("Starts when an event arrives (%(event)s), for: %(who)s.") % {**facts, "event": event}
    return _("Starts when an account comes to meet this: %(who)s.") % facts


def _on_date(rule: Definition, workspace: Workspace, who: str) -> str:
    n = abs(rule.offset)
    if rule.offset == 0:
        words = _("Starts on the day of “%(date)s”, for: %(who)s.")
    elif rule.unit == "workdays" and rule.offset < 0:
        words = ngettext(
            "Starts %(n)s working day before “%(date)s”, for: %(who)s.",
            "Starts %(n)s working days before “%(date)s”, for: %(who)s.",
            n,
        )
    elif rule.unit == "workdays":
        words = ngettext(
            "Starts %(n)s working day after “%(date)s”, for: %(who)s.",
            "Starts %(n)s working days after “%(date)s”, for: %(who)s.",
            n,
        )
    elif rule.offset < 0:
        words = ngettext(
            "Starts %(n)s day before “%(date)s”, for: %(who)s.",
            "Starts %(n)s days before “%(date)s”, for: %(who)s.",
            n,
        )
    else:
        words = ngettext(
            "Starts %(n)s day after “%(date)s”, for: %(who)s.",
            "Starts %(n)s days after “%(date)s”, for: %(who)s.",
            n,
        )
    return words % {"n": n, "date": date_words(workspace, rule.trait), "who": who}


def date_words(workspace: Workspace, trait: str) -> str:
    """What a trait that is a date is called, in the active language."""
    known = {**known_traits.built_in("account"), **known_traits.known(workspace, "account")}
    return str(known[trait].label) if trait in known else trait


def _existing(rule: Definition) -> str:
    if rule.existing is None:
        return _("Whether accounts that meet it already count is not chosen yet.")
    if rule.existing:
        return _("Accounts that meet it already count too.")
    return _("Accounts that meet it already do not count.")


def _often(rule: Definition) -> str:
    if rule.most is None:
        return _("As often as it comes true.")
    facts = {"n": rule.most, "days": rule.days}
    if rule.days is None:
        return ngettext("At most once ever.", "At most %(n)s times ever.", rule.most) % facts
    if rule.is_calendar:
        words = ngettext(
            "At most once in %(days)s calendar days.", "At most %(n)s times in %(days)s calendar days.", rule.most
        )
    else:
        words = ngettext("At most once in %(days)s days.", "At most %(n)s times in %(days)s days.", rule.most)
    return words % facts


def _back(rule: Definition) -> str:
    if not rule.reentry_days:
        return ""
    words = ngettext(
        "Not for an account that comes back within %(n)s day of leaving.",
        "Not for an account that comes back within %(n)s days of leaving.",
        rule.reentry_days,
    )
    return words % {"n": rule.reentry_days}


def _first(rule: Definition) -> str:
    if rule.priority > 2:
        return _("Goes before others when the day's starts are scarce.")
    return _("Lets others go first when the day's starts are scarce.") if rule.priority < 2 else ""
