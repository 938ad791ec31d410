"""Addresses of stages and products."""

from django.urls import URLPattern, URLResolver, path

from evergrow.customers.stages.views import boards, editor, moving, previewing, products

OF = "stages/of/<slug:key>/"
DRAFT = f"{OF}draft/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("stages/", boards.start, name="stages"),
    path("stages/new/", editor.new, name="lifecycle_new"),
    path("stages/evaluation/", boards.evaluation, name="stage_evaluation"),
    path(OF, boards.shown, name="stage_board"),
    path(f"{OF}in/<slug:stage>/", boards.members, name="stage_members"),
    path(f"{OF}flow/", boards.movement, name="stage_flow"),
    path(f"{OF}flow/list/", boards.steps, name="stage_steps"),
    path(f"{OF}history/export/", boards.export, name="stage_history"),
    path(f"{OF}subjects/<int:number>/move/", moving.move, name="stage_move"),
    path(f"{OF}subjects/<int:number>/gate/", moving.at_gate, name="stage_gate"),
    path(f"{OF}subjects/<int:number>/gate/approval/", moving.approval, name="stage_gate_approval"),
    path(f"{OF}subjects/<int:number>/gate/decision/", moving.decision, name="stage_gate_decision"),
    path(f"{OF}definition/", editor.shown, name="lifecycle"),
    path(f"{OF}definition/export/", editor.export, name="lifecycle_export"),
    path(f"{OF}versions/<int:number>/", editor.version, name="lifecycle_version"),
    path(f"{OF}retirement/", editor.retirement, name="lifecycle_retirement"),
    path(DRAFT, editor.draft, name="lifecycle_draft"),
    path(f"{DRAFT}preview/", previewing.movers, name="lifecycle_preview"),
    path(f"{DRAFT}upload/", editor.upload, name="lifecycle_upload"),
    path(f"{DRAFT}publication/", editor.publication, name="lifecycle_publication"),
    path(f"{DRAFT}discard/", editor.discard, name="lifecycle_discard"),
    path(f"{DRAFT}stages/<slug:stage>/", editor.stage, name="lifecycle_stage"),
    path(f"{DRAFT}stages/<slug:stage>/removal/", editor.stage_removal, name="lifecycle_stage_removal"),
    path(f"{DRAFT}stages/<slug:stage>/shift/", editor.stage_shift, name="lifecycle_stage_shift"),
    path("products/", products.listed, name="products"),
    path("products/new/", products.new, name="product_new"),
    path("products/<int:number>/", products.shown, name="product"),
    path("products/<int:number>/edit/", products.edit, name="product_edit"),
    path("products/<int:number>/retirement/", products.retirement, name="product_retirement"),
    path("products/<int:number>/users/", products.user, name="product_user"),
    path("products/<int:number>/users/<int:account>/removal/", products.user_removal, name="product_user_removal"),
]
