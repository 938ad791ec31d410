from django.urls import URLPattern, URLResolver, path

from evergrow.customers.urls_of_segments import urlpatterns as segments
from evergrow.customers.views import account, accounts, bulk, criteria, exports, filters, people, records, saved_views

app_name = "customers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/export/", exports.export, name="accounts_export"),
    path("accounts/hand-over/", bulk.hand_over, name="accounts_hand_over"),
    path("accounts/tier/", bulk.change_tier, name="accounts_tier"),
    path("accounts/filter/<slug:key>/", filters.filter_form, name="accounts_filter"),
    path("accounts/views/", saved_views.create, name="views"),
    path("accounts/views/<int:pk>/", saved_views.change, name="view"),
    path("accounts/views/<int:pk>/delete/", saved_views.delete, name="view_delete"),
    path("accounts/new/", records.new_account, name="account_new"),
    path("accounts/<int:number>/", account.overview, name="account"),
    path("accounts/<int:number>/edit/", records.edit, name="account_edit"),
    path("accounts/<int:number>/set-tier/", records.tier, name="account_tier"),
    path("accounts/<int:number>/team/", records.team, name="account_team"),
    path("accounts/<int:number>/notes/new/", records.new_note, name="note_new"),
    path("accounts/<int:number>/notes/<int:pk>/", records.change_note, name="note"),
    path("accounts/<int:number>/visits/new/", records.new_visit, name="visit_new"),
    path("accounts/<int:number>/visits/<int:pk>/", records.change_visit, name="visit"),
    path("accounts/<int:number>/people/new/", people.new_person, name="person_new"),
    path("accounts/<int:number>/people/<int:person>/", people.place, name="place"),
    path("accounts/<int:number>/<slug:tab>/", account.tab, name="account_tab"),
    path("criteria/", criteria.explore, name="criteria"),
    path("criteria/preview/", criteria.preview, name="criteria_preview"),
    path("criteria/choices/", criteria.choices, name="criteria_choices"),
    path("criteria/text/", criteria.text, name="criteria_text"),
    path("people/", people.people, name="people"),
    path("people/export/", people.export, name="people_export"),
    path("people/<int:number>/", people.person, name="person"),
    path("people/<int:number>/edit/", people.edit, name="person_edit"),
    *segments,
]
