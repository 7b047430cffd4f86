"""The demo practice: made through the services, whole, and in an empty demo database only."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from consent.models import Act, PaperScan
from consent.selectors import standings
from groupcare.access import acting_as
from groupcare.accounts.models import Person, User
from groupcare.audit.models import TrailEvent
from groupcare.demo.clock import clock_at
from groupcare.demo.story import Story
from groups.models import (
    ContactCard,
    GroupSession,
    Membership,
    ProcessNote,
    ProfessionalWill,
    ProgressNote,
    TherapyGroup,
)
from incidents.models import Concern
from tests.conftest import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def printed(settings: Settings) -> str:
    """Make the demo as the first start does and return what it printed."""
    settings.DEMO = True
    out = StringIO()
    call_command("make_demo", stdout=out)
    return out.getvalue()


def test_the_demo_holds_the_practice_that_the_readme_promises(printed: str) -> None:
    assert TherapyGroup.objects.count() == 3
    assert Membership.objects.count() == 20 + 2
    assert Membership.objects.filter(person__user=None).count() == 2
    assert PaperScan.objects.count() == 1
    assert User.objects.filter(demo_exempt=True).count() == User.objects.count() == 28
    assert ProcessNote.objects.count() == ProgressNote.objects.count() == 2
    assert Concern.objects.count() == 2
    assert ProfessionalWill.objects.count() == ContactCard.objects.count() == 1
    assert GroupSession.objects.filter(ends_at__lt=timezone.now()).count() == 4 + 3 + 2
    assert GroupSession.objects.filter(starts_at__gt=timezone.now()).count() == 4 + 4 + 4 + 1
    for account in ("nadia", "tom", "mira", "ada", "petra", "xavier", "sven", "rosa"):
        assert f"{account}@demo.example" in printed


def test_its_members_stand_in_every_way_that_acts_and_time_can_bring_about(printed: str) -> None:
    del printed
    nadia = User.objects.get(email="nadia@demo.example").person
    group = Membership.objects.get(person=User.objects.get(email="ben@demo.example").person).group
    people = list(Membership.objects.filter(group=group).values_list("person_id", flat=True))
    with acting_as(nadia):
        states = {str(standing.state) for standing in standings(nadia, [group.pk], people).values()}
    assert {"current", "due", "expired", "missing", "talk_first", "declined"} <= states


def test_its_trail_was_written_in_the_order_of_its_days_and_verifies(printed: str) -> None:
    del printed
    # A concern is noted without its hour (foundation F5), so it cannot stand in the order of moments.
    timed = TrailEvent.objects.exclude(actor="reporter").order_by("sequence")
    moments = list(timed.values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[0] < timezone.now() - timedelta(days=399)
    call_command("verify_audit", stdout=StringIO())
    call_command("check_access", stdout=StringIO())


def test_a_second_demo_is_refused_in_the_same_database(printed: str) -> None:
    del printed
    before = Person.objects.count(), Act.objects.count()
    with pytest.raises(CommandError, match="holds people already"):
        call_command("make_demo")
    assert (Person.objects.count(), Act.objects.count()) == before


def test_no_demo_is_made_outside_of_demo_mode(settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="Demo mode is off"):
        call_command("make_demo")
    assert not Person.objects.exists()


def test_the_script_tells_the_same_story_every_time() -> None:
    assert Story.read("one").script == Story.read("two").script


def test_the_moved_clock_moves_model_defaults_too_and_goes_back() -> None:
    then = timezone.now() - timedelta(days=30)
    with clock_at(then):
        assert timezone.now() == then
        assert Person(used_name="Somebody").created_at == then
    assert timezone.now() > then


def test_a_demo_account_is_told_that_no_real_one_works_without_a_second_factor(printed: str) -> None:
    del printed
    told = "works without a second factor"
    browser = Client(SERVER_NAME="localhost")
    nadia = User.objects.get(email="nadia@demo.example").person
    assert told in sign_in(browser, nadia).get("/today/").content.decode()
    assert told not in Client(SERVER_NAME="localhost").get("/account/login/").content.decode()
