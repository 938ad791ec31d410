"""The addresses of the contact rules."""

from django.urls import URLPattern, path

from evergrow.success.contact import views

urlpatterns: list[URLPattern] = [
    path("settings/contact/", views.rules, name="contact_rules"),
    path("settings/contact/changes/", views.change, name="change_contact_rules"),
    path("settings/contact/trial/", views.trial, name="try_contact_rules"),
    path("settings/contact/hours/", views.change_hours, name="sending_hours"),
    path("settings/contact/not-sent/", views.refusals, name="contact_refusals"),
]
