"""This room's own cards of the account page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Q, Sum
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers import last_contact, registry
from evergrow.customers.models import Account, InvoiceStatus, Subscription, TeamRole, Ticket
from evergrow.customers.queries import hierarchy, stories, usage
from evergrow.customers.registry import Panel
from evergrow.customers.usage_chart import usage_chart
from evergrow.customers.visits.access import visits_of
from evergrow.lib import clock
from evergrow.workspaces.access import GatedRequest, may

Context = dict[str, Any] | None


def money_fact(request: GatedRequest, account: Account) -> Context:
    return {"yearly": account.mrr * 12}


def contact_fact(request: GatedRequest, account: Account) -> Context:
    return {"contact": last_contact.of(account)}


def team_fact(request: GatedRequest, account: Account) -> Context:
    seats = {s.role: s for s in account.team.filter(ended_on=None).select_related("member__user")}
    return {
        "seats": [(role, seats.get(role.value)) for role in TeamRole],
        "history": account.team.exclude(ended_on=None).select_related("member__user").order_by("-ended_on")[:12],
        "may_manage": may(request.member, "manage"),
    }


def usage_card(request: GatedRequest, account: Account) -> Context:
    grain: usage.Grain = "day" if request.GET.get("grain") == "day" else "week"
    try:
        found = usage.usage(account, grain)
    except warehouse.StoreUnavailable:
        return {"unavailable": True, "grain": grain}
    return {"usage": found, "grain": grain, "options": usage_chart(found, get_language() or "en")}


def features_card(request: GatedRequest, account: Account) -> Context:
    try:
        return {"features": usage.features(account)}
    except warehouse.StoreUnavailable:
        return {"unavailable": True}


def hierarchy_card(request: GatedRequest, account: Account) -> Context:
    found = hierarchy.tree(request.member, account)
    return None if found is None else {"tree": found}


def people_card(request: GatedRequest, account: Account) -> Context:
    places = account.affiliations.select_related("person").filter(person__merged_into=None, person__trashed=None)
    shown = places.order_by("ended_on", "-is_key", "-person__last_seen_at", "person__name")
    return {"places": shown[:5], "count": places.count(), "may_work": may(request.member, "work")}


def people_tab(request: GatedRequest, account: Account) -> Context:
    places = account.affiliations.select_related("person").filter(person__merged_into=None, person__trashed=None)
    here, gone = places.filter(ended_on=None), places.exclude(ended_on=None)
    return {
        "here": here.order_by("-is_key", "person__name")[:500],
        "gone": gone.order_by("-ended_on")[:100],
        "may_work": may(request.member, "work"),
    }


def _people_count(account: Account) -> int:
    return account.affiliations.filter(ended_on=None, person__merged_into=None, person__trashed=None).count()


def tickets_card(request: GatedRequest, account: Account) -> Context:
    since = clock.now() - timedelta(days=90)
    found = account.tickets.filter(opened_at__lte=clock.now())
    recent = found.filter(opened_at__gte=since).aggregate(count=Count("pk"), mean=Avg("csat"), rated=Count("csat"))
    return {
        "open": _by_urgency(list(found.filter(closed_at=None).order_by("opened_at")[:50]))[:4],
        "open_count": found.filter(closed_at=None).count(),
        "recent": recent,
        "latest": found.order_by("-opened_at").first(),
    }


def tickets_tab(request: GatedRequest, account: Account) -> Context:
    found = account.tickets.select_related("person")
    summary = found.aggregate(
        count=Count("pk"), open=Count("pk", filter=Q(closed_at=None)), mean=Avg("csat"), rated=Count("csat")
    )
    return {"tickets": found.order_by("-opened_at")[:200], "summary": summary}


def _by_urgency(tickets: list[Ticket]) -> list[Ticket]:
    rank = {"urgent": 0, "high": 1, "medium": 2, "low": 3}
    return sorted(tickets, key=lambda ticket: (rank[ticket.priority], ticket.opened_at))


def _open_tickets(account: Account) -> int:
    return account.tickets.filter(closed_at=None).count()


def commercial_card(request: GatedRequest, account: Account) -> Context:
    since = account.workspace.today() - timedelta(days=365)
    year = account.invoices.filter(issued_on__gt=since).exclude(status=InvoiceStatus.VOID)
    paid = year.aggregate(
        count=Count("pk"),
        paid=Count("pk", filter=Q(status=InvoiceStatus.PAID)),
        amount=Sum("amount", filter=Q(status=InvoiceStatus.PAID)),
        overdue=Count("pk", filter=Q(status=InvoiceStatus.OVERDUE)),
    )
    lines = list(account.subscriptions.order_by("-started_on", "pk")[:20])
    return {"current": _current(account, lines), "year": paid, "lines": lines}


def _current(account: Account, lines: list[Subscription]) -> Subscription | None:
    today = account.workspace.today()
    live = [
        line
        for line in lines
        if line.started_on and line.started_on <= today and not (line.cancelled_on and line.cancelled_on <= today)
    ]
    return max(live, key=lambda line: line.mrr, default=None)


def commercial_tab(request: GatedRequest, account: Account) -> Context:
    invoices = account.invoices.all()
    total = invoices.filter(status=InvoiceStatus.PAID).aggregate(amount=Sum("amount"), count=Count("pk"))
    return {
        "lines": account.subscriptions.order_by("-started_on", "pk")[:100],
        "invoices": invoices.order_by("-issued_on", "-pk")[:200],
        "total": total,
    }


def timeline_card(request: GatedRequest, account: Account) -> Context:
    return {"entries": stories.tell(stories.story(request.member, account)[:6])}


def timeline_tab(request: GatedRequest, account: Account) -> Context:
    return stories.timeline_page(request.member, account, request.GET)


def words_card(request: GatedRequest, account: Account) -> Context:
    seen = visits_of(request.member, account)
    visits = list(seen.select_related("person", "author__user")[:2])
    notes = list(account.notes.select_related("author__user").order_by("-created_at")[:2])
    if not visits and not notes:
        return None
    return {"visits": visits, "notes": notes, "may_work": may(request.member, "work")}


def origin_card(request: GatedRequest, account: Account) -> Context:
    touches = list(account.touches.order_by("touched_on", "position")[:12])
    return {"touches": touches, "count": account.touches.count()}


@dataclass(frozen=True, slots=True)
class NewsLine:
    """What happened at an account since the member was last here."""

    since: datetime
    sentences: list[str]
    more: int


def news(request: GatedRequest, account: Account) -> NewsLine | None:
    """The “since your last visit” line: tickets, stories by others, and what other rooms add."""
    since = request.member.previous_seen_at
    if since is None:
        return None
    said = [text for part in registry.news() if (text := part.sentence(account, since))]
    fresh = stories.story(request.member, account).filter(at__gt=since).exclude(by=request.member, by__isnull=False)
    latest = fresh[:3]
    stories_told = [entry.sentence for entry in stories.tell(latest)]
    more = fresh.count() - len(stories_told)
    return NewsLine(since, said + stories_told, max(0, more))


def _tickets_since(account: Account, since: datetime) -> str:
    found = account.tickets.filter(opened_at__gt=since, opened_at__lte=clock.now())
    opened = found.count()
    urgent = found.filter(priority__in=["urgent", "high"]).count()
    if not opened:
        return ""
    if urgent:
        return _("%(opened)d new tickets, %(urgent)d of them urgent or high") % {"opened": opened, "urgent": urgent}
    return _("%(opened)d new tickets") % {"opened": opened}


def _nothing_more(request: GatedRequest, account: Account) -> Context:
    return {}


def usage_tab(request: GatedRequest, account: Account) -> Context:
    return {**(usage_card(request, account) or {}), **(features_card(request, account) or {})}


TABS = [
    ("usage", pgettext_lazy("account page", "Usage"), usage_tab, None, 20),
    ("people", gettext_lazy("People"), people_tab, _people_count, 30),
    ("tickets", gettext_lazy("Tickets"), tickets_tab, _open_tickets, 40),
    ("commercial", gettext_lazy("Commercial"), commercial_tab, None, 60),
    ("timeline", gettext_lazy("Timeline"), timeline_tab, None, 80),
]
registry.add(
    Panel("money", "customers/panels/money_fact.html", money_fact, "facts", position=10),
    Panel("plan", "customers/panels/plan_fact.html", _nothing_more, "facts", position=20),
    Panel("renewal", "customers/panels/renewal_fact.html", _nothing_more, "facts", position=30),
    Panel("team", "customers/panels/team_fact.html", team_fact, "facts", position=50),
    Panel("contact", "customers/panels/contact_fact.html", contact_fact, "facts", position=60),
    Panel("usage", "customers/panels/usage.html", usage_card, "main", position=30),
    Panel("features", "customers/panels/features.html", features_card, "main", position=40),
    Panel("tickets", "customers/panels/tickets.html", tickets_card, "main", position=60, is_half=True),
    Panel("timeline", "customers/panels/timeline.html", timeline_card, "main", position=70, is_half=True),
    Panel("hierarchy", "customers/panels/hierarchy.html", hierarchy_card, "rail", position=30),
    Panel("people", "customers/panels/people.html", people_card, "rail", position=40),
    Panel("commercial", "customers/panels/commercial.html", commercial_card, "rail", position=50),
    Panel("words", "customers/panels/words.html", words_card, "rail", position=60),
    Panel("origin", "customers/panels/origin.html", origin_card, "rail", position=80),
    *(
        Panel(f"{key}_tab", f"customers/panels/{key}_tab.html", context, "tab", label, count, position)
        for key, label, context, count, position in TABS
    ),
    registry.News("tickets", _tickets_since, position=20),
)
