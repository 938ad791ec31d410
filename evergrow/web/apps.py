from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "evergrow.web"
    label = "web"
