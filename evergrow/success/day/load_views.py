"""The load of the team, and how work is counted."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow.customers.tiers import scheme
from evergrow.success import access
from evergrow.success.day import load as loads
from evergrow.success.day.points import BY_KIND, capacities, rule
from evergrow.success.day.settings import PointsOutOfRange, set_capacity, set_rule
from evergrow.success.models import Capacity, StepKind
from evergrow.success.views.answers import Unreadable, read_member, saying
from evergrow.workspaces.access import GatedRequest, gate, may


@gate("view")
@require_safe
def load(request: GatedRequest) -> HttpResponse:
    """Points due on each of the next working days against what each colleague can do; for managers the rule itself."""
    members = list(access.colleagues(request.member))
    if request.GET.get("whose") == "team" and request.member.team:
        members = [member for member in members if member.team == request.member.team]
    known = rule(request.workspace)
    rows = loads.of_members(request.member, members)
    context = {
        "rows": sorted(rows, key=lambda row: -(row.share or 0)),
        "days": rows[0].days if rows else [],
        "total": loads.total(rows),
        "over": [row for row in rows if row.is_over],
        "free": sorted((row for row in rows if not row.is_over), key=lambda row: row.points - row.capacity)[:3],
        "known": known,
        "kinds": [(kind, label, known.points.get(kind, 0)) for kind, label in StepKind.choices if kind in BY_KIND],
        "tiers": [(t.key, t, known.factors.get(t.key, 1.0)) for t in scheme.of(request.workspace).tiers],
        "capacities": [
            (member, capacities(request.workspace, known).get(member.pk, known.capacity)) for member in members
        ]
        if may(request.member, "manage")
        else [],
        "own": set(Capacity.objects.filter(member__workspace=request.workspace).values_list("member_id", flat=True)),
        "can_manage": may(request.member, "manage"),
    }
    return render(request, "success/day/load.html", context)


@gate("manage")
@require_POST
def change_rule(request: GatedRequest) -> HttpResponse:
    """Set the points, or one member's capacity when the form names one."""
    with saying(request, _("Saved. Every load is counted by it from now on.")):
        if request.POST.get("member"):
            member = read_member(request, "member")
            if member is None:
                raise Unreadable(sentence=_("Choose a colleague who may work in this workspace."))
            own = request.POST.get("capacity", "").strip()
            set_capacity(member=member, points=read_points(own) if own else None, by=request.member)
        else:
            set_rule(
                workspace=request.workspace,
                points={kind: read_points(_field(request, f"points-{kind}")) for kind in BY_KIND},
                factors={
                    tier.key: read_points(_field(request, f"factor-{tier.key}") or "1")
                    for tier in scheme.of(request.workspace).tiers
                },
                capacity=read_points(_field(request, "capacity")),
                by=request.member,
            )
    return redirect("success:load", request.workspace.slug)


def _field(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()


def read_points(text: str) -> float:
    """A number of points from a form. Raises PointsOutOfRange."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise PointsOutOfRange(value=f"“{text}”", most=100) from None
