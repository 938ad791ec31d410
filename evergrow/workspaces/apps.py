from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "evergrow.workspaces"
    label = "workspaces"
