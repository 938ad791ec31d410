"""Who is told of what happens to signals and their rules, in the transaction that causes it."""

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from evergrow.lib import bilingual
from evergrow.success.models import Signal, SignalRule
from evergrow.workspaces import notices
from evergrow.workspaces.models import Member
from evergrow.workspaces.notices.models import Notice
from evergrow.workspaces.queries import able

HELD, ESCALATED = "signals.held", "signal.escalated"


def register() -> None:
    """Teach the bell this package's kinds."""
    notices.register(HELD, "hand-stop", _held, label=gettext_lazy("A signal rule was held back"))
    notices.register(
        ESCALATED,
        "arrow-big-up-lines",
        _escalated,
        is_urgent=True,
        label=gettext_lazy("A signal was escalated to me"),
    )


def held(rule: SignalRule, count: int, limit: int) -> None:
    """Managers hear that a rule was held back, once a day."""
    url = reverse("success:signal_rule", args=[rule.workspace.slug, rule.key])
    data = {"rule": rule.name, "count": count, "limit": limit}
    key = f"held:{rule.pk}:{rule.workspace.today()}"
    for member in able(rule.workspace, "manage"):
        notices.tell(member, HELD, url=url, data=data, dedupe_key=key)


def escalated(signal: Signal, to: Member) -> None:
    """Somebody hears that a signal climbed the ladder to them."""
    url = reverse("success:signal", args=[signal.workspace.slug, signal.pk])
    data = {"reason": signal.reason, "about": signal.about}
    notices.tell(to, ESCALATED, url=url, data=data, dedupe_key=f"escalated:{signal.pk}:{signal.escalation}")


def _held(notice: Notice) -> str:
    said = _("The signal rule “%(rule)s” was held back: it found %(count)s, of at most %(limit)s")
    facts = {"rule": bilingual.pick(notice.data.get("rule"), get_language() or "en")}
    return said % {**facts, "count": notice.data.get("count"), "limit": notice.data.get("limit")}


def _escalated(notice: Notice) -> str:
    reason = bilingual.pick(notice.data.get("reason"), get_language() or "en")
    return _("Escalated to you: %(reason)s · %(about)s") % {"reason": reason, "about": notice.data.get("about")}
