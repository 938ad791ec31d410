"""The pages of hand-overs."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evergrow.customers.models import TeamRole
from evergrow.customers.privacy.masking import mask_for
from evergrow.success import access
from evergrow.success.actions.tasks import add_task
from evergrow.success.errors import Refused
from evergrow.success.handover import acts, checklist, effects, reading
from evergrow.success.handover.models import CustomerWord, HandOver, Take
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import Member

PAGE = 50


@gate("view")
@require_safe
def hand_overs(request: GatedRequest) -> HttpResponse:
    """All that the member takes part in, and whose accounts wait for one."""
    manages = may(request.member, "manage")
    context = {
        "page": Paginator(reading.hand_overs(request.member), PAGE).get_page(request.GET.get("page")),
        "left": reading.left_with_accounts(request.workspace) if manages else [],
        "manages": manages,
    }
    return render(request, "success/handover/list.html", context)


@gate("manage")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: GatedRequest) -> HttpResponse:
    """Choose whose accounts go to whom: first the old owner and role, then the accounts."""
    given = request.POST if request.method == "POST" else request.GET
    before = _member(request, given.get("from", ""))
    role = given.get("role", "") if given.get("role", "") in TeamRole.values else TeamRole.CSM
    search = given.get("q", "").strip()
    rows = reading.held(request.workspace, before, role, search) if before else None
    problem = ""
    if request.method == "POST" and before and rows is not None:
        try:
            made = _prepared(request, before, role)
            return redirect("success:hand_over", request.workspace.slug, made.pk)
        except (Refused, ValidationError) as refused:
            problem = str(refused)
    context = {
        "before": before,
        "role": role,
        "roles": TeamRole.choices,
        "takes": Take.choices,
        "search": search,
        "rows": rows[: reading.MOST] if rows is not None else [],
        "count": rows.count() if rows is not None else 0,
        "members": Member.objects.filter(workspace=request.workspace, seats__ended_on=None, seats__isnull=False)
        .select_related("user")
        .distinct()
        .order_by("left_at", "user__name"),
        "colleagues": access.colleagues(request.member),
        "today": request.workspace.today(),
        "problem": problem,
    }
    return render(request, "success/handover/new.html", context, status=422 if problem else 200)


@gate("view")
@require_safe
def hand_over(request: GatedRequest, pk: int) -> HttpResponse:
    """One hand-over: its accounts with what they bring along, the checklist, what can be done now."""
    found = reading.hand_over_or_404(request.member, pk)
    rows = list(found.accounts.select_related("account")[: reading.MOST])
    luggage = reading.luggage(rows)
    manages, today = may(request.member, "manage"), request.workspace.today()
    is_successor = request.member.pk == found.to_member_id
    context = {
        "found": found,
        "rows": [{"row": row, "has": luggage[row.account_id]} for row in rows],
        "items": list(found.items.select_related("done_by__user")),
        "revenue": reading.revenue(found),
        "is_successor": is_successor,
        "manages": manages,
        "may_check": may(request.member, "work")
        and (manages or request.member.pk in (found.to_member_id, found.from_member_id)),
        "is_ahead": found.on > today,
        "may_undo": manages
        and found.effective_at is not None
        and found.state in ("effective", "closed")
        and (today - found.effective_at.astimezone(request.workspace.tz).date()).days <= 7,
        "colleagues": access.colleagues(request.member),
    }
    return render(request, "success/handover/hand_over.html", context)


@gate("work")
@require_POST
def move(request: GatedRequest, pk: int) -> HttpResponse:
    """Offer, accept, refuse or undo it."""
    found, by = reading.hand_over_or_404(request.member, pk), request.member
    to = _member(request, request.POST.get("to", ""))
    moves: dict[str, Callable[[], object]] = {
        "offer": lambda: acts.offer(hand_over=found, by=by, to=to),
        "accept": lambda: acts.accept(hand_over=found, by=by),
        "refuse": lambda: acts.refuse(hand_over=found, by=by, reason=request.POST.get("reason", "")),
        "undo": lambda: effects.undo(hand_over=found, by=by),
    }
    return _done(request, found, moves.get(request.POST.get("move", "")))


@gate("work")
@require_POST
def check(request: GatedRequest, pk: int, item: int) -> HttpResponse:
    """Tick a line of the checklist, or take the tick back."""
    found = reading.hand_over_or_404(request.member, pk)
    line = found.items.filter(pk=item).first()
    if line is None:
        raise Http404
    line.hand_over = found
    is_done = request.POST.get("done") == "1"
    return _done(request, found, lambda: acts.check(item=line, by=request.member, is_done=is_done))


@gate("work")
@require_http_methods(["GET", "HEAD", "POST"])
def customer(request: GatedRequest, pk: int, number: int) -> HttpResponse:
    """The text that tells a customer of the successor, and what they said."""
    found = reading.hand_over_or_404(request.member, pk)
    row = reading.row_or_404(found, number)
    if request.method == "POST":
        word, note = request.POST.get("word", ""), request.POST.get("note", "")
        if word == "task":
            return _done(request, found, lambda: _task(request, found, row.account.number))
        if word == "back":
            return _done(request, found, lambda: effects.undo(hand_over=found, by=request.member, row=row))
        known = word if word in CustomerWord.values else CustomerWord.TOLD
        return _done(request, found, lambda: acts.customer_said(row=row, word=known, note=note, by=request.member))
    contacts = row.account.affiliations.select_related("person").order_by("pk")[:20]
    context = {
        "found": found,
        "row": row,
        "letter": reading.letter(row, get_language() or "en"),
        "mails": [mask_for(request).value(place.person, "email") for place in contacts if place.person.email],
        "manages": may(request.member, "manage"),
    }
    return render(request, "success/handover/customer.html", context)


@gate("manage")
@require_http_methods(["GET", "HEAD", "POST"])
def lines(request: GatedRequest) -> HttpResponse:
    """The workspace's checklist: a line each, in both languages."""
    if request.method == "POST":
        chinese, english = request.POST.get("zh", "").splitlines(), request.POST.get("en", "").splitlines()
        longest = max(len(chinese), len(english))
        names = [{"zh": _at(chinese, place), "en": _at(english, place)} for place in range(longest)]
        try:
            checklist.change(workspace=request.workspace, names=names, by=request.member)
            messages.success(request, _("Saved. The next hand-over asks for these lines."))
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("success:hand_over_lines", request.workspace.slug)
    items = checklist.of(request.workspace)
    context = {language: "\n".join(item["name"].get(language, "") for item in items) for language in ("zh", "en")}
    return render(request, "success/handover/lines.html", {**context, "rows": len(items) + 3})


def _prepared(request: GatedRequest, before: Member, role: str) -> HandOver:
    wanted = [int(text) for text in request.POST.getlist("number") if text.isdecimal() and len(text) < 10]
    rows = reading.held(request.workspace, before, role, request.POST.get("q", "").strip())
    chosen = rows if request.POST.get("all") else rows.filter(number__in=wanted)
    to = _member(request, request.POST.get("to", ""))
    on = parse_date(request.POST.get("on", "") or "0") if request.POST.get("on", "")[:1].isdigit() else None
    if to is None or not isinstance(on, date):
        raise ValidationError(_("Choose the successor and a day."))
    take = request.POST.get("take", "")
    return acts.prepare(
        workspace=request.workspace,
        accounts=chosen,
        from_member=before,
        to_member=to,
        role=role,
        on=on,
        take=take if take in Take.values else Take.OLD,
        note=request.POST.get("note", "")[:5000],
        by=request.member,
    )


def _task(request: GatedRequest, found: HandOver, number: int) -> object:
    row = reading.row_or_404(found, number)
    name = _("Tell %(account)s that %(who)s takes over") % {"account": row.account, "who": found.to_member}
    note = reading.letter(row, get_language() or "en")
    return add_task(
        account=row.account, name=name, by=request.member, owner=found.to_member, due_on=found.on, note=note
    )


def _done(request: GatedRequest, found: HandOver, act: Callable[[], object] | None) -> HttpResponse:
    try:
        if act is not None:
            act()
            messages.success(request, _("Done."))
    except (Refused, ValidationError) as refused:
        messages.error(request, " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused))
    return redirect("success:hand_over", request.workspace.slug, found.pk)


def _member(request: GatedRequest, text: str) -> Member | None:
    """A member of the workspace, also one who left."""
    if not text.isdecimal() or len(text) > 17:
        return None
    found = Member.objects.filter(workspace=request.workspace, pk=int(text))
    return found.select_related("user", "workspace").first()


def _at(lines: list[str], place: int) -> str:
    return lines[place] if place < len(lines) else ""
