"""One settings file for the demo, the tests and production; only the environment differs."""

from __future__ import annotations

from pathlib import Path

import environ
from csp.constants import NONE, SELF

from config import checks, env

env.refuse_unknown()

BASE_DIR = Path(__file__).resolve().parent.parent
DEMO = env.flag("DEMO")
DEBUG = False
# A throw-away instance of `make journey` moves its clock forward instead of waiting for days.
MOVABLE_CLOCK = DEMO and env.flag("MOVABLE_CLOCK")
# `name:kill`: a process of the fault suite dies at this place (companies/foundation/failpoints.py).
FAILPOINT = env.text("FAILPOINT", "")
STATE_DIR = env.text("STATE_DIR", str(BASE_DIR / ".state"))
SECRET_KEY = env.text("SECRET_KEY")
PRIVILEGES = "config.privileges.declared"
EVIDENCE_KEY = env.text("SQ_EVIDENCE_KEY", SECRET_KEY if DEMO else None)
CERTIFICATE_KEY = env.text("SQ_CERTIFICATE_KEY", SECRET_KEY if DEMO else None)
SITE_URL = env.text("SQ_SITE_URL", "http://127.0.0.1:8000" if DEMO else None)
METRICS_TOKEN = env.text("SQ_METRICS_TOKEN", "")
WORKER_PULSE = env.flag("SQ_WORKER_PULSE", default=True)
CLAMD_SOCKET = env.text("SQ_CLAMD_SOCKET", "")
ALLOWED_HOSTS = env.words("SQ_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"] if DEMO else [])
# Which reverse proxies may say X-Forwarded-For; none unless named.
PROXY_COUNT = len(env.words("SQ_TRUSTED_PROXIES", []))

COMPANIES_APPS = [
    "audit",
    "notifications",
    "users",
    "agencies",
    "files",
    "registry",
    "alerts",
    "letters",
]
VOUCHERS_APPS = [
    "ledger", "programmes", "providers", "applications", "issuance", "redemptions", "settlement",
    "reports", "oversight", "web",
]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    *(f"companies.{name}" for name in COMPANIES_APPS),
    *(f"vouchers.{name}" for name in VOUCHERS_APPS),
    "config",
]

MIDDLEWARE = [
    "config.middleware.RequestId",
    # Before whatever may answer by itself, so that no answer goes without them.
    "config.middleware.Headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.PlainAddress",
    "config.pace.Pace",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the apps', so that sign-in wears our pages and not the library's.
        "DIRS": [BASE_DIR / "vouchers" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "vouchers.web.navigation.context",
            ],
        },
    }
]

# Time limits by the kind of work (milliseconds): lock, statement, idle in transaction.
PROFILES = {
    "web": (3_000, 8_000, 8_000),
    "worker": (3_000, 60_000, 60_000),
    "owner": (4_000, 0, 0),
}


def database(url: str, profile: str) -> dict[str, object]:
    """A database by URL, with the time limits of its profile."""
    lock, statement, idle = PROFILES[profile]
    limits = (
        f"-c lock_timeout={lock} -c statement_timeout={statement} "
        f"-c idle_in_transaction_session_timeout={idle} -c timezone=UTC"
    )
    place = environ.Env.db_url_config(url)
    return {
        **place,
        "OPTIONS": {**place.get("OPTIONS", {}), "options": limits},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }


POSTGRESQL = ("postgresql://", "postgres://")
DATABASES = {
    "default": database(
        env.address("DATABASE_URL", POSTGRESQL), env.choice("DB_PROFILE", PROFILES, "web")
    )
}
if env.text("DATABASE_OWNER_URL", ""):
    DATABASES["owner"] = database(env.address("DATABASE_OWNER_URL", POSTGRESQL), "owner")

REDIS_URL = env.address("REDIS_URL", ("redis://", "rediss://", "redis+socket://"))
CACHES = {
    # Sign-in keeps its used second-factor codes here: it must fail closed, so it is PostgreSQL.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entry",
    },
    "fast": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": env.address("REDIS_CACHE_URL", ("redis://", "rediss://", "unix://"), REDIS_URL),
        "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 1},
    },
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # JSON lines stay JSON lines
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A dead Redis may cost a request two seconds, no more: the row is the queue.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 1,
    "socket_timeout": 2,
}
CELERY_BEAT_SCHEDULE = {
    name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
    for name, seconds in {
        "audit.seal": 5.0,
        "agencies.sweep_deadlines": 10.0,
        "issuance.prepare": 60.0,
        "reports.build_exports": 10.0,
        "files.scan": 10.0,
        "alerts.report_failed_deadlines": 60.0,
    }.items()
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account:start"
LOGOUT_REDIRECT_URL = "public:home"
ACCOUNT_ADAPTER = "vouchers.web.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
# Passwords are counted by axes, in the database. allauth counts wrong second factors per person,
# in the default cache, a table too.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Suanquan"
AXES_USERNAME_CALLABLE = "config.sign_in.tried_name"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_CALLABLE = "config.faults.locked_out"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "config.sign_in.network_of"
AXES_HANDLER = "config.sign_in.LockOut"
NAME_FAILURE_LIMIT = 20
AXES_RESET_ON_SUCCESS = True
# Who is shut out already adds nothing: one network alone never locks a name for all others.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False

# A day's work, and gone with the browser.
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
ACCOUNT_SESSION_REMEMBER = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
# The demo speaks plain HTTP on loopback; everything else demands TLS.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SESSION_COOKIE_NAME = "sessionid" if DEMO else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEMO else "__Host-csrftoken"
CSRF_FAILURE_VIEW = "config.faults.csrf_failure"
SECURE_HSTS_SECONDS = 0 if DEMO else 31_536_000
SECURE_SSL_REDIRECT = not DEMO
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = str(Path(STATE_DIR) / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Compressing takes a minute of a slow machine, and a demo only talks to itself.
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# One request, files included.
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_HANDLERS = [
    "config.uploads.BodyLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "vouchers.api.authentication.MachineAuthentication",
        "vouchers.api.authentication.PersonAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["vouchers.api.parsers.StrictJSON"],
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "vouchers.api.errors.handle",
    "DEFAULT_SCHEMA_CLASS": "vouchers.api.schema.VerbSchema",
    "UNAUTHENTICATED_USER": None,
    "NUM_PROXIES": PROXY_COUNT,
}
# Knocks per network at the doors of config/pace.py; an office is one network, so is a whole demo.
PACES = {
    "sign-in": "600/min" if DEMO else "60/min",
    "objection": "300/hour" if DEMO else "30/hour",
    "code": "600/min" if DEMO else "60/min",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Suanquan 算券",
    "DESCRIPTION": "Compute vouchers from appropriation to payment. Sums are integer fen.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "OAS_VERSION": "3.1.0",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.log_lines.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "axes": {"level": "WARNING"},
    },
}

checks.refuse_unsafe(globals())
