from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WorkspacesConfig(AppConfig):
    name = "evergrow.workspaces"
    label = "workspaces"

    def ready(self) -> None:
        from evergrow.workspaces import tasks  # noqa: F401

        autodiscover_modules("audit_words")
