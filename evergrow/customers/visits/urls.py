"""Addresses of activities and points; the room's own urls take them in."""

from django.urls import URLPattern, path

from evergrow.customers.search import views as search
from evergrow.customers.visits import list_views, views

urlpatterns: list[URLPattern] = [
    path("search/words/", search.search, name="search"),
    path("visits/", list_views.visits, name="visits"),
    path("points/", list_views.point_list, name="points"),
    path("points/export/", list_views.export, name="points_export"),
    path("points/<int:pk>/", list_views.point, name="point"),
    path("accounts/<int:number>/visits/new/", views.new, name="visit_new"),
    path("accounts/<int:number>/colleagues/", views.colleagues, name="mentionable"),
    path("accounts/<int:number>/visits/draft/", views.draft, name="visit_draft"),
    path("accounts/<int:number>/visits/<int:pk>/", views.show, name="visit"),
    path("accounts/<int:number>/visits/<int:pk>/edit/", views.edit, name="visit_edit"),
    path("accounts/<int:number>/visits/<int:pk>/moves/", views.move, name="visit_move"),
    path("accounts/<int:number>/visits/<int:pk>/preparation/", views.prepare, name="visit_prepare"),
    path("accounts/<int:number>/visits/<int:pk>/roles/", views.roles, name="visit_roles"),
    path("accounts/<int:number>/visits/<int:pk>/points/", list_views.write_out, name="visit_points"),
]
