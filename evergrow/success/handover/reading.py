"""Hand-overs that a member may see, and what an account brings along."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _

from evergrow.customers.models import Account, Affiliation, TeamSeat
from evergrow.success.handover.effects import open_work
from evergrow.success.handover.models import HandOver, HandOverAccount
from evergrow.workspaces.access import may
from evergrow.workspaces.models import Member, Workspace

MOST = 500


def hand_overs(member: Member) -> QuerySet[HandOver]:
    """Those a member takes part in; all of them for those who manage. Newest first."""
    found = HandOver.objects.filter(workspace_id=member.workspace_id)
    if not may(member, "manage"):
        found = found.filter(Q(from_member=member) | Q(to_member=member))
    related = found.select_related("from_member__user", "to_member__user", "to_member__workspace", "created_by__user")
    return related.select_related("workspace").annotate(size=Count("accounts")).order_by("-pk")


def hand_over_or_404(member: Member, pk: int) -> HandOver:
    found = hand_overs(member).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def row_or_404(hand_over: HandOver, number: int) -> HandOverAccount:
    row = hand_over.accounts.select_related("account", "hand_over__workspace").filter(account__number=number).first()
    if row is None:
        raise Http404
    row.hand_over = hand_over
    row.account.workspace = hand_over.workspace
    return row


def held(workspace: Workspace, member: Member, role: str, search: str = "") -> QuerySet[Account]:
    """The accounts that a member holds in a role now, the most revenue first."""
    seats = TeamSeat.objects.filter(member=member, role=role, ended_on=None)
    found = Account.objects.filter(workspace=workspace, pk__in=seats.values("account"))
    if search:
        found = found.filter(Q(name__icontains=search) | Q(other_name__icontains=search) | Q(tier=search))
    return found.order_by("-mrr", "number")


def left_with_accounts(workspace: Workspace) -> list[tuple[Member, int]]:
    """Members who left while they held seats, with the number of accounts."""
    rows = Member.objects.filter(workspace=workspace, left_at__isnull=False, seats__ended_on=None)
    counted = rows.annotate(count=Count("seats__account", distinct=True)).select_related("user")
    return [(member, member.count) for member in counted.order_by("-count")]


def luggage(rows: Sequence[HandOverAccount]) -> dict[int, dict[str, Any]]:
    """What each account brings along, by its id: open work, contacts, renewal, the length and end of its story."""
    ids = [row.account_id for row in rows]
    found: dict[int, dict[str, Any]] = {pk: {"tasks": 0, "runs": 0, "signals": 0, "contacts": 0} for pk in ids}
    for kind, work in open_work(ids, None).items():
        for account, count in work.values_list("account").annotate(count=Count("pk")).order_by():
            found[account][kind] = count
    contacts = Affiliation.objects.filter(account__in=ids).values_list("account").annotate(count=Count("person"))
    for account, count in contacts.order_by():
        found[account]["contacts"] = count
    story = Account.objects.filter(pk__in=ids).annotate(lines=Count("timeline"), last=Max("timeline__at"))
    for pk, lines, last in story.values_list("pk", "lines", "last"):
        found[pk] |= {"lines": lines, "last": last}
    return found


def revenue(hand_over: HandOver) -> Any:
    return hand_over.accounts.aggregate(sum=Sum("account__mrr"))["sum"] or 0


def letter(row: HandOverAccount, language: str) -> str:
    """A text to the customer that tells of the successor, ready to be sent or changed."""
    hand_over = row.hand_over
    with translation.override(language):
        facts = {
            "account": row.account.called(language),
            "role": hand_over.get_role_display(),
            "before": hand_over.from_member,
            "after": hand_over.to_member,
            "email": hand_over.to_member.user.email,
            "on": hand_over.on.isoformat(),
            "us": hand_over.workspace.name,
        }
        return (
            _(
                "Dear colleagues at %(account)s,\n\nfrom %(on)s on %(after)s (%(email)s) takes over from %(before)s "
                "as your %(role)s at %(us)s. What was agreed with you stays agreed, and your history with us is "
                "passed on.\n\n"
                "If you would rather work with somebody else, answer this mail and we will find a good way.\n\n"
                "Kind regards\n%(us)s"
            )
            % facts
        )
