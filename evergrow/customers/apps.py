from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CustomersConfig(AppConfig):
    name = "evergrow.customers"
    label = "customers"

    def ready(self) -> None:
        from evergrow.customers import columns, filters, notices, panels, tasks, tellings  # noqa: F401
        from evergrow.customers.account_merges import own as own_merging  # noqa: F401
        from evergrow.customers.account_merges import tasks as merge_tasks  # noqa: F401
        from evergrow.customers.attachments import registrations as file_registrations  # noqa: F401
        from evergrow.customers.criteria import memberships, providers, triggers
        from evergrow.customers.icp import as_text as icp_text  # noqa: F401
        from evergrow.customers.icp import columns as icp_columns  # noqa: F401
        from evergrow.customers.icp import panels as icp_panels  # noqa: F401
        from evergrow.customers.icp import tasks as icp_tasks  # noqa: F401
        from evergrow.customers.mail import tasks as mail_tasks  # noqa: F401
        from evergrow.customers.mail import telling as mail_notices  # noqa: F401
        from evergrow.customers.pool import registrations as pool_registrations  # noqa: F401
        from evergrow.customers.segments import as_text as segment_text  # noqa: F401
        from evergrow.customers.segments import registrations  # noqa: F401
        from evergrow.customers.segments.source import Source
        from evergrow.customers.stages import as_text as stage_text  # noqa: F401
        from evergrow.customers.stages import registrations as stage_registrations  # noqa: F401
        from evergrow.customers.tiers import as_text as tier_text  # noqa: F401
        from evergrow.customers.tiers import columns as tier_columns  # noqa: F401
        from evergrow.customers.tiers import panels as tier_panels  # noqa: F401
        from evergrow.customers.tiers import tasks as tier_tasks  # noqa: F401
        from evergrow.customers.traits import as_text as trait_text  # noqa: F401
        from evergrow.customers.traits import catalogue
        from evergrow.customers.traits import panels as trait_panels  # noqa: F401
        from evergrow.customers.traits import tasks as trait_tasks  # noqa: F401

        memberships.register(Source())
        providers.name_traits(catalogue.naming)
        post_migrate.connect(triggers.install, sender=self)
        from django.utils.translation import gettext_lazy

        from evergrow.customers.duplicates import panels as duplicate_panels  # noqa: F401
        from evergrow.customers.duplicates import tasks as duplicate_tasks  # noqa: F401
        from evergrow.customers.privacy import own_rows, own_tables  # noqa: F401
        from evergrow.customers.profiles import account_panels, person_panels  # noqa: F401
        from evergrow.customers.visits import mentions
        from evergrow.workspaces.notices import register

        register(mentions.MENTIONED, "at", mentions.sentence, label=gettext_lazy("I was mentioned"))
        from evergrow.customers.search import own as own_search  # noqa: F401
        from evergrow.customers.search import tasks as search_tasks  # noqa: F401
        from evergrow.customers.search import triggers as search_triggers

        post_migrate.connect(search_triggers.install, sender=self)
