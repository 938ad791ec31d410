"""My day: the ranked list, and what a member does to its items for themselves."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow.success import access
from evergrow.success.day import done, load, marks, rank, reasons, sources
from evergrow.success.day.listing import Item, Listing, ask, by_account, by_date, group_of, listing, one, rows
from evergrow.success.day.rank import Ranked
from evergrow.success.day.sources import Row, Source, Whose
from evergrow.success.queries import lists
from evergrow.success.views.answers import Unreadable, back, needed_day, saying
from evergrow.success.views.tasks import snooze_days
from evergrow.workspaces.access import GatedRequest, gate, may

PER_PAGE = 50
WHOSE_WORDS = [("mine", gettext_lazy("Mine")), ("team", gettext_lazy("My team")), ("all", gettext_lazy("Everyone"))]
SORT_WORDS = [
    ("rank", pgettext_lazy("order of the list", "Rank")),
    ("due", gettext_lazy("Due")),
    ("account", gettext_lazy("Account")),
]
WHOSE: dict[str, Whose] = {"mine": "mine", "team": "team", "all": "all"}
Group = tuple[str, list[tuple[Item, list[str]]]]


@gate("view")
@require_safe
def my_day(request: GatedRequest) -> HttpResponse:
    """Everything that waits for the member, by rank, due date or account; ``show=snoozed`` what was put off."""
    whose = read_whose(request)
    if request.GET.get("show") == "snoozed":
        return _snoozed(request, whose)
    sort = request.GET.get("sort", "")
    sort = sort if sort in dict(SORT_WORDS) else "rank"
    kind = request.GET.get("kind", "")
    found = listing(ask(request.member, whose))
    of_kind = [item for item in found.items if item.key.startswith(f"{kind}:")] if sources.get(kind) else found.items
    page = Paginator(_sorted(of_kind, sort, found), PER_PAGE).get_page(request.GET.get("page"))
    shown = rows(found.ask, list(enumerate(page.object_list, start=page.start_index())))
    work = done.days_work(request.member)
    context = {
        **_common(request, whose),
        "page": page,
        "groups": _groups(request, shown, sort, found),
        "opened": _opened(request, shown),
        "sort": sort,
        "sort_choices": SORT_WORDS,
        "kind": kind if sources.get(kind) else "",
        "kinds": [(each.kind, each.label, found.of(each.kind)) for each in sources.every() if found.of(each.kind)],
        "total": len(found.items),
        "day": summary(found),
        "work": work,
        "progress": done.progress(found, work),
        "load": load.mine(request.member),
        "snoozed": lists.snoozed(request.member, whose).count() + len(found.postponed),
        "rule": found.scale,
    }
    return render(request, "success/day/list.html", context)


def _snoozed(request: GatedRequest, whose: Whose) -> HttpResponse:
    """Tasks that sleep, and what the member put off in their own list."""
    asked = ask(request.member, whose)
    found = listing(asked)
    hidden = [rank.rank(fact, found.scale) for fact, _day in found.postponed]
    until = {fact.key: day for fact, day in found.postponed}
    context = {
        **_common(request, whose),
        "page": Paginator(lists.snoozed(request.member, whose), PER_PAGE).get_page(request.GET.get("page")),
        "hidden": [(item, until[item.key]) for item in rows(asked, list(enumerate(hidden, start=1)))],
        "count": lists.snoozed(request.member, whose).count() + len(hidden),
        "load": load.mine(request.member),
    }
    return render(request, "success/day/snoozed.html", context)


@gate("view")
@require_POST
def mark_item(request: GatedRequest) -> HttpResponse:
    """Pin, unpin, postpone or bring back the item that ``key`` names."""
    key, act = request.POST.get("key", ""), request.POST.get("act", "")
    source, row = item_or_404(request, key)
    with saying(request):
        if act == "postpone":
            marks.postpone(source=source, key=key, row=row, by=request.member, until=needed_day(request, "until"))
        elif act in MARKS:
            MARKS[act](key=key, row=row, by=request.member)
        else:
            raise Unreadable(sentence=_("Choose what to do with it."))
    return back(request, reverse("success:tasks", args=[request.workspace.slug]))


MARKS: dict[str, Any] = {"pin": marks.pin, "unpin": marks.unpin, "back": marks.bring_back, "skip": marks.skip}


def item_or_404(request: GatedRequest, key: str) -> tuple[Source, Row]:
    """The item that a form names, as far as the member may see it."""
    found = one(ask(request.member, "all"), key)
    if found is None:
        raise Http404
    return found


def read_whose(request: GatedRequest) -> Whose:
    """Whose work is asked for: the member's own unless the address says otherwise."""
    return WHOSE.get(request.GET.get("whose", ""), "mine")


def whose_choices(request: GatedRequest) -> list[tuple[str, Any]]:
    """The choices of whose work; “my team” only for who has one."""
    return [choice for choice in WHOSE_WORDS if choice[0] != "team" or request.member.team]


def summary(found: Listing) -> dict[str, Any]:
    """The numbers of the sentence: today's items, overdue ones, the accounts and MRR behind today's."""
    todays = found.todays
    today = found.ask.today
    behind = {item.fact.account: item.fact.mrr for item in todays if item.fact.account}
    first = {item.fact.account: item.fact.mrr for item in found.items[:3] if item.fact.account}
    return {
        "todays": len(todays),
        "overdue": sum(1 for item in todays if item.fact.due_on and item.fact.due_on < today),
        "accounts": len(behind),
        "mrr": sum(behind.values()),
        "first_mrr": sum(first.values()),
    }


def _sorted(items: Iterable[Ranked], sort: str, found: Listing) -> list[Ranked]:
    if sort == "due":
        return by_date(items, found.ask.today)
    return by_account(items) if sort == "account" else list(items)


def _groups(request: GatedRequest, shown: list[Item], sort: str, found: Listing) -> list[Group]:
    """The items of the page under their heads, each with its reasons."""
    groups: list[Group] = []
    for item in shown:
        head = _head(item, sort, found)
        if not groups or groups[-1][0] != head:
            groups.append((head, []))
        groups[-1][1].append((item, reasons.reasons(item, found.scale, request.workspace.currency)))
    return groups


def _head(item: Item, sort: str, found: Listing) -> str:
    if sort == "due":
        return group_of(item.ranked, found.ask.today)
    if sort == "account":
        return item.row.account.called(get_language() or "en") if item.row.account else item.row.title
    return ""


def _opened(request: GatedRequest, shown: list[Item]) -> str:
    asked = request.GET.get("item", "")
    return asked or (shown[0].key if shown else "")


def _common(request: GatedRequest, whose: Whose) -> dict[str, Any]:
    query = request.GET.copy()
    query.pop("item", None)
    return {
        "whose": whose,
        "whose_choices": whose_choices(request),
        "query": f"{query.urlencode()}&" if query else "",
        "today": request.workspace.today(),
        **snooze_days(request),
        "colleagues": access.colleagues(request.member),
        "can_work": may(request.member, "work"),
        "can_manage": may(request.member, "manage"),
    }
