from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "evergrow.intake"
    label = "intake"
