"""The settings of a group, the course of its sessions, and what it agreed on for its evenings."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consent.kinds.wording import from_json
from groups.models import Room, TherapyGroup
from groups.policies import all_policies, in_words, lateness_minutes
from groups.rituals import order_of, parts
from groups.services import keep_clause_read
from tests.world import World, at_work

Browser = Callable[..., Client]


def address(world: World) -> str:
    return reverse("groups:group-settings", kwargs={"pk": world.thursday.pk})


def typed(world: World, **change: Any) -> dict[str, Any]:
    known = {
        "label": "Thursday C",
        "minimum": 3,
        "capacity": 9,
        "course": "cohort",
        "where": str(world.site.pk),
        "new_room": "",
        "seen": world.thursday.edition,
    }
    known |= {f"policy-{one.key}": next(iter(one.values)) for one in all_policies().values()}
    for turn, part in enumerate(parts().values(), 1):
        known |= {f"turn-{part.key}": turn, f"minutes-{part.key}": part.minutes}
    return known | change


def test_the_lead_changes_the_settings_and_a_new_room_is_made_once(world: World, client_for: Browser) -> None:
    nadia, url = client_for(world.nadia), address(world)
    assert nadia.get(url).status_code == 200
    change = {"new_room": " Blue  room ", "policy-lateness": "five", "turn-check_in": "", "minutes-main": 60}
    assert nadia.post(url, typed(world, **change)).status_code == 302
    group = world.thursday
    assert (group.label, group.minimum, group.capacity, group.course) == ("Thursday C", 3, 9, "cohort")
    assert group.room.name == "Blue room"
    assert lateness_minutes(group.policies) == 5
    assert ("Who comes late", "can come in for the first 5 minutes") in in_words(group.policies, "en")
    kept = [(part.key, minutes) for part, minutes in order_of(group.rituals)]
    assert ("main", 60) in kept
    assert "check_in" not in dict(kept)
    assert nadia.post(url, typed(world, **change)).status_code == 302
    assert Room.objects.count() == 1
    shown = nadia.get(url).content.decode()
    assert "Linden House, Blue room" in shown


def test_members_read_what_their_group_agreed_on_where_they_say_yes_to_the_rules(
    world: World, client_for: Browser
) -> None:
    TherapyGroup.objects.filter(pk=world.thursday.pk).update(policies={"lateness": "five"})
    page = reverse("groups:session-join", kwargs={"pk": world.session_of_thursday.pk})
    shown = client_for(world.ben).get(page).content.decode()
    assert "What this group agreed on" in shown
    assert "Who comes late: can come in for the first 5 minutes." in shown
    assert client_for(world.zoe).get(page).status_code == 404


def test_of_two_who_edit_the_second_is_told_and_overwrites_nothing(world: World, client_for: Browser) -> None:
    first = typed(world)
    assert client_for(world.nadia).post(address(world), first).status_code == 302
    late = client_for(world.nadia).post(address(world), first | {"label": "Friday A"})
    assert late.status_code == 409
    shown = late.content.decode()
    assert "Somebody else changed these settings" in shown
    assert "Friday A" in shown  # still in the field
    assert world.thursday.label == "Thursday C"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"minimum": 10}, "from 2 to the number of places"),
        ({"capacity": 2, "minimum": 2}, "3 places are taken"),
        ({"where": ""}, "Choose where the group meets"),
        ({"where": "", "new_room": "Blue"}, "Choose where the group meets"),
        ({"policy-food": "cake"}, "Choose one from the list"),
        ({"turn-opening": ""}, "Choose one"),
        ({"minutes-main": -1}, "minutes"),
    ],
)
def test_what_does_not_fit_is_said_and_what_was_typed_stays(
    world: World, client_for: Browser, change: dict[str, Any], told: str
) -> None:
    wrong = client_for(world.nadia).post(address(world), typed(world, **change))
    assert wrong.status_code == 422
    assert told in wrong.content.decode()
    assert "Thursday C" in wrong.content.decode()
    assert world.thursday.label == "Thursday B"


def test_people_who_join_at_any_time_do_not_start_together(world: World, client_for: Browser) -> None:
    TherapyGroup.objects.filter(pk=world.thursday.pk).update(openness="open")
    wrong = client_for(world.nadia).post(address(world), typed(world))
    assert "Choose rolling" in wrong.content.decode()
    assert client_for(world.nadia).post(address(world), typed(world, course="rolling")).status_code == 302


@pytest.mark.req("REQ-26", "REQ-125", "REQ-140")
def test_every_session_begins_with_the_frame_and_reads_one_part_of_the_agreement_in_turn(
    world: World, client_for: Browser
) -> None:
    clauses = from_json(world.version_of_thursday.clauses).clauses
    session = world.session_of_thursday
    url = reverse("groups:session-agenda", kwargs={"pk": session.pk})
    shown = client_for(world.nadia).get(url).content.decode()
    assert (
        shown.index("Welcome. Before we begin") < shown.index("Reminder of confidentiality") < shown.index("Check-in")
    )
    assert clauses[0].title in shown
    assert clauses[1].title not in shown
    with at_work(world.nadia) as nadia:
        keep_clause_read(session_id=session.pk, key=clauses[0].key, by=nadia)
    assert clauses[0].title in client_for(world.nadia).get(url).content.decode(), "what was read stands there"
    coming = reverse("groups:session-agenda", kwargs={"pk": world.coming_session_of_thursday.pk})
    again = client_for(world.nadia).get(coming).content.decode()
    assert clauses[1].title in again
    assert clauses[0].title not in again
    for stranger in (world.olga, world.ben):
        assert client_for(stranger).get(url).status_code == 404
    # The page of the session shows the course, and leads on to the words.
    detail = client_for(world.nadia).get(reverse("groups:session-detail", kwargs={"pk": session.pk})).content.decode()
    assert url in detail
    assert "Opening words" in detail


def test_the_sheets_of_a_session_hold_its_course_and_what_was_agreed_on(world: World, client_for: Browser) -> None:
    chosen = {"turn-main": 7, "turn-check_out": 5, "policy-phones": "outside"}
    assert client_for(world.nadia).post(address(world), typed(world, **chosen)).status_code == 302
    url = reverse("groups:session-pack", kwargs={"pk": world.session_of_thursday.pk})
    shown = client_for(world.nadia).get(url).content.decode()
    assert "Telephones: Outside the room." in shown
    assert shown.index("Check-out") < shown.index("Main work")


def test_the_words_are_there_in_both_languages() -> None:
    for one in parts().values():
        assert {"en", "es"} <= set(one.words), one.key
    for policy in all_policies().values():
        assert {"en", "es"} <= set(policy.words), policy.key
        assert all({"en", "es"} <= set(value) for value in policy.values.values()), policy.key
    assert sum(one.minutes for one in parts().values()) == 90
