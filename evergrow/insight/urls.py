from django.urls import URLPattern, URLResolver, path

from evergrow.insight.views import (
    behind,
    engagement,
    engagement_definition,
    events,
    keeping,
    lifecycle,
    retention,
    saved,
    saving,
    stickiness,
    trends,
)

app_name = "insight"
urlpatterns: list[URLPattern | URLResolver] = [
    path("insight/trends/", trends.trends, name="trends"),
    path("insight/trends/export.<str:form>", trends.trend_export, name="trend_export"),
    path("insight/retention/", retention.retention, name="retention"),
    path("insight/retention/export.<str:form>", retention.retention_export, name="retention_export"),
    path("insight/lifecycle/", lifecycle.lifecycle, name="lifecycle"),
    path("insight/lifecycle/export.<str:form>", lifecycle.lifecycle_export, name="lifecycle_export"),
    path("insight/stickiness/", stickiness.stickiness, name="stickiness"),
    path("insight/stickiness/export.<str:form>", stickiness.stickiness_export, name="stickiness_export"),
    path("insight/engagement/", engagement.engagement, name="engagement"),
    path("insight/engagement/export.<str:form>", engagement.engagement_export, name="engagement_export"),
    path("insight/engagement/definition/", engagement_definition.definition, name="engagement_definition"),
    path("insight/behind/<slug:kind>/", behind.behind, name="behind"),
    path("insight/behind/<slug:kind>/export.<str:form>", behind.behind_export, name="behind_export"),
    path("insight/behind/<slug:kind>/keep/", keeping.behind_keep, name="behind_keep"),
    path("insight/trends/behind/", behind.behind, {"kind": "trend"}, name="trend_behind"),
    path(
        "insight/trends/behind/export.<str:form>", behind.behind_export, {"kind": "trend"}, name="trend_behind_export"
    ),
    path("insight/trends/behind/keep/", keeping.behind_keep, {"kind": "trend"}, name="trend_behind_keep"),
    path("insight/questions/", saved.questions, name="questions"),
    path("insight/questions/new/", saving.question_new, name="question_new"),
    path("insight/questions/<int:number>/", saved.question, name="question"),
    path("insight/questions/<int:number>/reading/", saved.question_reading, name="question_reading"),
    path("insight/questions/<int:number>/details/", saved.question_details, name="question_details"),
    path("insight/questions/<int:number>/describe/", saving.question_describe, name="question_describe"),
    path("insight/questions/<int:number>/save/", saving.question_save, name="question_save"),
    path(
        "insight/questions/<int:number>/versions/<int:version>/restore/",
        saving.question_restore,
        name="question_restore",
    ),
    path("insight/questions/<int:number>/copy/", saving.question_copy, name="question_copy"),
    path("insight/questions/<int:number>/archive/", saving.question_archive, name="question_archive"),
    path("insight/questions/<int:number>/bring-back/", saving.question_bring_back, name="question_bring_back"),
    path("insight/questions/<int:number>/star/", saving.question_star, name="question_star"),
    path("insight/questions/<int:number>/pin/", saving.question_pin, name="question_pin"),
    path("insight/refresh/", saving.refresh, name="refresh"),
    path("insight/events/", events.events, name="events"),
    path("insight/events/label/", events.label_event, name="label_event"),
]
