"""The demo practice: made through the services, whole, and in an empty demo database only."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from consent.models import Act, PaperScan
from consent.selectors import board, debts, everyone_signs, own_and_wards, paper_wanted, questions_waiting, standings
from groupcare.access import acting_as
from groupcare.accounts.models import Person, User
from groupcare.audit.models import TrailEvent
from groupcare.demo.clock import clock_at
from groupcare.demo.story import Story
from groups.models import (
    AttendanceEntry,
    ContactCard,
    Enrolment,
    GroupSession,
    Membership,
    ProcessNote,
    ProfessionalWill,
    ProgressNote,
    SessionSeries,
    TherapyGroup,
)
from groups.selectors import group_with_facilitators
from incidents.models import Concern
from tests.conftest import sign_in
from tests.databases import on_sqlite

pytestmark = pytest.mark.django_db


# The whole practice is told anew for each of these tests: its trail and the second one are looked at on both.
told_on_both = on_sqlite("the same services tell the same story on both")


@pytest.fixture
def printed(settings: Settings) -> str:
    """Make the demo as the first start does and return what it printed."""
    settings.DEMO = True
    out = StringIO()
    call_command("make_demo", stdout=out)
    return out.getvalue()


@told_on_both
def test_the_demo_holds_the_practice_that_the_readme_promises(printed: str) -> None:
    assert TherapyGroup.objects.count() == 3
    assert Membership.objects.count() == 20 + 2
    assert Membership.objects.filter(person__user=None).count() == 2
    assert PaperScan.objects.count() == 4 + 3  # one member's four texts, and three guardians
    assert User.objects.filter(demo_exempt=True).count() == User.objects.count() == 28 + 2
    assert ProcessNote.objects.count() == ProgressNote.objects.count() == 2
    assert Concern.objects.count() == 2
    assert ProfessionalWill.objects.count() == ContactCard.objects.count() == 1
    assert GroupSession.objects.filter(ends_at__lt=timezone.now()).count() == 1 + 4 + 3 + 2
    assert GroupSession.objects.filter(starts_at__gt=timezone.now()).count() == 4 + 4 + 4 + 1
    assert SessionSeries.objects.count() == 3
    assert AttendanceEntry.objects.count() == 5 * 4 + 4 * 3 + 3 * 2
    assert [one.steps.latest("number").state for one in Enrolment.objects.order_by("opened_at")] == [
        "waitlisted",
        "suitable",
        "inquiry",
    ]
    for account in ("nadia", "tom", "mira", "ada", "petra", "xavier", "sven", "rosa"):
        assert f"{account}@demo.example" in printed


@told_on_both
def test_its_members_stand_in_every_way_that_acts_and_time_can_bring_about(printed: str) -> None:
    del printed
    nadia = User.objects.get(email="nadia@demo.example").person
    group = Membership.objects.get(person=User.objects.get(email="ben@demo.example").person).group
    people = list(Membership.objects.filter(group=group).values_list("person_id", flat=True))
    with acting_as(nadia):
        states = {str(standing.state) for standing in standings(nadia, [group.pk], people).values()}
    assert {"current", "due", "expired", "missing", "talk_first", "declined"} <= states


@told_on_both
def test_every_list_about_promises_has_something_to_show(printed: str) -> None:
    del printed
    people = {user.email.partition("@")[0]: user.person for user in User.objects.select_related("person")}
    groups = {group.label: group for group in TherapyGroup.objects.all()}
    for label, kinds in (("Thursday B", 4), ("Tuesday A", 2), ("Saturday Y", 3)):
        lead = people["tom" if label == "Tuesday A" else "nadia"]
        with acting_as(lead):
            shown = board(lead, groups[label])
        assert len(shown.columns) == kinds
        assert 0 < shown.cleared < shown.total
    with acting_as(people["nadia"]):
        assert {one.what for one in debts(people["nadia"])} >= {"writing"}
        columns = {"questions": questions_waiting(people["nadia"])}
        assert group_with_facilitators(people["nadia"], groups["Thursday B"].pk, columns)[2].questions == 1
    with acting_as(people["tom"]):
        columns = {"paper": paper_wanted(people["tom"])}
        assert group_with_facilitators(people["tom"], groups["Tuesday A"].pk, columns)[2].paper == 1
    with acting_as(people["ada"]):
        _page, rows = everyone_signs(people["ada"])
        states = {str(standing.state) for _person, standing in rows}
    assert {"current", "due", "missing"} <= states
    with acting_as(people["karim"]):
        assert [one.is_owed for one in own_and_wards(people["karim"])[1]] == [True]


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


@told_on_both
def test_a_demo_account_is_told_that_no_real_one_works_without_a_second_factor(printed: str) -> None:
    del printed
    told = "works without a second factor"
    browser = Client(SERVER_NAME="localhost")
    nadia = User.objects.get(email="nadia@demo.example").person
    assert told in sign_in(browser, nadia).get("/today/").content.decode()
    assert told not in Client(SERVER_NAME="localhost").get("/account/login/").content.decode()
