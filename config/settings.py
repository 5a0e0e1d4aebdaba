"""Settings, all from the environment. docs/running.md lists them; `manage.py doctor` checks them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from django.utils.translation import gettext_lazy as _

from apps.core import logs

django_stubs_ext.monkeypatch()  # lets classes like ModelForm[User] be written as typed

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

# Where it runs --------------------------------------------------------------------------------------

RUN_DIR = env.path("RUN_DIR", default=str(BASE_DIR / ".run")).__fspath__()
DEBUG = env.bool("DEBUG", default=False)
PORT = env.int("PORT", default=8000)
BASE_URL = env.str("BASE_URL", default=f"http://localhost:{PORT}").rstrip("/")
SECRET_KEY = env.str("SECRET_KEY")
CREDENTIAL_KEYS = env.list("CREDENTIAL_KEYS", default=[])
SANDBOX = env.bool("SANDBOX", default=False)
METRICS_PORT = env.int("METRICS_PORT", default=0)  # 0: none; the worker takes the next one
LOG_KEPT_DAYS = env.int("LOG_KEPT_DAYS", default=30)  # never less than 7
ATTEMPTS_KEPT_DAYS = env.int("ATTEMPTS_KEPT_DAYS", default=90)
METRICS_BIND = env.str("METRICS_BIND", default="127.0.0.1")

_base = urlsplit(BASE_URL)
EGRESS_ALLOW = env.str("EGRESS_ALLOW", default="")  # private targets that may be called all the same
SANDBOX_SMTP_PORT = env.int("SANDBOX_SMTP_PORT", default=0) if SANDBOX else 0  # 0: no simulated mail server
if SANDBOX:  # the simulated platforms are on our own address
    _mail = f"127.0.0.1:{SANDBOX_SMTP_PORT}" if SANDBOX_SMTP_PORT else ""
    EGRESS_ALLOW = ",".join(filter(None, [EGRESS_ALLOW, _base.netloc, _mail]))
_https = _base.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_base.hostname or "localhost", "localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# What it is made of ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "apps.core",
    "apps.tenants",
    "apps.routing",
    "apps.connections",
    "apps.conversations",
    "apps.webhooks",
    "apps.console",
    "apps.widget",
    "apps.portal",
    "apps.api",
    "apps.backoffice",
    "apps.sandbox",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "apps.core.requests.RefuseNul",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = None

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Database: one server, four roles (docs/decisions/0001) ---------------------------------------------

_LIMITS = "-c statement_timeout=15s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s"
PLANNED_AFTER = 3  # times that a connection met a statement of `core.planned`


def _database(role: str) -> dict[str, Any]:
    """The login URL with `role` set on every connection; "" connects as the login user itself."""
    config: dict[str, Any] = env.db_url("DATABASE_URL", engine="apps.core.postgres")
    options = config.setdefault("OPTIONS", {})
    options["options"] = f"-c role={role} {_LIMITS}" if role else ""
    options["prepare_threshold"] = PLANNED_AFTER if env.bool("PREPARED_STATEMENTS", default=True) else None
    config["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    config["CONN_HEALTH_CHECKS"] = True
    config["DISABLE_SERVER_SIDE_CURSORS"] = True
    return config


DATABASE_ROLE = env.str("DATABASE_ROLE", default="comptoir_app")
_test_name = f"test_comptoir_{env.str('TEST_DB_SUFFIX', default='main')}"
DATABASES = {
    "default": {**_database(DATABASE_ROLE), "TEST": {"NAME": _test_name}},
    "operator": {**_database("comptoir_operator"), "TEST": {"MIRROR": "default"}},
}
DATABASE_ROUTERS = ["apps.core.tenancy.OperatorRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Hints: Redis may be away at any moment -------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
CHANNEL_LAYERS = (
    {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": "comptoir"},
        }
    }
    if REDIS_URL
    else {}
)
CACHES = {
    "default": {  # counters of guesses: shared by all processes, exact under races
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "counters",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# People ---------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/account/home/"
LOGIN_URL = "/account/login/"
ACCOUNT_ADAPTER = "apps.portal.accounts.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "apps.portal.accounts.SignUpForm"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = False
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # a session that was left open takes no other address
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = env.json("ACCOUNT_RATE_LIMITS", default={})
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Comptoir"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _https
USERSESSIONS_TRACK_ACTIVITY = True

# Sessions, cookies, headers -------------------------------------------------------------------------

SESSION_COOKIE_NAME = "__Host-s" if _https else "s"
SESSION_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if _https else "csrf"
CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=_https)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63072000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
_socket_origin = BASE_URL.replace("http", "ws", 1)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", _socket_origin],
        "manifest-src": ["'self'"],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# Languages, time ------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
LANGUAGE_COOKIE_NAME = "lang"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = _https
USE_TZ = True
TIME_ZONE = "UTC"

# Files ----------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(RUN_DIR) / "static"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(Path(RUN_DIR) / "media"))
MEDIA_URL = ""
MAX_ATTACHMENT_BYTES = 100 * 1024 * 1024
_static_backend = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG or env.bool("PLAIN_STATIC", default=False)
    else "apps.core.sheets.OneSheetStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_backend},
}
WHITENOISE_USE_FINDERS = DEBUG or env.bool("PLAIN_STATIC", default=False)

# Mail: to files unless EMAIL_URL names a server -----------------------------------------------------

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Comptoir <no-reply@localhost>")
EMAIL_FILE_PATH = str(Path(RUN_DIR) / "mail")
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"

# API ------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Comptoir API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {"AttachmentStateEnum": "apps.conversations.models.AttachmentState"},
}

# Operation ------------------------------------------------------------------------------------------

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = logs.configuration(env.str("LOG_LEVEL", default="INFO"), form=env.str("LOG_FORMAT", default=""))
