from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "evergrow.insight"
    label = "insight"

    def ready(self) -> None:
        from evergrow.insight import account_filter  # noqa: F401 - registers with the account list
