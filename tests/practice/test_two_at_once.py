"""Two administrators change the settings: the second sees what the first wrote, and nothing is lost."""

import re
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from groupcare.practice.models import Practice
from groupcare.practice.services import update_practice
from tests.world import World, at_work

URL = "/practice/settings/"
SEEN = re.compile(r'name="seen" value="([0-9a-f]{64})"')


def fields(**changed: str) -> dict[str, str]:
    practice = Practice.objects.get()
    names = ("name", "public_name", "time_zone", "language", "contact", "crisis_text")
    return {name: getattr(practice, name) for name in names} | changed


def seen_by(client: Client) -> str:
    found = SEEN.search(client.get(URL).content.decode())
    assert found is not None
    return found[1]


def test_the_second_to_save_sees_what_the_first_wrote(world: World, client_for: Callable[..., Client]) -> None:
    one, other = client_for(world.ada), client_for(world.ada)
    mine, theirs = fields(contact="Ring the bell."), fields(crisis_text="Call 112 at once.")
    first, second = seen_by(one), seen_by(other)
    assert one.post(URL, {**mine, "seen": first}).status_code == 302
    late = other.post(URL, {**theirs, "seen": second})
    page = late.content.decode()
    assert late.status_code == 422
    assert "Somebody changed this meanwhile." in page
    assert "It stands now: Ring the bell." in page
    assert "Call 112 at once." in page  # still in the field
    assert Practice.objects.get().contact == "Ring the bell."
    again = SEEN.search(page)
    assert again is not None
    assert other.post(URL, {**fields(crisis_text="Call 112 at once."), "seen": again[1]}).status_code == 302
    kept = Practice.objects.get()
    assert (kept.contact, kept.crisis_text) == ("Ring the bell.", "Call 112 at once.")


def test_a_program_that_says_nothing_of_what_it_saw_writes_as_before(world: World) -> None:
    with at_work(world.ada) as ada:
        update_practice(by=ada, contact="Desk 2")
        with pytest.raises(ValidationError):
            update_practice(by=ada, seen="0" * 64, contact="Desk 3")
    assert Practice.objects.get().contact == "Desk 2"
