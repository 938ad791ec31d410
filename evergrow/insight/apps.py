from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "evergrow.insight"
    label = "insight"
