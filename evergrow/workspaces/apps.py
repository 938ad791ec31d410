from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "evergrow.workspaces"
    label = "workspaces"

    def ready(self) -> None:
        from evergrow.workspaces import tasks  # noqa: F401
