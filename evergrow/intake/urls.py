from django.urls import path

from evergrow.intake import views
from evergrow.intake.connect import views as connect
from evergrow.intake.live import views as live
from evergrow.intake.pipeline import views as pipeline

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
    path("pipeline/", pipeline.pipeline, name="pipeline"),
    path("pipeline/live/", live.live, name="live"),
    path("pipeline/live/message/", live.message, name="live_message"),
    path("connect/", connect.connect, name="connect"),
    path("connect/rejects/<int:pk>/replay/", connect.replay, name="replay_reject"),
]
