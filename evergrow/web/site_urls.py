"""Addresses outside any workspace."""

from django.urls import path

from evergrow.web import preferences

urlpatterns = [
    path("i18n/setlang/", preferences.set_language, name="set_language"),
    path("theme/", preferences.set_theme, name="set_theme"),
]
