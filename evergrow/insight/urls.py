from django.urls import URLPattern, URLResolver, path

from evergrow.insight.views import behind, events, funnels, keeping, trends

app_name = "insight"
urlpatterns: list[URLPattern | URLResolver] = [
    path("insight/trends/", trends.trends, name="trends"),
    path("insight/trends/export.<str:form>", trends.trend_export, name="trend_export"),
    path("insight/behind/<slug:kind>/", behind.behind, name="behind"),
    path("insight/behind/<slug:kind>/export.<str:form>", behind.behind_export, name="behind_export"),
    path("insight/behind/<slug:kind>/keep/", keeping.behind_keep, name="behind_keep"),
    path("insight/trends/behind/", behind.behind, {"kind": "trend"}, name="trend_behind"),
    path(
        "insight/trends/behind/export.<str:form>", behind.behind_export, {"kind": "trend"}, name="trend_behind_export"
    ),
    path("insight/trends/behind/keep/", keeping.behind_keep, {"kind": "trend"}, name="trend_behind_keep"),
    path("insight/funnels/", funnels.funnels, name="funnels"),
    path("insight/funnels/export.<str:form>", funnels.funnel_export, name="funnel_export"),
    path("insight/events/", events.events, name="events"),
    path("insight/events/label/", events.label_event, name="label_event"),
]
