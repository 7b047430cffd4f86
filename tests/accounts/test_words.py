"""The sign-in pages speak as the other pages do: no word of the library is left."""

import pytest
from django.test import Client
from django.urls import reverse

LIBRARY = (
    "This field is required.",
    "Current Password",
    "New Password",
    "Authenticator code",
    "Forgot your password?",
    "You must type the same password each time.",
    "Passwordless",
    "Master key",
    "placeholder=",
)


def library_words_in(answer):
    return [word for word in LIBRARY if word in answer.content.decode()]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_pages_before_signing_in_have_our_words_filled_in_or_not(name):
    page, refused = Client().get(reverse(name)), Client().post(reverse(name), {})
    assert library_words_in(page) == library_words_in(refused) == []
    assert "E-mail address" in page.content.decode()
    assert "Write an e-mail address." in refused.content.decode()


@pytest.mark.django_db
def test_the_way_to_a_new_password_stands_on_the_sign_in_page_once():
    page = Client().get(reverse("account_login")).content.decode()
    assert page.count(reverse("account_reset_password")) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["account_change_password", "mfa_activate_totp", "mfa_add_webauthn"])
def test_pages_about_signing_in_have_our_words_filled_in_or_not(world, client_for, name):
    browser = client_for(world.ben)
    page, refused = browser.get(reverse(name)), browser.post(reverse(name), {})
    assert page.status_code == refused.status_code == 200
    assert library_words_in(page) == library_words_in(refused) == []


@pytest.mark.django_db
def test_two_different_new_passwords_are_refused_in_our_words_and_change_nothing(world, client_for):
    typed = {"oldpassword": "x", "password1": "a long enough phrase", "password2": "another long phrase"}
    answer = client_for(world.ben).post(reverse("account_change_password"), typed)
    assert "The two are different. Write the same password twice." in answer.content.decode()
    assert "Write the password you use now." in answer.content.decode()
    assert not world.ben.login.check_password("a long enough phrase")


@pytest.mark.django_db
def test_a_passkey_that_does_not_fit_is_not_called_a_code(world, client_for):
    typed = {"name": "Phone", "credential": '{"type": "public-key"}'}
    answer = client_for(world.ben).post(reverse("mfa_add_webauthn"), typed)
    assert "The passkey gave no answer that fits." in answer.content.decode()
