"""What ends, ends at the next request of a session that is open already; and the superuser mark opens nothing."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groups import services
from groups.models import Facilitation, GroupGrant, Membership
from tests.house import matrix
from tests.house.cast import Cast, _settled, _stage, attempt, cast_of_world, keep_fresh  # noqa: F401
from tests.house.matrix import CELLS, GET
from tests.house.routes import all_routes, is_ours, label, parameters
from tests.world import at_work

pytestmark = pytest.mark.django_db

# One route of the table leads on: a document to its newest version.
OPEN = {200, 302}
# A former member keeps their own copies, requests and concerns, and the sessions, passkeys and changes of their account.
KEPT = (
    *("consent:act-", "consent:scan-", "consent:notice-", "groups:my-record-copy", "incidents:concern-kept"),
    *("accounts:session-end", "accounts:recovery-stop-own", "mfa_"),
)


def answers(cast: Cast, browser: Client, role: str, *, skip: tuple[str, ...] = ()) -> dict[str, int]:
    """Open everything that the table lets ``role`` read, pages and API, each undone; return what each answered."""
    found = {}
    for cell in CELLS:
        if cell.method == GET and role in cell.allowed and not cell.route.startswith(skip or ("none",)):
            mark = transaction.savepoint()
            found[cell.label] = attempt(browser, cell, cast.objects).status
            transaction.savepoint_rollback(mark)
    return found


def writes(cast: Cast, browser: Client, role: str, *, skip: tuple[str, ...] = ()) -> dict[str, int]:
    """Send everything that the table lets ``role`` write, each undone; return what each answered."""
    found = {}
    for cell in CELLS:
        if cell.method != GET and role in cell.allowed and not cell.route.startswith(skip or ("none",)):
            mark = transaction.savepoint()
            found[cell.label] = attempt(browser, cell, cast.objects).status
            transaction.savepoint_rollback(mark)
    return found


@pytest.mark.req("SEC-5", "REQ-158", "REQ-160")
def test_ending_a_facilitation_closes_every_page_and_the_api_at_the_next_request(cast: Cast):
    colleague, lead = cast.browser(matrix.CO), cast.browser(matrix.LEAD)
    read = answers(cast, colleague, matrix.CO)
    assert set(read.values()) == OPEN
    assert {"get-groups:session-notes", "get-api-process-note-list", "get-consent:coverage-board"} <= set(read)
    where = {"pk": cast.objects["group"], "facilitation_pk": cast.objects["facilitation"]}
    assert lead.post(reverse("groups:facilitator-end", kwargs=where)).status_code == 302
    # Tonight is every facilitator's, and a will names people; whom to call is neither. What somebody was told of the
    # law is on their own list and says nothing of a group.
    anyone = ("groups:tonight-cancel", "groups:tonight-hand-over", "groups:will-", "changes:")
    assert set(answers(cast, colleague, matrix.CO, skip=anyone).values()) == {404}
    assert set(writes(cast, colleague, matrix.CO, skip=anyone).values()) == {404}
    assert str(cast.objects["group"]) not in colleague.get(reverse("api-group-list")).content.decode()
    assert set(answers(cast, lead, matrix.LEAD).values()) == OPEN


@pytest.mark.req("SEC-5", "REQ-158", "REQ-160")
def test_ending_a_membership_closes_what_is_the_groups_and_leaves_the_persons_own_copies(cast: Cast):
    ben, lead = cast.browser(matrix.MEMBER), cast.browser(matrix.LEAD)
    assert set(answers(cast, ben, matrix.MEMBER, skip=KEPT).values()) <= OPEN
    place = Membership.objects.get(person=cast.world.ben, ended_at__isnull=True)
    where = {"pk": cast.objects["group"], "membership_pk": place.pk}
    assert lead.post(reverse("groups:member-end", kwargs=where), {"ending": "lapsed"}).status_code == 302
    shut = {**answers(cast, ben, matrix.MEMBER, skip=KEPT), **writes(cast, ben, matrix.MEMBER, skip=KEPT)}
    assert set(shut.values()) == {404}
    assert {"get-groups:session-join", "post-consent:agreement-sign", "post-api-session-join"} <= set(shut)
    kept = [
        cell for cell in CELLS if cell.route.startswith(KEPT) and cell.method == GET and matrix.MEMBER in cell.allowed
    ]
    assert {attempt(ben, cell, cast.objects).status for cell in kept} == {200}
    assert ben.get(reverse("api-my-session-list")).json()["results"] == []
    assert ben.get(reverse("api-agreements")).json() == []


@pytest.mark.req("SEC-5", "SEC-12")
def test_a_facilitation_that_runs_out_closes_by_itself_though_no_sweep_ran(cast: Cast):
    """The rows of the grants stay; only the clock moves."""
    world, role = cast.world, matrix.OTHER_LEAD
    with at_work(world.nadia) as nadia:
        end = timezone.now() + timedelta(minutes=2)
        services.add_facilitator(group=world.thursday, person=world.olga, role="co", by=nadia, valid_until=end)
    browser, grants = cast.browser(role), GroupGrant.spells.count()
    assert set(answers(cast, browser, matrix.CO).values()) == OPEN
    with time_machine.travel(end + timedelta(seconds=1)):
        keep_fresh(browser)
        anyone = ("groups:tonight-cancel", "groups:tonight-hand-over", "groups:will-")
        assert set(answers(cast, browser, matrix.CO, skip=anyone).values()) == {404}
    assert GroupGrant.spells.count() == grants
    assert Facilitation.objects.filter(person=world.olga, group=world.thursday, valid_until=end).exists()


@pytest.mark.req("SEC-5")
def test_an_account_that_is_switched_off_is_out_at_the_next_request(cast: Cast):
    lead = cast.browser(matrix.LEAD)
    assert set(answers(cast, lead, matrix.LEAD).values()) == OPEN
    type(cast.world.nadia.login).objects.filter(person=cast.world.nadia).update(is_active=False)
    assert set(answers(cast, lead, matrix.LEAD).values()) == {302, 401}


@pytest.mark.req("SEC-5")
def test_ending_a_role_closes_the_desk_and_the_office_at_the_next_request(cast: Cast):
    from groupcare.access import RoleHolding

    office, desk = cast.browser(matrix.ADMIN), cast.browser(matrix.OFFICER)
    open_to = {office: ("accounts:people-list", "practice:settings"), desk: ("incidents:desk", "api-concern-list")}
    for browser, routes in open_to.items():
        assert {browser.get(reverse(route)).status_code for route in routes} == {200}
    RoleHolding.objects.filter(person__in=[cast.world.ada, cast.world.petra]).update(valid_until=timezone.now())
    for browser, routes in open_to.items():
        assert {browser.get(reverse(route)).status_code for route in routes} == {404}
    assert set(answers(cast, desk, matrix.OFFICER).values()) == {404}


# What everybody who signs in may open; what a superuser sees there is their own, and they have nothing.
OWN_PAGES = {
    "accounts:address-change",
    "accounts:kept-list",
    "groups:about-me",
    "groups:my-avoid",
    "groups:my-goodbye",
    "groups:my-leaving",
    "groups:my-names",
    "groups:my-offers",
    "groups:my-messages",
    "groups:my-record",
    "groups:privacy",
    "groups:privacy-opened",
    "groups:contact-card",
    "groups:home-member",
    "groups:my-calendar",
    "groups:my-sessions",
    "consent:agreement-list",
    "consent:paper-mine",
    "consent:screen-agree",
    # Says that the device goes back, to anybody.
    "consent:kiosk-over",
    "incidents:concern-create",
    "incidents:concern-mine",
    "accounts:profile",
    "accounts:session-list",
    "accounts:step-up",
    "api-group-list",
    "api-my-session-list",
    "api-agreements",
    "api-concern-mine",
    "web:healthz",
    "web:display",
    "home",
}
# Methods other than GET, redirects and the demo's tray have nothing to read.
NOTHING_TO_READ = {302, 404, 405}


@pytest.mark.req("SEC-3", "SEC-12")
def test_a_superuser_without_a_role_opens_only_what_everybody_may_and_finds_nothing_there(cast: Cast):
    root, opened, told = cast.browser(matrix.ROOT), set(), ""
    for route in all_routes():
        if is_ours(route) and route.name and not parameters(route) and route.name != "web:leave":
            answer = root.get(reverse(route.name))
            if answer.status_code not in NOTHING_TO_READ:
                opened.add(label(route))
                told += answer.content.decode()
    assert opened <= OWN_PAGES
    for value in cast.objects.values():
        # Numbers and words of an address are no rows.
        assert not isinstance(value, UUID) or str(value) not in told
    for name in ("Thursday B", "Tuesday B", "Chiara", "Zoe", "A story told outside"):
        assert name not in told


@pytest.mark.req("SEC-3", "SEC-12")
def test_the_superuser_mark_adds_nothing_to_a_facilitators_own_lists(cast: Cast):
    """Django says yes to superusers before any backend is asked; so nobody asks Django."""
    marked = cast.browser(matrix.SUPER_OTHER)
    rows = marked.get(reverse("api-group-list")).json()["results"]
    assert [row["id"] for row in rows] == [str(cast.world.tuesday.pk)]
    own = {"pk": cast.world.session_of_tuesday.pk}
    assert marked.get(reverse("groups:session-notes", kwargs=own)).status_code == 200
    assert "Thursday" not in marked.get(reverse("groups:today")).content.decode()
