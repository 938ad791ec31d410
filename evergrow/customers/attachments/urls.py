"""Addresses of files; the room's own urls take them in."""

from django.urls import URLPattern, path

from evergrow.customers.attachments import views

urlpatterns: list[URLPattern] = [
    path("files/<int:pk>/", views.file, name="file"),
    path("files/<int:pk>/removal/", views.remove, name="remove_file"),
    path("accounts/<int:number>/visits/<int:pk>/files/", views.add_to_visit, name="visit_files"),
]
