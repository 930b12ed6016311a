"""The least Django that django-hordak runs on, on the same PostgreSQL."""

import os

SECRET_KEY = "bench-only"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "bench_hordak",
        "USER": "postgres",
        "HOST": os.environ["BENCH_SOCKETS"],
    }
}
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "mptt", "hordak"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DEFAULT_CURRENCY = "CNY"
CURRENCIES = ["CNY"]
HORDAK_CURRENCIES = ["CNY"]
HORDAK_INTERNAL_CURRENCY = "CNY"
USE_TZ = True
