from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WorkspacesConfig(AppConfig):
    name = "evergrow.workspaces"
    label = "workspaces"

    def ready(self) -> None:
        from evergrow.workspaces import tasks  # noqa: F401
        from evergrow.workspaces.absences import registrations as absences
        from evergrow.workspaces.calendar import as_text  # noqa: F401
        from evergrow.workspaces.notices import registrations
        from evergrow.workspaces.notices import tasks as sending  # noqa: F401

        registrations.register_all()
        absences.register()
        autodiscover_modules("audit_words")
