"""The list behind a point of a trend becomes a segment."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evergrow.customers.actions.segments import create_segment
from evergrow.insight import queries
from evergrow.insight.errors import BadQuestion
from evergrow.insight.trend import behind, parse
from evergrow.insight.trend.behind import parse_point
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.errors import Refused


@gate("work")
@require_POST
def keep(request: GatedRequest) -> HttpResponse:
    """Keep everybody behind the point, whom the member may see, as a list. The question stands in the address."""
    query, slug = request.GET, request.workspace.slug
    try:
        question = parse.from_query(query)
        where = (query.get("bucket", ""), query.get("part", ""), query.get("compared", ""), query.get("series", ""))
        point = parse_point(*where)
        found = behind.behind(question, request.workspace, point, visible=queries.limit(request.member))
        made = create_segment(
            workspace=request.workspace,
            name=request.POST.get("name", ""),
            kind=found.subject,
            numbers=[row.number for row in found.rows],
            by=request.member,
        )
    except BadQuestion as error:
        return HttpResponse(error.sentence, status=422, content_type="text/plain; charset=utf-8")
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"{reverse('insight:trend_behind', kwargs={'workspace': slug})}?{query.urlencode()}")
    messages.success(request, _("Saved as a list."))
    return redirect(reverse("customers:segment", kwargs={"workspace": slug, "key": made.key}))
