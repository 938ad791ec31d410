from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CustomersConfig(AppConfig):
    name = "evergrow.customers"
    label = "customers"

    def ready(self) -> None:
        from evergrow.customers import columns, filters, panels, tasks, tellings  # noqa: F401
        from evergrow.customers.criteria import triggers
        from evergrow.customers.icp import columns as icp_columns  # noqa: F401
        from evergrow.customers.icp import panels as icp_panels  # noqa: F401
        from evergrow.customers.icp import tasks as icp_tasks  # noqa: F401
        from evergrow.customers.tiers import columns as tier_columns  # noqa: F401
        from evergrow.customers.tiers import panels as tier_panels  # noqa: F401
        from evergrow.customers.tiers import tasks as tier_tasks  # noqa: F401

        post_migrate.connect(triggers.install, sender=self)
