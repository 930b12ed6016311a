"""The same settings, with a cheap password hash, unhashed static names and no pace to keep."""

from django.core.exceptions import ImproperlyConfigured

from config.settings import *  # noqa: F403
from config.settings import DEMO

if not DEMO:
    raise ImproperlyConfigured("the settings of the tests serve tests only: DEMO=1 is missing")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
PACES = {}  # every test knocks from the same address
