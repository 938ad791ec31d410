"""The answers behind a measure of an account."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evergrow.customers import access
from evergrow.health.asked import source_of
from evergrow.health.models import AccountHealth
from evergrow.health.story import language
from evergrow.health.surveys import queries
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
@require_safe
def answers(request: GatedRequest, number: int, key: str) -> HttpResponse:
    """Who answered what and when, and what the measure makes of it."""
    account = access.account_or_404(request.member, number)
    measure = next((each for each in queries.measures(account) if each.key == key), None)
    if measure is None:
        raise Http404
    source, day = source_of(measure), AccountHealth.objects.get(account=account).as_of
    found = queries.behind(account, measure, day)
    context = {"account": account, "behind": found, "source": source, "value": source.say(found.value, language())}
    return render(request, "health/answers.html", context)
