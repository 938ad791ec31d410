from django.urls import URLPattern, URLResolver, path

from evergrow.insight.views import annotations, behind, events, keeping, trends

app_name = "insight"
urlpatterns: list[URLPattern | URLResolver] = [
    path("insight/trends/", trends.trends, name="trends"),
    path("insight/trends/export.<str:form>", trends.trend_export, name="trend_export"),
    path("insight/trends/behind/", behind.trend_behind, name="trend_behind"),
    path("insight/trends/behind/export.<str:form>", behind.trend_behind_export, name="trend_behind_export"),
    path("insight/trends/behind/keep/", keeping.keep, name="trend_behind_keep"),
    path("insight/annotations/", annotations.annotate, name="annotate"),
    path("insight/annotations/<int:pk>/", annotations.change_annotation, name="change_annotation"),
    path("insight/annotations/<int:pk>/remove/", annotations.remove_annotation, name="remove_annotation"),
    path("insight/events/", events.events, name="events"),
    path("insight/events/label/", events.label_event, name="label_event"),
]
