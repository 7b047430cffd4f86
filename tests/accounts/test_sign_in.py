"""Signing in: the same for known and unknown addresses, and no lock-out by strangers."""

import time

import pytest
from django.core.cache import caches
from django.test import Client

from groupcare.accounts.models import User
from groupcare.accounts.services import passwords
from groupcare.outbox.models import Message
from tests.accounts.conftest import PASSWORD, PREFIX, plain

KNOWN, UNKNOWN = "ben@example.org", "nobody@example.org"


def try_sign_in(email: str, password: str = "not the password", ip: str = "192.0.2.1") -> object:
    return Client(REMOTE_ADDR=ip).post(f"{PREFIX}login/", {"login": email, "password": password})


@pytest.mark.req("SEC-50")
def test_a_wrong_password_an_unknown_address_and_a_closed_account_look_the_same(office):
    User.objects.filter(person=office.chiara).update(is_active=False)
    answers = [
        (KNOWN, try_sign_in(KNOWN)),
        (UNKNOWN, try_sign_in(UNKNOWN)),
        ("chiara@example.org", try_sign_in("chiara@example.org", PASSWORD)),
    ]
    assert {answer.status_code for _, answer in answers} == {200}
    assert len({plain(answer).replace(email, "") for email, answer in answers}) == 1
    assert try_sign_in(KNOWN, PASSWORD).status_code == 302


@pytest.mark.req("SEC-50")
def test_known_and_unknown_addresses_cost_one_password_hash_each(office, monkeypatch, settings):
    from django.contrib.auth.hashers import Argon2PasswordHasher as hasher

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    user = office.ben.login
    user.set_password(PASSWORD)
    user.save()

    work: list[str] = []
    for name in ("encode", "verify"):
        real = getattr(hasher, name)

        def counted(self, *args, _real=real, _name=name, **kwargs):
            work.append(_name)
            return _real(self, *args, **kwargs)

        monkeypatch.setattr(hasher, name, counted)
    try_sign_in(KNOWN)
    known = len(work)
    try_sign_in(UNKNOWN)
    assert known == len(work) - known == 1


@pytest.mark.req("SEC-50")
def test_asking_for_a_new_password_answers_alike_and_as_fast_and_writes_only_to_owners(office):
    answers, times = [], []
    for email in (KNOWN, UNKNOWN):
        began = time.monotonic()
        answers.append(Client().post(f"{PREFIX}password/reset/", {"email": email}, follow=True))
        times.append(time.monotonic() - began)
    assert plain(answers[0]) == plain(answers[1])
    assert min(times) >= passwords.ANSWER_AFTER
    assert Message.objects.filter(kind="password_reset").count() == 1


def test_a_link_sets_a_new_password_once_and_signs_nobody_in(office):
    Client().post(f"{PREFIX}password/reset/", {"email": KNOWN})
    message = Message.objects.get(kind="password_reset")
    link = message.secret.removeprefix("http://localhost:8000")
    client = Client()
    page = client.get(link, follow=True)
    assert page.status_code == 200
    new = {"password1": "quite another phrase", "password2": "quite another phrase"}
    target = page.request["PATH_INFO"]
    assert client.post(target, {"password1": "short", "password2": "short"}).status_code == 200
    assert client.post(target, new).status_code == 302
    assert client.get(f"{PREFIX}profile/").status_code == 302
    assert "does not work any more" in Client().get(link, follow=True).content.decode()
    assert try_sign_in(KNOWN, PASSWORD).status_code == 200
    assert try_sign_in(KNOWN, "quite another phrase").status_code == 302


@pytest.mark.req("SEC-51")
def test_a_stranger_who_guesses_is_stopped_and_locks_nobody_out(office):
    for _ in range(6):
        stopped = try_sign_in(KNOWN, ip="198.51.100.7")
    assert "Too many tries" in stopped.content.decode()
    assert try_sign_in(KNOWN, PASSWORD, ip="198.51.100.7").status_code == 200
    assert try_sign_in(KNOWN, PASSWORD, ip="203.0.113.5").status_code == 302


@pytest.mark.req("SEC-45")
def test_limits_are_counted_in_their_own_cache_and_believe_no_forwarded_address(office):
    caches["default"].clear()
    for number in range(6):
        Client(REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}").post(
            f"{PREFIX}login/", {"login": KNOWN, "password": "wrong"}
        )
    answer = try_sign_in(KNOWN, PASSWORD, ip="198.51.100.7")
    assert "Too many tries" in answer.content.decode()
    caches["limits"].clear()
    assert try_sign_in(KNOWN, PASSWORD, ip="198.51.100.7").status_code == 302


@pytest.mark.req("SEC-52")
def test_the_session_key_changes_at_sign_in(office):
    client = Client()
    client.get(f"{PREFIX}login/?next=/")
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    client.cookies["session"] = before
    client.post(f"{PREFIX}login/", {"login": KNOWN, "password": PASSWORD})
    assert client.session.session_key != before


@pytest.mark.parametrize("route", ["none/account_signup/", "none/account_email/", "none/account_reauthenticate/"])
def test_what_is_not_offered_is_absent(office, at_desk, route):
    assert Client().get(PREFIX + route).status_code == 404
    assert at_desk(office.ben).post(PREFIX + route).status_code == 404


def test_addresses_are_kept_in_lower_case_and_sign_in_in_any(office):
    assert User.objects.get(person=office.ben).email == KNOWN
    assert try_sign_in("Ben@Example.ORG", PASSWORD).status_code == 302
