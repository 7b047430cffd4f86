"""The readers' side: who sees a concern, what is recorded, and how it is brought to its end."""

import json
import re

import pytest
from django.urls import reverse

from groupcare.access import Role
from groupcare.accounts.models import User
from groupcare.audit.models import TrailEvent
from incidents.models import Concern, ConcernEntry
from tests.factories import make_staff
from tests.incidents.conftest import REASONS, STORY, TOLD

pytestmark = pytest.mark.django_db
DESK, LIST, API = reverse("incidents:desk"), reverse("incidents:concern-list"), "/api/v1/concerns"
ABSENT = "3b0b6e2e-5f6d-4a52-9d0a-0d1f2a3b4c5d"
STEPS = ("acknowledge", "assess", "close", "conflict")
WORDS = {"reasons": REASONS, "outcome": "nothing_found", "told_reporter": TOLD}


def detail(pk):
    return reverse("incidents:concern-detail", args=[pk])


def same_but_for_the_token(answer):
    """Return the page without what is new in every answer."""
    return re.sub(r"[\w-]{36,}", "", answer.content.decode())


def sees(client, concern):
    """Return whether a reader finds the concern anywhere; all places must agree."""
    places = [
        concern.number in client.get(DESK).content.decode(),
        concern.number in client.get(LIST).content.decode(),
        concern.number in json.dumps(client.get(API).json()),
        client.get(detail(concern.pk)).status_code == 200,
        client.get(f"{API}/{concern.pk}").status_code == 200,
    ]
    assert len(set(places)) == 1, places
    return places[0]


@pytest.mark.req("REQ-93", "REQ-158", "SEC-13", "SEC-53")
def test_the_privacy_officer_reads_a_concern_and_the_reading_is_in_the_trail(world, client_for, raise_as, events):
    concern = raise_as(world.ben, world.nadia)
    client = client_for(world.petra)

    page = client.get(detail(concern.pk))

    assert page.status_code == 200
    assert STORY in page.content.decode()
    assert world.nadia.used_name in page.content.decode()
    assert (events(concern)[-1].action, events(concern)[-1].actor) == ("concern.read", str(world.petra.id))
    assert sees(client, concern)


@pytest.mark.req("SEC-15")
def test_the_reporter_is_in_no_answer_to_the_officer(world, client_for, raise_as):
    concern = raise_as(world.ben)
    client = client_for(world.petra)
    for url in (DESK, LIST, API, detail(concern.pk), f"{API}/{concern.pk}"):
        body = client.get(url).content.decode()
        for trace in (world.ben.used_name, str(world.ben.id), concern.reporter_index):
            assert trace not in body


@pytest.mark.req("REQ-158", "REQ-160", "SEC-2", "SEC-3")
@pytest.mark.parametrize("who", ["nadia", "tom", "olga", "ada", "root", "ben", "chiara", "xavier"])
def test_nobody_but_the_officer_finds_it_and_absent_looks_the_same(world, client_for, raise_as, who):
    concern = raise_as(world.ben, world.nadia)
    client = client_for(getattr(world, who))
    for url in (detail, lambda pk: f"{API}/{pk}"):
        forbidden, absent = client.get(url(concern.pk)), client.get(url(ABSENT))
        assert (forbidden.status_code, absent.status_code) == (404, 404)
        assert forbidden.content == absent.content
    for step in STEPS:
        assert client.post(reverse(f"incidents:concern-{step}", args=[concern.pk]), WORDS).status_code == 404
    assert not ConcernEntry.objects.exists()
    assert client_for(world.petra).get(detail(concern.pk)).status_code == 200


@pytest.mark.req("SEC-14")
def test_a_concern_about_the_only_officer_goes_to_the_reviewer_outside(world, client_for, raise_as):
    about_petra, other = raise_as(world.ben, world.petra), raise_as(world.dev, world.nadia)
    petra, xavier = client_for(world.petra), client_for(world.xavier)
    assert (sees(petra, about_petra), sees(petra, other)) == (False, True)
    assert (sees(xavier, about_petra), sees(xavier, other)) == (True, False)


@pytest.mark.req("SEC-13")
def test_whom_it_names_finds_no_count_of_it_and_is_refused_in_the_trail(world, client_for, raise_as, events):
    petra = client_for(world.petra)
    empty = same_but_for_the_token(petra.get(DESK))
    concern = raise_as(world.ben, world.petra)
    assert same_but_for_the_token(petra.get(DESK)) == empty
    assert petra.get(API).json() == []
    before = len(events(concern))
    petra.get(detail(concern.pk))
    for step in STEPS:
        petra.post(reverse(f"incidents:concern-{step}", args=[concern.pk]), WORDS)
    added = events(concern)[before:]
    assert len(added) == 1 + len(STEPS)
    assert {(event.actor, event.result) for event in added} == {(str(world.petra.id), "refused")}
    assert client_for(world.xavier).get(detail(concern.pk)).status_code == 200


def test_an_officers_own_concern_is_read_outside(world, client_for, raise_as):
    concern = raise_as(world.petra)
    assert not sees(client_for(world.petra), concern)
    assert sees(client_for(world.xavier), concern)


@pytest.mark.req("SEC-13")
def test_an_officer_with_a_conflict_is_out_of_that_concern_for_good(world, client_for, raise_as, events):
    concern, other = raise_as(world.ben, world.nadia), raise_as(world.dev)
    petra, xavier = client_for(world.petra), client_for(world.xavier)
    answer = petra.post(reverse("incidents:concern-conflict", args=[concern.pk]))
    assert answer.status_code in {302, 303}
    assert (events(concern)[-1].action, events(concern)[-1].actor) == ("concern.step_aside", str(world.petra.id))
    assert (sees(petra, concern), sees(petra, other)) == (False, True)
    assert (sees(xavier, concern), sees(xavier, other)) == (True, False)


def test_the_last_reader_cannot_step_aside(world, client_for, raise_as):
    concern = raise_as(world.ben, world.petra)
    xavier = client_for(world.xavier)
    assert xavier.post(reverse("incidents:concern-conflict", args=[concern.pk])).status_code == 422
    assert sees(xavier, concern)


@pytest.mark.req("SEC-48")
def test_reading_needs_a_fresh_proof_and_lists_hold_no_content(world, client_for, raise_as, events):
    concern = raise_as(world.ben)
    client = client_for(world.petra, stepped_up=False)
    page, api = client.get(detail(concern.pk)), client.get(f"{API}/{concern.pk}")
    assert page.status_code in {302, 303}
    assert reverse("accounts:step-up") in page["Location"]
    assert (api.status_code, api.json()["code"]) == (403, "step_up_needed")
    assert client.post(f"{API}/{concern.pk}/acknowledge").status_code == 403
    assert STORY not in client.get(DESK).content.decode() + client.get(LIST).content.decode()
    assert [event.action for event in events(concern)] == ["concern.raise"]
    assert client_for(world.petra).get(detail(concern.pk)).status_code == 200


@pytest.mark.req("SEC-23", "REQ-100")
def test_a_closed_concern_is_read_only_in_pages_and_api(world, client_for, raise_as):
    concern = raise_as(world.ben)
    client = client_for(world.petra)
    url = f"{API}/{concern.pk}"
    assert client.post(f"{url}/close", WORDS, content_type="application/json").status_code == 409
    for step in ("acknowledge", "assess", "close"):
        answer = client.post(f"{url}/{step}", WORDS, content_type="application/json")
        assert answer.status_code == 200, answer.content
    before = list(ConcernEntry.objects.values_list("pk", "to_state"))

    for step in ("acknowledge", "assess", "close"):
        assert client.post(f"{url}/{step}", WORDS, content_type="application/json").status_code == 409
        page = client.post(reverse(f"incidents:concern-{step}", args=[concern.pk]), WORDS)
        assert page.status_code == 409
    assert list(ConcernEntry.objects.values_list("pk", "to_state")) == before
    shown = client.get(detail(concern.pk)).content.decode()
    assert "Nothing in it can be changed" in shown
    assert REASONS in shown
    assert "<form" not in shown.split("<main")[1].split("</main")[0]


@pytest.mark.parametrize(
    ("reached", "step", "words", "message"),
    [
        (["acknowledge"], "assess", {"reasons": " "}, "Write what you found out"),
        (["acknowledge", "assess"], "close", {"outcome": "", "told_reporter": "Kept words"}, "Choose what was found"),
        (["acknowledge", "assess"], "close", {"outcome": "made_up", "told_reporter": "Kept words"}, "Kept words"),
        (["acknowledge", "assess"], "close", {"outcome": "nothing_found"}, "Write what the reporter should read"),
    ],
)
def test_missing_words_come_back_without_the_content(world, client_for, raise_as, reached, step, words, message):
    concern = raise_as(world.ben)
    client = client_for(world.petra)
    for earlier in reached:
        client.post(reverse(f"incidents:concern-{earlier}", args=[concern.pk]), WORDS)
    answer = client.post(reverse(f"incidents:concern-{step}", args=[concern.pk]), words)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert STORY not in answer.content.decode()
    assert ConcernEntry.objects.count() == len(reached)
    assert client.post(f"{API}/{concern.pk}/{step}", words, content_type="application/json").status_code == 400


def test_the_desk_names_the_longest_waiting_first_and_the_badge_counts_visible_ones(world, client_for, raise_as):
    concern = raise_as(world.ben)
    page = client_for(world.petra).get(DESK)
    assert page.context["first"].pk == concern.pk
    assert '<span class="count">1' in page.content.decode()
    assert TrailEvent.objects.filter(action="concern.read").count() == 0


def test_pages_of_the_list_hold_25_and_no_total(world, client_for, raise_as):
    for _ in range(27):
        raise_as(world.ben)
    client = client_for(world.petra)
    first, second = client.get(LIST), client.get(LIST, {"page": "2"})
    assert (len(first.context["concerns"]), len(second.context["concerns"])) == (25, 2)
    assert "?page=2" in first.content.decode()
    assert Concern.objects.count() == 27
    assert len(client.get(API).json()) == 25
    assert len(client.get(API, {"offset": "25"}).json()) == 2
    for odd in ("0", "-1", "x", "9" * 40):
        assert client.get(LIST, {"page": odd}).status_code == 200
        assert client.get(API, {"offset": odd}).status_code == 200


@pytest.mark.req("REQ-93")
def test_a_closed_concern_shows_each_name_and_each_step_once_in_order(world, client_for, raise_as):
    concern = raise_as(world.ben, world.nadia, world.tom)
    client = client_for(world.petra)
    for step in STEPS[:3]:
        assert client.post(f"{detail(concern.pk)}{step}/", WORDS).status_code == 302
    answer = client.get(f"{API}/{concern.pk}").json()
    assert sorted(one["id"] for one in answer["named"]) == sorted(str(one.pk) for one in (world.nadia, world.tom))
    assert [one["to_state"] for one in answer["entries"]] == ["acknowledged", "assessed", "closed"]
    assert (answer["entries"][1]["body"], answer["entries"][2]["told_reporter"]) == (REASONS, TOLD)
    page = client.get(detail(concern.pk)).content.decode()
    assert all(page.count(words) == 1 for words in (REASONS, TOLD, STORY))


@pytest.mark.req("SEC-14")
def test_an_officer_whose_account_is_switched_off_is_not_waited_for(world, client_for, raise_as):
    second = make_staff("Quentin Hale", Role.PRIVACY_OFFICER)
    about_petra = raise_as(world.ben, world.petra)
    xavier = client_for(world.xavier)
    assert (sees(client_for(second), about_petra), sees(xavier, about_petra)) == (True, False)
    User.objects.filter(person=second).update(is_active=False)
    assert sees(client_for(world.xavier), about_petra)
