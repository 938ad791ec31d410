"""Every address, room by room. Pages of a workspace live below ``/w/<workspace>/``."""

from django.urls import include, path

ROOMS = ["web", "success", "health", "insight", "intake", "customers", "workspaces"]

urlpatterns = [
    *(path("w/<slug:workspace>/", include(f"evergrow.{room}.urls")) for room in ROOMS),
    path("", include("evergrow.workspaces.site_urls")),
    path("", include("evergrow.success.site_urls")),
    path("api/v1/", include("evergrow.api")),
    path("", include("evergrow.web.site_urls")),
]

handler400 = "evergrow.web.errors.bad_request"
handler403 = "evergrow.web.errors.forbidden"
handler404 = "evergrow.web.errors.not_found"
handler500 = "evergrow.web.errors.server_error"
