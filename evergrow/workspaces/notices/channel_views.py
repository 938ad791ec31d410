"""Settings: the group robots of the workspace, and what became of what was sent."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evergrow.workspaces import sealed
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.forms import attempt
from evergrow.workspaces.notices import kinds, robots
from evergrow.workspaces.notices.channel_models import DeliveryState, Robot
from evergrow.workspaces.notices.forms import RobotForm

PAGE = 50
TROUBLE = [DeliveryState.FAILED, DeliveryState.UNKNOWN]


@never_cache
@gate("administer")
@require_http_methods(["GET", "HEAD", "POST"])
def channels(request: GatedRequest) -> HttpResponse:
    """All robots, and a form for one more."""
    form = RobotForm(request.POST or None, initial={"language": request.workspace.language})
    if request.method == "POST":
        made = attempt(form, lambda data: robots.add_robot(workspace=request.workspace, by=request.member, **data))
        if made is not None:
            robots.try_robot(robot=made, by=request.member)
            messages.success(request, _("“%(name)s” was added and says hello in a moment.") % {"name": made})
            return _back(request)
    found = robots.deliveries(request.member)
    context = {
        "form": form,
        "rows": [{"robot": row, "kinds": _kinds(row)} for row in robots.robots(request.member)],
        "has_mail": settings.MAIL_IS_SET_UP,
        "sender": settings.DEFAULT_FROM_EMAIL,
        "trouble": found.filter(state__in=TROUBLE)[:10],
        "has_deliveries": found.exists(),
    }
    return render(request, "workspaces/notices/channels.html", context, status=422 if form.errors else 200)


@never_cache
@gate("administer")
@require_http_methods(["GET", "HEAD", "POST"])
def robot(request: GatedRequest, pk: int) -> HttpResponse:
    """Change a robot."""
    row = robots.robot_or_404(request.member, pk)
    initial = {name: getattr(row, name) for name in robots.FIELDS}
    form = RobotForm(request.POST or None, is_known=True, initial=initial)
    saved = None
    if request.method == "POST":
        saved = attempt(form, lambda data: robots.change_robot(robot=row, by=request.member, **data))
    if saved is not None:
        messages.success(request, _("Saved."))
        return _back(request)
    context = {"form": form, "robot": row, "unreadable": "" if row.is_readable else sealed.sentence()}
    return render(request, "workspaces/notices/robot.html", context, status=422 if form.errors else 200)


@gate("administer")
@require_POST
def try_robot(request: GatedRequest, pk: int) -> HttpResponse:
    row = robots.robot_or_404(request.member, pk)
    robots.try_robot(robot=row, by=request.member)
    messages.success(request, _("“%(name)s” says hello in a moment.") % {"name": row})
    return _back(request)


@gate("administer")
@require_POST
def remove_robot(request: GatedRequest, pk: int) -> HttpResponse:
    row = robots.robot_or_404(request.member, pk)
    robots.remove_robot(robot=row, by=request.member)
    messages.success(request, _("“%(name)s” was removed; its address is forgotten.") % {"name": row})
    return _back(request)


@gate("administer")
@require_safe
def deliveries(request: GatedRequest) -> HttpResponse:
    """What was sent, what waits, what failed and why."""
    state = request.GET.get("state", "")
    state = state if state in DeliveryState.values else ""
    page = Paginator(robots.deliveries(request.member, state), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page": page, "state": state, "states": DeliveryState.choices}
    return render(request, "workspaces/notices/deliveries.html", context)


@gate("administer")
@require_POST
def retry(request: GatedRequest, pk: int) -> HttpResponse:
    delivery = robots.deliveries(request.member).filter(pk=pk).first()
    if delivery is None:
        raise Http404
    if robots.retry(delivery=delivery, by=request.member):
        messages.success(request, _("It is sent again in a moment."))
    else:
        messages.error(request, _("Only what failed, or perhaps was not sent, can be sent again."))
    return _back(request, "workspaces:deliveries")


def _kinds(row: Robot) -> list[str]:
    return [str(kinds.get(kind)) for kind in row.kinds]


def _back(request: GatedRequest, name: str = "workspaces:channels") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, kwargs={"workspace": request.workspace.slug}))
