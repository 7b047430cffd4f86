"""The floor: the least that a page of 25 rows costs in bare Django, answered in the same process.

Seven stock middlewares, a session of the database, the user, one query, a template with a base, a
navigation and a form. It shares nothing of ours but the tables.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.template.backends.django import DjangoTemplates
from django.test import Client, override_settings
from django.test.client import ClientHandler
from django.urls import path
from django.utils import timezone

from benchmarks.story import add_groups, add_sessions
from groupcare.accounts.models import User
from groups.models import GroupSession

ROWS = 25
#: 2 KB, the size of a note in the measurements that the targets come from.
TEXT = ("They listened to each other and kept what was said. " * 40)[:2048]
_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "benchmarks.floor.OwnRoutes",
]
_PROCESSORS = ("template.context_processors.request", "contrib.auth.context_processors.auth")
_templates = DjangoTemplates(
    {
        "NAME": "floor",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"context_processors": [f"django.{name}" for name in _PROCESSORS]},
    }
)


class OwnRoutes:
    """Sends a request to the routes of this module."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what answers the request."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        request.urlconf = __name__  # type: ignore[attr-defined]
        return self.get_response(request)


def _page(request: HttpRequest, text: str) -> HttpResponse:
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    rows = list(GroupSession.objects.order_by("-starts_at")[:ROWS])
    return HttpResponse(_templates.get_template("floor.html").render({"rows": rows, "text": text}, request))


def bare(request: HttpRequest) -> HttpResponse:
    """Show 25 rows."""
    return _page(request, "")


def same_text(request: HttpRequest) -> HttpResponse:
    """Show 25 rows with 2 KB of plain text each."""
    return _page(request, TEXT)


urlpatterns = [path("bare/", bare, name="bare"), path("same-text/", same_text, name="same-text")]


def browser(user: User) -> Client:
    """Return a signed-in browser of the floor, which has 25 rows to show."""
    if GroupSession.objects.count() < ROWS:
        start = timezone.now() - timedelta(days=60)
        add_sessions(add_groups(1)[0], ROWS, first=1, start=start, step=timedelta(days=1))
    client = Client(SERVER_NAME="localhost")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    client.cookies["session"] = session.session_key or ""
    handler = ClientHandler(enforce_csrf_checks=False)
    with override_settings(MIDDLEWARE=_MIDDLEWARE, SESSION_ENGINE="django.contrib.sessions.backends.db"):
        handler.load_middleware()
    client.handler = handler
    return client
