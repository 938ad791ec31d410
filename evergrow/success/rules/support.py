"""A customer has trouble that support knows of."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Q

from evergrow.customers.models import Ticket, TicketPriority
from evergrow.lib import clock
from evergrow.success.models import Severity
from evergrow.success.rules.finding import Finding, Seen, Text, Watch, standing, text

URGENT = [TicketPriority.HIGH, TicketPriority.URGENT]
LOW_CSAT = 2
RECENT_DAYS = 14
LONG = timedelta(days=3)


def trouble(watch: Watch) -> Seen:
    """Open high-priority tickets, and low satisfaction with a ticket closed lately."""
    now, recent = clock.now(), timedelta(days=watch.days("days", RECENT_DAYS))
    is_open = Q(closed_at=None, priority__in=URGENT)
    is_low = Q(csat__lte=watch.set("csat", LOW_CSAT), closed_at__gte=now - recent, closed_at__lte=now)
    tickets = Ticket.objects.filter(is_open | is_low, workspace=watch.workspace, opened_at__lte=now)
    by_account: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in tickets.order_by("opened_at"):
        by_account[ticket.account_id].append(ticket)
    return Seen([_finding(watch, pk, rows) for pk, rows in by_account.items() if pk in watch.accounts])


def _finding(watch: Watch, pk: int, tickets: list[Ticket]) -> Finding:
    still_open = [ticket for ticket in tickets if ticket.closed_at is None]
    low = [ticket for ticket in tickets if ticket.closed_at is not None]
    is_old = any(clock.now() - ticket.opened_at > LONG for ticket in still_open)
    is_urgent = any(ticket.priority == TicketPriority.URGENT for ticket in still_open)
    severity = Severity.HIGH if is_old or is_urgent else Severity.MEDIUM
    evidence = [_line(ticket) for ticket in [*still_open, *low][:3]] + standing(watch.accounts[pk], watch.today)
    return Finding(pk, severity, _reason(len(still_open), len(low)), evidence)


def _reason(still_open: int, low: int) -> Text:
    if not still_open:
        count = "A ticket was" if low == 1 else f"{low} tickets were"
        return text(f"{low} 张工单满意度低", f"{count} rated low")
    count = "A high-priority ticket is" if still_open == 1 else f"{still_open} high-priority tickets are"
    return text(f"{still_open} 张高优先级工单未关闭", f"{count} open")


def _line(ticket: Ticket) -> Text:
    name = ticket.subject or ticket.external_id
    if ticket.closed_at is None:
        days = (clock.now() - ticket.opened_at).days
        return text(f"{name}：已 {days} 天", f"{name}: open for {days} days")
    rating = f"{ticket.csat:g}"
    return text(f"{name}：满意度 {rating}", f"{name}: satisfaction {rating}")
