"""A professional will: nothing opens with one person or before its hours, and its writer can stop it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from groupcare.access import acting_as_system
from groupcare.access.findings import findings
from groups.models import Facilitation, ProfessionalWill, WillOpening
from groups.tasks import open_wills
from groups.wills import Done, Stage, conditions, stage_of
from tests.world import World

Browser = Callable[..., Client]
NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
HOURS = st.integers(min_value=-100, max_value=100).map(lambda hours: NOW + timedelta(hours=hours))
STEPS = st.lists(
    st.builds(Done, kind=st.sampled_from(["confirmed", "stopped"]), by=st.sampled_from("abc"), at=HOURS), max_size=4
)


@given(steps=STEPS, wait=st.integers(0, 72), opened_by=st.sampled_from("abc"))
def test_nothing_is_ready_with_one_person_before_its_hours_or_once_stopped(
    steps: list[Done], wait: int, opened_by: str
) -> None:
    stage = stage_of(opened_by=opened_by, wait=timedelta(hours=wait), steps=steps, now=NOW)
    others = [step for step in steps if step.kind == "confirmed" and step.by != opened_by]
    if stage in (Stage.READY, Stage.WAITING):
        assert others
    if stage == Stage.READY:
        assert any(step.at + timedelta(hours=wait) <= NOW for step in others)
    if any(step.kind == "stopped" for step in steps):
        assert stage == Stage.STOPPED


def test_the_hours_stand_in_the_file() -> None:
    assert {key: one.wait for key, one in conditions().items()} == {
        "death": timedelta(0),
        "incapacity": timedelta(hours=24),
        "missing": timedelta(hours=24),
        "licence": timedelta(hours=24),
    }
    assert conditions()["missing"].label("fr") == "Missing, and cannot be reached"


def write(browser: Client, world: World, **change: object) -> int:
    terms: dict[str, object] = {
        "delegate": str(world.olga.pk),
        "when": ["missing", "death"],
        "groups": [str(world.thursday.pk)],
        "instructions": "Call each of them yourself.",
    }
    return browser.post("/will/", terms | change).status_code


def ask(browser: Client, condition: str = "missing") -> int:
    will = ProfessionalWill.objects.latest("reviewed_at")
    url = reverse("groups:will-ask", kwargs={"pk": will.pk})
    return browser.post(url, {"condition": condition, "how_checked": "I rang, and went there."}).status_code


def answer(browser: Client, word: str) -> int:
    url = reverse("groups:will-answer", kwargs={"pk": WillOpening.objects.latest("asked_at").pk})
    return browser.post(url, {"answer": word}).status_code


def opening_page(browser: Client) -> str:
    url = reverse("groups:will-opening", kwargs={"pk": WillOpening.objects.latest("asked_at").pk})
    return browser.get(url).content.decode()


def leads(world: World) -> set[tuple[str, str]]:
    rows = Facilitation.objects.filter(group=world.thursday, person=world.olga, valid_until__isnull=True)
    return {(str(one.person_id), one.role) for one in rows}


def test_a_will_opens_after_two_people_and_its_hours_with_what_it_says(world: World, client_for: Browser) -> None:
    group = reverse("groups:group-detail", kwargs={"pk": world.thursday.pk})
    notes = reverse("groups:session-notes", kwargs={"pk": world.session_of_thursday.pk})
    assert write(client_for(world.nadia), world) == 302
    assert ask(client_for(world.ada)) == 302
    open_wills()
    assert answer(client_for(world.ada), "confirm") == 404
    assert answer(client_for(world.petra), "confirm") == 404
    assert answer(client_for(world.nadia), "confirm") == 404
    assert "Call each of them" not in opening_page(client_for(world.olga))
    assert answer(client_for(world.olga), "confirm") == 302
    confirmed = WillOpening.objects.get().steps.get().taken_at
    assert answer(client_for(world.xavier), "confirm") == 302
    with time_machine.travel(confirmed + timedelta(hours=23, minutes=59)):
        open_wills()
        assert client_for(world.olga).get(group).status_code == 404
    with time_machine.travel(confirmed + timedelta(hours=24, seconds=1)):
        open_wills()
        open_wills()
        assert leads(world) == {(str(world.olga.pk), "stand_in")}
        olga = client_for(world.olga)
        assert olga.get(group).status_code == 200
        assert olga.get(notes).status_code == 404
        assert "Call each of them" in opening_page(olga)
        assert "Call each of them" not in opening_page(client_for(world.ada))
        assert answer(client_for(world.nadia), "stop") == 302
        assert client_for(world.olga).get(group).status_code == 404
        assert answer(client_for(world.nadia), "stop") == 302
        with acting_as_system("tests"):
            assert not [line for line in findings() if "grant" in line]


def test_notes_open_only_if_the_will_says_so_and_a_seen_certificate_leaves_nothing_to_wait_for(
    world: World, client_for: Browser
) -> None:
    write(client_for(world.nadia), world, notes="on", second=str(world.tom.pk))
    ask(client_for(world.petra), "death")
    assert leads(world) == set()
    assert answer(client_for(world.xavier), "confirm") == 302
    assert leads(world) == {(str(world.olga.pk), "lead")}
    notes = reverse("groups:session-notes", kwargs={"pk": world.session_of_thursday.pk})
    assert client_for(world.olga).get(notes).status_code == 200


def test_a_stopped_opening_opens_nothing_and_can_be_asked_again(world: World, client_for: Browser) -> None:
    write(client_for(world.nadia), world)
    ask(client_for(world.ada))
    assert ask(client_for(world.ada)) == 409
    answer(client_for(world.olga), "confirm")
    assert answer(client_for(world.nadia), "stop") == 302
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3)):
        open_wills()
    assert leads(world) == set()
    assert ask(client_for(world.ada)) == 302
    assert ask(client_for(world.ada), "licence") == 409


def test_a_co_facilitator_named_in_the_will_leads_and_keeps_the_notes(world: World, client_for: Browser) -> None:
    write(client_for(world.nadia), world, delegate=str(world.tom.pk))
    ask(client_for(world.ada), "death")
    answer(client_for(world.tom), "confirm")
    now = Facilitation.objects.get(group=world.thursday, person=world.tom, valid_until__isnull=True)
    assert now.role == "lead"


def test_who_oversees_sees_only_who_has_one_and_when_it_was_reviewed(world: World, client_for: Browser) -> None:
    assert "No will yet" in client_for(world.ada).get("/wills/").content.decode()
    write(client_for(world.nadia), world)
    shown = client_for(world.ada).get("/wills/").content.decode()
    assert "Nadia Rahmani" in shown
    assert not re.search(r"\bOlga\b", shown)
    assert "Call each" not in shown
    assert client_for(world.tom).get("/wills/").status_code == 404
    assert "Call each of them yourself." in client_for(world.nadia).get("/will/").content.decode()
    assert client_for(world.ben).get("/will/").status_code == 404
    with time_machine.travel(datetime.now(UTC) + timedelta(days=366)):
        assert "Review is due" in client_for(world.ada).get("/wills/").content.decode()


@pytest.mark.parametrize("change", [{"groups": []}, {"when": []}, {"delegate": "x"}, {"same": True}])
def test_what_cannot_be_chosen_is_explained(world: World, client_for: Browser, change: dict[str, object]) -> None:
    if change.pop("same", False):
        change = {"second": str(world.olga.pk)}
    assert write(client_for(world.nadia), world, **change) == 422
    assert write(client_for(world.nadia), world, groups=[str(world.tuesday.pk)]) == 422
    assert not ProfessionalWill.objects.exists()
    assert write(client_for(world.nadia), world) == 302
    assert ask(client_for(world.ada), "licence") == 422
    assert ask(client_for(world.nadia)) == 404
