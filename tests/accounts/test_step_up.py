"""Step-up: fresh for five minutes, by a way that the account has, and codes that count once."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from groupcare.access import acting_as
from groupcare.accounts import services, stepup
from groupcare.accounts.models import Person, StepUpCode, User
from groupcare.audit import recording
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import StepUpNeeded
from groupcare.outbox.models import Message
from tests.accounts.conftest import CODE, MOMENT, PASSWORD, PREFIX, enter

PAGE = f"{PREFIX}step-up/"
BY_PASSWORD = {"method": "password", "password-password": PASSWORD, "next": f"{PREFIX}sessions/"}


def proof_of(client: Client) -> stepup.StepUp | None:
    kept = client.session.get(stepup.KEY)
    from datetime import UTC, datetime

    return kept and stepup.StepUp(kept["method"], datetime.fromtimestamp(kept["at"], tz=UTC), kept["event"])


def sent_code(person: Person) -> str:
    return Message.objects.filter(recipient=person, kind="step_up_code").latest("created_at").secret


@pytest.mark.req("SEC-48")
def test_a_password_is_a_proof_for_five_minutes_and_stands_in_the_trail(office, at_desk):
    client = at_desk(office.ben)
    assert proof_of(client) is None
    answer = client.post(PAGE, BY_PASSWORD)
    assert answer.headers["Location"] == f"{PREFIX}sessions/"
    found = proof_of(client)
    assert (found.method, found.is_fresh) == ("password", True)
    assert TrailEvent.objects.get(action="step_up.prove").object_id == found.event
    with time_machine.travel(found.at + timedelta(minutes=4, seconds=59)):
        assert found.is_fresh
    with time_machine.travel(found.at + timedelta(minutes=5)):
        assert not found.is_fresh


def test_a_wrong_password_is_no_proof_and_the_page_says_so(office, at_desk):
    client = at_desk(office.ben)
    answer = client.post(PAGE, BY_PASSWORD | {"password-password": "something else"})
    assert answer.status_code == 422
    assert "does not fit" in answer.content.decode()
    assert proof_of(client) is None


def test_tries_are_limited(office, at_desk):
    client = at_desk(office.ben)
    for _ in range(10):
        client.post(PAGE, BY_PASSWORD | {"password-password": "something else"})
    assert client.post(PAGE, BY_PASSWORD).status_code == 422
    assert proof_of(client) is None


def test_a_code_of_the_app_is_a_proof_once(office, at_desk):
    typed = {"method": "second_factor", "second_factor-code": CODE}
    with time_machine.travel(MOMENT, tick=False):
        client = at_desk(office.nadia)
        assert client.post(PAGE, typed).status_code == 302
        assert proof_of(client).method == "second_factor"
        assert at_desk(office.nadia).post(PAGE, typed).status_code == 422


def test_the_session_gets_a_new_key_and_stays_listed(office, at_desk):
    client = at_desk(office.ben)
    before = client.session.session_key
    client.post(PAGE, BY_PASSWORD)
    assert client.session.session_key != before
    assert "Only here" in client.get(f"{PREFIX}sessions/").content.decode()


def test_it_leads_back_only_to_our_own_pages(office, at_desk):
    for elsewhere in ("https://example.com/", "//example.com", "javascript:alert(1)"):
        answer = at_desk(office.ben).post(PAGE, BY_PASSWORD | {"next": elsewhere})
        assert answer.headers["Location"] == "/"


def test_a_mailed_code_is_a_proof_for_a_member_without_a_password(office, at_desk):
    user = office.ben.login
    user.set_unusable_password()
    user.save()
    client = at_desk(office.ben)
    assert 'name="password-password"' not in client.get(PAGE).content.decode()
    client.post(f"{PAGE}code/")
    code = sent_code(office.ben)
    assert re.fullmatch(r"\d{6}", code)
    assert code not in str(list(StepUpCode.objects.values()))
    assert client.post(PAGE, {"method": "code", "code-code": code}).status_code == 302
    assert proof_of(client).method == "code"
    assert at_desk(office.ben).post(PAGE, {"method": "code", "code-code": code}).status_code == 422


def test_whoever_has_no_way_is_refused(office, at_desk):
    user = office.ben.login
    user.set_unusable_password()
    user.save()
    office.ben.addresses.update(ended_at=timezone.now())
    client = at_desk(office.ben)
    assert "no way to prove" in client.get(PAGE).content.decode()
    for typed in ({"method": "code", "code-code": "000000"}, BY_PASSWORD, {"method": ""}, {"method": "passkey"}):
        assert client.post(PAGE, typed).status_code == 422
    client.post(f"{PAGE}code/")
    assert not StepUpCode.objects.exists()
    assert proof_of(client) is None


def test_mail_is_no_proof_for_somebody_with_a_second_factor(office, at_desk):
    client = at_desk(office.nadia)
    client.post(f"{PAGE}code/")
    assert not StepUpCode.objects.exists()
    assert client.post(PAGE, {"method": "code", "code-code": "000000"}).status_code == 422


def take(person: Person, code: str) -> bool:
    with recording(), acting_as(person):
        return services.take_step_up_code(code=code, by=person)


def send(person: Person) -> str:
    with recording(), acting_as(person):
        services.send_step_up_code(by=person)
    return sent_code(person)


def test_a_code_dies_after_five_minutes_five_tries_one_use_or_a_newer_one(office):
    code = send(office.ben)
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        assert not take(office.ben, code)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        assert not take(office.ben, wrong)
    assert not take(office.ben, code)
    older, newer = send(office.ben), send(office.ben)
    if older != newer:
        assert not take(office.ben, older)
    assert not take(office.chiara, newer)
    assert take(office.ben, newer)
    assert not take(office.ben, newer)


def test_only_three_codes_are_sent_in_ten_minutes(office, at_desk):
    client = at_desk(office.ben)
    for _ in range(5):
        client.post(f"{PAGE}code/")
    assert StepUpCode.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_of_eight_at_the_same_moment_one_takes_the_code():
    person = enter("Ben")
    code = send(person)
    taken: list[bool] = []
    gate = Barrier(8)

    def try_it() -> None:
        gate.wait()
        try:
            taken.append(take(person, code))
        finally:
            connection.close()

    threads = [Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]


def test_the_decorator_leads_to_the_page_and_back_and_keeps_nothing(office, rf):
    request = rf.post("/somewhere/?secret=1", {"body": "words"})
    request.session, request.user = Client().session, User.objects.get(person=office.ben)
    request.resolver_match = None
    guarded = stepup.step_up_required(lambda request: HttpResponse("done"))
    answer = guarded(request)
    assert answer.headers["Location"] == f"{PAGE}?next=%2Fsomewhere%2F"
    assert not dict(request.session)
    with pytest.raises(StepUpNeeded):
        stepup.proof(request)
    request.session[stepup.KEY] = {"method": "password", "at": timezone.now().timestamp(), "event": "e"}
    assert guarded(request).content == b"done"
    assert stepup.proof(request).event == "e"
