"""The pages of plans: the list, one plan, its form, the week's review."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evergrow.success import access as work
from evergrow.success.errors import Refused
from evergrow.success.models.tasks import UNSETTLED
from evergrow.success.plans import (
    access,
    acts,
    chart,
    course,
    metrics,
    reading,
    retrospectives,
    subjects,
    tracking,
    words,
)
from evergrow.success.plans.forms import GROUPS, PlanForm
from evergrow.success.plans.models import Plan, PlanState
from evergrow.success.views.answers import Unreadable, saying
from evergrow.workspaces.access import GatedRequest, gate, may

PER_PAGE = 50
SHOWN = [
    ("open", pgettext_lazy("plans", "Open"), [PlanState.DRAFT, PlanState.RUNNING]),
    ("closed", pgettext_lazy("plans", "Closed"), [PlanState.REACHED, PlanState.MISSED, PlanState.CANCELLED]),
]
TASKS_OFFERED = 200


@gate("view")
@require_safe
def plans(request: GatedRequest) -> HttpResponse:
    """The plans that the member may see, the most urgent first; ``show=closed`` those that are over, the latest
    first."""
    show = "closed" if request.GET.get("show") == "closed" else "open"
    states = next(states for key, _label, states in SHOWN if key == show)
    seen = access.plans(request.member)
    found = reading.rows(seen.filter(state__in=states), request.workspace) if show == "open" else []
    running = [row for row in found if row.plan.is_running]
    context = {
        "page": _closed(request, seen.filter(state__in=states)) if show == "closed" else _paged(request, found),
        "show": show,
        "tabs": [(key, label, seen.filter(state__in=known).count()) for key, label, known in SHOWN],
        "running": len(running),
        "off": sum(row.light in ("retro", "off") for row in running),
        "unknown": sum(row.light == "unknown" for row in running),
        "may_work": may(request.member, "work"),
        "today": request.workspace.today(),
    }
    return render(request, "success/plans/list.html", context)


def _paged(request: GatedRequest, rows: Any) -> Page[Any]:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def _closed(request: GatedRequest, plans: QuerySet[Plan]) -> Page[Any]:
    """A page of closed plans; how each stands is looked up for those on it alone."""
    page = _paged(request, plans.order_by("-ended_at", "-pk").values_list("pk", flat=True))
    found = {row.plan.pk: row for row in reading.rows(Plan.objects.filter(pk__in=page.object_list), request.workspace)}
    page.object_list = [found[pk] for pk in page.object_list if pk in found]
    return page


@gate("view")
@require_safe
def review(request: GatedRequest) -> HttpResponse:
    """All running plans for the Monday meeting: a week against what was expected, the worst first."""
    today = request.workspace.today()
    last = course.week_of(today) - course.WEEK
    monday = min(course.week_of(_day(request.GET.get("week", ""), last)), course.week_of(today))
    found = reading.review(request.member, monday)
    context = {
        "rows": found,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "before": monday - course.WEEK,
        "after": monday + course.WEEK if monday < course.week_of(today) else None,
        "is_running": monday == course.week_of(today),
        "off": sum(each.week is not None and each.week.is_off for each in found),
        "missing": sum(each.week is not None and each.week.value is None for each in found),
        "missing_words": metrics.MISSING,
        "today": today,
    }
    return render(request, "success/plans/review.html", context)


@gate("view")
@require_safe
def plan(request: GatedRequest, pk: int) -> HttpResponse:
    """One plan: how it stands, plan against actual, its weeks, steps, retrospectives, and what can be done now."""
    found = reading.whole_or_404(request.member, pk)
    return render(request, "success/plans/plan.html", _plan_context(request, found))


def _plan_context(request: GatedRequest, found: Plan) -> dict[str, Any]:
    """What the page of a plan shows."""
    today = request.workspace.today()
    weeks = reading.weeks(found, today)
    row = reading.row(found, today)
    leads = access.may_lead(request.member, found)
    return {
        "plan": found,
        "row": row,
        "weeks": [week for week in weeks if week.monday <= today][::-1],
        "ahead": [week for week in weeks if week.monday > today],
        "chart": chart.options(found, weeks) if found.start_value is not None else None,
        "metric": metrics.name_of(request.workspace, found.metric),
        "formula": metrics.formula_of(found.metric),
        "missing_words": metrics.MISSING,
        "rule": words.rule(found),
        "sentence": words.sentence(row),
        "subject": subjects.find(request.workspace, found.subject_kind, found.subject_key),
        "subject_icon": subjects.icon_of(found.subject_kind),
        "concerned": found.concerned.select_related("user"),
        "retrospectives": found.retrospectives.all(),
        "entry_week": _entry_week(found, weeks, today),
        "leads": leads,
        "mine": {each.step.pk for each in row.steps if access.may_act(request.member, each.step)},
        "colleagues": work.colleagues(request.member) if leads else [],
        "tasks": _tasks(request, found) if leads else [],
        "today": today,
    }


@gate("work")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: GatedRequest) -> HttpResponse:
    """Draw up a plan; ``subject=playbook:renewal`` says what it is about."""
    return _form(request, None)


@gate("work")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: GatedRequest, pk: int) -> HttpResponse:
    """Change a plan that is not closed."""
    found = access.plan_or_404(request.member, pk)
    if not access.may_lead(request.member, found):
        problem = _("The owner of the plan and managers decide about it.")
        return render(request, "success/plans/form.html", {"plan": found, "problem": problem}, status=422)
    return _form(request, found)


def _form(request: GatedRequest, found: Plan | None) -> HttpResponse:
    problem, form = "", None
    try:
        form = PlanForm(request.member, request.POST or None, found, request.GET.get("subject", ""))
        if request.method == "POST" and form.is_valid():
            made = _stored(request, form, found)
            return redirect("success:plan", request.workspace.slug, made.pk)
    except Refused as refused:
        problem = str(refused)
    groups = [(label, [form[name] for name in names]) for label, names in GROUPS] if form else []
    context = {"plan": found, "form": form, "groups": groups, "problem": problem}
    is_wrong = problem or (form is not None and form.errors)
    return render(request, "success/plans/form.html", context, status=422 if is_wrong else 200)


def _stored(request: GatedRequest, form: PlanForm, found: Plan | None) -> Plan:
    if found is None:
        return acts.draw_up(wish=form.wish(), by=request.member)
    return acts.change(plan=found, wish=form.wish(), by=request.member)


@gate("work")
@require_POST
def move(request: GatedRequest, pk: int) -> HttpResponse:
    """Begin it, close it as reached or missed, cancel it, measure it now, or ask for a retrospective."""
    found, by = access.plan_or_404(request.member, pk), request.member
    way, note = request.POST.get("move", ""), request.POST.get("note", "")
    with saying(request):
        if way == "begin":
            acts.begin(plan=found, by=by)
            messages.success(request, _("The plan runs. Its value is written down every week."))
        elif way in ("reached", "missed"):
            acts.close(plan=found, state=way, by=by, note=note)
            messages.success(request, _("Closed: %(state)s.") % {"state": found.get_state_display()})
        elif way == "cancel":
            acts.cancel(plan=found, by=by, note=note)
        elif way == "measure":
            _measure(request, found)
        elif way == "retrospective":
            made = retrospectives.ask(plan=found, by=by)
            return redirect("success:plan_retrospective", request.workspace.slug, found.pk, made.pk)
        else:
            raise Unreadable(sentence=_("Choose what to do with the plan."))
    return redirect("success:plan", request.workspace.slug, found.pk)


def _measure(request: GatedRequest, found: Plan) -> None:
    made = tracking.measure_now(plan=found, by=request.member)
    if made.value is None:
        raise Unreadable(sentence=_("It cannot be measured now: %(why)s.") % {"why": metrics.MISSING[made.missing]})
    messages.success(request, _("Measured: %(value)s as of today.") % {"value": words.say(found, made.value)})


@gate("work")
@require_POST
def week(request: GatedRequest, pk: int) -> HttpResponse:
    """Write down the value of a week, and what the owner says of it."""
    found = access.plan_or_404(request.member, pk)
    with saying(request, _("Written down.")):
        monday = _day(request.POST.get("week", ""), None)
        if monday is None:
            raise Unreadable(sentence=_("Choose a week."))
        tracking.enter(
            plan=found,
            week=course.week_of(monday),
            value=_value(request.POST.get("value", "")),
            comment=request.POST.get("comment", ""),
            by=request.member,
        )
    return redirect("success:plan", request.workspace.slug, found.pk)


def _value(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "").rstrip("%％")) if text.strip() else None
    except ValueError:
        raise Unreadable(sentence=_("“%(text)s” is not a number.") % {"text": text[:40]}) from None


def _day(text: str, otherwise: Any) -> Any:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def _entry_week(found: Plan, weeks: list[reading.Week], today: date) -> reading.Week | None:
    """The week that is asked for first: the oldest over without a value, else the running one."""
    begun = [each for each in weeks if each.monday <= today]
    return next((each for each in begun if each.value is None), begun[-1] if begun else None)


def _tasks(request: GatedRequest, found: Plan) -> Any:
    """Open tasks of playbook runs that may become steps: of the plan's playbook where it is about one."""
    rows = work.tasks(request.member).filter(run__isnull=False, state__in=UNSETTLED)
    if found.subject_kind in ("playbook", "version"):
        rows = rows.filter(run__playbook__key=subjects.playbook_of(found.subject_key))
    taken = found.steps.filter(task__isnull=False).values("task")
    related = rows.exclude(pk__in=taken).select_related("account", "run__playbook")
    return related.order_by("due_on", "pk")[:TASKS_OFFERED]
