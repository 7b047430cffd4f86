"""A form that is sent after the session ended: its text waits for its author, sealed, for a day, and for nobody else."""

import importlib
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django import forms
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groupcare.accounts.kept import is_secret
from groupcare.accounts.models import KeptText, User
from groupcare.accounts.tasks import wipe_kept_text
from groupcare.audit.models import TrailEvent
from groupcare.web.forms import PlainForm
from groups.models import ProcessNote
from tests.conftest import sign_in
from tests.house.tables import rows, tables
from tests.world import World

CANARY = "canary0a1b2c3d4e stayed with the silence"
PASSWORD = "four plain words here"
LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    caches["limits"].clear()
    yield
    caches["limits"].clear()


def at(start: datetime, **later: int) -> time_machine.travel:
    return time_machine.travel(start + timedelta(**later), tick=False)


def note(world: World) -> str:
    return reverse("groups:process-note-create", kwargs={"pk": world.session_of_thursday.pk})


def typed(world: World, text: str = CANARY) -> dict[str, str]:
    return {"body": text, "supersedes": str(world.process_note_of_thursday.pk)}


def too_late(client: Client, start: datetime, url: str, body: dict[str, Any], **pause: int) -> Any:
    """Sign-in was at ``start``; send the form after the pause."""
    with at(start, **(pause or {"minutes": 16})):
        return client.post(url, body)


def left(world: World, who: str = "nadia", **pause: int) -> tuple[Client, datetime]:
    """Return the browser in which a note was sent too late, and when its session began."""
    start = timezone.now()
    with at(start):
        client = sign_in(Client(), world.person(who))
    answer = too_late(client, start, note(world), typed(world), **pause)
    assert (answer.status_code, answer.headers["Location"]) == (302, LOGIN)
    return client, start


def again(client: Client, world: World, who: str) -> Any:
    """Sign in by the page, as somebody without a second factor (a demo's account), and return the answer."""
    login = world.person(who).login
    assert login is not None
    login.set_password(PASSWORD)
    User.objects.filter(pk=login.pk).update(password=login.password)
    return client.post(LOGIN, {"login": login.email, "password": PASSWORD})


@pytest.mark.req("SEC-46")
@pytest.mark.parametrize("pause", [{"minutes": 16}, {"hours": 9}])
def test_a_note_sent_after_the_session_ended_waits_for_its_author(world: World, pause: dict[str, int]) -> None:
    before = ProcessNote.objects.count()
    client, start = left(world, **pause)
    assert ProcessNote.objects.count() == before
    with at(start, hours=10):
        page = client.get(LOGIN).content.decode()
        assert "Sign in to go on with what you typed." in page
        assert CANARY not in page
        sign_in(client, world.nadia)
        form = client.get(note(world)).content.decode()
        assert "What you typed is kept" in form
        assert CANARY in form
        assert client.post(note(world), typed(world)).status_code == 302
        assert not KeptText.objects.exists()
        assert "What you typed is kept." not in client.get(note(world)).content.decode()
    assert (
        ProcessNote.objects.filter(superseded_by__isnull=True, session=world.session_of_thursday).get().body == CANARY
    )


@pytest.mark.req("SEC-46")
def test_a_busy_session_that_ends_at_last_keeps_the_text_too(world: World) -> None:
    start = timezone.now()
    with at(start):
        client = sign_in(Client(), world.nadia)
    for minute in range(0, 8 * 60, 14):
        with at(start, minutes=minute):
            assert client.get("/account/profile/").status_code == 200
    assert too_late(client, start, note(world), typed(world), hours=8).status_code == 302
    assert KeptText.objects.get().person == world.nadia


@pytest.mark.req("SEC-46")
def test_the_sign_in_page_leads_back_to_the_form(world: World) -> None:
    client, start = timezone_of_ben(world)
    with at(start, minutes=32):
        answer = again(client, world, "ben")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/account/profile/")
        assert "Benedikt" in client.get("/account/profile/").content.decode()


def timezone_of_ben(world: World) -> tuple[Client, datetime]:
    """Return the browser in which Ben sent his profile too late."""
    start = timezone.now()
    with at(start):
        client = sign_in(Client(), world.ben)
    body = {"used_name": "Benedikt", "pronouns": "", "language": "en", "time_zone": "UTC"}
    assert too_late(client, start, "/account/profile/", body, minutes=31).headers["Location"] == LOGIN
    return client, start


@pytest.mark.req("SEC-46")
def test_somebody_else_on_the_same_device_sees_nothing_of_it(world: World) -> None:
    client, start = left(world)
    with at(start, minutes=20):
        client.get(LOGIN)
        answer = again(client, world, "ben")
        assert answer.headers["Location"] == "/"
        for url in ("/", "/account/kept/", "/account/profile/"):
            page = client.get(url).content.decode()
            assert CANARY not in page
            assert note(world) not in page
            assert "It stands in the form again" not in page
        client.post("/account/kept/discard/", {"path": note(world)})
    assert KeptText.objects.get().person == world.nadia
    colleague = sign_in(Client(), world.tom)
    assert CANARY not in colleague.get(note(world)).content.decode()


@pytest.mark.req("SEC-46")
def test_after_a_day_it_is_not_shown_and_the_sweep_wipes_it(world: World) -> None:
    _, start = left(world)
    with at(start, hours=24, minutes=15):
        assert wipe_kept_text() == 0
        assert CANARY in sign_in(Client(), world.nadia).get(note(world)).content.decode()
    with at(start, hours=24, minutes=16):
        client = sign_in(Client(), world.nadia)
        assert CANARY not in client.get(note(world)).content.decode()
        assert CANARY not in client.get("/account/kept/").content.decode()
        assert wipe_kept_text() == 1
        assert wipe_kept_text() == 0
    assert not KeptText.objects.exists()


@pytest.mark.req("SEC-46")
def test_nothing_of_it_can_be_read_in_the_database_the_trail_or_the_log(world: World, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    events = TrailEvent.objects.count()
    client, start = left(world)
    with at(start, minutes=20):
        sign_in(client, world.nadia).get(note(world))
    kept = b"\n".join(value for table in tables() for _, values in rows(table) for value in values)
    assert b"canary0a1b2c3d4e" not in kept
    assert note(world).encode() not in kept
    assert "canary0a1b2c3d4e" not in caplog.text
    assert TrailEvent.objects.count() > events  # the page that was read afterwards
    assert KeptText.objects.get().content["data"]["body"] == [CANARY]


@pytest.mark.req("SEC-46")
def test_a_form_whose_token_does_not_fit_keeps_nothing(world: World) -> None:
    start = timezone.now()
    with at(start):
        client = sign_in(Client(enforce_csrf_checks=True), world.nadia)
        own = client.get(note(world)).context["csrf_token"]
    assert too_late(client, start, note(world), typed(world)).status_code == 403
    assert too_late(client, start, note(world), {**typed(world), "csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert not KeptText.objects.exists()
    assert too_late(client, start, note(world), {**typed(world), "csrfmiddlewaretoken": str(own)}).status_code == 302
    assert "csrfmiddlewaretoken" not in KeptText.objects.get().content["data"]


def test_another_tab_that_noticed_the_end_first_costs_no_word(world: World) -> None:
    start = timezone.now()
    with at(start):
        client = sign_in(Client(), world.nadia)
    with at(start, minutes=16):
        client.get("/")
        assert client.post(note(world), typed(world)).headers["Location"] == LOGIN
    assert KeptText.objects.get().person == world.nadia


@pytest.mark.parametrize("case", ["nobody", "a day later", "switched off", "new password"])
def test_a_form_without_a_certain_author_is_not_kept(world: World, case: str) -> None:
    start = timezone.now()
    with at(start):
        client = Client() if case == "nobody" else sign_in(Client(), world.nadia)
    with at(start, minutes=16):
        client.get("/")
    if case == "switched off":
        User.objects.filter(person=world.nadia).update(is_active=False)
    if case == "new password":
        User.objects.filter(person=world.nadia).update(password="another")
    with at(start, hours=25 if case == "a day later" else 1):
        assert client.post(note(world), typed(world)).status_code == 302
    assert not KeptText.objects.exists()


def test_an_account_that_was_switched_off_meanwhile_keeps_nothing(world: World) -> None:
    start = timezone.now()
    with at(start):
        client = sign_in(Client(), world.nadia)
    User.objects.filter(person=world.nadia).update(is_active=False)
    assert too_late(client, start, note(world), typed(world)).status_code == 302
    assert not KeptText.objects.exists()


@pytest.mark.req("SEC-46")
def test_nothing_is_kept_of_the_reporters_pages_of_proofs_and_of_empty_forms(world: World) -> None:
    start = timezone.now()
    for url, body in (
        (reverse("incidents:concern-create"), {"what_happened": CANARY, "named_text": ""}),
        ("/account/step-up/", {"method": "password", "password-password": CANARY}),
        ("/account/password/change/", {"oldpassword": CANARY, "password1": CANARY, "password2": CANARY}),
        ("/account/kept/discard/", {"path": " "}),
    ):
        with at(start):
            client = sign_in(Client(), world.ben)
        too_late(client, start, url, body, minutes=31)
        assert not KeptText.objects.exists(), url
    with at(start):
        client = sign_in(Client(), world.nadia)
    url = reverse("api-process-note-list", kwargs={"pk": world.session_of_thursday.pk})
    with at(start, minutes=16):
        assert client.post(url, typed(world), content_type="application/json").status_code in (401, 403)
    assert not KeptText.objects.exists()


def _forms(base: type[PlainForm]) -> Iterator[type[PlainForm]]:
    for one in base.__subclasses__():
        yield one
        yield from _forms(one)


def test_no_field_for_a_password_or_a_code_has_a_name_that_is_kept() -> None:
    for module in ("groupcare.accounts.forms", "groupcare.accounts.sign_in_forms", "groupcare.backup.forms"):
        importlib.import_module(module)
    proofs = []
    for form in _forms(PlainForm):
        for name, field in form.base_fields.items():
            code = field.widget.attrs.get("autocomplete") == "one-time-code"
            if code or isinstance(field.widget, forms.PasswordInput):
                proofs.append(name)
    assert {"password", "again", "code"} <= set(proofs)
    assert [name for name in proofs if not is_secret(name)] == []
    assert is_secret("csrfmiddlewaretoken")
    assert not is_secret("code-8f14e45f-ceea-467f-a0e6-000000000000")  # a mark of who was there


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(
    world: World, client_for: Callable[..., Client]
) -> None:
    client, start = left(world)
    tom = client_for(world.tom)
    assert tom.post(note(world), typed(world, "Tom wrote this.")).status_code == 302
    with at(start, minutes=20):
        page = sign_in(client, world.nadia).get(note(world)).content.decode()
        assert CANARY in page
        assert str(world.process_note_of_thursday.pk) in page  # what she had seen, not what stands now
        late = client.post(note(world), typed(world))
    assert late.status_code == 422
    assert "Tom wrote this." in late.content.decode()
    assert KeptText.objects.exists()


def test_days_and_numbers_come_back_and_a_page_with_another_form_stays_as_it_is(world: World) -> None:
    start = timezone.now()
    url = reverse("groups:session-create", kwargs={"pk": world.thursday.pk})
    with at(start):
        client = sign_in(Client(), world.nadia)
    too_late(client, start, url, {"day": "2031-02-03", "starts": "18:31", "minutes": "45"})
    with at(start, minutes=20):
        sign_in(client, world.nadia)
        page = client.get(url).content.decode()
        assert 'value="2031-02-03"' in page
        assert 'value="18:31"' in page
        assert 'value="45"' in page
        assert "18:31" not in client.get("/account/profile/").content.decode()


def test_a_form_that_has_no_page_of_its_own_leads_to_the_text(world: World) -> None:
    start = timezone.now()
    with at(start):
        client = sign_in(Client(), world.ada)
    url = reverse("accounts:person-invite-again", kwargs={"person_id": world.ben.pk})
    too_late(client, start, url, {"email": "ben.again@example.org"})
    with at(start, minutes=20):
        sign_in(client, world.ada)
        assert client.get(url).headers["Location"] == "/account/kept/"
        assert "ben.again@example.org" in client.get("/account/kept/").content.decode()
        assert client.post("/account/kept/discard/", {"path": url}).status_code == 302
        assert "Nothing is kept" in client.get("/account/kept/").content.decode()
    assert not KeptText.objects.exists()


def test_the_last_of_a_form_counts_and_five_forms_are_kept(world: World) -> None:
    start, names = (
        timezone.now(),
        ("group-create", "session-create", "member-invite", "facilitator-add", "session-past"),
    )
    place = {"pk": world.thursday.pk}
    others = [reverse(f"groups:{name}", kwargs=None if name == "group-create" else place) for name in names]
    for number, url in enumerate([note(world), others[0], note(world), *others]):
        with at(start):
            client = sign_in(Client(), world.nadia)
        with at(start, minutes=16, seconds=number):
            assert client.post(url, {"body": f"Number {number}"}).headers["Location"] == LOGIN
    kept = [row.content["data"]["body"][0] for row in KeptText.objects.all()]
    assert kept == ["Number 7", "Number 6", "Number 5", "Number 4", "Number 3"]


def test_a_form_that_needs_a_proof_first_keeps_its_text_until_it_is_taken_in(world: World) -> None:
    start = timezone.now()
    url = reverse("accounts:role-give", kwargs={"person_id": world.nadia.pk})
    with at(start):
        client = sign_in(Client(), world.ada)
    too_late(client, start, url, {"role": "trainee", "last_day": "2031-01-01"})
    with at(start, minutes=20):
        sign_in(client, world.ada, stepped_up=False)
        assert client.post(url, {"role": "trainee"}).headers["Location"].startswith("/account/step-up/")
        assert KeptText.objects.exists()


def test_a_fragment_that_comes_too_late_moves_the_whole_page(world: World) -> None:
    start = timezone.now()
    with at(start):
        client = sign_in(Client(), world.nadia)
    with at(start, minutes=16):
        answer = client.post(note(world), typed(world), headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == LOGIN
