from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "evergrow.customers"
    label = "customers"

    def ready(self) -> None:
        from evergrow.customers import columns, filters, panels, tasks, tellings  # noqa: F401
        from evergrow.customers.privacy import own_rows, own_tables  # noqa: F401
