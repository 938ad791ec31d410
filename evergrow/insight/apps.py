from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "evergrow.insight"
    label = "insight"

    def ready(self) -> None:
        from evergrow.customers import registry
        from evergrow.insight import account_filter, event_names  # noqa: F401 - the filter registers itself

        registry.name_events(lambda workspace: event_names.of(workspace).shown)
        from evergrow.insight.saved import as_text  # noqa: F401
