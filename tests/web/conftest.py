from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from groupcare.web import health, nav, panels

HERE = Path(__file__).parent / "templates"
# The web room stands on its own: its tests leave the middleware of the rooms above out.
ABOVE = ("groupcare.practice", "groupcare.accounts", "groupcare.access", "groupcare.audit", "allauth")


@pytest.fixture(autouse=True)
def registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test registries of its own."""
    monkeypatch.setattr(nav, "_items", dict(nav._items))
    monkeypatch.setattr(nav, "_sources", [])
    monkeypatch.setattr(panels, "_renders", {})
    monkeypatch.setattr(health, "_checks", {})
    monkeypatch.setattr(health, "_advice", {})


@pytest.fixture
def site(settings: django_settings) -> Client:
    """A client of the sample pages, with the web room's middleware only."""
    settings.ROOT_URLCONF = "tests.web.urls"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith(ABOVE)]
    base = settings.TEMPLATES[0]
    processors = [one for one in base["OPTIONS"]["context_processors"] if not one.startswith(ABOVE)]
    options = {**base["OPTIONS"], "context_processors": processors}
    settings.TEMPLATES = [{**base, "DIRS": [*base["DIRS"], HERE], "OPTIONS": options}]
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    return Client(HTTP_HOST="localhost", raise_request_exception=False)
