"""The addresses of triggers."""

from django.urls import URLPattern, path

from evergrow.success.triggers import views

urlpatterns: list[URLPattern] = [
    path("playbooks/triggers/<int:trigger>/", views.trigger, name="trigger"),
    path("playbooks/triggers/<int:trigger>/edit/", views.edit, name="edit_trigger"),
    path("playbooks/triggers/<int:trigger>/moves/", views.move, name="move_trigger"),
    path("playbooks/<slug:playbook>/triggers/new/", views.new, name="new_trigger"),
    path("playbooks/<slug:playbook>/triggers/preview/", views.preview, name="preview_trigger"),
    path("playbooks/<slug:playbook>/triggers/rules/", views.change_rules, name="start_rules"),
]
