from django.urls import URLPattern, path

from evergrow.workspaces.notices import views

urlpatterns: list[URLPattern] = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_all, name="notices_read"),
    path("notices/<int:pk>/read/", views.read_notice, name="notice_read"),
]
