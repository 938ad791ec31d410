from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "evergrow.customers"
    label = "customers"

    def ready(self) -> None:
        from evergrow.customers import columns, filters, panels, tasks, tellings  # noqa: F401
        from evergrow.customers.duplicates import panels as duplicate_panels  # noqa: F401
        from evergrow.customers.duplicates import tasks as duplicate_tasks  # noqa: F401
        from evergrow.customers.profiles import account_panels, person_panels  # noqa: F401
