from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "evergrow.customers"
    label = "customers"
