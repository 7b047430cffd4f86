"""What the services and selectors of accounts refuse when they are asked past the pages."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from groupcare.access import acting_as, acting_as_system
from groupcare.accounts import selectors, services
from groupcare.accounts.models import SessionRecord
from groupcare.accounts.permissions import can_invite_staff
from groupcare.accounts.services import keep_record
from groupcare.audit import recording
from groupcare.exceptions import Refused


def test_only_administrators_list_people_and_invite_colleagues(office):
    with recording(), acting_as(office.ada):
        assert can_invite_staff(office.ada)
        assert office.ben.pk in {person.pk for person in selectors.people(office.ada)}
    with recording(), acting_as(office.nadia):
        assert not can_invite_staff(office.nadia)
        with pytest.raises(Refused):
            selectors.people(office.nadia)


def test_a_person_and_an_invitation_are_absent_for_those_they_do_not_concern(office, invited):
    row, _url = invited()
    with recording(), acting_as(office.ada):
        assert selectors.get_person(office.ada, office.ben.pk).pk == office.ben.pk
        assert selectors.get_invitation(office.ada, row.pk).pk == row.pk
    with recording(), acting_as(office.nadia):
        assert selectors.get_person(office.nadia, office.nadia.pk).pk == office.nadia.pk
        for absent in (office.ben.pk, uuid4()):
            with pytest.raises(Refused):
                selectors.get_person(office.nadia, absent)
        for absent in (row.pk, uuid4()):
            with pytest.raises(Refused):
                selectors.get_invitation(office.nadia, absent)


def test_an_invitation_is_sent_again_by_those_who_may_and_while_it_waits(office, invited):
    row, _url = invited()
    with recording(), acting_as(office.nadia), pytest.raises(Refused):
        services.reissue(invitation=row, by=office.nadia)
    with recording(), acting_as(office.ada):
        services.revoke_invitation(invitation=row, by=office.ada)
        with pytest.raises(ValidationError) as caught:
            services.reissue(invitation=row, by=office.ada)
    assert "closed" in caught.value.messages[0]


def test_an_invitation_needs_an_address_that_can_be_written_to(office):
    with recording(), acting_as(office.ada):
        person = services.create_person(used_name="Tom", by=office.ada)
        with pytest.raises(ValidationError) as caught:
            services.invite(person=person, email="tom at example", by=office.ada, role=None)
    assert "email" in caught.value.message_dict


@pytest.mark.parametrize(
    ("change", "field"), [({"used_name": "  "}, "used_name"), ({"time_zone": "Linden/Street"}, "time_zone")]
)
def test_a_profile_keeps_a_name_and_a_zone_that_exist(office, change, field):
    words = {"used_name": "Ben", "pronouns": "", "language": "en", "time_zone": "UTC"}
    with recording(), acting_as(office.ben):
        services.update_profile(person=office.ben, by=office.ben, **words)
        with pytest.raises(ValidationError) as caught:
            services.update_profile(person=office.ben, by=office.ben, **(words | change))
    assert field in caught.value.message_dict


def test_nobody_writes_the_profile_of_another_person(office):
    with recording(), acting_as(office.ada), pytest.raises(Refused):
        services.update_profile(
            person=office.ben, used_name="B", pronouns="", language="en", time_zone="UTC", by=office.ada
        )


def test_no_code_is_sent_to_somebody_who_does_not_sign_in(office):
    with recording(), acting_as_system("test") as system:
        paper = services.create_person(used_name="Paper", by=system)
    with recording(), acting_as(office.ben):
        assert services.send_step_up_code(by=office.ben).user_id == office.ben.login.pk
        with pytest.raises(Refused):
            services.send_step_up_code(by=paper)


def test_a_session_that_ended_meanwhile_is_not_noted(office):
    before = SessionRecord.objects.count()
    keep_record(user=office.ben.login, session_key="gone", started_at=0)
    assert SessionRecord.objects.count() == before
