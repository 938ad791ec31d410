"""Every setting, read once from the environment. docs/settings.md explains each; a test keeps the two together."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from evergrow.lib import env, secrets_file

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent

# Where things are kept
DATA = env.path("EVERGROW_DATA", ROOT / "data")
SECRET_KEY = env.text("EVERGROW_SECRET_KEY") or secrets_file.read_or_make(DATA / "secrets", "secret_key")

# Who may knock
PUBLIC_URL = env.url("EVERGROW_PUBLIC_URL", ("http", "https"))
_public = urlsplit(PUBLIC_URL)
DEBUG = env.flag("EVERGROW_DEBUG", False)
ALLOWED_HOSTS = env.words(
    "EVERGROW_HOSTS", ("127.0.0.1", "localhost", "[::1]", *([_public.hostname] if _public.hostname else []))
)
CSRF_FAILURE_VIEW = "evergrow.web.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
USE_HTTPS = _public.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = USE_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "evergrow.workspaces.sessions"
SESSION_COOKIE_NAME = "evergrow_session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
_behind_proxy = env.flag("EVERGROW_BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _behind_proxy else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _behind_proxy else 0
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if USE_HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
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
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}

# Rooms
INSTALLED_APPS = [
    "evergrow.web",
    "evergrow.success",
    "evergrow.health",
    "evergrow.insight",
    "evergrow.intake",
    "evergrow.customers",
    "evergrow.warehouse",
    "evergrow.workspaces",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "evergrow.workspaces.api.middleware.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "evergrow.web.preferences.UserLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "evergrow.workspaces.access.GateMiddleware",
    "evergrow.web.errors.StoreErrorsMiddleware",
]
ROOT_URLCONF = "evergrow.urls"
WSGI_APPLICATION = None
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "evergrow.web.shell.context",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_htmx.templatetags.django_htmx",
                "evergrow.web.templatetags.evergrow",
                "evergrow.web.templatetags.marks",
            ],
            "string_if_invalid": "",
        },
    }
]

# Stores
DATABASE_URL = env.url("EVERGROW_DATABASE_URL", ("postgres", "postgresql"))
CLICKHOUSE_URL = env.url("EVERGROW_CLICKHOUSE_URL", ("http", "https"))
CLICKHOUSE_CLUSTER = env.text("EVERGROW_CLICKHOUSE_CLUSTER")


def _database() -> dict[str, Any]:
    if not DATABASE_URL:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "evergrow.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                " PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;",
            },
            "CONN_MAX_AGE": None,
        }
    parts = urlsplit(DATABASE_URL)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname,
        "PORT": parts.port or 5432,
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The counters of who knocks how often live here: with Django's 300 entries one could push them out by asking a lot.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Signing in
AUTH_USER_MODEL = "workspaces.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_ADAPTER = "evergrow.workspaces.sign_in.InvitationOnlyAdapter"
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "5/5m/key,20/m/ip",
    "reset_password": "20/m/ip,5/m/key",
}

# Mail
_mail = urlsplit(env.url("EVERGROW_SMTP_URL", ("smtp", "smtps", "smtp+tls")))
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if _mail.hostname else "django.core.mail.backends.dummy.EmailBackend"
)
MAIL_IS_SET_UP = bool(_mail.hostname)
EMAIL_HOST = _mail.hostname or ""
EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 25)
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
EMAIL_TIMEOUT = 20
WEBHOOK_HOSTS = frozenset(env.text("EVERGROW_WEBHOOK_HOSTS").lower().replace(",", " ").split())
DEFAULT_FROM_EMAIL = env.text("EVERGROW_MAIL_FROM", "Evergrow <evergrow@localhost>")

# Group robots
PRIVATE_WEBHOOKS = env.flag("EVERGROW_PRIVATE_WEBHOOKS", False)

# Languages and time
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = env.text("EVERGROW_LANGUAGE", "zh-hans")
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "evergrow_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
if LANGUAGE_CODE not in dict(LANGUAGES):
    raise env.BadSetting(f"EVERGROW_LANGUAGE={LANGUAGE_CODE!r} is not known. Use zh-hans or en.")

# Static files: ours and those of the npm packages, served by this process
STATIC_URL = "/static/"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "evergrow.web.packages.PackageFinder",
]
NODE_MODULES = ROOT / "node_modules"
TABLER_ICONS = NODE_MODULES / "@tabler" / "icons" / "icons"
# `make setup` collects them once, under names that carry their content's hash, with a gzip copy beside each.
STATIC_ROOT = ROOT / "static" if (ROOT / "static").is_dir() else None
ARE_COLLECTED = (ROOT / "static" / "staticfiles.json").is_file()
_STATIC = "evergrow.web.packages.HashedStorage"
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC if STATIC_ROOT else _PLAIN},
}
WHITENOISE_USE_FINDERS = not ARE_COLLECTED
WHITENOISE_MAX_AGE = 3600

# Capture and limits
SPOOL_MIN_FREE_MIB = env.number("EVERGROW_SPOOL_MIN_FREE_MIB", 512, low=0, high=1_000_000)
CAPTURE_EVENTS_PER_SECOND = env.number("EVERGROW_CAPTURE_EVENTS_PER_SECOND", 50_000, low=0, high=10_000_000)
CAPTURE_MESSAGE_KIB = env.number("EVERGROW_CAPTURE_MESSAGE_KIB", 512, low=0, high=20 * 1024)
CAPTURE_REQUEST_KIB = env.number("EVERGROW_CAPTURE_REQUEST_KIB", 20 * 1024, low=1, high=20 * 1024)
CAPTURE_READER_KIB = env.number("EVERGROW_CAPTURE_READER_KIB", 512, low=0, high=1_000_000)
SPOOL_WAITING_MIB = env.number("EVERGROW_SPOOL_WAITING_MIB", 128, low=21, high=100_000)
REJECT_DAYS = env.number("EVERGROW_REJECT_DAYS", 90, low=1, high=36_500)
CRITERIA_SECONDS = env.number("EVERGROW_CRITERIA_SECONDS", 20, low=1, high=3_600)
ANSWERS_MIB = env.number("EVERGROW_ANSWERS_MIB", 64, low=1, high=100_000)
SETS_MIB = env.number("EVERGROW_SETS_MIB", 64, low=0, high=100_000)
MOMENTS_MIB = env.number("EVERGROW_MOMENTS_MIB", 256, low=0, high=100_000)
CRITERIA_MEMORY_MIB = env.number("EVERGROW_CRITERIA_MEMORY_MIB", 1_024, low=64, high=1_000_000)
CRITERIA_EVENTS = env.number("EVERGROW_CRITERIA_EVENTS", 500_000_000, low=1, high=1_000_000_000_000)
METRICS_TOKEN = env.text("EVERGROW_METRICS_TOKEN")
UPLOAD_LIMIT_MIB = env.number("EVERGROW_UPLOAD_LIMIT_MIB", 512, low=1, high=10_000)
ATTACHMENT_LIMIT_MIB = env.number("EVERGROW_ATTACHMENT_LIMIT_MIB", 25, low=1, high=2_000)
MAIL_PORT = env.number("EVERGROW_MAIL_PORT", 0, low=0, high=65_535)
MAIL_BIND = env.text("EVERGROW_MAIL_BIND", "127.0.0.1")
MAIL_DOMAIN = env.text("EVERGROW_MAIL_DOMAIN", _public.hostname or "localhost").lower()
MAIL_HOSTS = frozenset(env.text("EVERGROW_MAIL_HOSTS").lower().replace(",", " ").split())
MAIL_LIMIT_MIB = env.number("EVERGROW_MAIL_LIMIT_MIB", 25, low=1, high=200)
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("EVERGROW_LOG_LEVEL", "WARNING").upper()},
}
