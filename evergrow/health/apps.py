from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "evergrow.health"
    label = "health"

    def ready(self) -> None:
        from evergrow.health import columns, merging, panels, tasks, traits  # noqa: F401
        from evergrow.health.backtest import tasks as backtests  # noqa: F401
