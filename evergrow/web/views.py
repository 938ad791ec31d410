"""Pages of the shell itself."""

from django.http import HttpResponse
from django.shortcuts import render

from evergrow.web import kit_samples
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
def kit(request: GatedRequest) -> HttpResponse:
    """Every part of the interface on one page, for whoever builds the next one."""
    return render(request, "web/kit.html", kit_samples.everything())
