"""Every page of the groups opens for its own people, in at most eight queries, and tells nobody else anything."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groupcare.accounts.models import Person
from groups.models import GroupSession, Membership, TherapyGroup
from tests.world import World

Browser = Callable[..., Client]


def staff_pages(world: World, label: str) -> dict[str, str]:
    """Return the address of every page about one group, by name."""
    group = world.ids[label][1]
    session = world.ids[f"session_of_{label}"][1]
    member = {"thursday": "ben", "tuesday": "zoe"}[label]
    place = world.membership(member).pk
    of_group = ("group-detail", "member-list", "session-list", "note-list", "member-invite", "facilitator-add")
    pages = {name: reverse(f"groups:{name}", kwargs={"pk": group}) for name in (*of_group, "session-create")}
    of_session = ("session-detail", "session-notes", "process-note-create")
    pages |= {name: reverse(f"groups:{name}", kwargs={"pk": session}) for name in of_session}
    pages["member-end"] = reverse("groups:member-end", kwargs={"pk": group, "membership_pk": place})
    pages["progress-note-create"] = reverse(
        "groups:progress-note-create", kwargs={"pk": session, "membership_pk": place}
    )
    return pages


@pytest.mark.req("REQ-158", "REQ-160", "SEC-2", "SEC-3")
@pytest.mark.parametrize("stranger", ["olga", "ada", "petra", "xavier", "root", "ben", "ex"])
def test_nobody_but_those_who_run_the_group_opens_any_of_its_pages(
    world: World, client_for: Browser, stranger: str
) -> None:
    theirs, absent = client_for(world.person(stranger)), "11111111-2222-4333-8444-555555555555"
    own = client_for(world.nadia)
    for name, url in staff_pages(world, "thursday").items():
        refused = theirs.get(url)
        nothing = theirs.get(url.replace(str(url.split("/")[2]), absent))
        assert refused.status_code == 404, (stranger, name)
        assert (nothing.status_code, nothing.content) == (404, refused.content), (stranger, name)
        assert own.get(url).status_code == 200, name


def test_a_co_facilitator_reads_but_does_not_manage(world: World, client_for: Browser) -> None:
    tom, nadia = client_for(world.tom), client_for(world.nadia)
    managing = {"member-invite", "facilitator-add", "session-create", "member-end"}
    for name, url in staff_pages(world, "thursday").items():
        assert tom.get(url).status_code == (404 if name in managing else 200), name
        assert nadia.get(url).status_code == 200, name


@pytest.mark.parametrize("shown", ["today", "group-list", "group-create"])
def test_staff_lists_are_for_those_who_work_with_groups(world: World, client_for: Browser, shown: str) -> None:
    url = reverse(f"groups:{shown}")
    assert client_for(world.nadia).get(url).status_code == 200
    for other in (world.ada, world.petra, world.root, world.ben):
        assert client_for(other).get(url).status_code == 404


def test_lists_hold_only_ones_own_groups(world: World, client_for: Browser) -> None:
    for shown in ("today", "group-list"):
        text = client_for(world.olga).get(reverse(f"groups:{shown}")).content.decode()
        assert "Tuesday B" in text
        assert "Thursday B" not in text


@pytest.mark.parametrize("shown", ["home-member", "my-sessions"])
def test_a_members_pages_show_no_label_no_other_member_and_no_count(
    world: World, client_for: Browser, shown: str
) -> None:
    text = client_for(world.ben).get(reverse(f"groups:{shown}")).content.decode()
    for secret in ("Thursday B", "Chiara", "Dev", "Ex Member", "places", "session 1", "Session 1"):
        assert secret not in text, secret
    assert "Linden House" in text


def test_the_tab_of_the_browser_names_no_group(world: World, client_for: Browser) -> None:
    nadia = client_for(world.nadia)
    for name, url in staff_pages(world, "thursday").items():
        title = nadia.get(url).content.decode().split("<title>")[1].split("</title>")[0]
        assert "Thursday" not in title, name
        assert "Ben" not in title, name


def test_the_empty_pages_say_what_will_stand_there(world: World, client_for: Browser) -> None:
    GroupSession.objects.filter(group=world.tuesday, process_notes__isnull=True).delete()
    later = timezone.now() + timedelta(hours=5)
    zoe, olga = client_for(world.zoe), client_for(world.olga)
    ended = Membership.objects.filter(person=world.zoe)
    ended.update(state="ended", ended_at=later)
    assert "When a date is set" in zoe.get(reverse("groups:my-sessions")).content.decode()
    assert "No appointment is planned" in zoe.get(reverse("groups:home-member")).content.decode()
    url = reverse("groups:member-list", kwargs={"pk": world.tuesday.pk})
    assert "Each person you invite gets one message" in olga.get(url).content.decode()


def many(world: World, rows: int) -> None:
    """Give Nadia's group ``rows`` more members and sessions, and Nadia as many groups."""
    group: TherapyGroup = world.thursday
    start = timezone.now() + timedelta(days=30)
    people = [Person.objects.create(used_name=f"Person {n}") for n in range(rows)]
    for one in people:
        Membership.objects.create(group=group, person=one, alias=f"Alias {one.pk}")
    last = group.sessions.order_by("-number")[0].number
    for n in range(1, rows + 1):
        at = start + timedelta(days=n)
        GroupSession.objects.create(
            group=group, number=last + n, starts_at=at, ends_at=at + timedelta(hours=1), format="in_person"
        )


@pytest.mark.parametrize(
    "shown",
    ["group-detail", "member-list", "session-list", "note-list", "session-detail", "session-notes"],
)
def test_a_page_about_a_group_takes_at_most_eight_queries_whatever_the_rows(
    world: World, client_for: Browser, queries: Callable[[Client, str], int], shown: str
) -> None:
    nadia, url = client_for(world.nadia), staff_pages(world, "thursday")[shown]
    few = queries(nadia, url)
    many(world, 100)
    # A page that shows what is recorded ends with the trail's own three statements (foundation F1).
    # The group's own page says when its agreement was last opened: one look into the trail.
    trail = {"session-detail": 3, "session-notes": 3, "group-detail": 1}.get(shown, 0)
    assert queries(nadia, url) <= few <= 8 + trail


@pytest.mark.parametrize("shown", ["today", "group-list", "home-member", "my-sessions"])
def test_an_overview_takes_at_most_eight_queries_whatever_the_rows(
    world: World, client_for: Browser, queries: Callable[[Client, str], int], shown: str
) -> None:
    person = world.ben if shown in ("home-member", "my-sessions") else world.nadia
    browser, url = client_for(person), reverse(f"groups:{shown}")
    few = queries(browser, url)
    many(world, 100)
    # A member's home says when their agreement was last opened: one look into the trail.
    assert queries(browser, url) <= few <= 8 + (shown == "home-member")


def test_the_day_begins_with_the_next_session_and_says_who_cannot_come_and_why(
    world: World, client_for: Browser
) -> None:
    shown = client_for(world.nadia).get(reverse("groups:today")).content.decode()
    assert 'aria-label="3 of 3 cleared"' in shown
    assert "Everyone can come in." in shown
    assert "Not cleared for the next session" not in shown


def test_the_session_page_tells_who_may_come_in_and_only_to_those_who_run_the_group(
    world: World, client_for: Browser
) -> None:
    page = staff_pages(world, "thursday")["session-detail"]
    shown = client_for(world.nadia).get(page).content.decode()
    assert "Who can come in" in shown
    assert world.ben.used_name in shown
    assert client_for(world.olga).get(page).status_code == 404


def test_who_works_here_and_has_a_place_finds_it_on_their_account_page_and_nobody_else_does(
    world: World, client_for: Browser
) -> None:
    account = reverse("accounts:profile")
    for person in (world.nadia, world.ben):
        assert "My own place" not in client_for(person).get(account).content.decode()
    Membership.objects.create(group=world.tuesday, person=world.nadia, state=Membership.State.ACTIVE)
    assert "My own place" in client_for(world.nadia).get(account).content.decode()
    assert client_for(world.nadia).get(reverse("groups:home-member")).status_code == 200
