import re
import uuid

import pytest
from django.test import Client, RequestFactory

from groupcare.web import context, middleware

pytestmark = pytest.mark.django_db

PATHS = ["/sample/staff/", "/display/", "/healthz", "/leave/", "/nowhere/", "/broken/", "/forbidden/", "/suspicious/"]


@pytest.mark.req("SEC-64")
@pytest.mark.parametrize("path", PATHS)
def test_every_response_carries_the_headers(site: Client, path: str) -> None:
    headers = site.get(path).headers

    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    for feature in ("camera", "microphone", "display-capture"):
        assert f"{feature}=()" in headers["Permissions-Policy"]
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.req("SEC-64")
def test_static_files_may_be_kept_and_carry_the_rest(site: Client) -> None:
    response = site.get("/static/web/theme.css")

    assert response.status_code == 200
    assert response["Cache-Control"] != "no-store"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    response.close()


@pytest.mark.req("SEC-64")
def test_a_secure_response_asks_to_stay_secure(site: Client, settings) -> None:
    assert "Strict-Transport-Security" not in site.get("/display/").headers
    settings.SECURE_HSTS_SECONDS = 63072000

    assert site.get("/display/", secure=True)["Strict-Transport-Security"].startswith("max-age=63072000")
    assert "Strict-Transport-Security" not in site.get("/display/").headers


def test_each_response_has_a_request_id_of_its_own_whatever_the_caller_sends(site: Client) -> None:
    first = site.get("/display/", headers={"X-Request-ID": "forged"})["X-Request-ID"]
    second = site.get("/display/")["X-Request-ID"]

    assert uuid.UUID(first) != uuid.UUID(second)


def test_the_request_id_is_known_inside_and_gone_outside() -> None:
    seen = []

    def answer(request):
        from django.http import HttpResponse

        seen.append(context.current_request_id())
        return HttpResponse()

    response = middleware.RequestIdMiddleware(answer)(RequestFactory().get("/"))

    assert seen == [response["X-Request-ID"]]
    assert context.current_request_id() == ""


def _form(site: Client, path: str = "/display/") -> dict[str, str]:
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', site.get(path).content.decode())
    assert token
    return {"theme": "dark", "language": "en", "names": "full", "away": "stay", "csrfmiddlewaretoken": token.group(1)}


@pytest.fixture
def strict(site: Client) -> Client:
    """A client whose forms are checked for forgery."""
    return Client(HTTP_HOST="localhost", enforce_csrf_checks=True)


def test_a_form_of_our_own_passes_although_the_browser_hides_its_origin(strict: Client) -> None:
    data = _form(strict)

    own = strict.post("/display/", data, headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 303


@pytest.mark.parametrize("site_header", ["cross-site", "same-site", "none", ""])
def test_a_form_from_elsewhere_with_a_hidden_origin_is_refused(strict: Client, site_header: str) -> None:
    data = _form(strict)
    foreign = strict.post("/display/", data, headers={"Origin": "null", "Sec-Fetch-Site": site_header})

    assert foreign.status_code == 403
    assert "The form was open too long" in foreign.content.decode()


def test_the_token_is_still_asked_for(strict: Client) -> None:
    data = {**_form(strict), "csrfmiddlewaretoken": "x" * 64}

    refused = strict.post("/display/", data, headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"})
    assert refused.status_code == 403
