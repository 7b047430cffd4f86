"""A practice of three groups that meet already goes live, in a real browser, on the running practice."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.cast import House

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1200)]


def test_a_practice_of_three_groups_with_papers_goes_live(house: "House") -> None:
    from tests.e2e.going_live import Circle, going_live

    runs = {
        "en": (
            Circle("Monday G", "In a room", ("Walburga Eis", "Yusuf Anders", "Zita Blum"), "zita@demo.example"),
            Circle("Monday H", "Online", ("Anselm Rude", "Betje Horn")),
            Circle("Monday I", "Room and online", ("Corin Falk", "Delia Marsh")),
        ),
        "es": (
            Circle("Lunes G", "In a room", ("Edda Roig", "Fermín Sala", "Gala Prats"), "gala@demo.example"),
            Circle("Lunes H", "Online", ("Hugo Bosch", "Irune Arza")),
            Circle("Lunes I", "Room and online", ("Jordi Camps", "Karmele Goñi")),
        ),
    }
    going_live(house, runs[house.language])
