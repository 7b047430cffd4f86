"""The project's routes; every one declares its policy (see groupcare.access.policies)."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

# prefix -> module; the apps own what is below.
_ROUTES = [
    ("", "groupcare.web.urls"),
    ("account/", "groupcare.accounts.urls"),
    ("practice/", "groupcare.practice.urls"),
    ("changes/", "groupcare.practice.change_urls"),
    ("practice/recovery/", "groupcare.backup.urls"),
    ("demo/mail/", "groupcare.outbox.urls"),
    ("", "groups.urls"),
    ("", "consent.urls"),
    ("", "incidents.urls"),
    ("api/v1/", "groupcare.access.api_urls"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(module)) for prefix, module in _ROUTES if find_spec(module)
]

handler400 = "groupcare.web.errors.bad_request"
handler403 = "groupcare.web.errors.permission_denied"
handler404 = "groupcare.web.errors.page_not_found"
handler500 = "groupcare.web.errors.server_error"
