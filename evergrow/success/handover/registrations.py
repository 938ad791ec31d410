"""How hand-overs are told, what becomes of them in merges, the daily job, and who hears when a member leaves."""

from datetime import time
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.customers.account_merges import registry as account_merges
from evergrow.customers.account_merges.record import Record
from evergrow.customers.models import Account, TeamSeat
from evergrow.success.handover import acts
from evergrow.success.handover.models import HandOverAccount
from evergrow.workspaces import jobs, notices, queries, ticks
from evergrow.workspaces.actions.members import on_removal
from evergrow.workspaces.models import Job, Member
from evergrow.workspaces.notices.models import Notice

JOB = "success.hand_overs"


def _offered(notice: Notice) -> str:
    return str(_("%(from)s is to hand over %(count)s accounts to you on %(on)s: accept or refuse") % notice.data)


def _answered(notice: Notice) -> str:
    if notice.data.get("accepted"):
        return str(_("%(to)s accepted the hand-over from %(from)s") % notice.data)
    return str(_("%(to)s refused the hand-over from %(from)s: %(reason)s") % notice.data)


def _effective(notice: Notice) -> str:
    return str(_("In effect: %(accounts)s accounts and %(tasks)s tasks went from %(from)s to %(to)s") % notice.data)


def _customer(notice: Notice) -> str:
    return str(_("%(account)s refuses %(to)s as successor: %(reason)s") % notice.data)


def _undone(notice: Notice) -> str:
    return str(_("The hand-over from %(from)s to %(to)s was undone") % notice.data)


def _needed(notice: Notice) -> str:
    return str(_("%(member)s left and held %(count)s accounts: prepare their hand-over") % notice.data)


def register() -> None:
    """Teach the bell."""
    for kind, icon, sentence, label in (
        (acts.OFFERED, "user-share", _offered, gettext_lazy("A hand-over is offered to me")),
        (acts.ANSWERED, "user-check", _answered, gettext_lazy("My hand-over is accepted or refused")),
        (acts.EFFECTIVE, "switch-horizontal", _effective, gettext_lazy("A hand-over of mine takes effect")),
        (acts.REFUSED, "user-x", _customer, gettext_lazy("A customer refuses a successor")),
        (acts.UNDONE, "arrow-back-up", _undone, gettext_lazy("A hand-over of mine was undone")),
        (acts.NEEDED, "user-off", _needed, gettext_lazy("Accounts of a member who left wait")),
    ):
        notices.register(kind, icon, sentence, label=label)


def _settle(kept: Account, merged: Account, record: Record) -> None:
    ours = HandOverAccount.objects.filter(account=kept).values("hand_over")
    for row in HandOverAccount.objects.filter(account=merged, hand_over__in=ours):
        record.drop(row)


account_merges.add("success.HandOverAccount", gettext_lazy("Hand-overs"), _settle)


@on_removal
def tell_of_accounts(member: Member, by: Member | None) -> None:
    """When a member leaves, those who manage hear whose accounts wait; the notice leads to their hand-over."""
    count = TeamSeat.objects.filter(member=member, ended_on=None).values("account").distinct().count()
    if not count:
        return
    url = reverse("success:hand_over_new", args=[member.workspace.slug]) + "?" + urlencode({"from": member.pk})
    data = {"member": str(member), "count": count}
    notices.tell_many(notices.News(who, acts.NEEDED, url, data) for who in queries.able(member.workspace, "manage"))


@jobs.register(JOB)
def take_effect(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Put accepted hand-overs into effect on their day."""
    return {"effective": acts.take_effect_due(job.workspace)}


ticks.daily(JOB, time(0, 10))
