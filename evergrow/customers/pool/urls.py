from django.urls import URLPattern, path

from evergrow.customers.pool import views

urlpatterns: list[URLPattern] = [
    path("pool/", views.pool, name="pool"),
    path("pool/claims/", views.claim, name="pool_claim"),
    path("pool/rules/", views.settings, name="pool_rules"),
    path("accounts/<int:number>/release/", views.release, name="pool_release"),
]
