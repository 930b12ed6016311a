from django.apps import AppConfig


class IssuanceConfig(AppConfig):
    name = "vouchers.issuance"
    label = "issuance"
    default_auto_field = "django.db.models.BigAutoField"
