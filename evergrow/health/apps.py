from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "evergrow.health"
    label = "health"

    def ready(self) -> None:
        from evergrow.health import columns, panels, tasks, traits  # noqa: F401
