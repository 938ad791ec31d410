"""Addresses of profiles; ``tabs`` take any word, so they stand behind all others."""

from django.urls import URLPattern, URLResolver, path

from evergrow.customers.duplicates import views as duplicates
from evergrow.customers.profiles import compare_views, editing, views
from evergrow.customers.views import account

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/compare/", compare_views.accounts_compare, name="accounts_compare"),
    path("people/compare/", compare_views.people_compare, name="people_compare"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/find/", duplicates.find_again, name="duplicates_find"),
    path("duplicates/<int:pk>/", duplicates.decide, name="duplicate"),
    path("accounts/<int:number>/edit/", editing.edit_account_page, name="account_edit"),
    path("people/<int:number>/edit/", editing.edit_person_page, name="person_edit"),
    path("accounts/<int:number>/events/stream/", views.account_stream, name="account_stream"),
    path("people/<int:number>/", views.overview, name="person"),
    path("people/<int:number>/cards/<slug:key>/", views.card, name="person_card"),
    path("people/<int:number>/events/stream/", views.person_stream, name="person_stream"),
    path("people/<int:number>/sessions/<slug:key>/", views.session, name="person_session"),
]
tabs: list[URLPattern | URLResolver] = [
    path("accounts/<int:number>/<slug:tab>/", account.tab, name="account_tab"),
    path("people/<int:number>/<slug:tab>/", views.tab, name="person_tab"),
]
