"""Second factors: needed by staff, sealed, and a code that counts once."""

import json
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from groupcare.access import Role
from groupcare.accounts import factors, ports
from groupcare.accounts.models import User
from groupcare.accounts.sealing import secrets_of, unseal_factor
from groupcare.vault import DecryptionError
from tests.accounts.conftest import CODE, MOMENT, NEXT_CODE, NEXT_MOMENT, PASSWORD, PREFIX, SECRET, enter

SIGN_IN = {"login": "nadia@example.org", "password": PASSWORD}


def sign_in(client: Client, code: str, typed: dict[str, str] = SIGN_IN) -> int:
    """Sign in with password and code; return the status of the second answer (302 when it fits)."""
    first = client.post(f"{PREFIX}login/", typed)
    assert first.headers["Location"] == f"{PREFIX}2fa/authenticate/"
    return client.post(f"{PREFIX}2fa/authenticate/", {"code": code}).status_code


@pytest.mark.req("SEC-43")
def test_staff_without_a_second_factor_reach_nothing_until_they_have_one(office, at_desk):
    bare = enter("Bare", Role.ADMINISTRATOR, factor=False)
    client = at_desk(bare)
    for route in ("people/", "people/invite/", "profile/", "sessions/", "password/change/"):
        assert client.get(PREFIX + route).headers["Location"] == f"{PREFIX}2fa/"
    assert client.post(f"{PREFIX}people/invite/", {"used_name": "X"}).headers["Location"] == f"{PREFIX}2fa/"
    assert client.get(f"{PREFIX}2fa/").status_code == 200
    factors.give_app(bare.login, SECRET)
    assert client.get(f"{PREFIX}people/").status_code == 200


@pytest.mark.req("SEC-43")
def test_the_api_answers_staff_without_a_second_factor_with_403_in_json(office, at_desk):
    bare = enter("Bare", Role.FACILITATOR, factor=False)
    client = at_desk(bare)
    answer = client.get("/api/v1/schema")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_needed")
    factors.give_app(bare.login, SECRET)
    assert client.get("/api/v1/schema").status_code != 403


def test_members_need_no_second_factor(office, at_desk):
    assert at_desk(office.ben).get(f"{PREFIX}profile/").status_code == 200


@pytest.mark.req("SEC-1")
def test_the_superuser_mark_opens_nothing(office, at_desk):
    User.objects.filter(pk=office.ben.login.pk).update(is_superuser=True)
    bare = enter("Root", Role.FACILITATOR, factor=False)
    User.objects.filter(pk=bare.login.pk).update(is_superuser=True)
    assert at_desk(office.ben).get(f"{PREFIX}people/").status_code == 404
    assert at_desk(bare).get(f"{PREFIX}profile/").headers["Location"] == f"{PREFIX}2fa/"
    assert at_desk(office.ada).get(f"{PREFIX}people/").status_code == 200


def test_a_demo_account_is_exempt_only_while_the_database_is_a_demo(office, at_desk):
    bare = enter("Demo", Role.FACILITATOR, factor=False)
    User.objects.filter(pk=bare.login.pk).update(demo_exempt=True)
    client = at_desk(bare)
    assert client.get(f"{PREFIX}profile/").status_code == 302
    ports.register_demo(lambda: True)
    assert client.get(f"{PREFIX}profile/").status_code == 200
    other = enter("Other", Role.FACILITATOR, factor=False)
    assert at_desk(other).get(f"{PREFIX}profile/").status_code == 302


@pytest.mark.req("SEC-41")
@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_keeps_no_secret_in_clear(office):
    bare = enter("Bare", Role.FACILITATOR, factor=False)
    client = Client()
    client.post(f"{PREFIX}login/", {"login": "bare@example.org", "password": PASSWORD})
    page = client.get(f"{PREFIX}2fa/totp/activate/").content.decode()
    secret = re.search(r"\b[A-Z2-7]{32}\b", page).group()
    raw = "".join(Session.objects.values_list("session_data", flat=True))
    assert secret not in raw
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert client.post(f"{PREFIX}2fa/totp/activate/", {"code": code}).status_code == 302
    assert factors.has_second_factor(User.objects.get(pk=bare.login.pk))
    codes = client.get(f"{PREFIX}2fa/recovery-codes/")
    shown = re.findall(r"<li>(\d{8})</li>", codes.content.decode())
    assert len(shown) == 10
    with connection.cursor() as cursor:
        cursor.execute("select data from mfa_authenticator")
        stored = " ".join(str(row[0]) for row in cursor.fetchall())
    assert "gc1:" in stored
    assert secret not in stored
    assert not any(one in stored for one in shown)


def test_a_secret_moved_to_another_account_does_not_open_it(office):
    ben = office.ben.login
    stolen = Authenticator.objects.get(user=office.nadia.login).data
    Authenticator.objects.create(user=ben, type=Authenticator.Type.TOTP, data=stolen)
    with time_machine.travel(MOMENT):
        assert factors.matching_code(ben, CODE) is None
        assert factors.matching_code(office.nadia.login, CODE) is not None
    with secrets_of(ben), pytest.raises(DecryptionError):
        unseal_factor(stolen["secret"], signed_in=None)
    with pytest.raises(DecryptionError):
        unseal_factor("gc1:" + str(ben.pk) + ":" + stolen["secret"].rpartition(":")[2], signed_in=None)


@pytest.mark.req("SEC-44")
def test_a_code_of_the_app_signs_in_once(office):
    with time_machine.travel(MOMENT, tick=False):
        assert sign_in(Client(), CODE) == 302
        assert sign_in(Client(), CODE) == 200
    with time_machine.travel(NEXT_MOMENT, tick=False):
        client = Client()
        assert sign_in(client, "000000") == 200
        assert sign_in(client, NEXT_CODE) == 302
        assert client.get(f"{PREFIX}people/").status_code == 404
        assert client.get(f"{PREFIX}profile/").status_code == 200


def test_a_recovery_code_signs_in_once(office):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    user = office.nadia.login
    with secrets_of(user):
        code = RecoveryCodes.activate(user).generate_codes()[0]
    assert sign_in(Client(), code) == 302
    assert sign_in(Client(), code) == 200


def test_a_passkey_page_carries_its_data_without_inline_script(office, at_desk):
    client = at_desk(office.nadia)
    client.post(f"{PREFIX}step-up/", {"method": "password", "password-password": PASSWORD})
    answer = client.get(f"{PREFIX}2fa/webauthn/add/")
    page = answer.content.decode()
    assert answer.status_code == 200
    scripts = re.findall(r"<script([^>]*)>", page)
    assert all("src=" in one or 'type="application/json"' in one for one in scripts)
    data = re.search(r'<script id="js_data" type="application/json">(.*?)</script>', page, re.S).group(1)
    assert json.loads(data)["creation_options"]["publicKey"]["rp"]["id"] == "testserver"


def test_taking_a_factor_away_needs_a_fresh_proof(office, at_desk):
    client = at_desk(office.nadia)
    answer = client.post(f"{PREFIX}2fa/totp/deactivate/")
    assert answer.headers["Location"].startswith(f"{PREFIX}step-up/")
    assert factors.factors_of(office.nadia.login).exists()
    client.post(f"{PREFIX}step-up/", {"method": "password", "password-password": PASSWORD})
    client.post(f"{PREFIX}2fa/totp/deactivate/")
    assert not factors.factors_of(office.nadia.login).exists()
    assert client.get(f"{PREFIX}profile/").headers["Location"] == f"{PREFIX}2fa/"


def test_the_report_names_staff_without_a_second_factor(office):
    from groupcare.access import acting_as_system
    from groupcare.accounts.selectors import staff_without_second_factor

    bare = enter("Bare", Role.TRAINEE, factor=False)
    with acting_as_system("test"):
        assert staff_without_second_factor() == [bare.pk]
