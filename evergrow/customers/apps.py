from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CustomersConfig(AppConfig):
    name = "evergrow.customers"
    label = "customers"

    def ready(self) -> None:
        from evergrow.customers import columns, filters, panels, tasks, tellings  # noqa: F401
        from evergrow.customers.criteria import memberships, triggers
        from evergrow.customers.segments import registrations  # noqa: F401
        from evergrow.customers.segments.source import Source

        memberships.register(Source())
        post_migrate.connect(triggers.install, sender=self)
