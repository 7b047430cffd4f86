"""The few pages that belong to no room: the way in, the way out, the display, and the health check."""

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from groupcare.web import health, nav
from groupcare.web.context import COVER, INITIALS, covers_when_left, initials_only, theme_of
from groupcare.web.display import DisplayForm
from groupcare.web.policy import open_to_all


class SeeOther(HttpResponseRedirect):
    """A redirect that is always followed with GET."""

    status_code = 303


@open_to_all
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 or 503 without a body."""
    return HttpResponse(status=200 if health.well() else 503, content_type="text/plain")


@open_to_all
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the first place that the person may see."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return redirect_to_login("/")
    for item in nav.items(request):
        if item.url != request.path:
            return SeeOther(item.url)
    return render(request, "web/home.html")


@open_to_all
@require_GET
def leave(request: HttpRequest) -> HttpResponse:
    """End the session and lead to a page that says nothing about its visitor."""
    logout(request)
    response = SeeOther(settings.LEAVE_TO)
    # Not "executionContexts": it would wait for other tabs.
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@open_to_all
@require_http_methods(["GET", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """Show and keep the choice of colours, language and discreet mode on this device."""
    back = _safe_next(request)
    chosen = {
        "theme": theme_of(request) or "device",
        "language": request.LANGUAGE_CODE,
        "names": INITIALS if initials_only() else "full",
        "away": COVER if covers_when_left(request) else "stay",
        "next": back,
    }
    form = DisplayForm(request.POST if request.method == "POST" else None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        response = SeeOther(back)
        form.keep_on(response)
        return response
    page = render(request, "web/display.html", {"form": form}, status=422 if form.is_bound else 200)
    patch_vary_headers(page, ["Cookie"])
    return page


def _safe_next(request: HttpRequest) -> str:
    """Return where to go back to: a path of our own, else home."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if own and wanted.startswith("/") else "/"
