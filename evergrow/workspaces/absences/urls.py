from django.urls import URLPattern, path

from evergrow.workspaces.absences import views

urlpatterns: list[URLPattern] = [
    path("absences/", views.absences, name="absences"),
    path("absences/new/", views.enter, name="absence_new"),
    path("absences/<int:pk>/end/", views.end, name="absence_end"),
]
