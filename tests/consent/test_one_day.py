"""A no and a promise of one day, and what stands after an answer that was found not valid."""

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from consent.models import Act
from consent.services import invalidate_answer
from groupcare.exceptions import InvalidTransition, Refused
from tests.consent.helpers import newest, take_back, url
from tests.consent.test_follow_up import copied
from tests.consent.test_on_paper import PNG, aloud, paper, state_of, told, typed
from tests.world import at_work, today

pytestmark = pytest.mark.django_db
THAT_DAY = "On that day the person said no"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.mark.parametrize("no", ["declined", "talk_first", "withdrawn"])
def test_a_no_stands_against_a_promise_that_staff_write_down_for_the_same_day(world, walter, no, client_for):
    yes = paper(world, walter)
    with travel(timezone.now() + timedelta(days=1), tick=False):
        told(world, walter, "withdrawn")
        last = told(world, walter, no) if no != "withdrawn" else None
        for promise in (paper, aloud):
            with pytest.raises(InvalidTransition, match=THAT_DAY):
                promise(world, walter)
        shown = client_for(world.nadia).post(url("paper-record", world.thursday.pk, walter.pk), typed(world))
        assert shown.status_code == 422
        assert THAT_DAY in shown.content.decode()
        assert today().isoformat() in shown.content.decode()
        assert state_of(world, walter).state == no
    with travel(timezone.now() + timedelta(days=2), tick=False):
        assert paper(world, walter).supersedes == (last or yes.superseded_by)
        assert state_of(world, walter).cleared


def test_a_no_of_the_day_of_a_promise_is_written_down_and_the_same_record_again_changes_nothing(world, walter):
    yes = paper(world, walter)
    assert paper(world, walter) == yes
    told(world, walter, "withdrawn")
    told(world, walter, "declined")
    assert state_of(world, walter).state == "declined"
    with pytest.raises(InvalidTransition, match=THAT_DAY):
        paper(world, walter)
    assert told(world, walter, "declined") == Act.objects.filter(subject=walter.person_id).latest("at")


def test_whoever_said_no_signs_themselves_on_the_same_day(world, client_for):
    from tests.consent.helpers import walk_to_sign

    client, version = client_for(world.chiara), newest(world)
    take_back(world, "chiara")
    client.post(url("agreement-decline", version.pk))
    with pytest.raises(InvalidTransition, match=THAT_DAY):
        paper(world, world.membership("chiara"), asked_for_paper=True)
    client.post(walk_to_sign(client, version), {"typed_name": "Chiara", "meant": "on"})
    assert state_of(world, world.membership("chiara")).state == "current"


# --- after "not valid" ----------------------------------------------------------------------------------------------
def found_not_valid(world, act):
    with at_work(world.nadia) as nadia:
        return invalidate_answer(act_id=act.pk, reason="The scan showed another person's paper.", by=nadia)


def test_a_paper_signed_again_before_the_first_one_was_found_not_valid_is_kept(world, walter):
    """The day of the finding is no answer: what counts is the last answer before it that stands."""
    start, no_day = timezone.now(), today()
    told(world, walter, "talk_first")
    with travel(start + timedelta(days=3), tick=False):
        wrong = paper(world, walter)
    with travel(start + timedelta(days=9), tick=False):
        finding = found_not_valid(world, wrong)
        for day in (no_day, no_day - timedelta(days=1)):
            with pytest.raises(InvalidTransition):
                paper(world, walter, wording="same", signed_on=day, scan=PNG)
        # The day before the one that does not count.
        again = paper(world, walter, wording="same", signed_on=no_day + timedelta(days=2), scan=PNG)
        assert again.supersedes == finding
        assert again.at > finding.at
        assert state_of(world, walter).state == "current"


def test_findings_that_follow_one_another_are_all_passed_over(world, walter):
    start, first_day = timezone.now(), today()
    for later in (3, 6):
        with travel(start + timedelta(days=later), tick=False):
            finding = found_not_valid(world, paper(world, walter))
    with travel(start + timedelta(days=9), tick=False):
        again = paper(world, walter, wording="same", signed_on=first_day, scan=PNG)
        assert again.supersedes == finding
        found_not_valid(world, again)
        assert paper(world, walter).supersedes.act == "invalidated"


# --- a version whose day has not come -----------------------------------------------------------------------------
def test_a_version_that_is_not_in_force_yet_is_neither_offered_nor_recorded_and_an_older_one_is(
    world, walter, client_for
):
    first = newest(world)
    copied(world, effective_at=timezone.now() + timedelta(days=10))
    later, client = newest(world), client_for(world.nadia)
    assert (first.number, later.number) == (1, 2)
    for name in ("paper-record", "member-answers", "aloud-record", "agreement-print"):
        page = client.get(url(name, world.thursday.pk, walter.pk))
        assert page.status_code == 200
        assert str(later.pk) not in page.content.decode()
    assert client.post(url("paper-record", world.thursday.pk, walter.pk), typed(world)).status_code == 422
    with pytest.raises(Refused):
        paper(world, walter, version=later)
    with travel(timezone.now() + timedelta(days=11), tick=False):
        client = client_for(world.nadia)
        page = client.get(url("paper-record", world.thursday.pk, walter.pk)).content.decode()
        assert str(first.pk) in page
        assert str(later.pk) in page
        paper(world, walter, version=first)
        assert state_of(world, walter).state == "superseded"
        paper(world, walter, version=later)
        assert state_of(world, walter).state == "current"
