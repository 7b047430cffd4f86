"""Which passwords are taken, and whose word about a network address is believed."""

import pytest
from django.test import Client

from tests.accounts.conftest import PREFIX

KNOWN = "ben@example.org"


def choose(link: str, password: str) -> object:
    return Client().post(link, {"password": password, "again": password})


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("elevenchars", "at least 12"),
        ("1qaz2wsx3edc", "too common"),
        ("qwerty123456", "too common"),
    ],
)
def test_short_and_common_passwords_are_refused_beside_the_field(invited, password, said):
    _, link = invited()
    answer = choose(link, password)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert choose(link, "four plain words here").status_code == 302


@pytest.mark.parametrize("password", ["twelvelowers", "x" * 3 + " lantern harbour quiet " * 8, "пароль из слов 🌿"])
def test_long_passwords_of_any_letters_are_taken_without_rules_about_signs(invited, password):
    row, link = invited()
    assert choose(link, password).status_code == 302
    signed_in = Client().post(f"{PREFIX}login/", {"login": row.address.value, "password": password})
    assert signed_in.status_code == 302


def fail_from(settings, forwarded: str, *, proxies: int) -> str:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    browser = Client(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    return browser.post(f"{PREFIX}login/", {"login": KNOWN, "password": "wrong"}).content.decode()


@pytest.mark.req("SEC-45")
def test_behind_one_proxy_only_what_the_proxy_itself_wrote_counts(office, settings):
    for number in range(5):
        fail_from(settings, f"203.0.113.{number}, 198.51.100.7", proxies=1)
    stopped = fail_from(settings, "203.0.113.99, 198.51.100.7", proxies=1)
    assert "Too many tries" in stopped, "a made-up first address gives no new tries"
    assert "Too many tries" not in fail_from(settings, "198.51.100.7, 198.51.100.8", proxies=1)
