"""Raising a concern: what the reporter sees, and what is kept about them."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.urls import reverse

from groupcare.audit.models import TrailEvent
from groupcare.outbox.models import Message
from incidents import limits, models, services
from incidents.models import Concern, ConcernSubject
from tests.incidents.conftest import STORY, TOLD

pytestmark = pytest.mark.django_db
CREATE = reverse("incidents:concern-create")
MINE = reverse("incidents:concern-mine")
API = "/api/v1/concern"


@pytest.mark.req("REQ-93", "REQ-94")
def test_a_member_raises_a_concern_and_sees_at_once_that_it_arrived(world, client_for):
    client = client_for(world.ben)
    page = client.get(CREATE)
    assert page.status_code == 200
    assert "details in your story can still point to you" in page.content.decode()

    answer = client.post(CREATE, {"what_happened": STORY}, follow=True)

    concern = Concern.objects.get()
    kept = answer.content.decode()
    assert answer.redirect_chain[0][0] == reverse("incidents:concern-kept", args=[concern.pk])
    assert "We have your concern." in kept
    assert concern.number in kept
    assert STORY not in kept
    assert concern.number in client.get(MINE).content.decode()


def test_the_number_is_random_consonants_and_the_id_random_too(world, raise_as):
    concern = raise_as(world.ben)
    assert re.fullmatch(r"C-[BCDFGHJKLMNPQRSTVWXZ]{5}", concern.number)
    assert concern.pk.version == 4


def test_a_number_that_is_taken_is_drawn_again(world, raise_as, monkeypatch):
    first = raise_as(world.ben)
    drawn = iter([*first.number[2:], *"ZZZZZ"])
    monkeypatch.setattr(models.secrets, "choice", lambda letters: next(drawn))
    assert raise_as(world.ben).number == "C-ZZZZZ"


def test_without_a_free_number_nothing_is_kept(world, raise_as, monkeypatch):
    first = raise_as(world.ben)
    monkeypatch.setattr(services, "random_number", lambda: first.number)
    with pytest.raises(RuntimeError):
        raise_as(world.dev)
    assert Concern.objects.count() == 1


def test_only_the_day_is_kept_and_it_is_the_day_in_utc(world, raise_as):
    with time_machine.travel(datetime(2026, 11, 12, 23, 50, tzinfo=UTC), tick=False):
        concern = raise_as(world.ben)
    assert concern.received_on == date(2026, 11, 12)
    kinds = {field.get_internal_type() for field in Concern._meta.get_fields() if not field.is_relation}
    assert not kinds & {"DateTimeField", "TimeField", "GenericIPAddressField"}


@pytest.mark.req("SEC-18")
def test_raising_leaves_one_event_of_a_reporter_without_person_hour_or_request(world, client_for):
    client = client_for(world.ben)
    client.get(CREATE)
    before = set(TrailEvent.objects.values_list("sequence", flat=True))
    client.post(CREATE, {"what_happened": STORY}, follow=True)
    client.get(MINE)

    (event,) = TrailEvent.objects.exclude(sequence__in=before)
    assert (event.action, event.actor, event.role, event.request) == ("concern.raise", "reporter", "", "")
    assert (event.at.hour, event.at.minute, event.at.second, event.at.microsecond) == (0, 0, 0, 0)
    assert event.object_id == str(Concern.objects.get().pk)


def test_the_reporters_pages_touch_no_session_and_queue_no_message(world, client_for):
    client = client_for(world.ben)
    client.get(CREATE)
    before = list(Session.objects.order_by("pk").values_list("pk", "session_data", "expire_date"))
    messages = Message.objects.count()
    with time_machine.travel(datetime.now(UTC).replace(microsecond=0), tick=True) as clock:
        clock.shift(120)
        client.post(CREATE, {"what_happened": STORY}, follow=True)
        client.get(MINE)
    assert list(Session.objects.order_by("pk").values_list("pk", "session_data", "expire_date")) == before
    assert Message.objects.count() == messages


def test_the_concern_pages_need_no_step_up(world, client_for):
    client = client_for(world.ben, stepped_up=False)
    assert client.post(CREATE, {"what_happened": STORY}).status_code in {302, 303}
    assert Concern.objects.count() == 1


def test_a_stranger_is_led_to_the_sign_in_page(client):
    assert reverse("account_login") in client.post(CREATE, {"what_happened": STORY})["Location"]
    assert not Concern.objects.exists()


def test_an_empty_story_comes_back_with_what_was_typed(world, client_for):
    answer = client_for(world.ben).post(CREATE, {"what_happened": " ", "named_text": "Somebody Else"})
    assert answer.status_code == 422
    assert "Somebody Else" in answer.content.decode()
    assert not Concern.objects.exists()


@pytest.mark.req("SEC-8", "SEC-11")
def test_the_list_of_names_holds_own_facilitators_and_no_other_member(world, client_for):
    page = client_for(world.ben).get(CREATE).content.decode()
    for shown in (world.nadia, world.tom, world.petra):
        assert str(shown.id) in page
    for hidden in (world.ben, world.chiara, world.dev, world.zoe, world.olga, world.ada):
        assert str(hidden.id) not in page


@pytest.mark.parametrize("stranger", ["chiara", "olga"])
def test_a_person_who_is_not_on_the_list_cannot_be_picked(world, client_for, stranger):
    picked = str(getattr(world, stranger).id)
    client = client_for(world.ben)
    page = client.post(CREATE, {"what_happened": STORY, "named": [picked]})
    api = client.post(API, {"what_happened": STORY, "named": [picked]}, content_type="application/json")
    assert (page.status_code, api.status_code) == (422, 400)
    assert STORY in page.content.decode()
    assert not Concern.objects.exists()

    good = client.post(CREATE, {"what_happened": STORY, "named": [str(world.nadia.id)]})
    assert good.status_code in {302, 303}
    assert ConcernSubject.objects.get().person == world.nadia


def test_a_name_in_words_counts_as_named(world, raise_as):
    typed = raise_as(world.ben, names=f"I mean {world.petra.used_name.split()[0]}!")
    told = raise_as(world.ben, story=f"It was {world.ada.used_name.upper()}, at the desk.")
    everyday = raise_as(world.ben, story="Nobody in particular")
    assert [row.person for row in typed.subjects.all()] == [world.petra]
    assert [row.person for row in told.subjects.all()] == [world.ada]
    assert not everyday.subjects.exists()


@pytest.mark.req("REQ-93")
def test_the_reporter_follows_a_concern_to_its_end(world, client_for, raise_as):
    concern = raise_as(world.ben, world.nadia)
    reporter, officer = client_for(world.ben), client_for(world.petra)

    def step(name, data=None):
        officer.post(reverse(f"incidents:concern-{name}", args=[concern.pk]), data or {})
        return reporter.get(MINE).content.decode()

    assert "Nobody has opened it yet" in reporter.get(MINE).content.decode()
    assert "has read it" in step("acknowledge")
    assert "We have looked into it" in step("assess", {"reasons": "Both were heard"})
    closed = step("close", {"outcome": "agreement_broken", "told_reporter": TOLD})
    assert "It is closed" in closed
    assert TOLD in closed
    assert "A promise of the group was broken" in closed
    assert "Both were heard" not in closed


@pytest.mark.req("SEC-2")
def test_nobody_else_can_follow_a_concern(world, client_for, raise_as):
    concern = raise_as(world.ben)
    url = reverse("incidents:concern-kept", args=[concern.pk])
    assert client_for(world.ben).get(url).status_code == 200
    for other in (world.chiara, world.nadia, world.petra, world.root):
        client = client_for(other)
        assert client.get(url).status_code == 404
        assert concern.number not in client.get(MINE).content.decode()


def test_the_reporter_is_told_who_reads_it(world, client_for, raise_as):
    raise_as(world.ben)
    assert "Our privacy officer reads it" in client_for(world.ben).get(MINE).content.decode()
    raise_as(world.dev, world.petra)
    assert "A reviewer outside the practice reads it" in client_for(world.dev).get(MINE).content.decode()
    raise_as(world.chiara, world.petra, names=world.xavier.used_name)
    assert "Nobody here may read it" in client_for(world.chiara).get(MINE).content.decode()


@pytest.mark.req("SEC-19")
def test_a_day_has_a_limit_that_keeps_no_person(world, client_for, settings):
    client = client_for(world.ben)
    for _ in range(limits.DAILY):
        assert limits.may_raise(world.ben.id)
    answer = client.post(CREATE, {"what_happened": STORY})
    assert answer.status_code == 429
    assert STORY in answer.content.decode()
    assert client.post(API, {"what_happened": STORY}, content_type="application/json").status_code == 429
    with time_machine.travel(datetime(2030, 1, 2, tzinfo=UTC)):
        assert limits.may_raise(world.ben.id)


def test_the_api_raises_and_shows_the_same(world, client_for):
    client = client_for(world.ben)
    made = client.post(API, {"what_happened": STORY, "named": [str(world.nadia.id)]}, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["state"] == "received"
    assert [row["number"] for row in client.get(API).json()] == [made.json()["number"]]
    assert STORY not in client.get(API).content.decode()
    assert client_for(world.chiara).get(API).json() == []
