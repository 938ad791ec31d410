from django.urls import path

from evergrow.intake import views
from evergrow.intake.live import views as live
from evergrow.intake.personal import views as personal
from evergrow.intake.pipeline import views as pipeline
from evergrow.intake.plan.views import drafts, exchange, lists, names, rules
from evergrow.intake.rejects import views as rejects
from evergrow.intake.sources import views as sources

app_name = "intake"
urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.new_import, name="new_import"),
    path("imports/examples/<slug:kind>.csv", views.example, name="import_example"),
    path("imports/<int:pk>/", views.one_import, name="import"),
    path("imports/<int:pk>/kind/", views.kind, name="import_kind"),
    path("imports/<int:pk>/columns/", views.columns, name="import_columns"),
    path("imports/<int:pk>/start/", views.start, name="import_start"),
    path("imports/<int:pk>/discard/", views.discard, name="import_discard"),
    path("imports/<int:pk>/cancel/", views.cancel, name="import_cancel"),
    path("imports/<int:pk>/resume/", views.resume, name="import_resume"),
    path("imports/<int:pk>/undo/", views.undo_import, name="import_undo"),
    path("imports/<int:pk>/bad-rows.csv", views.bad_rows, name="import_bad_rows"),
    path("connect/", sources.sources, name="connect"),  # where the page was before
    path("sources/", sources.sources, name="sources"),
    path("sources/new/", sources.new_source, name="new_source"),
    path("sources/<int:pk>/", sources.source, name="source"),
    path("sources/<int:pk>/tick/", sources.tick, name="source_tick"),
    path("sources/<int:pk>/limits/", sources.limits, name="source_limits"),
    path("sources/<int:pk>/pause/", sources.pause, name="pause_source"),
    path("sources/<int:pk>/resume/", sources.resume, name="resume_source"),
    path("pipeline/", pipeline.pipeline, name="pipeline"),
    path("pipeline/live/", live.live, name="live"),
    path("pipeline/live/message/", live.message, name="live_message"),
    path("rejects/", rejects.rejects, name="rejects"),
    path("rejects/export/", rejects.export, name="rejects_export"),
    path("rejects/many/", rejects.bulk, name="rejects_bulk"),
    path("rejects/runs/<int:pk>/", rejects.run, name="rejects_run"),
    path("rejects/<int:pk>/", rejects.reject, name="reject"),
    path("rejects/<int:pk>/replay/", rejects.replay, name="replay_reject"),
    path("rejects/<int:pk>/discard/", rejects.discard, name="discard_reject"),
    path("plan/", lists.plan, name="plan"),
    path("plan/event/", names.event, name="plan_event"),
    path("plan/event/details/", names.event_details, name="plan_event_details"),
    path("plan/event/verification/", names.event_verification, name="plan_event_verification"),
    path("plan/event/draft/", drafts.draft, name="plan_draft"),
    path("plan/event/acceptance/", drafts.acceptance, name="plan_acceptance"),
    path("plan/event/removal/", drafts.removal, name="plan_removal"),
    path("plan/review/", drafts.review, name="plan_review"),
    path("plan/publication/", drafts.publication, name="plan_publication"),
    path("plan/discard/", drafts.discard, name="plan_discard"),
    path("plan/properties/", lists.properties, name="plan_properties"),
    path("plan/property/", names.property, name="plan_property"),
    path("plan/property/details/", names.property_details, name="plan_property_details"),
    path("plan/rules/", rules.rules, name="plan_rules"),
    path("plan/rules/draft/", rules.rules_draft, name="plan_rules_draft"),
    path("plan/export.yaml", exchange.export, name="plan_export"),
    path("plan/exchange/", exchange.exchange, name="plan_exchange"),
    path("privacy/retention/", personal.rules, name="retention"),
    path("privacy/retention/run/", personal.run, name="retention_run"),
    path("privacy/retention/<int:pk>/remove/", personal.remove, name="retention_remove"),
]
