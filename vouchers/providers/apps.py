from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "vouchers.providers"
    label = "providers"
    default_auto_field = "django.db.models.BigAutoField"
