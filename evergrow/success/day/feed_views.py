"""Making, renewing and ending the secret address of one's calendar, and the calendar that is served there."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from evergrow.success.day import feed as feeds
from evergrow.success.models import CalendarFeed
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
def feed(request: GatedRequest) -> HttpResponse:
    """The state of one's own address; a new one is shown once, on the page that made it."""
    secret = ""
    if request.method == "POST" and request.POST.get("act") == "revoke":
        feeds.revoke(member=request.member)
        messages.success(request, _("The address no longer works."))
        return redirect("success:feed", request.workspace.slug)
    if request.method == "POST":
        secret = feeds.make(member=request.member)
    found = CalendarFeed.objects.filter(member=request.member).first()
    url = request.build_absolute_uri(reverse("calendar_feed", args=[secret])) if secret else ""
    answer = render(request, "success/day/feed.html", {"feed": found, "url": url})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_safe
def served(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a secret; 404 for any other text."""
    member = feeds.find(secret)
    if member is None:
        raise Http404
    with timezone.override(member.workspace.tz):
        made = feeds.document(member, request.build_absolute_uri("/").rstrip("/"))
    answer = HttpResponse(made, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.headers["Content-Disposition"] = 'inline; filename="evergrow.ics"'
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
