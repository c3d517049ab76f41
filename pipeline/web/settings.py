"""The Django settings of the web application, on top of the store's. What depends on the home and on how it is served
is filled in by `pipeline.web.site`."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

import forms
from pipeline.store import django_settings as store

HERE = Path(__file__).parent
MEGABYTE = 1 << 20

USE_TZ = store.USE_TZ
TIME_ZONE = store.TIME_ZONE
LANGUAGE_CODE = store.LANGUAGE_CODE
DEFAULT_AUTO_FIELD = store.DEFAULT_AUTO_FIELD
DATABASES = store.DATABASES
COMPASSION_HOME = store.COMPASSION_HOME
# There is one language; without translations nobody's browser gets half of a page in another.
USE_I18N = False

INSTALLED_APPS = [
    *store.INSTALLED_APPS,
    "pipeline.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "pipeline.web.middleware.forget_odd_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pipeline.web.middleware.keep_session",
    "pipeline.web.middleware.never_cache",
    "pipeline.web.middleware.RefusesOddInput",
    "pipeline.web.middleware.PlainErrors",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pipeline.web.page.page",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]
ROOT_URLCONF = "pipeline.web.urls"

# --- accounts ---------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_RESET_TIMEOUT = int(timedelta(days=3).total_seconds())
# A computer that is left alone forgets who worked on it; whoever works on is kept signed in (middleware).
SESSION_COOKIE_AGE = int(timedelta(hours=1).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Together: a colleague's mistakes lock nobody out on another computer, nor does one computer lock out everybody.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "pipeline.web.signing_in.locked_out"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True

# --- safety -----------------------------------------------------------------------------------------------------

SECRET_KEY = "overwritten by each home's own key"  # noqa: S105
DEBUG = False
ALLOWED_HOSTS: list[str] = []
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "pipeline.web.errors.forged"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
# What a page's own form may hold; files are streamed to the disk and have limits of their own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * MEGABYTE
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 2_000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600

# --- files that are no secret -----------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS: list[Any] = [
    HERE / "static",
    ("nhsuk", HERE / "frontend" / "built"),
    ("fonts", Path(forms.__file__).parent / "fonts"),
]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    # django_htmx brings htmx.
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# Names don't change with their content, so a browser asks again after some minutes, and is told "not changed".
WHITENOISE_MAX_AGE = 300

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django.request": {"handlers": [], "propagate": False},
        "django.security": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "axes": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}
