"""Asked and no answer, nobody to write to, a hundred at once: what the sweeps do beside the plain asking."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import travel

from consent.models import DocumentVersion, Escalation, PromptTold, ReconsentPrompt
from consent.selectors import asks, debts
from consent.services import escalate, mark_told, send_reconsent_prompts
from consent.tasks import send_reconsent_prompts as sweep
from groupcare.access import acting_as_system
from groupcare.audit import recording
from groupcare.exceptions import Refused
from groupcare.outbox.models import Message
from groups.models import Membership
from tests.consent.helpers import NOTICE, newest, publish, url
from tests.consent.test_on_paper import aloud
from tests.factories import make_person
from tests.world import at_work, today

pytestmark = pytest.mark.django_db


def told_to(world, *names):
    """Return how many neutral messages about work each of these people has."""
    mine = Message.objects.filter(kind="work_waiting")
    return [mine.filter(recipient=world.ids[name][1]).count() for name in names]


def of_members(rows, path=""):
    """Return prompts, or what hangs on them, without those to people who lead: these stand in test_staff_prompts."""
    return rows.exclude(**{f"{path}requirement__who": "facilitator"})


def passed_on():
    return of_members(Escalation.objects, "prompt__").count()


def owed(world, name="nadia"):
    with at_work(world.person(name)) as person:
        return [(one.what, one.place.person_id) for one in debts(person)]


@pytest.mark.req("REQ-50")
def test_who_does_not_answer_for_a_week_stands_on_the_day_of_those_who_lead(world, client_for):
    start = timezone.now() + NOTICE
    with travel(start, tick=False):
        sweep.apply()
        assert passed_on() == 0
    with travel(start + timedelta(days=6, hours=23), tick=False):
        sweep.apply()
        assert passed_on() == 0
    with travel(start + timedelta(days=7), tick=False):
        sweep.apply()
        sweep.apply()
        # Ben, Chiara, Dev in Thursday and Zoe in Tuesday; one message for each who leads, however many it is about.
        assert passed_on() == 4
        assert told_to(world, "nadia", "tom", "olga", "ben") == [1, 1, 1, 0]
        assert {what for what, _person in owed(world)} == {"silent"}
        assert len(owed(world)) == 3
        day = client_for(world.nadia).get("/today/").content.decode()
        assert "Promises to follow up" in day
        assert url("follow-up-list") in day
        listed = client_for(world.nadia).get(url("follow-up-list")).content.decode()
        assert "Was asked and has not answered" in listed
        assert "Ben Tanaka" in listed
        client_for(world.ben).post(url("agreement-decline", newest(world).pk))
        assert ("silent", world.ben.pk) not in owed(world)
        assert len(owed(world)) == 2
        assert owed(world, "ben") == owed(world, "ada") == []


def test_a_late_sweep_tells_them_at_once_because_the_gate_is_about_to_close(world):
    # 365 days hold; six days before their end is inside of the last week.
    with travel(timezone.now() + timedelta(days=359), tick=False):
        sweep.apply()
        assert passed_on() == 4


@pytest.mark.req("REQ-50")
def test_somebody_whom_no_message_reaches_is_told_in_person(world, walter, client_for):
    with travel(timezone.now() + timedelta(days=3), tick=False):
        sweep.apply()
        prompt = ReconsentPrompt.objects.get(person=walter.person_id)
        assert not Message.objects.filter(recipient=walter.person_id).exists()
        assert owed(world) == [("tell", walter.person_id)]
        page = url("prompt-told", prompt.pk)
        for name in ("olga", "ben", "zoe", "ada", "root"):
            assert client_for(world.person(name)).post(page).status_code == 404, name
        client = client_for(world.tom)
        assert "No message reaches them" in client.get(url("follow-up-list")).content.decode()
        assert client.post(page).status_code == 302
        assert client.post(page).status_code == 302
        assert PromptTold.objects.get(prompt=prompt).told_by_id == world.tom.pk
        assert owed(world) == []
        with pytest.raises(Refused), at_work(world.nadia) as nadia:
            mark_told(prompt_id=walter.pk, by=nadia)


def test_what_is_not_in_writing_on_its_day_is_told_once(world, walter, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    aloud(world, walter)
    assert owed(world) == [("writing", walter.person_id)]
    with travel(timezone.now() + timedelta(days=8), tick=False):
        sweep.apply()
        sweep.apply()
        assert told_to(world, "nadia", "tom", "olga") == [1, 1, 0]


def copied(world, **given):
    """Publish the same words of Thursday again as the next number, with what a publication may say of itself."""
    for version in list(DocumentVersion.objects.filter(group=world.thursday, number=1)):
        number, facts = 2, {name: getattr(version, name) for name in ("document", "group", "language", "clauses")}
        DocumentVersion.objects.create(**facts, number=number, text_sha256="0" * 64, published_by=world.nadia, **given)


def test_a_version_that_is_not_material_asks_nobody(world):
    copied(world, material=False)
    sweep.apply()
    assert of_members(ReconsentPrompt.objects).count() == 0


def test_a_version_asks_from_its_day_on_and_not_before(world):
    copied(world, effective_at=timezone.now() + timedelta(days=10))
    sweep.apply()
    assert of_members(ReconsentPrompt.objects).count() == 0
    with travel(timezone.now() + timedelta(days=10, minutes=1), tick=False):
        sweep.apply()
    assert set(of_members(ReconsentPrompt.objects).values_list("person_id", "trigger")) == {
        (world.ids[name][1], "new_version") for name in ("ben", "chiara", "dev")
    }


def crowd(world, count):
    """Put more people without sign-in into Thursday; they came before the agreement was published."""
    for _ in range(count):
        Membership.objects.create(
            group=world.thursday,
            person=make_person("Somebody"),
            state="active",
            alias="",
            joined_at=timezone.now() - timedelta(days=900),
            created_at=timezone.now() - timedelta(days=900),
        )


def sweep_queries():
    with acting_as_system("tests"), recording(), CaptureQueriesContext(connection) as seen:
        made = send_reconsent_prompts()
    return made, len(seen.captured_queries)


def test_a_batch_costs_the_same_for_five_and_for_fifty(world):
    crowd(world, 5)
    few, cost = sweep_queries()
    crowd(world, 50)
    many, same = sweep_queries()
    assert (few, many) == (5, 50)
    assert same == cost


def test_beside_itself_each_is_asked_once(world, monkeypatch):
    publish(world)
    before = ReconsentPrompt.objects.count()
    # What a sweep sees that began before the other one wrote: everybody still has to be asked.
    monkeypatch.setattr("consent.services.prompting._known", lambda groups: set())
    assert asks([world.thursday.pk], timezone.now())
    with acting_as_system("tests"), recording():
        assert send_reconsent_prompts() == 0
    assert ReconsentPrompt.objects.count() == before


def test_nothing_to_do_says_so(world, client_for):
    assert "Nothing to follow up" in client_for(world.nadia).get(url("follow-up-list")).content.decode()
    assert "Promises to follow up" not in client_for(world.nadia).get("/today/").content.decode()
    with acting_as_system("tests"), recording():
        assert escalate() == 0
    assert today()
