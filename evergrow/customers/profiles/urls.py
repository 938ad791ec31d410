"""Addresses of profiles; they stand before the tabs of ``customers.urls``, which take any word."""

from django.urls import URLPattern, URLResolver, path

from evergrow.customers.profiles import editing, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/<int:number>/edit/", editing.edit_account_page, name="account_edit"),
    path("people/<int:number>/edit/", editing.edit_person_page, name="person_edit"),
    path("accounts/<int:number>/events/stream/", views.account_stream, name="account_stream"),
    path("people/<int:number>/", views.overview, name="person"),
    path("people/<int:number>/events/stream/", views.person_stream, name="person_stream"),
    path("people/<int:number>/sessions/<slug:key>/", views.session, name="person_session"),
    path("people/<int:number>/<slug:tab>/", views.tab, name="person_tab"),
]
