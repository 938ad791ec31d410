from django.urls import URLPattern, path

from evergrow.success.plans import step_views, views

urlpatterns: list[URLPattern] = [
    path("plans/", views.plans, name="plans"),
    path("plans/new/", views.new, name="new_plan"),
    path("plans/review/", views.review, name="plan_review"),
    path("plans/<int:pk>/", views.plan, name="plan"),
    path("plans/<int:pk>/edit/", views.edit, name="edit_plan"),
    path("plans/<int:pk>/moves/", views.move, name="move_plan"),
    path("plans/<int:pk>/weeks/", views.week, name="plan_week"),
    path("plans/<int:pk>/steps/", step_views.add_step, name="add_plan_step"),
    path("plans/<int:pk>/steps/<int:step>/moves/", step_views.move_step, name="move_plan_step"),
    path("plans/<int:pk>/retrospectives/<int:retrospective>/", step_views.retrospective, name="plan_retrospective"),
]
