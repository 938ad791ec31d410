"""Every address, room by room. Pages of a workspace live below ``/w/<workspace>/``."""

from django.urls import include, path

ROOMS = ["web", "success", "health", "insight", "intake", "customers", "workspaces"]

urlpatterns = [
    *(path("w/<slug:workspace>/", include(f"evergrow.{room}.urls")) for room in ROOMS),
    path("auth/", include("allauth.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
