"""A lost phone, in a real browser: two colleagues let somebody back in, after a day, and a stranger is stopped."""

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.cast import House
    from tests.e2e.mail import Letter

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

RUNS = {"en": ("Lena Fors", "lena"), "es": ("Lola Vega", "lola")}
KIND, ASKED_FOR = "lost_second_factor", "A change to how you sign in"


@pytest.mark.req("SEC-47")
def test_a_lost_phone_takes_two_people_and_a_day_and_its_owner_can_stop_it(house: "House") -> None:
    from tests.e2e.cast import Someone
    from tests.e2e.joining import ada_invites_a_facilitator, she_makes_her_account_with_a_second_factor

    house.cast.vera = Someone(*RUNS[house.language])
    she_makes_her_account_with_a_second_factor(house, ada_invites_a_facilitator(house))
    not_her = a_colleague_asks(house)
    the_owner_stops_it(house, notice(house, 1), not_her)
    request = a_colleague_asks(house)
    notice(house, 2)
    alone_is_not_enough(house, request)
    another_agrees(house, request)
    nothing_happens_before_its_time(house, request)
    house.practice.sweep_later("accounts.carry_out_recoveries", 25)
    house.of("petra").visit(request)
    house.of("petra").sees("Carried out.")
    she_comes_back_and_sets_up_a_new_phone(house)


def a_colleague_asks(house: "House") -> str:
    """Ask for a way back in as the administrator, and return where the request stands."""
    ada = house.demo("ada")
    ada.visit("/account/recoveries/")
    ada.tap(ada.page.locator(f"a[href$='/open/{KIND}/']"))
    ada.prove_if_asked(house.practice.password)
    ada.press("Ask for this")
    assert ada.page.locator("#form-errors").count(), "An empty form did not say what is missing"
    ada.write("Address they sign in with", house.cast.vera.email)
    ada.tick("In person, with photo identification")
    ada.press("Ask for this")
    ada.sees("It is on its way. Somebody else must agree now.", house.cast.vera.name, "Waits for a second person.")
    return ada.path


def notice(house: "House", count: int) -> "Letter":
    """Return the message that its owner gets, which says nothing to a stranger."""
    from tests.e2e.mail import says_nothing

    letter = house.tray.wait_for_letter(house.cast.vera.email, ASKED_FOR, count=count)
    says_nothing(letter, *house.cast.vera.name.split())
    return letter


def the_owner_stops_it(house: "House", letter: "Letter", request: str) -> None:
    """Follow the link without signing in: looking stops nothing, the button does, and it works once."""
    owner, petra = house.of("owner"), house.demo("petra")
    owner.visit(letter.link)
    assert owner.heading == "Stop this change"
    owner.sees_nothing_of(*house.cast.vera.name.split())
    petra.visit_proven(request, house.practice.password)
    petra.sees("Waits for a second person.")
    owner.press("This was not me: stop it")
    assert owner.heading == "It is stopped"
    assert owner.visit(letter.link).status == 404
    petra.visit(request)
    petra.sees("Stopped. Nothing was changed.", "There is nothing for you to do here.")
    assert petra.page.locator("button[name=act]").count() == 0


def alone_is_not_enough(house: "House", request: str) -> None:
    """Who asked cannot agree: there is no button, and without it there is nothing."""
    ada = house.demo("ada")
    ada.visit(request)
    assert ada.page.locator("button[name=act]").evaluate_all("all => all.map(one => one.value)") == ["stop"]
    assert ada.force(act="approve").status == 404


def another_agrees(house: "House", request: str) -> None:
    """Find it in the list and agree."""
    petra = house.demo("petra")
    petra.visit("/account/recoveries/")
    petra.page.locator(f"a[href='{request}']").click()
    petra.prove_if_asked(house.practice.password)
    petra.press("I agree")
    petra.sees("Done. It stands in the trail.", "Takes effect:")


def nothing_happens_before_its_time(house: "House", request: str) -> None:
    """Waiting, nobody has a button for it; sent all the same, it is answered and does nothing."""
    for key in ("ada", "petra"):
        visitor = house.demo(key)
        visitor.visit(request)
        visitor.sees("Takes effect:")
        assert visitor.page.locator("button[name=act]").evaluate_all("all => all.map(one => one.value)") == ["stop"]
        assert visitor.force(act="carry_out").status == 302
        visitor.visit(request)
        visitor.sees("The time for this has not come, or it is over.", "Takes effect:")
    lost = house.of("vera")
    lost.visit("/today/")
    assert lost.heading == f"Hello, {house.cast.vera.name}.", "Asking alone ended her session"


def she_comes_back_and_sets_up_a_new_phone(house: "House") -> None:
    """Her sessions ended; the password alone opens nothing but the page for a new second step."""
    from tests.e2e.cast import OWN_PASSWORD
    from tests.e2e.pages import one_time_code

    old, again, vera = house.of("vera"), house.of("vera again"), house.cast.vera
    old.visit("/today/")
    assert old.heading == "Sign in", "The lost phone's session went on"
    again.sign_in(vera.email, OWN_PASSWORD)
    assert again.heading == "Second step at sign-in"
    for page in ("/groups/", "/account/profile/", "/today/"):
        again.visit(page)
        assert again.heading == "Second step at sign-in", page
    again.follow("Set up an app")
    secret = again.page.get_by_role("main").locator("strong").inner_text().strip()
    assert secret != house.cast.secret
    again.page.get_by_role("textbox").fill(one_time_code(secret, time.time()))
    again.press("Set it up")
    again.follow("I have them. Go on")
    assert again.heading == f"Hello, {vera.name}."
