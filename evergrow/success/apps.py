from django.apps import AppConfig


class SuccessConfig(AppConfig):
    name = "evergrow.success"
    label = "success"

    def ready(self) -> None:
        from evergrow.success import tellings

        tellings.register()
