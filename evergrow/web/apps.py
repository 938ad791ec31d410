from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "evergrow.web"
    label = "web"

    def ready(self) -> None:
        from evergrow.web.home import filters  # noqa: F401 (registers a filter of the account list)
