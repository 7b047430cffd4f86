"""The console of a session: one screen, one Save without script, one tap at a time with it."""

import html
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent.services import ask_about, ask_to_talk, present, withdraw
from groupcare.access import Right, grant
from groupcare.accounts.form_models import KeptText
from groupcare.accounts.models import Person
from groupcare.audit.models import TrailEvent
from groups import services
from groups.console import COVERAGE, checks, checks_for, remarks, steps
from groups.models import (
    AttendanceEntry,
    ConsoleEntry,
    Facilitation,
    GroupGrant,
    GroupSession,
    Membership,
    Observance,
    TherapyGroup,
)
from groups.ports import agreement_clauses
from tests.world import World, at_work, today, understand

Browser = Callable[..., Client]
MARKER = "canary-words-of-a-facilitator"


def url(name: str, session: GroupSession) -> str:
    return reverse(f"groups:{name}", kwargs={"pk": session.pk})


def tap(client: Client, session: GroupSession, ref: object, value: str, **more: Any) -> Any:
    """Send one tap as the script does."""
    data = {"tap": uuid.uuid4(), "what": "mark", "ref": ref, "value": value, "seen": "", "minutes": "", **more}
    return client.post(url("session-tap", session), data)


def online(session: GroupSession, format_: str = "online") -> GroupSession:
    GroupSession.objects.filter(pk=session.pk).update(format=format_)
    session.refresh_from_db()
    return session


def marks(session: GroupSession) -> list[tuple[str, int | None]]:
    return list(AttendanceEntry.objects.filter(session=session).order_by("written_at").values_list("code", "minutes"))


# --- the screen ---------------------------------------------------------------------------------------------
SCRIPTS = {"نادية الرحماني": "نا", "王小明": "王", "María-José O'Brien-Łukasiewicz": "MO"}


def test_names_in_any_script_stand_whole_on_the_console_and_are_marked_like_any_other(
    world: World, client_for: Browser
) -> None:
    session, nadia = world.session_of_thursday, client_for(world.nadia)
    with at_work(world.nadia) as by:
        for name in SCRIPTS:
            services.add_member(group=world.thursday, member=services.NewMember(name, today()), by=by)
    page = html.unescape(nadia.get(url("session-console", session)).content.decode())
    for name, letters in SCRIPTS.items():
        # A name that runs from right to left must not turn the words around it.
        assert f"<bdi>{name}</bdi>" in page
        assert letters in page
        place = next(one for one in Membership.objects.filter(group=world.thursday) if one.person.used_name == name)
        assert tap(nadia, session, place.pk, "P").status_code == 200
    assert [code for code, _ in marks(session)] == ["P"] * len(SCRIPTS)


def test_a_group_of_sixty_fits_on_one_console_and_is_saved_with_one_form(world: World, client_for: Browser) -> None:
    session, nadia = world.session_of_thursday, client_for(world.nadia)
    TherapyGroup.objects.filter(pk=world.thursday.pk).update(capacity=60)
    with at_work(world.nadia) as by:
        members = [services.NewMember(f"Member {number:02}", today()) for number in range(57)]
        services.add_members(group=world.thursday, members=members, by=by)
    console = nadia.get(url("session-console", session))
    places = Membership.objects.filter(group=world.thursday, ended_at__isnull=True)
    assert places.count() == 60
    shown = console.content.decode()
    assert all(f'data-place="{place.pk}"' in shown for place in places)
    sent = {"part": "roster"}
    for place in places:
        sent |= {f"code-{place.pk}": "P", f"minutes-{place.pk}": "", f"seen-{place.pk}": ""}
    assert nadia.post(url("session-console", session), sent).status_code == 302
    assert marks(session) == [("P", None)] * 60


@pytest.mark.req("REQ-26", "REQ-28", "REQ-125", "REQ-140", "REQ-151")
def test_one_screen_says_who_can_come_in_what_to_say_and_what_is_due(world: World, client_for: Browser) -> None:
    session, nadia = world.session_of_thursday, client_for(world.nadia)
    GroupSession.objects.filter(pk=session.pk).update(format="online")
    with at_work(world.nadia) as by:
        services.add_member(group=world.thursday, member=services.NewMember("Wai Late", today()), by=by)
    shown = nadia.get(url("session-console", session)).content.decode()
    for words in ("Before", "During", "After", "Who can come in", "Wai Late", "not cleared", "Process note"):
        assert words in shown, words
    assert "what is said here stays here" in shown, "the opening script stands on the screen"
    assert "Check the platform" in shown
    GroupSession.objects.filter(pk=session.pk).update(format="in_person")
    assert "Check the room" in nadia.get(url("session-console", session)).content.decode()
    # Nothing of the shape is of the screen alone: the same rules for both formats are read aloud and agreed to.
    assert {one.where for one in checks_for("hybrid")} == {"room", "platform"}


@pytest.mark.req("REQ-131", "REQ-132", "REQ-133", "REQ-134", "REQ-135", "REQ-137", "REQ-138")
@pytest.mark.req("REQ-152", "REQ-153", "REQ-154", "REQ-156", "REQ-161", "REQ-162")
def test_each_thing_that_is_asked_says_what_asks_for_it_and_speaks_both_languages() -> None:
    told = " ".join(one.source for one in checks().values())
    numbers = (131, 132, 133, 134, 135, 137, 138, 152, 153, 154, 156, 161, 162)
    assert [n for n in numbers if f"REQ-{n}" not in told] == []
    for one in [*checks().values(), *steps().values(), *remarks().values()]:
        assert one.label("en") != one.label("es"), one.key
        assert bool(one.words.get("en_help")) == bool(one.words.get("es_help")), one.key
    assert [one.where for one in checks_for("in_person")] == ["room"] * 6


@pytest.mark.req("REQ-131", "REQ-132", "REQ-133", "REQ-134", "REQ-137", "REQ-138")
@pytest.mark.req("REQ-153", "REQ-154", "REQ-156", "REQ-161", "REQ-162")
@pytest.mark.parametrize("format_", ["in_person", "online"])
def test_the_check_is_kept_with_what_was_found_and_nobody_overwrites_it_unseen(
    world: World, client_for: Browser, format_: str
) -> None:
    session, nadia, tom = (
        online(world.session_of_thursday, format_),
        client_for(world.nadia),
        client_for(world.tom),
    )
    page = url("session-console", session)
    sent = {"part": "checks"}
    for one in checks_for(format_):
        sent |= {f"check-{one.key}": "ok", f"words-{one.key}": f"{MARKER} {one.key}", f"seen-{one.key}": ""}
    assert nadia.post(page, sent).status_code == 302
    assert nadia.post(page, sent | dict.fromkeys([k for k in sent if k.startswith("words")], "")).status_code == 302
    kept = ConsoleEntry.objects.filter(session=session)
    assert {one.key for one in kept} == {one.key for one in checks_for(format_)}
    assert kept.count() == len(checks_for(format_)), "the same again writes nothing"
    first = checks_for(format_)[0].key
    refused = tom.post(page, {"part": "checks", f"check-{first}": "not_ok", f"words-{first}": "A draught."})
    assert refused.status_code == 409
    assert "Nadia Rahmani answered this at" in refused.content.decode()
    seen = kept.get(key=first).pk
    again = {"part": "checks", f"check-{first}": "not_ok", f"words-{first}": "A draught.", f"seen-{first}": seen}
    assert tom.post(page, again).status_code == 302
    assert ConsoleEntry.objects.get(key=first, superseded_by__isnull=True).answer == "not_ok"
    words = url("session-words", session)
    shown = tom.get(words).content.decode()
    assert MARKER in shown
    assert "A draught." in shown
    assert TrailEvent.objects.filter(action="session_remark.read").count() == len(checks_for(format_)) + 1
    assert client_for(world.olga).get(words).status_code == 404


@pytest.mark.req("REQ-37", "REQ-130")
def test_what_was_noticed_is_vaulted_and_read_only_by_those_who_run_the_group(
    world: World, client_for: Browser
) -> None:
    session, page = world.session_of_thursday, url("session-console", world.session_of_thursday)
    for kind in ("concern", "outside_contact"):
        sent = {"part": "remark", "kind": kind, "words": f"{MARKER} {kind}"}
        assert client_for(world.nadia).post(page, sent).status_code == 302
    empty = client_for(world.nadia).post(page, {"part": "remark", "kind": "concern", "words": " "})
    assert empty.status_code == 422
    assert ConsoleEntry.objects.filter(answer="noted").count() == 2
    console = client_for(world.tom).get(page).content.decode()
    assert MARKER not in console, "the screen stands in the room: the words are a page further"
    assert "2 remarks" in console
    assert "Raise a concern" in console
    shown = client_for(world.tom).get(url("session-words", session)).content.decode()
    assert shown.count(MARKER) == 2
    for stranger in ("olga", "ada", "ben", "root"):
        client = client_for(world.person(stranger))
        assert client.get(url("session-words", session)).status_code == 404
        assert client.post(page, {"part": "remark", "kind": "concern", "words": "x"}).status_code == 404


@pytest.mark.req("REQ-9")
def test_the_clause_of_the_week_turns_and_what_was_read_is_kept(world: World, client_for: Browser) -> None:
    nadia, first, second = client_for(world.nadia), world.session_of_thursday, world.coming_session_of_thursday
    with at_work(world.nadia):
        clauses = agreement_clauses(world.thursday.pk, "en")
    page = url("session-clause", first)
    assert clauses[0].title in nadia.get(page).content.decode()
    assert nadia.post(page, {"clause": clauses[3].key}).status_code == 302
    assert not ConsoleEntry.objects.exists(), "another clause than that on the page is not kept"
    for _ in range(2):
        assert nadia.post(page, {"clause": clauses[0].key}).status_code == 302
    (line,) = ConsoleEntry.objects.all()
    assert (line.key, line.answer, line.written_by_id) == ("clause", clauses[0].key, world.nadia.pk)
    assert "Read to the group" in nadia.get(page).content.decode()
    assert TrailEvent.objects.filter(action="clause.read_aloud").count() == 1
    later = nadia.get(url("session-clause", second)).content.decode()
    assert clauses[1].title in later, "the next session reads the next clause"
    assert "from 30 minutes before" in later
    assert client_for(world.olga).get(page).status_code == 404


@pytest.mark.req("REQ-47")
def test_when_somebody_is_new_the_whole_group_is_asked_to_go_through_the_agreement(
    world: World, client_for: Browser
) -> None:
    coming, nadia = world.coming_session_of_thursday, client_for(world.nadia)
    with time_machine.travel(coming.starts_at, tick=False):
        # A session rests for at most fifteen minutes; this is another evening.
        nadia = client_for(world.nadia)
        page = url("session-console", coming)
        words = "The whole group went through the agreement again"
        Membership.objects.update(joined_at=coming.starts_at - timedelta(days=300))
        assert words not in nadia.get(page).content.decode()
        Membership.objects.filter(person=world.dev).update(joined_at=coming.starts_at - timedelta(days=1))
        assert words in nadia.get(page).content.decode()
        sent = {"part": "roster", "step-reorientation": "on", "step-reminder": "on", "read_aloud": "on"}
        assert nadia.post(page, sent).status_code == 302
        assert nadia.post(page, sent).status_code == 302
    assert list(ConsoleEntry.objects.order_by("key").values_list("key", "answer")) == [
        ("reminder", "done"),
        ("reorientation", "done"),
    ]
    assert Observance.objects.filter(session=coming, kind="read_aloud").count() == 1


@pytest.mark.req("REQ-151", "REQ-152")
def test_at_the_roll_call_online_one_reads_where_everybody_is_and_who_agreed_to_the_rules(
    world: World, client_for: Browser
) -> None:
    session = online(world.session_of_thursday)
    ben = client_for(world.ben)
    ben.post(reverse("groups:session-join", kwargs={"pk": session.pk}), {"agreed": "on"})
    place = {"location": "4 Elm Street", "call_back": "+1 555 0107"}
    assert ben.post(reverse("groups:session-place", kwargs={"pk": session.pk}), place).status_code == 302
    before = TrailEvent.objects.filter(action="emergency_sheet.read").count()
    shown = client_for(world.nadia).get(url("session-console", session)).content.decode()
    assert "4 Elm Street" in shown
    assert "+1 555 0107" in shown
    assert shown.count("agreed to the rules today") == 1
    assert TrailEvent.objects.filter(action="emergency_sheet.read").count() == before + 1
    marked = client_for(world.nadia).get(url("session-marks", session)).content.decode()
    assert "Elm" not in marked, "what a screen asks for every few seconds holds no place"
    assert "Ben" not in marked


# --- one Save without script ---------------------------------------------------------------------------------


def test_without_script_the_whole_roster_is_one_form_with_one_save(world: World, client_for: Browser) -> None:
    session, nadia = world.session_of_thursday, client_for(world.nadia)
    ben, chiara = world.membership("ben").pk, world.membership("chiara").pk
    sent = {
        "part": "roster",
        f"code-{ben}": "PL",
        f"minutes-{ben}": "12",
        f"code-{chiara}": "A",
        "step-check_out": "on",
    }
    assert nadia.post(url("session-console", session), sent).status_code == 302
    assert sorted(marks(session)) == [("A", None), ("PL", 12)]
    assert set(AttendanceEntry.objects.values_list("source", flat=True)) == {"console"}
    assert ConsoleEntry.objects.filter(key="check_out", answer="done").exists()
    assert ConsoleEntry.objects.get(key=COVERAGE).answer == "3/3"
    wrong = nadia.post(url("session-console", session), sent | {f"minutes-{ben}": "900", "step-left_behind": "on"})
    assert wrong.status_code == 422
    assert 'value="900"' in wrong.content.decode()
    assert not ConsoleEntry.objects.filter(key="left_behind").exists(), "all or nothing"
    clash = client_for(world.tom).post(url("session-console", session), {"part": "roster", f"code-{ben}": "P"})
    assert clash.status_code == 409
    assert "Nadia Rahmani kept at" in clash.content.decode()
    assert client_for(world.ben).get(url("session-console", session)).status_code == 404


# --- one tap at a time ---------------------------------------------------------------------------------------


def test_a_tap_that_comes_twice_is_kept_once_and_of_two_hands_none_is_lost(world: World, client_for: Browser) -> None:
    session, nadia, tom = world.session_of_thursday, client_for(world.nadia), client_for(world.tom)
    ben = world.membership("ben").pk
    mine = uuid.uuid4()
    first = tap(nadia, session, ben, "P", tap=mine).json()
    assert (first["state"], first["standing"]["id"], first["standing"]["value"]) == ("saved", str(mine), "P")
    assert tap(nadia, session, ben, "P", tap=mine).json() == first
    assert marks(session) == [("P", None)]
    # Tom did not see it: he is told what stands, and chooses.
    told = tap(tom, session, ben, "PL", minutes="10")
    assert (told.status_code, told.json()["state"]) == (409, "overtaken")
    assert told.json()["standing"]["who"] == "Nadia Rahmani"
    assert marks(session) == [("P", None)]
    chosen = tap(tom, session, ben, "PL", minutes="10", seen=mine)
    assert chosen.json()["standing"]["minutes"] == 10
    # Nadia's old tap, sent again after the network came back, is known and changes nothing.
    late = tap(nadia, session, ben, "P", tap=mine)
    assert (late.status_code, late.json()["standing"]["value"]) == (200, "PL")
    assert marks(session) == [("P", None), ("PL", 10)]
    # The same mark by both hands at once is no quarrel.
    assert tap(nadia, session, ben, "PL", minutes="10").status_code == 200
    assert len(marks(session)) == 2
    seen = nadia.get(url("session-marks", session)).json()["marks"][str(ben)]
    assert (seen["who"], seen["value"], seen["mine"]) == ("Tom Becker", "PL", False)
    # Somebody else's id, another session's place, or an id of another line is refused like what is not there.
    assert tap(tom, session, ben, "A", tap=mine).status_code == 404
    assert tap(nadia, session, world.membership("zoe").pk, "P").status_code == 404
    assert tap(nadia, session, "no-id", "P").status_code == 404
    assert tap(nadia, session, ben, "ZZ", seen=seen["id"]).status_code == 422
    assert tap(client_for(world.olga), session, ben, "P").status_code == 404
    changes = nadia.get(url("session-changes", session)).content.decode()
    assert changes.index("Tom Becker") < changes.index("Nadia Rahmani", changes.index("<tbody>")), "the latest first"


def test_a_check_can_be_tapped_and_a_step_is_done_once(world: World, client_for: Browser) -> None:
    session, nadia, tom = world.session_of_thursday, client_for(world.nadia), client_for(world.tom)
    done = tap(nadia, session, "seating", "ok", what="answer")
    assert done.json()["standing"]["value"] == "ok"
    assert tap(tom, session, "seating", "not_ok", what="answer").status_code == 409
    assert tap(tom, session, "reminder", "done", what="answer").status_code == 200
    assert tap(nadia, session, "reminder", "done", what="answer").status_code == 200
    assert ConsoleEntry.objects.filter(key="reminder").count() == 1
    assert tap(nadia, session, "read_aloud", "done", what="answer").status_code == 200
    assert Observance.objects.filter(kind="read_aloud").count() == 1
    for key, value in (("waiting_room", "ok"), ("reminder", "ok"), ("nothing", "ok"), ("seating", "maybe")):
        assert tap(nadia, session, key, value, what="answer").status_code == 422, key
    early = tap(nadia, world.coming_session_of_thursday, world.membership("ben").pk, "P")
    assert (early.status_code, early.json()["state"]) == (409, "closed")


def test_a_right_that_ended_last_night_ends_the_console_that_is_still_open(world: World, client_for: Browser) -> None:
    session, tom = world.session_of_thursday, client_for(world.tom)
    ben = world.membership("ben").pk
    assert tap(tom, session, ben, "P").status_code == 200
    with at_work(world.nadia) as nadia:
        duty = Facilitation.objects.get(group=world.thursday, person=world.tom)
        services.end_facilitation(facilitation_id=duty.pk, group=world.thursday, by=nadia)
    assert not GroupGrant.objects.filter(user=world.tom.login).exists()
    assert tap(tom, session, ben, "A").status_code == 404
    for page in ("session-console", "session-marks", "session-changes", "session-clause"):
        assert tom.get(url(page, session)).status_code == 404, page
    assert marks(session) == [("P", None)]


def test_a_screen_that_only_looks_does_not_keep_its_session_awake(world: World, client_for: Browser) -> None:
    session, nadia = world.session_of_thursday, client_for(world.nadia)
    begun = timezone.now()
    # SEC-46: staff rest for at most fifteen minutes. Looking counts as resting, a tap as use.
    with time_machine.travel(begun + timedelta(minutes=10)):
        assert nadia.get(url("session-marks", session)).status_code == 200
    with time_machine.travel(begun + timedelta(minutes=16)):
        assert nadia.get(url("session-marks", session)).status_code == 302
    tom = client_for(world.tom)
    with time_machine.travel(begun + timedelta(minutes=10)):
        assert tap(tom, session, world.membership("ben").pk, "P").status_code == 200
    with time_machine.travel(begun + timedelta(minutes=16)):
        assert tom.get(url("session-marks", session)).status_code == 200


def test_a_substitute_has_the_console_of_that_session_for_as_long_as_asked(world: World, client_for: Browser) -> None:
    session = world.session_of_tuesday
    now = timezone.now()
    for right in (Right.SEE_SESSION, Right.RUN_SESSION):
        grant(person=world.tom, right=right, obj=session, valid_from=now, valid_until=session.ends_at)
    zoe = world.membership("zoe").pk
    tom = client_for(world.tom)
    shown = tom.get(url("session-console", session)).content.decode()
    assert "Zoe Marsh" in shown
    assert "Tuesday B" not in shown
    assert tap(tom, session, zoe, "P").status_code == 200
    assert tom.get(url("session-words", session)).status_code == 404, "no words of the group"
    with time_machine.travel(session.ends_at + timedelta(minutes=1)):
        late = client_for(world.tom)
        assert late.get(url("session-console", session)).status_code == 404
        assert tap(late, session, zoe, "A").status_code == 404


def test_who_is_removed_in_the_middle_stays_on_the_roster_with_the_mark(world: World, client_for: Browser) -> None:
    session, nadia = world.session_of_thursday, client_for(world.nadia)
    ben = world.membership("ben")
    tap(nadia, session, ben.pk, "P")
    with at_work(world.nadia) as by:
        services.end_membership(membership_id=ben.pk, group=world.thursday, by=by)
    shown = nadia.get(url("session-console", session)).content.decode()
    assert "Ben Tanaka" in shown
    assert "place ended during the session" in shown
    standing = AttendanceEntry.objects.get()
    assert tap(nadia, session, ben.pk, "PE", minutes="20", seen=standing.pk).status_code == 200
    # Who could come in at the first mark is kept; the one who left counts no more among those who can come in.
    assert ConsoleEntry.objects.get(key=COVERAGE).answer == "3/3"
    assert 'aria-label="2 of 3' not in shown


def test_a_place_that_ended_before_the_start_takes_no_mark_and_the_console_goes_on(
    world: World, client_for: Browser
) -> None:
    session, nadia, ben = world.session_of_thursday, client_for(world.nadia), world.membership("ben")
    with at_work(world.nadia) as by:
        services.end_membership(membership_id=ben.pk, group=world.thursday, by=by)
    Membership.objects.filter(pk=ben.pk).update(ended_at=session.starts_at - timedelta(minutes=5))
    answer = tap(nadia, session, ben.pk, "P")
    assert (answer.status_code, answer.json()["state"]) == (409, "closed")
    assert tap(nadia, session, world.membership("zoe").pk, "P").status_code == 404
    assert tap(nadia, session, world.membership("chiara").pk, "P").status_code == 200
    assert marks(session) == [("P", None)]


def test_pronouns_stand_on_the_console_only_where_their_owner_lets_them(world: World, client_for: Browser) -> None:
    session, nadia, ben = world.session_of_thursday, client_for(world.nadia), world.ben
    ben.pronouns = "xe/xem"
    ben.save()
    assert "xe/xem" not in nadia.get(url("session-console", session)).content.decode()
    with at_work(ben) as by:
        place = world.membership("ben")
        services.choose_name(membership_id=place.pk, name="", pronouns_shown="facilitators", seen=None, by=by)
    assert "xe/xem" in nadia.get(url("session-console", session)).content.decode()


def test_whoever_is_on_leave_is_not_missed_at_the_door(world: World, client_for: Browser) -> None:
    session, nadia = world.session_of_thursday, client_for(world.nadia)
    with at_work(world.nadia) as by:
        added = services.add_member(group=world.thursday, member=services.NewMember("Wai Late", today()), by=by)
    assert "Everyone can come in" not in nadia.get(url("session-console", session)).content.decode()
    Membership.objects.filter(pk=added.pk).update(state="on_leave")
    assert "Everyone can come in" in nadia.get(url("session-console", session)).content.decode()


def test_a_tap_after_the_session_was_left_alone_too_long_is_no_form_that_waits(
    world: World, client_for: Browser
) -> None:
    session, nadia = world.session_of_thursday, client_for(world.nadia)
    nadia.get(url("session-console", session))
    data = {"tap": uuid.uuid4(), "what": "mark", "ref": world.membership("ben").pk, "value": "P"}
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        answer = nadia.post(url("session-tap", session), data, headers={"accept": "application/json"})
    assert answer.status_code in {302, 401, 403}
    assert not KeptText.objects.exists()


def test_the_key_of_the_screen_is_of_this_person_and_session_and_no_name_goes_with_a_mark(
    world: World, client_for: Browser
) -> None:
    def key(person: Any, session: GroupSession) -> str:
        shown = client_for(person).get(url("session-console", session)).content.decode()
        return shown.split('data-key="')[1].split('"')[0]

    session = world.session_of_thursday
    assert key(world.nadia, session) == key(world.nadia, session), "a reload must read what waits"
    assert key(world.nadia, session) != key(world.tom, session)
    tap(client_for(world.nadia), session, world.membership("ben").pk, "P")
    answer = client_for(world.nadia).get(url("session-marks", session)).json()
    assert "Tanaka" not in json.dumps(answer)


@pytest.mark.parametrize("format_", ["in_person", "online"])
def test_the_console_takes_at_most_eight_queries_whatever_the_rows(
    world: World, client_for: Browser, queries: Callable[[Client, str], int], format_: str
) -> None:
    session, nadia = online(world.session_of_thursday, format_), client_for(world.nadia)
    pages = ("session-console", "session-marks", "session-changes", "session-clause", "session-words")
    few = {page: queries(nadia, url(page, session)) for page in pages}
    for number in range(40):
        place = Membership.objects.create(
            group=world.thursday, person=Person.objects.create(used_name=f"Person {number}"), alias=f"Alias {number}"
        )
        AttendanceEntry.objects.create(
            session=session, membership=place, code="P", source="console", written_by=world.tom
        )
        ConsoleEntry.objects.create(
            group=world.thursday, session=session, key="concern", answer="noted", words="x", written_by=world.tom
        )
    for page in pages:
        # The words and, online, the places are read: three statements of the trail.
        assert queries(nadia, url(page, session)) <= max(few[page], 8) + (3 if page == "session-words" else 0), page
    assert max(few.values()) <= 8


# --- Today and the group's own page --------------------------------------------------------------------------


def test_today_leads_to_the_console_with_one_tap_and_says_what_waits(world: World, client_for: Browser) -> None:
    version = world.version_of_thursday
    with at_work(world.ben) as ben:
        ask_about(version_id=version.pk, clause="", words="What is a limit?", by=ben)
    with at_work(world.chiara) as chiara:
        withdraw(act_id=world.act_of_chiara.pk, by=chiara)
        present(version_id=version.pk, by=chiara)
        understand(chiara, version)
        ask_to_talk(version_id=version.pk, by=chiara)
    shown = client_for(world.nadia).get(reverse("groups:today")).content.decode()
    assert url("session-console", world.session_of_thursday) in shown
    assert "1 question waits" in shown
    assert "1 person wants to talk first" in shown
    assert "Not cleared for the next session" in shown
    other = client_for(world.olga).get(reverse("groups:today")).content.decode()
    assert "question waits" not in other
    assert "talk first" not in other


def test_the_rhythm_of_a_group_is_a_picture_with_its_table(world: World, client_for: Browser) -> None:
    session, nadia = world.session_of_thursday, client_for(world.nadia)
    home = reverse("groups:group-detail", kwargs={"pk": world.thursday.pk})
    assert "When the first session is marked" in nadia.get(home).content.decode()
    for name, code in (("ben", "P"), ("chiara", "PL"), ("dev", "AN")):
        tap(nadia, session, world.membership(name).pk, code, minutes="5" if code == "PL" else "")
    shown = nadia.get(home).content.decode()
    picture = shown.split('<figure class="fig">')[1].split("</figure>")[0]
    for part in ("<title", "<desc", "<rect", "<circle"):
        assert part in picture, part
    assert "style=" not in picture
    assert "<td>2</td><td>3</td><td>3 / 3</td>" in shown
    assert url("session-console", session) in shown
