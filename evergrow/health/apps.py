from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "evergrow.health"
    label = "health"
