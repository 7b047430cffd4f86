"""Settings of GroupCare, read from the environment by typed readers (groupcare.env).

Two ways to run: the embedded default (SQLite, filesystem broker, everything below ``var/``) and
production (``GROUPCARE_MODE=production``: PostgreSQL, RabbitMQ or Redis, SMTP, keys given).
"""

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from groupcare import env
from groupcare.bootstrap import local_secret

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = env.one_of("GROUPCARE_MODE", ("embedded", "production"), "embedded")
PRODUCTION = MODE == "production"
DEMO = env.flag("GROUPCARE_DEMO", default=not PRODUCTION)
if PRODUCTION and DEMO:
    raise ImproperlyConfigured("GROUPCARE_DEMO is on in production. Set GROUPCARE_DEMO=0.")
DEBUG = False

# Where the embedded default keeps its data and, apart from it, its keys.
VAR_DIR = Path(env.text("GROUPCARE_VAR", str(BASE_DIR / "var")))
DATA_DIR = VAR_DIR / "data"
KEYS_DIR = Path(env.text("GROUPCARE_KEYS_DIR", str(VAR_DIR / "keys")))
MAIL_TRAY_DIR = DATA_DIR / "mail"
# Where backups go when the command names no folder: two places, which should be two disks.
BACKUP_DIR = Path(env.text("GROUPCARE_BACKUP_DIR", str(VAR_DIR / "backup" / "data")))
KEYS_BACKUP_DIR = Path(env.text("GROUPCARE_KEYS_BACKUP_DIR", str(VAR_DIR / "backup" / "keys")))
if PRODUCTION and not KEYS_DIR.is_dir():
    raise ImproperlyConfigured("The key directory is missing. Set GROUPCARE_KEYS_DIR to it; see docs/operations.md.")
if not PRODUCTION:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    KEYS_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    (VAR_DIR / "static").mkdir(exist_ok=True)

SECRET_KEY = env.secret("GROUPCARE_SECRET_KEY") if PRODUCTION else local_secret(KEYS_DIR / "session.key")
ALLOWED_HOSTS = env.words("GROUPCARE_HOSTS") if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("GROUPCARE_HOSTS is not set. Write the host names of the practice, with commas.")
PUBLIC_URL = env.text("GROUPCARE_PUBLIC_URL", f"http://localhost:{env.number('PORT', 8000, least=1)}")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PRODUCTION else []

INSTALLED_APPS = [
    "groupcare.web",
    "groupcare.audit",
    "groupcare.vault",
    "groupcare.outbox",
    "groupcare.access",
    "groupcare.accounts",
    "groupcare.practice",
    "groups",
    "consent",
    "incidents",
    "groupcare.demo",
    "groupcare.backup",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "django_htmx",
    "js_lib_bootstrap5",
    "lucide",
    "csp",
]

MIDDLEWARE = [
    "groupcare.web.middleware.RequestIdMiddleware",
    "groupcare.web.middleware.DiscreetMiddleware",
    # Before the CSRF check: it restores our own origin, which no-referrer makes browsers withhold.
    "groupcare.web.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "groupcare.practice.middleware.DemoGuardMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "groupcare.accounts.middleware.SessionLimitsMiddleware",
    "groupcare.accounts.middleware.ActingMiddleware",
    "consent.middleware.KioskMiddleware",
    "groupcare.accounts.middleware.SecondFactorMiddleware",
    "groupcare.accounts.kept.KeptTextMiddleware",
    "groupcare.accounts.once.OnceMiddleware",
    "groupcare.access.middleware.PolicyMiddleware",
    "groupcare.audit.middleware.RecordingMiddleware",
]

ROOT_URLCONF = "groupcare.urls"
WSGI_APPLICATION = "groupcare.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["groupcare.web.templatetags.gc", "django.templatetags.i18n", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "groupcare.web.context.page",
                "groupcare.practice.context.practice",
            ],
        },
    }
]
FORM_RENDERER = "groupcare.web.forms.Renderer"

# --- data -------------------------------------------------------------------------------------------
_SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; "
        "PRAGMA secure_delete=ON;"
    ),
}


def _database() -> dict[str, Any]:
    """Return the database settings: PostgreSQL when DATABASE_URL is given, else SQLite below var/data."""
    url = env.text("DATABASE_URL", "")
    if not url:
        if PRODUCTION:
            raise ImproperlyConfigured("DATABASE_URL is not set. Write postgres://user:password@host:5432/name.")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(DATA_DIR / "groupcare.sqlite3"),
            "OPTIONS": _SQLITE_OPTIONS,
            # A file, so that concurrency tests meet real locks.
            "TEST": {"NAME": str(VAR_DIR / "test" / "groupcare.sqlite3")},
        }
    found: dict[str, Any] = environ.Env.db_url_config(url)
    if found["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL names no PostgreSQL. Write postgres://user:password@host:5432/name.")
    if PRODUCTION:
        found["OPTIONS"] = {**found.get("OPTIONS", {}), "pool": {"min_size": 1, "max_size": 8}}
    return found


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The application's own PostgreSQL role: no UPDATE or DELETE on append-only tables (foundation F2).
APP_DB_ROLE = env.text("GROUPCARE_APP_DB_ROLE", "groupcare_app")
AUTH_USER_MODEL = "accounts.User"

REDIS_URL = env.text("REDIS_URL", "")
# "limits" counts tries and is never touched inside a service's transaction (foundation F9).
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"},
    "limits": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(VAR_DIR / "limits"),
        "OPTIONS": {"MAX_ENTRIES": 100000},
    },
}
if REDIS_URL:
    CACHES["limits"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    CACHES["default"] = {**CACHES["limits"], "KEY_PREFIX": "gc"}
elif PRODUCTION:
    raise ImproperlyConfigured("REDIS_URL is not set. Limits must be shared: write redis://host:6379/0.")

# --- sessions and cookies (SEC-46, SEC-52) -----------------------------------------------------------
# Rows of the database, vaulted: sign-in steps keep addresses and unconfirmed secrets in the session.
SESSION_ENGINE = "groupcare.accounts.sessions"
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_SSL_REDIRECT = PRODUCTION and env.flag("GROUPCARE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 63072000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "groupcare.web.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Files never touch a temporary folder, where they would lie in clear.
FILE_UPLOAD_HANDLERS = ["groupcare.web.uploads.MemoryOnlyUploadHandler"]
# Where "Leave quickly" leads: a page that says nothing about its visitor.
LEAVE_TO = env.text("GROUPCARE_LEAVE_TO", "https://www.wikipedia.org/")

# --- sign-in (foundation F9) --------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["groupcare.accounts.backends.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Seconds. Our choice, because a link that opens an account should not lie in a mailbox for days.
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_ADAPTER = "groupcare.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
# The library's forms, with our words (accounts.sign_in_forms).
ACCOUNT_FORMS = {
    "login": "groupcare.accounts.sign_in_forms.LoginForm",
    "reauthenticate": "groupcare.accounts.sign_in_forms.ReauthenticateForm",
    "reset_password": "groupcare.accounts.sign_in_forms.ResetPasswordForm",
    "reset_password_from_key": "groupcare.accounts.sign_in_forms.ResetPasswordKeyForm",
    "change_password": "groupcare.accounts.sign_in_forms.ChangePasswordForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("GROUPCARE_PROXIES", 0)
MFA_ADAPTER = "groupcare.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "groupcare.accounts.sign_in_forms.AuthenticateForm",
    "reauthenticate": "groupcare.accounts.sign_in_forms.SecondReauthenticateForm",
    "activate_totp": "groupcare.accounts.sign_in_forms.ActivateAppForm",
    "authenticate_webauthn": "groupcare.accounts.sign_in_forms.AuthenticatePasskeyForm",
    "login_webauthn": "groupcare.accounts.sign_in_forms.LoginPasskeyForm",
    "add_webauthn": "groupcare.accounts.sign_in_forms.AddPasskeyForm",
    "edit_webauthn": "groupcare.accounts.sign_in_forms.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "GroupCare"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

# --- rights (foundation F4) -----------------------------------------------------------------------------
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
# Guardian's backend would answer has_perm, which is banned outside of groupcare.access: Django says yes to
# superusers before any backend is asked.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

# --- mail -------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "groupcare.outbox.tray.TrayBackend"
DEFAULT_FROM_EMAIL = env.text("GROUPCARE_FROM", "practice@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_HOST = env.text("SMTP_HOST", "")
if EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_PORT = env.number("SMTP_PORT", 587, least=1)
    # TLS from the first byte (usually port 465), or else STARTTLS. Certificates are always checked.
    EMAIL_USE_SSL = env.flag("SMTP_SSL", default=False)
    EMAIL_USE_TLS = env.flag("SMTP_TLS", default=True) and not EMAIL_USE_SSL
    if PRODUCTION and not (EMAIL_USE_SSL or EMAIL_USE_TLS) and EMAIL_HOST not in ("localhost", "127.0.0.1", "::1"):
        raise ImproperlyConfigured("Mail would leave without TLS. Set SMTP_TLS=1 (port 587) or SMTP_SSL=1 (port 465).")
    EMAIL_HOST_USER = env.text("SMTP_USER", "")
    EMAIL_HOST_PASSWORD = env.secret("SMTP_PASSWORD") if EMAIL_HOST_USER else ""
    EMAIL_TIMEOUT = 20
elif PRODUCTION:
    raise ImproperlyConfigured("SMTP_HOST is not set. Write the host that sends the practice's mail.")

# --- sweeps (foundation F10; the database is the queue of record) ---------------------------------------
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "" if PRODUCTION else "filesystem://")
if not CELERY_BROKER_URL:
    raise ImproperlyConfigured("CELERY_BROKER_URL is not set. Write amqp://user:password@host:5672// or redis://.")
if CELERY_BROKER_URL.startswith("filesystem"):
    for _name in ("queue", "control", "done"):
        (DATA_DIR / "broker" / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(DATA_DIR / "broker" / "queue"),
        "data_folder_out": str(DATA_DIR / "broker" / "queue"),
        "control_folder": str(DATA_DIR / "broker" / "control"),
        "processed_folder": str(DATA_DIR / "broker" / "done"),
        "polling_interval": 0.3,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"unacked_restore_interval": 1, "visibility_timeout": 120}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
if CELERY_BROKER_URL.startswith("amqp"):
    CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum"
    CELERY_WORKER_DETECT_QUORUM_QUEUES = True
# Seconds between two runs; the embedded default looks more often so that a newcomer sees things happen.
_OFTEN, _SELDOM = (60, 600) if PRODUCTION else (5, 30)
_SWEEPS = {
    "outbox.deliver_due": _OFTEN,
    "outbox.drop_expired": _SELDOM,
    "groups.send_reminders": _SELDOM,
    "groups.open_wills": _SELDOM,
    "groups.expire_records": 600,
    "groups.expire_offers": 300,
    "groups.check_overlaps": 60,
    "groups.close_groups": 600,
    "practice.note_changed_packs": 600,
    "consent.send_reconsent_prompts": _SELDOM,
    "access.tidy_expired_grants": _SELDOM,
    "accounts.carry_out_recoveries": _SELDOM,
    "accounts.wipe_kept_text": 600,
    "audit.write_checkpoint": 3600,
}
# A call that waited ten rounds is dropped, so that a stopped worker does not wake to a pile of them.
CELERY_BEAT_SCHEDULE = {
    name: {"task": name, "schedule": seconds, "options": {"expires": 10 * seconds}} for name, seconds in _SWEEPS.items()
}

# --- language, time, static files ------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "groupcare.vault.storage.EncryptedStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if PRODUCTION:
    STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "groupcare.web.finders.PackageFinder",
]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False

# --- API --------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["groupcare.access.rest.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["groupcare.access.rest.PersonThrottle"],
    "DEFAULT_THROTTLE_RATES": {"person": "120/min"},
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 25,
    "EXCEPTION_HANDLER": "groupcare.access.rest.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "GroupCare",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Two fields are called "state"; the schema names them by what they are the state of.
    "ENUM_NAME_OVERRIDES": {
        "StandingState": "consent.api.STATES",
        "ConcernState": "incidents.states.State.choices",
    },
}

# --- Content-Security-Policy (SEC-64) ----------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# --- logs: JSON lines, ids only -----------------------------------------------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "groupcare.web.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.text("GROUPCARE_LOG_LEVEL", "WARNING")},
    "loggers": {
        "groupcare": {"level": "INFO"},
        # The filesystem broker has no host to name, and says so at every start.
        "kombu.connection": {"level": "ERROR"},
    },
}
