from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "evergrow.warehouse"
    label = "warehouse"
