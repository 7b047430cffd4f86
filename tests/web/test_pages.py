import re

import pytest
from django.test import Client

from groupcare.web import panels
from tests.web.markup import Page

pytestmark = pytest.mark.django_db

DISPLAY = {"theme": "device", "language": "en", "names": "full", "away": "stay", "next": ""}
FULL = {"label": "Thursday B", "minutes": "8", "kind": "process", "openness": "open", "place": "a", "sure": "on"}


def page_of(response) -> Page:
    return Page(response.content.decode())


@pytest.mark.parametrize("layout", ["staff", "member", "reading", "print"])
def test_every_layout_is_sound_for_assistive_technology(site: Client, layout: str) -> None:
    response = site.get(f"/sample/{layout}/?say=1")

    assert response.status_code == 200
    assert page_of(response).faults() == []


def test_a_page_with_errors_is_sound_too(site: Client) -> None:
    response = site.post("/sample/staff/", {"label": "", "minutes": "eight"})

    assert response.status_code == 422
    assert page_of(response).faults() == []


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere/", 404), ("/forbidden/", 403), ("/broken/", 500), ("/suspicious/", 400), ("/display/", 200)],
)
def test_error_pages_and_own_pages_are_sound(site: Client, path: str, status: int) -> None:
    response = site.get(path)

    assert response.status_code == status
    assert page_of(response).faults() == []


def test_the_audit_of_these_tests_finds_what_is_wrong() -> None:
    bad = Page('<html><h1></h1><h1></h1><input name="x"><p style="a" id="i"></p><p id="i"></p><a href="#gone"></a>')

    assert bad.faults() == [
        "no lang",
        "no title",
        "2 h1",
        "0 main",
        "id i twice",
        "style on p",
        "no label for x",
        "link to nothing: #gone",
    ]


def test_the_first_link_skips_to_the_content(site: Client) -> None:
    page = page_of(site.get("/sample/staff/"))

    assert page.all("a")[0]["href"] == "#main"
    assert page.all("main")[0]["tabindex"] == "-1"


def test_a_demo_says_so_on_every_page_and_a_real_practice_does_not(site: Client, settings) -> None:
    settings.DEMO = True
    assert "Never enter a real person." in site.get("/sample/reading/").content.decode()
    assert "Never enter a real person." in site.get("/sample/staff/").content.decode()
    settings.DEMO = False
    assert "Never enter a real person." not in site.get("/sample/staff/").content.decode()


def test_the_title_holds_the_page_and_the_neutral_name(site: Client) -> None:
    assert page_of(site.get("/sample/member/")).title == "Today · Your practice"


def test_the_title_says_that_something_needs_a_look(site: Client) -> None:
    assert page_of(site.post("/sample/staff/", {})).title == "Please check: Today · Your practice"


def test_members_and_outsiders_can_leave_quickly_and_staff_can_cover_the_screen(site: Client) -> None:
    for layout in ("member", "reading"):
        links = [a for a in page_of(site.get(f"/sample/{layout}/")).all("a") if "data-leave" in a]
        assert [link["href"] for link in links] == ["/leave/"]
        assert links[0]["rel"] == "noreferrer"
    staff = page_of(site.get("/sample/staff/"))
    assert not [a for a in staff.all("a") if "data-leave" in a]
    # Hidden until the script runs: without it the button would do nothing.
    assert [b["hidden"] for b in staff.all("button") if "data-cover" in b] == [""]


def test_good_news_is_a_toast_and_trouble_is_a_notice(site: Client) -> None:
    html = site.get("/sample/staff/?say=1").content.decode()

    toast = html.split('class="toast show"')[1].split("</div></div>")[0]
    assert "Saved at 18:41." in toast
    assert "One letter came back." not in toast
    assert re.search(r'class="notice is-stop">.*?One letter came back\.', html, re.DOTALL)


def test_pages_of_a_long_list_link_to_the_next_and_keep_the_question(site: Client) -> None:
    html = site.get("/sample/staff/?page=2&q=x").content.decode()

    assert "Page 2 of 3" in html
    assert 'href="?page=1&amp;q=x"' in html
    assert 'href="?page=3&amp;q=x"' in html


def test_panels_of_higher_rooms_stand_on_the_page(site: Client) -> None:
    from django.utils.html import format_html

    panels.register(
        "tests.sample", lambda request, rows: {row.pk: format_html("<p>Panel {}</p>", "<7>") for row in rows}
    )

    assert "<p>Panel &lt;7&gt;</p>" in site.get("/sample/staff/").content.decode()


def test_the_chosen_colours_are_set_by_the_server(site: Client) -> None:
    assert "data-bs-theme" not in page_of(site.get("/sample/staff/")).all("html")[0]

    response = site.post("/display/", {**DISPLAY, "theme": "dark", "next": "/sample/staff/"})

    assert (response.status_code, response["Location"]) == (303, "/sample/staff/")
    assert page_of(site.get("/sample/staff/")).all("html")[0]["data-bs-theme"] == "dark"
    site.post("/display/", DISPLAY)
    assert "data-bs-theme" not in page_of(site.get("/sample/staff/")).all("html")[0]


def test_the_chosen_language_is_that_of_the_page(site: Client) -> None:
    site.post("/display/", {**DISPLAY, "language": "es"})

    assert page_of(site.get("/sample/staff/")).all("html")[0]["lang"] == "es"


def test_a_language_is_named_in_itself(site: Client) -> None:
    assert "Español" in site.get("/display/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)", "sample/"])
def test_the_way_back_never_leads_elsewhere(site: Client, elsewhere: str) -> None:
    response = site.post("/display/", {**DISPLAY, "theme": "dark", "next": elsewhere})

    assert (response.status_code, response["Location"]) == (303, "/")


def test_a_colour_nobody_offers_is_not_kept(site: Client) -> None:
    response = site.post("/display/", {**DISPLAY, "theme": "pink"})

    assert response.status_code == 422
    assert "theme" not in response.cookies
    site.cookies["theme"] = '"><script>'
    assert "data-bs-theme" not in page_of(site.get("/sample/staff/")).all("html")[0]


def test_the_display_cookies_are_out_of_reach_of_scripts(site: Client) -> None:
    cookies = site.post("/display/", {**DISPLAY, "theme": "dark", "language": "es"}).cookies

    assert all(cookie["httponly"] and cookie["samesite"] == "Lax" for cookie in cookies.values())


def test_every_response_to_a_full_form_is_a_page(site: Client) -> None:
    assert site.post("/sample/staff/", FULL).status_code == 200
