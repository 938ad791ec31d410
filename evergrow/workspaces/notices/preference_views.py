"""My notifications: which kind by which channel, and when."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.actions.workspaces import zones
from evergrow.workspaces.forms import attempt
from evergrow.workspaces.notices import kinds
from evergrow.workspaces.notices import preferences as wishes
from evergrow.workspaces.notices.channel_models import NoticeSettings
from evergrow.workspaces.notices.forms import PreferenceForm


@dataclass(frozen=True, slots=True)
class Row:
    """A kind, and for each channel whether it is chosen."""

    kind: kinds.Kind
    cells: list[tuple[str, str, bool]]


@gate("view")
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: GatedRequest) -> HttpResponse:
    """Read and keep one's own choice."""
    kept = wishes.of(request.member)
    names = ("pace", "hour", "working_days_only", "quiet_from", "quiet_until", "zone")
    form = PreferenceForm(request.POST or None, initial={name: getattr(kept, name) for name in names})
    columns = _columns(request)
    if request.method == "POST":
        chosen = _chosen(request, [key for key, _label in columns])
        saved = attempt(form, lambda data: wishes.choose(member=request.member, choices=chosen, **data))
        if saved is not None:
            messages.success(request, _("Saved."))
            here = reverse("workspaces:notice_preferences", kwargs={"workspace": request.workspace.slug})
            return HttpResponseRedirect(here)
    context: dict[str, Any] = {
        "form": form,
        "columns": columns,
        "rows": [_row(kind, kept, columns) for kind in kinds.every()],
        "has_mail": settings.MAIL_IS_SET_UP,
        "zones": sorted(zones()),
    }
    return render(request, "workspaces/notices/preferences.html", context, status=422 if form.errors else 200)


def _columns(request: GatedRequest) -> list[tuple[str, str]]:
    robots = [(f"robot:{robot.pk}", robot.name) for robot in wishes.robots_for(request.member)]
    return [(wishes.APP, pgettext("channel", "In the app")), (wishes.MAIL, pgettext("channel", "Mail")), *robots]


def _row(kind: kinds.Kind, kept: NoticeSettings, columns: list[tuple[str, str]]) -> Row:
    chosen = wishes.channels(kept, kind.key)
    return Row(kind, [(key, label, key in chosen) for key, label in columns])


def _chosen(request: HttpRequest, columns: list[str]) -> dict[str, list[str]]:
    """The ticked boxes, named ``kind.channel``."""
    return {
        kind.key: [channel for channel in columns if request.POST.get(f"{kind.key}.{channel}")]
        for kind in kinds.every()
    }
