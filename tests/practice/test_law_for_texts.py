"""The law that a text quotes is read at once, and says what the law read page by page says."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groupcare.practice.law import Law, law_for_texts, law_of_sites, sentences
from groupcare.practice.law_services import override_law
from groupcare.practice.models import Site
from tests.world import at_work

pytestmark = pytest.mark.django_db
PLACES = ["US-TX", "US-NY"]
VALUE = "structured.child_hours"


@pytest.fixture
def decided(world):
    """Let Ada set one value of Texas on advice."""
    with at_work(world.ada) as ada:
        override_law(code="US-TX", path=VALUE, value="12", reason="Our counsel says so.", seen=0, by=ada)
    return world


def said(law):
    return {language: sentences(PLACES, language, law) for language in ("en", "es")}


@pytest.mark.req("REQ-57", "REQ-58")
def test_a_text_says_what_the_pages_of_the_law_say_and_asks_once(decided):
    with CaptureQueriesContext(connection) as seen:
        found = law_for_texts(PLACES)
    assert len(seen) == 1
    assert said(found) == said(Law(PLACES))
    assert found.override("US-TX", VALUE).value == 12
    assert said(found) != said(Law(PLACES, []))


def test_the_law_of_all_sites_is_read_with_the_sites_each_place_once_in_the_order_of_their_names(decided):
    for name, place in (("B house", "US-TX"), ("A house", "US-NY"), ("C house", "US-CA")):
        Site.objects.create(name=name, place=place)
    with CaptureQueriesContext(connection) as seen:
        places, law = law_of_sites()
    assert len(seen) == 1
    wanted = list(dict.fromkeys(Site.objects.order_by("name").values_list("place", flat=True)))
    assert places == wanted
    assert law.override("US-TX", VALUE).value == 12
