from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "vouchers.web"
    label = "web"
