"""Invitations: one waiting at a time, taken once, and silent about why they do not open."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from groupcare.access import Role, acting_as, acting_as_system, roles_of
from groupcare.accounts import services
from groupcare.accounts.models import Invitation, Person, User
from groupcare.accounts.tokens import hashed, invitation_token
from groupcare.audit import recording
from groupcare.exceptions import Refused
from groupcare.outbox.models import Message
from tests.accounts.conftest import PASSWORD, PREFIX, plain

NEW = {"password": PASSWORD, "again": PASSWORD}


@pytest.mark.req("REQ-4")
def test_an_administrator_invites_a_facilitator_who_makes_an_account_and_is_led_to_a_second_factor(office, at_desk):
    typed = {
        "used_name": "Tom",
        "email": "Tom@Example.org",
        "role": "facilitator",
        "language": "en",
        "time_zone": "UTC",
    }
    answer = at_desk(office.ada).post(f"{PREFIX}people/invite/", typed)
    assert answer.status_code == 302
    row = Invitation.objects.get(role="facilitator", accepted_at=None)
    message = Message.objects.get(link_object=row.pk)
    assert (message.kind, message.recipient_id, message.address_id) == ("invitation", row.person_id, row.address_id)
    guest = Client()
    answer = guest.post(f"{PREFIX}invitation/{row.pk}/{invitation_token(row.pk, 1)}/", NEW)
    assert answer.status_code == 302
    user = User.objects.get(email="tom@example.org")
    assert user.person_id == row.person_id
    with acting_as(user.person):
        assert roles_of(user.person) == {Role.FACILITATOR}
    assert guest.get("/account/people/").headers["Location"] == "/account/2fa/"


def test_reading_an_invitation_changes_nothing(invited):
    row, url = invited()
    before = (User.objects.count(), Invitation.objects.get(pk=row.pk).__dict__ | {"_state": None})
    assert Client().get(url).status_code == 200
    assert Client().head(url).status_code == 405
    assert before == (User.objects.count(), Invitation.objects.get(pk=row.pk).__dict__ | {"_state": None})
    assert Client().post(url, NEW).status_code == 302


def test_an_invitation_is_taken_once(invited):
    row, url = invited()
    assert Client().post(url, NEW).status_code == 302
    assert Client().get(url).status_code == 404
    assert Client().post(url, NEW).status_code == 404
    with pytest.raises(Refused):
        services.accept_invitation(invitation_id=row.pk, token=invitation_token(row.pk, 1), password=PASSWORD)
    assert User.objects.filter(person=row.person).count() == 1


@pytest.mark.req("SEC-50")
def test_wrong_expired_used_revoked_replaced_and_foreign_links_look_the_same(invited, office):
    used, used_url = invited("Used")
    Client().post(used_url, NEW)
    expired, expired_url = invited("Late")
    Invitation.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    replaced, replaced_url = invited("Old")
    revoked, revoked_url = invited("Gone")
    with recording(), acting_as(office.ada):
        services.reissue(invitation=replaced, by=office.ada)
        services.revoke_invitation(invitation=revoked, by=office.ada)
    good, good_url = invited("Good")
    foreign = f"{PREFIX}invitation/{good.pk}/{invitation_token(used.pk, 1)}/"
    wrong = f"{PREFIX}invitation/{good.pk}/wrong/"
    unknown = f"{PREFIX}invitation/{office.ada.pk}/{invitation_token(office.ada.pk, 1)}/"
    answers = [Client().get(u) for u in (used_url, expired_url, replaced_url, revoked_url, foreign, wrong, unknown)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({plain(answer) for answer in answers}) == 1
    assert all(
        Client().post(u, NEW).status_code == 404 for u in (expired_url, replaced_url, revoked_url, foreign, wrong)
    )
    assert User.objects.filter(person=good.person).count() == 0
    assert Client().get(good_url).status_code == 200
    fresh = f"{PREFIX}invitation/{replaced.pk}/{invitation_token(replaced.pk, 2)}/"
    assert Client().get(fresh).status_code == 200


def test_an_invitation_ends_after_seven_days(invited):
    _, url = invited()
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert Client().get(url).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert Client().get(url).status_code == 404


def test_the_token_is_not_kept_and_depends_on_the_issue(invited):
    row, _ = invited()
    token = invitation_token(row.pk, 1)
    assert row.token_hash == hashed(token)
    assert token not in str(Invitation.objects.filter(pk=row.pk).values())
    assert invitation_token(row.pk, 2) != token
    assert invitation_token(row.pk, 1) == token


def test_a_second_invitation_revokes_the_first(invited, office):
    row, url = invited()
    with recording(), acting_as(office.ada):
        services.invite(person=row.person, email="other@example.org", by=office.ada)
    assert Client().get(url).status_code == 404
    assert Invitation.objects.open().filter(person=row.person).count() == 1


@pytest.mark.req("SEC-49")
@pytest.mark.parametrize(
    ("password", "kept"),
    [
        ("elevenchars", False),  # eleven
        ("password1234", False),  # twelve, on Django's list of common passwords
        ("twelve chars", True),
        ("x" * 64 + " yz", True),
        ("ünïcodé ☂ wörds", True),
    ],
)
def test_a_password_has_twelve_characters_and_is_not_common_and_needs_no_special_signs(invited, password, kept):
    row, url = invited()
    answer = Client().post(url, {"password": password, "again": password})
    assert answer.status_code == (302 if kept else 422)
    assert User.objects.filter(person=row.person).exists() is kept
    assert Invitation.objects.get(pk=row.pk).is_open is not kept


def test_an_address_that_has_an_account_makes_no_second_one(office):
    with recording(), acting_as(office.ada):
        person = services.create_person(used_name="Twin", by=office.ada)
        row = services.invite(person=person, email="ben@example.org", by=office.ada)
    answer = Client().post(f"{PREFIX}invitation/{row.pk}/{invitation_token(row.pk, 1)}/", NEW)
    assert answer.status_code == 422
    assert Person.objects.get(pk=person.pk).login is None


def test_facilitators_invite_members_but_give_no_staff_role_and_members_invite_nobody(office):
    with recording(), acting_as(office.nadia):
        person = services.create_person(used_name="New", by=office.nadia)
        assert services.invite(person=person, email="new@example.org", by=office.nadia).role == ""
        with pytest.raises(Refused):
            services.invite(person=person, email="new@example.org", by=office.nadia, role=Role.FACILITATOR)
    with recording(), acting_as(office.ben):
        with pytest.raises(Refused):
            services.create_person(used_name="Other", by=office.ben)
        with pytest.raises(Refused):
            services.invite(person=person, email="new@example.org", by=office.ben)


def test_inviting_somebody_who_has_an_account_is_an_error_to_read(office):
    from django.core.exceptions import ValidationError

    with recording(), acting_as_system("test") as system, pytest.raises(ValidationError):
        services.invite(person=office.ben, email="ben@example.org", by=system)


def test_the_list_shows_roles_and_waiting_invitations_and_its_buttons_work(office, at_desk, invited):
    row, url = invited()
    client = at_desk(office.ada)
    page = client.get(f"{PREFIX}people/").content.decode()
    assert all(word in page for word in ("Nadia", "Facilitator", "Invited until", "Ben"))
    client.post(f"{PREFIX}people/invitation/{row.pk}/reissue/")
    assert Client().get(url).status_code == 404
    assert Message.objects.filter(link_object=row.pk).count() == 2
    client.post(f"{PREFIX}people/invitation/{row.pk}/revoke/")
    assert not Invitation.objects.get(pk=row.pk).is_open


def test_a_broken_form_keeps_what_was_typed(office, at_desk):
    answer = at_desk(office.ada).post(f"{PREFIX}people/invite/", {"used_name": "Tomasz", "email": "no address"})
    assert answer.status_code == 422
    assert "Tomasz" in answer.content.decode()
    assert not Person.objects.filter(invitations__accepted_at=None, invitations__isnull=False).exists()


def test_nobody_but_administrators_sees_people(office, at_desk, invited):
    row, _ = invited()
    routes = ["people/", "people/invite/"]
    posts = [f"people/invitation/{row.pk}/reissue/", f"people/invitation/{row.pk}/revoke/"]
    for person in (office.nadia, office.ben):
        client = at_desk(person)
        assert {client.get(PREFIX + route).status_code for route in routes} == {404}
        assert {client.post(PREFIX + route).status_code for route in posts} == {404}
    assert Invitation.objects.get(pk=row.pk).is_open
    assert {at_desk(office.ada).get(PREFIX + route).status_code for route in routes} == {200}


@pytest.mark.parametrize("count", [5, 100])
def test_the_list_needs_the_same_queries_for_five_and_a_hundred_people(
    office, at_desk, django_assert_max_num_queries, count
):
    with recording(), acting_as_system("test") as system:
        for number in range(count):
            services.create_person(used_name=f"Person {number}", by=system)
    client = at_desk(office.ada)
    client.get(f"{PREFIX}people/")
    # The trail's own flush (lock, insert, head, savepoints) comes on top of the page's eight.
    with django_assert_max_num_queries(16):
        client.get(f"{PREFIX}people/")


def test_administrators_find_those_who_work_here_before_the_members(office, at_desk):
    entries = at_desk(office.ada).get(f"{PREFIX}people/").context["entries"]
    works_here = [bool(entry.roles) or bool(entry.invitation and entry.invitation.role) for entry in entries]
    assert works_here == sorted(works_here, reverse=True)
    assert True in works_here


def test_a_list_to_choose_from_is_never_called_optional(office, at_desk):
    page = at_desk(office.ada).get(f"{PREFIX}people/invite/").content.decode()
    assert "Works here as</label>" in page


@pytest.mark.req("REQ-4")
def test_the_list_of_people_shows_for_each_the_invitation_that_waits_and_no_other(office, at_desk):
    with acting_as(office.ada), recording():
        people = {name: services.create_person(used_name=name, by=office.ada) for name in ("Wanda", "Una", "Nick")}
        taken_back = services.invite(person=people["Una"], email="u@example.org", by=office.ada, role=None)
        services.revoke_invitation(invitation=taken_back, by=office.ada)
        again = services.invite(person=people["Una"], email="u@example.org", by=office.ada, role=None)
        gone = services.invite(person=people["Wanda"], email="w@example.org", by=office.ada, role=None)
        services.revoke_invitation(invitation=gone, by=office.ada)
    entries = {entry.person.pk: entry for entry in at_desk(office.ada).get(f"{PREFIX}people/").context["entries"]}
    shown = {name: (entries[one.pk].state, entries[one.pk].invitation) for name, one in people.items()}
    assert shown == {"Wanda": ("none", None), "Una": ("invited", again), "Nick": ("none", None)}
    assert (entries[office.ada.pk].state, entries[office.ada.pk].invitation) == ("active", None)
    assert len(entries) == Person.objects.count()
    later = Invitation.objects.get(pk=again.pk)
    Invitation.objects.filter(pk=later.pk).update(expires_at=timezone.now())
    entries = {entry.person.pk: entry for entry in at_desk(office.ada).get(f"{PREFIX}people/").context["entries"]}
    assert (entries[people["Una"].pk].state, entries[people["Una"].pk].invitation) == ("expired", later)
