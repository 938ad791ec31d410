"""Pages of one activity: the form that saves itself, the record, its history, preparation and points."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import DateField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from evergrow.customers import access as customers
from evergrow.customers.attachments import keeping, sent
from evergrow.customers.mail import threads
from evergrow.customers.models import (
    Account,
    ActivityKind,
    Importance,
    PointKind,
    Visibility,
    Visit,
    VisitState,
)
from evergrow.customers.views.records import account_of
from evergrow.customers.visits import access, guests, history, preparing, registry, writing
from evergrow.customers.visits.forms import GROUPS, ActivityForm
from evergrow.lib import clock
from evergrow.lib.digits import row_id
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import Member
from evergrow.workspaces.returning import ours

ACTS: dict[str, Callable[..., Visit]] = {"log": writing.log, "plan": writing.plan}


@gate("work")
def new(request: GatedRequest, number: int) -> HttpResponse:
    """Record what took place, or plan what comes. What is typed is kept as a draft meanwhile."""
    account = account_of(request, number)
    visit = _draft_of(request, account)
    kind = request.GET.get("kind", "")
    empty = Visit(account=account, kind=kind if kind in ActivityKind.values else str(ActivityKind.VISIT))
    form = ActivityForm(request.member, account, request.POST or None, instance=visit or empty)
    if request.method == "POST" and form.is_valid():
        act = ACTS.get(request.POST.get("act", "")) or ACTS["log"]
        token = form.cleaned_data["token"]
        with _telling(form) as went:
            made = act(account=account, by=request.member, token=token, **form.facts(), **form.guests())
        if not went.errors:
            done = _("Planned.") if made.state == VisitState.PLANNED else _("Visit saved.")
            messages.success(request, done)
            _attach_sent(request, made)
            return redirect(address(made))
    return _form_page(request, account, form, visit)


@gate("work")
@require_POST
def draft(request: GatedRequest, number: int) -> HttpResponse:
    """Keep what is typed so far. What cannot be read yet is left as it was."""
    account = account_of(request, number)
    form = ActivityForm(request.member, account, request.POST)
    form.is_valid()
    token = form.cleaned_data.get("token")
    if token is None:
        return HttpResponse(status=422)
    kept = writing.save_draft(account=account, by=request.member, token=token, **form.facts())
    context = {"draft": kept, "is_draft": kept.state == VisitState.DRAFT, "now": clock.now()}
    return render(request, "customers/visits/_kept.html", context)


@gate("view")
@require_GET
def show(request: GatedRequest, number: int, pk: int) -> HttpResponse:
    """One activity: what was said, who took part, what came of it, who changed what."""
    account = account_of(request, number)
    visit = access.visit_or_404(request.member, account, pk)
    if visit.state == VisitState.DRAFT:
        return redirect(f"{reverse('customers:visit_new', args=[account.workspace.slug, number])}?draft={visit.token}")
    can_change = writing.may_change(visit, request.member)
    context = {
        "account": account,
        "visit": visit,
        "guests": visit.guests.select_related("member__user", "person"),
        "preparations": visit.preparations.select_related("owner__user", "done_by__user").order_by("due_on", "pk"),
        "ready": preparing.readiness(visit),
        "points": visit.points.select_related("owner__user", "person", "workspace").order_by("pk"),
        "point_kinds": PointKind.choices,
        "levels": Importance.choices,
        "point_acts": registry.acts(),
        "edits": history.of(visit),
        "colleagues": customers.who_see(account).order_by("user__name", "pk"),
        "may_work": may(request.member, "work"),
        "can_change": can_change,
        "today": request.workspace.today(),
        "is_private": visit.visibility != Visibility.ACCOUNT,
        "letters": threads.filings(request.member, visit).prefetch_related("visit__attachments"),
        "files": visit.attachments.select_related("file", "added_by__user").order_by("pk"),
        "files_url": reverse("customers:visit_files", args=[request.workspace.slug, number, pk]) if can_change else "",
    }
    return render(request, "customers/visits/visit.html", context)


@gate("work")
def edit(request: GatedRequest, number: int, pk: int) -> HttpResponse:
    """Change a record or a plan, or record that a plan took place."""
    account = account_of(request, number)
    visit = access.visit_or_404(request.member, account, pk)
    writing.require_hand(visit, request.member)
    form = ActivityForm(request.member, account, request.POST or None, instance=_fresh(visit))
    if request.method == "POST" and form.is_valid():
        act = ACTS.get(request.POST.get("act", ""))
        facts = {**form.facts(), **form.guests()}
        with _telling(form) as went:
            if act is None:
                writing.edit(visit=visit, by=request.member, **facts)
            else:
                act(account=account, visit=visit, by=request.member, **facts)
        if not went.errors:
            messages.success(request, _("Saved."))
            _attach_sent(request, visit)
            return redirect(address(visit))
    return _form_page(request, account, form, visit)


@gate("work")
@require_POST
def move(request: GatedRequest, number: int, pk: int) -> HttpResponse:
    """Call a plan off, move it to when everything can be ready, or throw a draft away."""
    visit = access.visit_or_404(request.member, account_of(request, number), pk)
    to = request.POST.get("move", "")
    with refusals(request):
        if to == "drop":
            writing.drop_draft(visit=visit, by=request.member)
            return back(request, reverse("customers:visits", args=[request.workspace.slug]))
        if to == "call_off":
            writing.call_off(visit=visit, by=request.member)
        elif to == "follow":
            preparing.follow_preparation(visit=visit, by=request.member)
    return back(request, address(visit))


@gate("work")
@require_POST
def prepare(request: GatedRequest, number: int, pk: int) -> HttpResponse:
    """Add something to be ready, tick it, or take it away."""
    visit = access.visit_or_404(request.member, account_of(request, number), pk)
    row, to = request.POST.get("preparation", ""), request.POST.get("move", "")
    with refusals(request):
        if to in ("done", "open", "remove"):
            preparation = get_object_or_404(visit.preparations, pk=row_id(row))
            preparation.visit = visit
            if to == "remove":
                preparing.remove(preparation=preparation, by=request.member)
            else:
                preparing.tick(preparation=preparation, by=request.member, is_done=to == "done")
        else:
            preparing.add(
                visit=visit,
                by=request.member,
                words=request.POST.get("words", ""),
                owner=read_colleague(request, visit.account),
                due_on=read_day(request, "due_on"),
                is_required="is_required" in request.POST,
            )
    return back(request, f"{address(visit)}#preparation")


@gate("work")
@require_POST
def roles(request: GatedRequest, number: int, pk: int) -> HttpResponse:
    """Say in which role each takes part."""
    visit = access.visit_or_404(request.member, account_of(request, number), pk)
    writing.require_hand(visit, request.member)
    for guest in visit.guests.all():
        role = request.POST.get(f"role-{guest.pk}")
        if role is not None and role.strip() != guest.role:
            guests.give_role(guest=guest, role=role)
    messages.success(request, _("Saved."))
    return back(request, f"{address(visit)}#guests")


def _attach_sent(request: GatedRequest, visit: Visit) -> None:
    """Keep the files that came with the form, and say which were refused."""
    for sentence in sent.attach(
        request, lambda **file: keeping.attach_to_visit(visit=visit, by=request.member, **file)
    ):
        messages.error(request, sentence)


@gate("work")
@require_GET
def colleagues(request: GatedRequest, number: int) -> HttpResponse:
    """Whom a text about the account may name with @: those who may see it."""
    seen = customers.who_see(account_of(request, number)).order_by("user__name", "pk")[:500]
    return JsonResponse([{"name": str(each.user), "email": each.user.email} for each in seen], safe=False)


def address(visit: Visit) -> str:
    """The page of an activity."""
    return reverse("customers:visit", args=[visit.account.workspace.slug, visit.account.number, visit.pk])


@contextmanager
def refusals(request: HttpRequest) -> Iterator[None]:
    """Tell what was refused as a message."""
    try:
        yield
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))


def back(request: HttpRequest, default: str) -> HttpResponseRedirect:
    """To the page named in the form's ``next``, when it is one of ours, else to ``default``."""
    return HttpResponseRedirect(ours(request, request.POST.get("next", ""), default))


def read_colleague(request: GatedRequest, account: Account, name: str = "owner") -> Member | None:
    """A colleague chosen in a form, None when empty. Raises ValidationError."""
    text = request.POST.get(name, "")
    if not text:
        return None
    member = customers.who_see(account).filter(pk=row_id(text)).first()
    if member is None:
        raise ValidationError(_("Choose a colleague who may see the account."))
    return member


def read_day(request: HttpRequest, name: str) -> Any:
    """A day of a form, None when empty. Raises ValidationError."""
    return DateField(required=False).clean(request.POST.get(name, ""))


class _Went:
    errors: bool = False


@contextmanager
def _telling(form: ActivityForm) -> Iterator[_Went]:
    """Put the sentences of a refusal beside their fields; what was typed stays."""
    went = _Went()
    try:
        yield went
    except ValidationError as error:
        went.errors = True
        found = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for field, problems in found.items():
            place = {"starts_at": "time"}.get(field, field)
            for problem in problems:
                form.add_error(place if place in form.fields else None, problem)


def _draft_of(request: GatedRequest, account: Account) -> Visit | None:
    """The draft that is being written on, by the token in the address or in the form."""
    try:
        token = UUID(request.POST.get("token") or request.GET.get("draft", ""))
    except ValueError:
        return None
    mine = access.visits(request.member).filter(account=account, author=request.member, state=VisitState.DRAFT)
    return mine.filter(token=token).first()


def _fresh(visit: Visit) -> Visit:
    """The row once more, for the form to scribble on."""
    return Visit.everything.get(pk=visit.pk)


def _form_page(request: GatedRequest, account: Account, form: ActivityForm, visit: Visit | None) -> HttpResponse:
    drafts = access.visits(request.member).filter(account=account, author=request.member, state=VisitState.DRAFT)
    is_kept = visit is not None and visit.state != VisitState.DRAFT
    context = {
        "account": account,
        "form": form,
        "groups": [(label, [form[name] for name in names]) for label, names in GROUPS],
        "visit": visit if is_kept else None,
        "draft": None if is_kept else visit,
        "drafts": [] if is_kept or visit else drafts.order_by("-edited_at")[:5],
        "can_plan": not is_kept,
        "limit": settings.ATTACHMENT_LIMIT_MIB,
        "autosave": "" if is_kept else reverse("customers:visit_draft", args=[request.workspace.slug, account.number]),
        "draft_query": urlencode({"draft": form["token"].value()}),
    }
    return render(request, "customers/visits/form.html", context)
