from django.apps import AppConfig


class SuccessConfig(AppConfig):
    name = "evergrow.success"
    label = "success"
