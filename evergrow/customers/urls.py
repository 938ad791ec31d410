from django.urls import URLPattern, URLResolver, path

from evergrow.customers.views import accounts, bulk, exports, filters, saved_views

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
]
