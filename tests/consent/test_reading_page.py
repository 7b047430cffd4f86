"""What stands above a text before it is read: how long it takes, and whether those who lead have signed it too."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consent.kinds.wording import READING_SPEED, Clause, Text
from consent.selectors import leads_have_signed, open_version, text_of
from consent.services import Terms
from groups.models import Facilitation
from tests.consent.helpers import newest, publish, url
from tests.world import at_work, sign_for

pytestmark = pytest.mark.django_db
SIGNED, OPEN = "The people who lead have signed this too.", "Not everybody who leads has signed this yet."


def page(world, client_for, who):
    return client_for(who).get(url("agreement-read", newest(world).pk)).content.decode()


def leads_sign(world):
    for run in Facilitation.objects.filter(group=world.thursday, role__in=("lead", "co", "stand_in")):
        sign_for(run.person, newest(world))


def of_words(count):
    return Text("en", "One", "One", "I agree", True, (Clause("a", "Two", " ".join(["word"] * count), False),))


@pytest.mark.parametrize(("words", "minutes"), [(1, 1), (READING_SPEED * 3, 3), (READING_SPEED * 10, 10)])
def test_a_text_says_about_how_many_minutes_it_takes_and_never_none(words, minutes):
    assert of_words(words).minutes == minutes


def test_the_page_says_the_minutes_of_this_very_text(world, client_for):
    minutes = text_of(newest(world)).minutes
    assert minutes > 1
    assert f"About {minutes} minutes." in page(world, client_for, world.ben)


@pytest.mark.req("REQ-29")
def test_a_member_reads_whether_those_who_lead_have_signed_this_too(world, client_for):
    publish(world)
    assert OPEN in page(world, client_for, world.ben)
    leads_sign(world)
    found = page(world, client_for, world.ben)
    assert SIGNED in found
    assert OPEN not in found


def said_of(world, version):
    """Return what is said to Ben of those who lead, on the page of a version."""
    with at_work(world.ben) as ben:
        return leads_have_signed(open_version(ben, version.pk))


@pytest.mark.req("REQ-29")
def test_it_is_said_no_more_when_a_new_version_asks_those_who_lead_again(world):
    publish(world)
    leads_sign(world)
    assert said_of(world, newest(world)) is True
    publish(world, terms=Terms(material=False, summary="A date."))
    assert said_of(world, newest(world)) is True
    publish(world)
    assert said_of(world, newest(world)) is False


def test_it_is_said_no_more_when_a_signature_of_those_who_lead_has_run_out(world, time_machine):
    publish(world)
    leads_sign(world)
    time_machine.move_to(timezone.now() + timedelta(days=366))
    assert said_of(world, newest(world)) is False


def test_it_is_not_said_where_nobody_who_leads_signs(world, client_for):
    version = publish(world, kind_key="pledge")["en"]
    assert said_of(world, version) is None
    said = client_for(world.ben).get(url("agreement-read", version.pk)).content.decode()
    assert SIGNED not in said
    assert OPEN not in said
