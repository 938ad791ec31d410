from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "evergrow.health"
    label = "health"

    def ready(self) -> None:
        from evergrow.health import as_text, columns, merging, notices, panels, tasks, traits  # noqa: F401
        from evergrow.health.backtest import tasks as backtests  # noqa: F401
        from evergrow.health.money import narrowing  # noqa: F401
        from evergrow.health.money import tasks as movements  # noqa: F401
        from evergrow.health.risk import columns as risk_columns  # noqa: F401
        from evergrow.health.risk import losing as risk_losing  # noqa: F401
        from evergrow.health.risk import panels as risk_panels  # noqa: F401
        from evergrow.health.risk import tasks as risk_tasks  # noqa: F401
        from evergrow.health.risk import traits as risk_traits  # noqa: F401
        from evergrow.health.value import registrations  # noqa: F401
        from evergrow.health.weekly import notices as weekly_notices  # noqa: F401
        from evergrow.health.weekly import tasks as weekly  # noqa: F401
