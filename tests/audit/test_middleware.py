"""The page boundary: no trail, no content; refusals look like absence (SEC-53, foundation F3)."""

import types

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from groupcare.audit import Actor, acting, record
from groupcare.audit.checks import trail_health
from groupcare.audit.middleware import RecordingMiddleware
from groupcare.audit.models import ChainHead, TrailEvent
from groupcare.exceptions import Refused

pytestmark = pytest.mark.django_db


def request_of(signed_in=True):
    request = RequestFactory().get("/")
    request.user = types.SimpleNamespace(is_authenticated=signed_in)
    return request


def reading(status=200):
    def view(request):
        record("note.read", object_type="note", object_id=7)
        return HttpResponse("the note", status=status)

    return RecordingMiddleware(view)


@pytest.fixture(autouse=True)
def plain_pages(monkeypatch):
    """The pages themselves are tested in the web room; here only which one is answered."""
    from groupcare.web import responses

    monkeypatch.setattr(responses, "absent", lambda request: HttpResponse("absent", status=404))


def test_a_read_is_written_before_the_page_is_handed_out(actor):
    response = reading()(request_of())
    assert (response.status_code, response.content) == (200, b"the note")
    assert TrailEvent.objects.get().action == "note.read"


def test_without_a_trail_there_is_no_content(actor):
    ChainHead.objects.all().delete()
    response = reading()(request_of())
    assert response.status_code == 503
    assert b"the note" not in response.content


def test_a_page_that_broke_has_shown_nothing(actor):
    assert reading(500)(request_of()).status_code == 500
    assert not TrailEvent.objects.exists()


def test_a_refusal_is_recorded_for_who_is_signed_in_only():
    middleware = RecordingMiddleware(lambda request: HttpResponse())
    with acting(Actor("someone")):
        assert middleware.process_exception(request_of(), Refused("note.read", "note", 1)).status_code == 404
        assert TrailEvent.objects.get().result == "refused"
        assert middleware.process_exception(request_of(False), Refused("note.read", "note", 1)).status_code == 404
    assert TrailEvent.objects.count() == 1


def test_another_exception_is_left_to_others(actor):
    assert RecordingMiddleware(lambda request: HttpResponse()).process_exception(request_of(), KeyError()) is None


def test_health_sees_a_missing_head_and_a_last_event_that_does_not_fit(actor):
    assert trail_health() is None
    reading()(request_of())
    assert trail_health() is None
    ChainHead.objects.update(mac="f" * 64)
    assert trail_health() == "trail.last_event_does_not_fit"
    ChainHead.objects.update(sequence=9)
    assert trail_health() == "trail.tail_missing"
    ChainHead.objects.all().delete()
    assert trail_health() == "trail.head_missing"
