"""A rule of the workspace in words, in the active language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from evergrow.success.signals.reading import EVERYBODY


def sentence(raw: Mapping[str, Any], who: str) -> str:
    """What makes the rule raise a signal. ``who`` says its criteria."""
    parts = [_who(raw, who)]
    if raw.get("way") == "change":
        parts.append(_change(raw.get("change") or {}))
    elif raw.get("way") == "silence":
        parts.append(_silence(raw.get("silence") or {}))
    if raw.get("subject") == "contract":
        parts.append(_contract(raw.get("contract") or {}))
    if raw.get("subject") == "product":
        parts.append(_product(raw.get("product") or {}))
    return pgettext("between the parts of a rule", "; ").join(part for part in parts if part)


def _who(raw: Mapping[str, Any], who: str) -> str:
    if raw.get("criteria") not in EVERYBODY:
        return who
    return _("Every person") if raw.get("subject") == "person" else _("Every account")


def _change(change: Mapping[str, Any]) -> str:
    days = int(change.get("days") or 7)
    facts = {"what": change.get("trait") or change.get("event") or "?", "days": days}
    if change.get("how", "to") == "to":
        anything = pgettext("any value", "anything")
        old = pgettext("between values", " or ").join(map(str, change.get("before") or [])) or anything
        new = pgettext("between values", " or ").join(map(str, change.get("after") or [])) or anything
        return _("“%(what)s” went from %(old)s to %(new)s within %(days)s days") % {**facts, "old": old, "new": new}
    facts["percent"] = f"{float(change.get('percent') or 20):g}%"
    if change.get("event"):
        if change["how"] == "fell":
            return _("“%(what)s” happened %(percent)s less in %(days)s days than in those before") % facts
        return _("“%(what)s” happened %(percent)s more in %(days)s days than in those before") % facts
    if change["how"] == "fell":
        return _("“%(what)s” fell by %(percent)s or more within %(days)s days") % facts
    return _("“%(what)s” rose by %(percent)s or more within %(days)s days") % facts


def _silence(silence: Mapping[str, Any]) -> str:
    n = int(silence.get("n") or 14)
    if silence.get("unit") == "working_days":
        length = ngettext("%(n)s working day", "%(n)s working days", n) % {"n": n}
    else:
        length = ngettext("%(n)s day", "%(n)s days", n) % {"n": n}
    if silence.get("what") == "contact":
        said = _("no contact for %(length)s") % {"length": length}
    elif silence.get("event") == "*":
        said = _("no event at all for %(length)s") % {"length": length}
    else:
        said = _("no “%(event)s” for %(length)s") % {"event": silence.get("event") or "?", "length": length}
    return said + (_(", though there had been before") if silence.get("only_after", True) else "")


def _contract(contract: Mapping[str, Any]) -> str:
    parts = []
    if contract.get("plans"):
        names = pgettext("between values", " or ").join(map(str, contract["plans"]))
        parts.append(_("contracts of the plan %(plans)s") % {"plans": names})
    if contract.get("ends_within") not in (None, ""):
        parts.append(_("that end within %(days)s days") % {"days": contract["ends_within"]})
    if contract.get("least_mrr"):
        parts.append(_("of at least %(amount)s a month") % {"amount": contract["least_mrr"]})
    if contract.get("auto_renews") not in (None, ""):
        parts.append(_("renewing by themselves") if contract["auto_renews"] else _("not renewing by themselves"))
    return pgettext("between parts of a sentence", ", ").join(parts) or _("any of their contracts")


def _product(product: Mapping[str, Any]) -> str:
    least = int(product.get("least") or 1)
    said = ngettext("at least %(n)s customer of a product", "at least %(n)s customers of a product", least) % {
        "n": least
    }
    share = float(product.get("share") or 0)
    return said + (_(" and %(share)s of them") % {"share": f"{share * 100:g}%"} if share else "")
