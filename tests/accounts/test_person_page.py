"""One person, for administrators: roles, account, address; never oneself, never the last one, nothing of care."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groupcare.access import Role, RoleHolding, roles_by_person
from groupcare.accounts import services
from groupcare.accounts.models import Invitation, User
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import Refused
from groupcare.outbox.models import AddressTrouble
from groupcare.outbox.selectors import current_address
from tests.factories import make_person, make_staff
from tests.world import today

pytestmark = pytest.mark.django_db


def url(name, person, **more):
    return reverse(f"accounts:{name}", kwargs={"person_id": person.pk, **more})


def roles(world, person, acting):
    with acting(world.ada):
        return roles_by_person([person.pk]).get(person.pk, frozenset())


def test_an_administrator_sees_roles_with_periods_and_nothing_of_care(world, client_for):
    page = client_for(world.ada).get(url("person-detail", world.nadia)).content.decode()
    assert world.nadia.used_name in page
    assert "Facilitator" in page
    for person in (world.ben, world.ex):
        member = client_for(world.ada).get(url("person-detail", person)).content.decode()
        assert "Thursday" not in member
    assert client_for(world.petra).get(url("person-detail", world.nadia)).status_code == 404
    assert client_for(world.nadia).get(url("person-detail", world.nadia)).status_code == 404


@pytest.mark.req("SEC-47")
def test_a_role_given_until_a_day_ends_their_sessions_and_the_role_with_the_day(world, client_for, acting):
    tom = client_for(world.tom)
    assert tom.get(reverse("groups:today")).status_code == 200
    last = today() + timedelta(days=3)
    sent = client_for(world.ada).post(url("role-give", world.tom), {"role": "privacy_officer", "last_day": last})
    assert sent.status_code == 302
    assert Role.PRIVACY_OFFICER in roles(world, world.tom, acting)
    assert tom.get(reverse("groups:today")).status_code == 302, "signed out"
    held = RoleHolding.objects.get(person=world.tom, role=Role.PRIVACY_OFFICER)
    assert timedelta(days=3) < held.valid_until - timezone.now() < timedelta(days=5)
    again = client_for(world.ada).post(url("role-give", world.tom), {"role": "privacy_officer"})
    assert again.status_code == 422
    assert "holds this role already" in again.content.decode()


@pytest.mark.req("SEC-47")
def test_a_role_that_ended_is_gone_at_the_next_click(world, client_for, acting):
    tom, ada = client_for(world.tom), client_for(world.ada)
    tom.get(reverse("groups:today"))
    assert ada.get(url("role-end", world.tom, role="facilitator")).status_code == 200
    assert Role.FACILITATOR in roles(world, world.tom, acting), "asking ends nothing"
    ada.post(url("role-end", world.tom, role="facilitator"))
    assert Role.FACILITATOR not in roles(world, world.tom, acting)
    assert tom.get(reverse("groups:today")).status_code == 302
    assert ada.post(url("role-end", world.tom, role="emperor")).status_code == 404


def test_nobody_gives_themselves_a_role_and_the_last_administrator_stays(world, client_for, acting):
    ada = client_for(world.ada)
    assert ada.post(url("role-give", world.ada), {"role": "privacy_officer"}).status_code == 404
    said = ada.post(url("role-end", world.ada, role="administrator"), follow=True).content.decode()
    assert "Somebody must be administrator" in said
    assert roles(world, world.ada, acting) == {Role.ADMINISTRATOR}


def test_an_account_is_switched_off_and_on_again_and_keeps_its_roles(world, client_for, acting):
    tom, ada = client_for(world.tom), client_for(world.ada)
    tom.get(reverse("groups:today"))
    ada.get(url("person-switch", world.tom, what="off"))
    assert world.tom.login.is_active
    ada.post(url("person-switch", world.tom, what="off"))
    assert not world.tom.login.is_active
    assert tom.get(reverse("groups:today")).status_code == 302
    assert "Account switched off" in ada.get(url("person-detail", world.tom)).content.decode()
    ada.post(url("person-switch", world.tom, what="on"))
    ada.post(url("person-switch", world.tom, what="on"))
    assert world.tom.login.is_active
    assert Role.FACILITATOR in roles(world, world.tom, acting)
    assert TrailEvent.objects.filter(action="user.switch_on", object_id=str(world.tom.login.pk)).count() == 1


def test_all_places_of_somebody_are_signed_out(world, client_for):
    tom = client_for(world.tom)
    tom.get(reverse("groups:today"))
    client_for(world.ada).post(url("person-switch", world.tom, what="sessions"))
    assert tom.get(reverse("groups:today")).status_code == 302
    assert world.tom.login.is_active


def test_nobody_switches_themselves_or_the_last_administrator_off(world, client_for, acting):
    eve = make_staff("Eve Sand", Role.ADMINISTRATOR)
    assert client_for(world.ada).post(url("person-switch", world.ada, what="off")).status_code == 404
    assert client_for(world.ada).post(url("person-switch", world.tom, what="nothing")).status_code == 404
    User.objects.filter(person=eve).update(is_active=False)
    said = client_for(world.ada).post(url("person-switch", world.tom, what="off"), follow=True)
    assert "switched off" in said.content.decode(), "Ada is left to administer"
    with acting(world.petra) as petra, pytest.raises(Refused):
        services.switch_off(person=world.nadia, by=petra)
    with acting(world.ada) as ada, pytest.raises(Refused):
        services.end_all_sessions(person=ada, by=ada)


def test_switches_and_roles_ask_for_a_fresh_proof(world, client_for):
    browser = client_for(world.ada, stepped_up=False)
    for target in (url("role-give", world.tom), url("role-end", world.tom, role="facilitator"),
                   url("person-switch", world.tom, what="off")):  # fmt: skip
        assert browser.post(target, {"role": "trainee"}).url.startswith(reverse("accounts:step-up"))
    assert world.tom.login.is_active


def test_somebody_without_login_is_invited_from_their_page(world, client_for):
    signer = make_person("Paper Signer")
    ada = client_for(world.ada)
    assert "No address." in ada.get(url("person-detail", signer)).content.decode()
    wrong = ada.post(url("person-invite-again", signer), {"email": "nonsense"})
    assert wrong.status_code == 422
    assert "nonsense" in wrong.content.decode()
    ada.post(url("person-invite-again", signer), {"email": "signer@example.org"})
    assert Invitation.objects.get(person=signer).is_open
    said = ada.post(url("person-invite-again", world.ben), {"email": "ben@example.org"}, follow=True)
    assert "has an account already" in said.content.decode()


def test_an_address_in_trouble_is_shown_to_staff_and_to_the_person_until_somebody_clears_it(world, client_for):
    address = current_address(world.ben)
    AddressTrouble(address=address, source="bounce", code="5.1.1").save()
    ada, ben = client_for(world.ada), client_for(world.ben)
    assert "Mail does not arrive. 5.1.1" in ada.get(url("person-detail", world.ben)).content.decode()
    assert "Mail to your address does not arrive" in ben.get(reverse("home"), follow=True).content.decode()
    ada.post(reverse("practice:address-clear", kwargs={"person_id": world.ben.pk}))
    assert "Mail does not arrive" not in ada.get(url("person-detail", world.ben)).content.decode()
    assert "does not arrive" not in ben.get(reverse("home"), follow=True).content.decode()
    nobody = make_person("Nobody")
    assert ada.post(reverse("practice:address-clear", kwargs={"person_id": nobody.pk})).status_code == 404


def test_a_name_in_another_script_and_with_a_picture_is_shown(world, client_for):
    person = make_person("נעמי 🌿")
    assert "נעמי 🌿" in client_for(world.ada).get(url("person-detail", person)).content.decode()
