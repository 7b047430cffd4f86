"""The settings of the practice, its places, and the first run."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import RequestFactory
from django.urls import reverse

from groupcare.access import Role, RoleHolding, acting_as, acting_as_system
from groupcare.accounts.models import Invitation
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import Refused
from groupcare.practice import context, selectors, services
from groupcare.practice.models import Installation, Practice, Site
from groupcare.practice.places import place_name, places
from groupcare.web.context import reset_request_id, set_request_id
from tests.factories import make_member, make_person, make_staff

pytestmark = pytest.mark.django_db

SETTINGS = {
    "name": "Linden Street Practice",
    "public_name": "Linden House",
    "time_zone": "America/New_York",
    "language": "en",
    "contact": "The front desk",
    "crisis_text": "Call your local emergency number.",
}


@pytest.fixture
def practice(db):
    with acting_as_system("set_up") as system:
        return services.set_up_practice(by=system, **SETTINGS)


@pytest.fixture
def ada(db):
    return make_staff("Ada Quist", Role.ADMINISTRATOR)


@pytest.fixture
def browser(client_for, ada):
    return client_for(ada)


def test_setting_up_writes_down_whether_this_is_a_demo(practice, settings):
    assert Installation.objects.get().is_demo is settings.DEMO
    assert TrailEvent.objects.filter(action="practice.set_up", actor="system:set_up").exists()


def test_there_is_one_practice(practice, ada):
    with acting_as(ada), pytest.raises(ValidationError):
        services.set_up_practice(by=ada, **SETTINGS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Practice.objects.create(name="Other", public_name="Other", time_zone="UTC")


def test_the_administrator_changes_the_settings(practice, browser):
    page = reverse("practice:settings")
    assert "Linden Street Practice" in browser.get(page).content.decode()
    answer = browser.post(page, {**SETTINGS, "public_name": "Elm House"})
    assert answer.status_code in {302, 303}
    practice.refresh_from_db()
    assert practice.public_name == "Elm House"
    assert TrailEvent.objects.filter(action="practice.update").count() == 1


def test_what_was_typed_stays_when_something_is_wrong(practice, browser):
    answer = browser.post(reverse("practice:settings"), {**SETTINGS, "name": "", "contact": "Ring twice"})
    assert answer.status_code == 422
    assert "Ring twice" in answer.content.decode()
    practice.refresh_from_db()
    assert practice.contact == SETTINGS["contact"]


@pytest.mark.req("SEC-2")
@pytest.mark.parametrize("name", ["settings", "site-create", "setup"])
@pytest.mark.parametrize("role", [None, Role.FACILITATOR, Role.PRIVACY_OFFICER])
def test_only_administrators_open_the_settings(name, role, practice, browser, client_for):
    address = reverse(f"practice:{name}")
    assert browser.get(address).status_code == 200
    other = make_staff("Nadia Rahmani", role) if role else make_member("Ben Taylor")
    stranger = client_for(other)
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, SETTINGS).status_code == 404
    assert Site.objects.count() == 0


def test_services_refuse_whoever_does_not_administer(practice):
    nadia = make_staff("Nadia Rahmani", Role.FACILITATOR)
    with acting_as(nadia):
        for call in (
            lambda: services.update_practice(by=nadia, name="Mine"),
            lambda: services.add_site(by=nadia, name="Mine", place="IE"),
            lambda: services.name_external_reviewer(by=nadia, person=make_person("Xavier Oduya")),
        ):
            with pytest.raises(Refused):
                call()
    practice.refresh_from_db()
    assert practice.name == SETTINGS["name"]


def test_wrong_values_are_named_by_field(practice, ada):
    with acting_as(ada):
        with pytest.raises(ValidationError) as caught:
            services.update_practice(by=ada, time_zone="Moon/Base", language="xx")
        assert set(caught.value.message_dict) == {"time_zone", "language"}
        with pytest.raises(TypeError):
            services.update_practice(by=ada, created_at="now")
        with pytest.raises(ValidationError) as caught:
            services.add_site(by=ada, name="Room", place="XX")
        assert "place" in caught.value.message_dict


def test_a_place_is_added_and_listed(practice, browser):
    fields = {"name": "Linden House", "place": "US-NY", "address_text": "4 Linden Street"}
    assert browser.post(reverse("practice:site-create"), fields).status_code in {302, 303}
    page = browser.get(reverse("practice:settings")).content.decode()
    assert "Linden House" in page
    assert "New York" in page
    assert browser.post(reverse("practice:site-create"), fields).status_code == 422
    assert Site.objects.count() == 1


def test_groups_wait_for_an_external_reviewer(practice, ada, browser):
    with acting_as(ada):
        assert [step.key for step in selectors.ready()] == ["external_reviewer"]
    page = browser.get(reverse("practice:settings")).content.decode()
    assert "No group can be made yet" in page
    assert "In a solo practice one person" in page
    xavier = make_member("Xavier Oduya")
    answer = browser.post(reverse("practice:setup"), {"person": str(xavier.id)})
    assert answer.status_code in {302, 303}
    with acting_as(ada):
        assert selectors.ready() == []
    assert "No group can be made yet" not in browser.get(reverse("practice:settings")).content.decode()


def test_a_new_reviewer_takes_over_from_the_old_one(practice, ada):
    first, second = make_member("Xavier Oduya"), make_member("Yara Haddad")
    with acting_as(ada):
        services.name_external_reviewer(person=first, by=ada)
        services.name_external_reviewer(person=second, by=ada)
        services.name_external_reviewer(person=second, by=ada)
        assert selectors.ready() == []
    held = RoleHolding.objects.current().filter(role=Role.EXTERNAL_REVIEWER)
    assert [holding.person_id for holding in held] == [second.id]


def test_nobody_from_inside_reviews_from_outside(practice, ada, browser):
    nadia = make_staff("Nadia Rahmani", Role.FACILITATOR)
    with acting_as(ada):
        with pytest.raises(ValidationError) as caught:
            services.name_external_reviewer(person=nadia, by=ada)
        assert "person" in caught.value.message_dict
        with pytest.raises(Refused):
            services.name_external_reviewer(person=ada, by=ada)
        assert nadia.id not in {pk for pk, _name in selectors.reviewer_candidates(ada)}
    assert browser.post(reverse("practice:setup"), {"person": str(nadia.id)}).status_code == 422


def test_a_reviewer_whose_role_ended_leaves_the_step_open(practice, ada):
    xavier = make_member("Xavier Oduya")
    with acting_as(ada):
        services.name_external_reviewer(person=xavier, by=ada)
        from groupcare.access import end_role

        end_role(person=xavier, role=Role.EXTERNAL_REVIEWER, by=ada)
        assert [step.key for step in selectors.ready()] == ["external_reviewer"]


@pytest.mark.parametrize("name", ["settings", "site-create", "setup"])
def test_the_pages_take_few_queries_whatever_the_rows(name, practice, ada, browser, queries):
    address = reverse(f"practice:{name}")
    make_person("Somebody outside")
    few = queries(browser, address)
    for number in range(12):
        make_person(f"Person {number}")
        Site.objects.create(name=f"Room {number}", place="IE")
    assert queries(browser, address) == few
    assert few <= 8


def test_a_page_reads_the_practice_once(practice, django_assert_num_queries):
    token = set_request_id("r1")
    try:
        with django_assert_num_queries(1):
            found = context.practice(RequestFactory().get("/"))
            assert (str(found["practice_name"]), str(found["practice_zone"])) == ("Linden House", "America/New_York")
            assert selectors.practice().public_name == "Linden House"
    finally:
        reset_request_id(token)


def test_before_the_first_set_up_pages_know_no_name():
    found = context.practice(RequestFactory().get("/"))
    assert str(found["practice_name"]) == ""
    assert str(found["practice_zone"]) == "UTC"
    with pytest.raises(Practice.DoesNotExist):
        selectors.practice()


def test_the_places_are_those_of_the_packs():
    packs = "US-FED US-CA US-NY US-TX US-FL US-IL US-WA US-OTHER GB-EAW IE DE CA-ON AU-NSW AU-VIC"
    assert set(places()) == set(packs.split())
    assert place_name("IE") == "Ireland"
    assert place_name("XX") == "XX"


ARGUMENTS = {
    "name": "Linden Street Practice",
    "public_name": "Linden House",
    "time_zone": "Europe/Dublin",
    "administrator_name": "Ada Quist",
    "administrator_email": "ada@example.org",
}


def test_the_first_start_makes_the_practice_and_prints_the_way_in(client):
    out = StringIO()
    call_command("set_up", stdout=out, **ARGUMENTS)
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.invited_by) == (Role.ADMINISTRATOR, None)
    assert Practice.objects.get().time_zone == "Europe/Dublin"
    link = next(line for line in out.getvalue().splitlines() if line.startswith("http"))
    path = "/" + link.split("/", 3)[3]
    assert client.get(path, follow=True).status_code == 200
    with pytest.raises(CommandError):
        call_command("set_up", stdout=out, **ARGUMENTS)
    assert Invitation.objects.count() == 1


def test_the_first_start_is_none_for_a_demo_or_a_wrong_zone(settings):
    with pytest.raises(CommandError, match="time zone"):
        call_command("set_up", **{**ARGUMENTS, "time_zone": "Moon/Base"})
    assert Practice.objects.count() == 0
    settings.DEMO = True
    with pytest.raises(CommandError, match="GROUPCARE_DEMO=0"):
        call_command("set_up", **ARGUMENTS)


def test_the_system_is_no_reviewer_and_no_zone_or_language_is_made_up(practice, ada):
    with acting_as(ada):
        with acting_as_system("set_up") as system, pytest.raises(Refused):
            services.name_external_reviewer(person=system, by=ada)
        for field, value in (("time_zone", "Linden/Street"), ("language", "xx"), ("name", "")):
            with pytest.raises(ValidationError) as caught:
                services.update_practice(by=ada, **{field: value})
            assert field in caught.value.message_dict
    kept = Practice.objects.get()
    assert (kept.time_zone, kept.language, kept.external_reviewer) == ("America/New_York", "en", None)
