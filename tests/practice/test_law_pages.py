"""The pages of the law: who reads what, what looks unverified, what is due, in both languages."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from groupcare.access import Role, acting_as
from groupcare.practice import law_selectors, selectors
from groupcare.practice.law.reading import packs
from groups.models import TherapyGroup
from tests.factories import make_staff
from tests.practice.law_world import packs_with

pytestmark = pytest.mark.django_db
LIST = "/practice/law/"
AFTER_REVIEW = datetime(2027, 1, 3, tzinfo=UTC)  # 1 January 2027, when what is in flux falls due, is over everywhere


def place(code: str) -> str:
    return reverse("practice:law-detail", kwargs={"code": code})


def test_an_administrator_and_the_privacy_officer_see_every_place_those_in_use_first(world, client_for):
    for person in (world.ada, world.petra):
        page = client_for(person).get(LIST).content.decode()
        assert all(f'href="{place(code)}"' in page for code in packs())
        # The practice works in New York, on federal law; both stand before California.
        assert page.index(place("US-FED")) < page.index(place("US-CA"))
        assert page.index(place("US-NY")) < page.index(place("AU-NSW"))
        assert page.count("In use") == 2


@pytest.mark.req("REQ-58")
def test_a_facilitator_reads_the_law_of_the_own_groups_places_and_no_other(world, client_for):
    nadia = client_for(world.nadia)
    listed = nadia.get(LIST).content.decode()
    assert place("US-NY") in listed
    assert place("US-CA") not in listed
    read = nadia.get(place("US-NY"))
    assert read.status_code == 200
    assert "Decide about it" not in read.content.decode()
    assert nadia.get(place("US-CA")).status_code == 404
    assert nadia.get(place("US-ZZ")).status_code == 404
    value = reverse("practice:law-value", kwargs={"code": "US-NY", "path": "structured.child_oral"})
    assert nadia.get(value).status_code == 404
    ada = client_for(world.ada)
    assert ada.get(place("US-CA")).status_code == 200
    assert ada.get(value).status_code == 200
    assert "Decide about it" in ada.get(place("US-NY")).content.decode()


def test_whoever_runs_nothing_is_told_what_will_stand_there(world, client_for):
    page = client_for(make_staff("Nora New", Role.FACILITATOR)).get(LIST).content.decode()
    assert "When you run a group, the law of its place stands here." in page


@pytest.mark.parametrize("name", ["ben", "xavier", "root"])
def test_nobody_else_comes_to_the_door(world, client_for, name):
    for url in (LIST, place("US-NY"), "/changes/"):
        assert client_for(world.person(name)).get(url).status_code == 404
        assert client_for(world.ada).get(url).status_code == 200


def test_a_group_leads_to_the_law_of_its_place_and_of_its_site(world, client_for):
    TherapyGroup.objects.filter(pk=world.thursday.pk).update(place="US-CA")
    page = client_for(world.nadia).get(reverse("groups:group-detail", kwargs={"pk": world.thursday.pk}))
    assert place("US-CA") in page.content.decode()
    assert place("US-NY") in page.content.decode()
    assert client_for(world.nadia).get(place("US-CA")).status_code == 200


@pytest.mark.parametrize("code", sorted(packs()))
@pytest.mark.req("REQ-57", "REQ-58")
def test_every_leaf_of_a_pack_and_of_what_it_stands_on_is_on_its_page(world, client_for, code):
    page = client_for(world.ada).get(place(code)).content.decode()
    for pack in law_selectors.chain(code):
        for leaf in pack.leaves.values():
            assert reverse("practice:law-value", kwargs={"code": pack.id, "path": leaf.path}) in page
            assert leaf.label["en"] in page.replace("&#x27;", "'")
    assert "not legal advice" in page


def test_what_nobody_confirmed_looks_unverified_and_the_rest_does_not(world, client_for):
    page = client_for(world.ada).get(place("US-OTHER")).content.decode()
    federal = packs()["US-FED"].leaves.values()
    # All four facts of the pack itself were read; of the federal layer those marked C or X wear the mark.
    unsure = sum(leaf.mark in "CX" for leaf in federal)
    assert page.count("is-unverified") == unsure
    assert unsure > 5


def test_the_stricter_law_stands_first_and_both_are_shown(world, client_for):
    page = client_for(world.ada).get(place("US-NY")).content.decode()
    start = page.index("When data gets out")
    assert page.index("30 days", start) < page.index("60 days", start)
    assert "Two laws hold here together" in page
    assert "Two laws hold" not in client_for(world.ada).get(place("DE")).content.decode()


def test_a_page_speaks_spanish_and_marks_what_stays_in_english(world, client_for):
    browser = client_for(world.ada)
    browser.cookies["django_language"] = "es"
    page = browser.get(place("IE")).content.decode()
    assert "Daño a un menor" in page
    assert "Nuestra asesoría legal no lo ha confirmado." in page
    assert "72 horas" in page
    assert '<span lang="en">Permissive.</span>' in page


def test_nothing_warns_before_the_day_of_review(world, client_for):
    page = client_for(world.ada).get(LIST).content.decode()
    assert "Review is due" not in page
    assert "Nothing must be checked again today" in page
    with acting_as(world.ada):
        assert _step("law_is_checked").done


@pytest.mark.req("REQ-58")
def test_an_expired_pack_warns_on_every_page_that_is_about_it_and_goes_on_running(world, client_for):
    with time_machine.travel(AFTER_REVIEW):
        browser = client_for(world.ada)
        listed = browser.get(LIST).content.decode()
        # Of the two places in use, New York and the federal layer, both have values in flux.
        assert "Two places where you work must be checked again." in listed
        assert "Something here should have been checked again by now" in browser.get(place("US-NY")).content.decode()
        assert "Review is due" in browser.get(place("US-NY")).content.decode()
        first_run = browser.get(reverse("practice:setup")).content.decode()
        assert "Have the law of your places checked again where that is due." in first_run
        with acting_as(world.ada):
            assert not _step("law_is_checked").done
        assert "within 48 hours" in browser.get(place("US-NY")).content.decode()


def test_a_place_where_nobody_works_does_not_warn_the_practice(world, client_for, tmp_path):
    old = ("checked_on = 2026-07-01\nreview_due = 2027-07-01", "checked_on = 2025-07-01\nreview_due = 2026-07-01")
    with packs_with(tmp_path, "DE", old):
        page = client_for(world.ada).get(LIST).content.decode()
        assert "Review is due" in page
        assert "Nothing must be checked again today" in page
        with acting_as(world.ada):
            assert _step("law_is_checked").done
    with packs_with(tmp_path, "US-NY", old), acting_as(world.ada):
        assert not _step("law_is_checked").done


def _step(key: str):
    return next(step for step in selectors.first_run().advised if step.key == key)


def test_the_pages_ask_the_database_at_most_eight_times(world, client_for, queries):
    value = reverse("practice:law-value", kwargs={"code": "US-NY", "path": "structured.child_oral"})
    for person in (world.ada, world.nadia):
        for url in (LIST, place("US-NY"), "/changes/"):
            assert queries(client_for(person), url) <= 12, url  # eight of their own, and those of the door
    assert queries(client_for(world.ada), value) <= 12
