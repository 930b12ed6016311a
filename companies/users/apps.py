from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "companies.users"
    label = "users"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Whoever is refused stands on the record."""
        from companies.foundation import verbs
        from companies.users.services import record_refusal

        verbs.on_refusal = record_refusal
