"""A session on paper: the pack before it, and the roster typed in after it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groupcare.audit.models import TrailEvent
from groups.attendance import codes
from groups.models import AttendanceEntry, GroupSession, Observance
from groups.opening import opening
from tests.world import World

Browser = Callable[..., Client]


def url(name: str, session: GroupSession) -> str:
    return reverse(f"groups:{name}", kwargs={"pk": session.pk})


def filled(world: World, code: str, minutes: str = "", seen: object = "", **more: str) -> dict[str, object]:
    place = world.membership("ben").pk
    return {f"code-{place}": code, f"minutes-{place}": minutes, f"seen-{place}": seen, **more}


@pytest.mark.req("REQ-26")
def test_the_pack_needs_a_fresh_proof_and_is_in_the_trail(world: World, client_for: Browser) -> None:
    pack = url("session-pack", world.session_of_thursday)
    assert client_for(world.nadia, stepped_up=False).get(pack).status_code == 302
    shown = client_for(world.nadia).get(pack)
    assert shown.status_code == 200
    body = shown.content.decode()
    for words in ("Page 1 of 3", "Page 3 of 3", "Printed by Nadia Rahmani", "Shred after typing in", "cleared", "AN:"):
        assert words in body, words
    assert opening("en")[3] in body
    assert "Ben Tanaka" in body
    assert '<div class="scroll" tabindex="0" role="region"' in body, "a table that scrolls is reached by keyboard"
    event = TrailEvent.objects.filter(action="session.print").latest("sequence")
    assert (event.actor, event.object_id) == (str(world.nadia.pk), str(world.session_of_thursday.pk))
    assert client_for(world.olga).get(pack).status_code == 404


def test_numbers_are_printed_only_when_asked_for_and_not_days_before(world: World, client_for: Browser) -> None:
    client_for(world.ben).post("/my/contact/", {"contact_name": "Lena", "contact_number": "+1 555 0102"})
    pack, nadia = url("session-pack", world.session_of_thursday), client_for(world.nadia)
    assert "+1 555 0102" not in nadia.get(pack).content.decode()
    assert not TrailEvent.objects.filter(action="emergency_sheet.read").exists()
    assert "+1 555 0102" in nadia.get(pack + "?numbers=1").content.decode()
    assert TrailEvent.objects.filter(action="emergency_sheet.read").count() == 3
    early = nadia.get(url("session-pack", world.coming_session_of_thursday) + "?numbers=1").content.decode()
    assert "+1 555 0102" not in early
    assert "from two hours before the start" in early


def test_the_roster_is_typed_in_with_one_save_and_says_who_did_it(world: World, client_for: Browser) -> None:
    page, nadia = url("session-attendance", world.session_of_thursday), client_for(world.nadia)
    assert nadia.post(page, filled(world, "PL", "12", read_aloud="on")).status_code == 302
    entry = AttendanceEntry.objects.get()
    assert (entry.code, entry.minutes, entry.source, entry.written_by_id) == ("PL", 12, "paper", world.nadia.pk)
    assert Observance.objects.filter(kind="read_aloud", session=world.session_of_thursday).count() == 1
    shown = nadia.get(page).content.decode()
    assert "Typed in from paper, Nadia Rahmani" in shown
    # The same again, as after the back button, writes nothing.
    assert nadia.post(page, filled(world, "PL", "12", read_aloud="on")).status_code == 302
    assert AttendanceEntry.objects.count() == 1
    assert Observance.objects.filter(kind="read_aloud").count() == 1


def test_of_two_who_type_at_once_the_second_sees_the_difference(world: World, client_for: Browser) -> None:
    page, nadia, tom = (
        url("session-attendance", world.session_of_thursday),
        client_for(world.nadia),
        client_for(world.tom),
    )
    nadia.post(page, filled(world, "P"))
    refused = tom.post(page, filled(world, "PE", "20"))
    assert refused.status_code == 409
    body = refused.content.decode()
    assert "A colleague has saved this in the meantime" in body
    assert 'value="20"' in body
    first = AttendanceEntry.objects.get()
    assert str(first.pk) in body
    assert tom.post(page, filled(world, "PE", "20", first.pk)).status_code == 302
    last = AttendanceEntry.objects.get(supersedes=first)
    assert (last.code, last.minutes, last.written_by_id) == ("PE", 20, world.tom.pk)


@pytest.mark.parametrize(("code", "minutes"), [("P", "5"), ("PL", "500"), ("ZZ", ""), ("PL", "many")])
def test_what_does_not_fit_is_explained_and_what_was_typed_stays(
    world: World, client_for: Browser, code: str, minutes: str
) -> None:
    page = url("session-attendance", world.session_of_thursday)
    refused = client_for(world.nadia).post(page, filled(world, code, minutes, read_aloud="on"))
    assert refused.status_code == 422
    if minutes:
        assert f'value="{minutes}"' in refused.content.decode()
    assert not AttendanceEntry.objects.exists()
    assert not Observance.objects.filter(kind="read_aloud").exists()


def test_nobody_else_types_and_nothing_is_typed_before_the_door_opens(world: World, client_for: Browser) -> None:
    page = url("session-attendance", world.session_of_thursday)
    for person in (world.olga, world.ada, world.ben, world.root):
        assert client_for(person).post(page, filled(world, "P")).status_code == 404
    coming = world.coming_session_of_thursday
    early = client_for(world.nadia).post(url("session-attendance", coming), filled(world, "P"))
    assert early.status_code == 409
    with time_machine.travel(coming.starts_at - timedelta(minutes=29)):
        assert client_for(world.nadia).post(url("session-attendance", coming), filled(world, "P")).status_code == 302
    assert timezone.now() < coming.starts_at


def test_the_codes_are_those_of_the_field() -> None:
    assert list(codes()) == ["P", "PL", "PE", "V", "PH", "A", "AN", "X", "C", "H", "S", "NR", "D", "W"]
    assert codes()["AN"].label("es-mx") == "AN: ausente, sin avisar"
    assert codes()["AN"].label("fr") == "AN: absent, no notice"
