from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "evergrow.intake"
    label = "intake"

    def ready(self) -> None:
        from evergrow.intake import merged_accounts, notices, tasks, watched  # noqa: F401
        from evergrow.intake.imports import recent  # noqa: F401
        from evergrow.intake.personal import events, rows  # noqa: F401
        from evergrow.intake.plan import as_text, hidden  # noqa: F401
