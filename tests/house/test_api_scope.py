"""The API tells and takes only what is the caller's: lists, creates, OPTIONS, foreign keys, mass assignment."""

import uuid
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from groups.models import Facilitation, GroupSession
from tests.house import matrix
from tests.house.cast import Cast, _settled, _stage, attempt, cast_of_world, events_after, last_event, state  # noqa: F401
from tests.house.matrix import CELLS, Cell
from tests.house.routes import all_routes, label, parameters

pytestmark = pytest.mark.django_db

JSON = "application/json"
HOUSE = ("groupcare.", "groups", "consent", "incidents")
API = [route for route in all_routes() if route.pattern.startswith("api/")]
LISTS = ("api-group-list", "api-my-session-list", "api-agreements", "api-concern-mine", "api-concern-list")
# What a caller might hope a filter, an order or a widening would do; the API has none of them.
HOPES = (
    "?group={group}&group_id={group}&id={group}&pk={group}",
    "?ordering=group__label&order_by=-id&search=Thursday&q=Thursday",
    "?group__label__startswith=T&reporter={person}&person={person}&person_id={person}&user={person}",
    "?limit=100000&offset=0&page=1&page_size=100000&all=1&expand=group&include=notes&fields=body",
)


# --- lists ----------------------------------------------------------------------------------------------------------


def expected(cast: Cast, role: str, route: str) -> set[str]:
    """Return the ids that somebody in ``role`` may find in a list, worked out from who is who in the cast."""
    world = cast.world
    thursday = {str(world.thursday.pk)}
    sessions = {str(cast.objects[name]) for name in ("session", "coming", "soon", "called_off")}
    sessions |= {
        str(pk) for pk in GroupSession.objects.filter(series=cast.objects["series"]).values_list("pk", flat=True)
    }
    concerns = {str(cast.objects[name]) for name in ("concern", "concern_acknowledged", "concern_assessed")}
    outside = {str(cast.objects["concern_outside"])}
    of_tuesday = {str(world.session_of_tuesday.pk), str(world.coming_session_of_tuesday.pk)}
    table: dict[str, dict[str, set[str]]] = {
        "api-group-list": dict.fromkeys(matrix.RUN, thursday)
        | {matrix.LEAD: thursday | {str(cast.objects["new_group"])}}
        | {role: {str(world.tuesday.pk)} for role in (matrix.OTHER_LEAD, matrix.SUPER_OTHER)},
        "api-my-session-list": dict.fromkeys(matrix.IN, sessions) | {matrix.ELSEWHERE: of_tuesday},
        "api-agreements": dict.fromkeys(matrix.IN, thursday) | {matrix.ELSEWHERE: {str(world.tuesday.pk)}},
        "api-concern-mine": {matrix.MEMBER: concerns | outside},
        "api-concern-list": {matrix.OFFICER: concerns, matrix.REVIEWER: outside},
    }
    return table[route].get(role, set())


def ids_in(answer: Any) -> set[str]:
    """Return the ids of the rows of a list; of the own agreements those of the groups."""
    if answer.status_code == 404:
        return set()
    body = answer.json()
    rows = body["results"] if isinstance(body, dict) else body
    return {row.get("id") or row["group"] for row in rows}


@pytest.mark.req("SEC-7", "SEC-3", "SEC-11", "REQ-158")
@pytest.mark.parametrize("route", LISTS)
def test_a_list_holds_the_callers_own_rows_and_no_parameter_widens_it(route: str, cast: Cast):
    wrong = {}
    for role in matrix.SIGNED_IN:
        browser, wanted = cast.browser(role), expected(cast, role, route)
        for hope in ("", *HOPES):
            asked = hope.format(group=cast.world.thursday.pk, person=cast.world.ben.pk)
            answer = browser.get(reverse(route) + asked)
            if ids_in(answer) != wanted or answer.status_code not in {200, 404}:
                wrong[role, hope] = (answer.status_code, ids_in(answer))
    assert not wrong


@pytest.mark.req("SEC-7")
def test_every_list_of_the_api_is_looked_at():
    without = {label(route) for route in API if not parameters(route)} - {"api-schema"}
    assert without == set(LISTS)


@pytest.mark.req("SEC-7")
@pytest.mark.parametrize("cell", [c for c in CELLS if c.is_api and c.method == "get"], ids=lambda cell: cell.label)
def test_no_parameter_opens_or_widens_one_object(cell: Cell, cast: Cast):
    lead, other = cast.browser(min(cell.allowed)), cast.browser(matrix.OTHER_LEAD)
    plain = lead.get(cell.url(cast.objects))
    for hope in HOPES[:3]:
        asked = cell.url(cast.objects) + hope.format(group=cast.world.tuesday.pk, person=cast.world.zoe.pk)
        assert lead.get(asked).content == plain.content
        assert other.get(asked).status_code == 404


# --- create -----------------------------------------------------------------------------------------------------------

GROUP: dict[str, Any] = {
    "label": "Monday C",
    "purpose_text": "To meet.",
    "kind": "skills",
    "openness": "closed",
    "format": "online",
    "place": "US-NY",
    "capacity": 6,
    "language": "en",
    "site": None,
    "online_link": "https://video.example/r/1",
}
MAKERS = {
    *(matrix.LEAD, matrix.CO, matrix.SUPERVISOR, matrix.ENDED, matrix.SUBSTITUTE),
    *(matrix.OTHER_LEAD, matrix.SUPER_OTHER),
}


@pytest.mark.req("SEC-7", "SEC-3")
def test_only_those_who_work_as_facilitators_make_a_group_and_it_is_theirs_alone(cast: Cast):
    wrong = {}
    for role in matrix.SIGNED_IN:
        mark, browser = transaction.savepoint(), cast.browser(role)
        before, last = state(), last_event()
        answer = browser.post(reverse("api-group-list"), GROUP, content_type=JSON)
        if role in MAKERS:
            made = answer.json().get("id")
            own = set(Facilitation.objects.filter(group=made).values_list("person_id", flat=True))
            others = ids_in(cast.browser(matrix.TRAINEE).get(reverse("api-group-list")))
            if answer.status_code != 201 or own != {cast.people[role].pk} or made in others:
                wrong[role] = answer.content
        elif answer.status_code != 404 or state() != before or [e[4] for e in events_after(last)] != ["refused"]:
            wrong[role] = answer.content
        transaction.savepoint_rollback(mark)
    assert not wrong


# --- OPTIONS, other methods -------------------------------------------------------------------------------------------


@pytest.mark.req("SEC-7", "SEC-9")
@pytest.mark.parametrize("route", [label(route) for route in API])
def test_options_tell_nobody_anything_about_any_row(route: str, cast: Cast):
    cell = next((cell for cell in CELLS if cell.route == route), None)
    here = cell.url(cast.objects) if cell else reverse(route)
    nowhere = cell.url(cast.absent()) if cell else here
    for role in (*matrix.SIGNED_IN, matrix.ANONYMOUS):
        browser = cast.browser(role)
        there, nothing = browser.options(here), browser.options(nowhere)
        assert (there.status_code, there.content) == (nothing.status_code, nothing.content), role
        assert there.status_code in ({401} if role == matrix.ANONYMOUS else {200, 404, 405}), role
        told = there.content.decode()
        assert not any(str(value) in told for value in cast.objects.values() if isinstance(value, uuid.UUID))
        assert "Linden" not in told


@pytest.mark.req("SEC-7")
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_nothing_of_the_api_is_changed_in_place_or_deleted(method: str, cast: Cast):
    before, wrong = state(), {}
    for route in API:
        cell = next((cell for cell in CELLS if cell.route == label(route)), None)
        url = cell.url(cast.objects) if cell else reverse(label(route))
        for role in (matrix.LEAD, matrix.MEMBER, matrix.OFFICER, matrix.ADMIN, matrix.ROOT):
            answer = getattr(cast.browser(role), method)(url, {"label": "Mine now"}, content_type=JSON)
            if answer.status_code not in {403, 404, 405}:
                wrong[label(route), role] = answer.status_code
    assert not wrong
    assert state() == before


@pytest.mark.req("SEC-7", "SEC-9")
def test_the_api_has_no_pages_of_its_own(cast: Cast):
    answer = cast.browser(matrix.LEAD).get(reverse("api-group-list"), headers={"accept": "text/html"})
    assert answer.headers["Content-Type"] == "application/json"
    assert cast.browser(matrix.LEAD).get(reverse("api-group-list") + "?format=api").status_code == 404


# --- foreign keys of others -------------------------------------------------------------------------------------------


def foreign(cast: Cast) -> list[tuple[str, str, str, dict[str, Any], set[int]]]:
    """Return role, route, the parameter or field that names a row of Tuesday, what to send, and how it is refused.

    What stands in the address is absent; what stands in a body is a mistake of shape, whether it exists or not.
    """
    world, own = cast.world, cast.objects
    zoe = world.membership("zoe").pk
    olga = Facilitation.objects.get(group=world.tuesday, person=world.olga).pk
    note = str(world.process_note_of_tuesday.pk)
    progress = str(world.progress_note_of_tuesday.pk)
    text = {"body": "Listened."}
    at, place = {"pk": own["session"]}, {"pk": own["group"]}
    return [
        (matrix.LEAD, reverse("groups:member-end", kwargs={**place, "membership_pk": zoe}), "", {}, {404}),
        (matrix.LEAD, reverse("groups:facilitator-end", kwargs={**place, "facilitation_pk": olga}), "", {}, {404}),
        (
            matrix.LEAD,
            reverse("groups:progress-note-create", kwargs={**at, "membership_pk": zoe}),
            "",
            {**text, "supersedes": ""},
            {404},
        ),
        (
            matrix.LEAD,
            reverse("groups:process-note-create", kwargs=at),
            "supersedes",
            {**text, "supersedes": note},
            {422},
        ),
        (
            matrix.LEAD,
            reverse("groups:progress-note-create", kwargs={**at, "membership_pk": own["membership"]}),
            "supersedes",
            {**text, "supersedes": progress},
            {422},
        ),
        (
            matrix.LEAD,
            reverse("groups:facilitator-add", kwargs=place),
            "person",
            {"person": str(world.zoe.pk), "role": "co"},
            {422},
        ),
        (
            matrix.LEAD,
            reverse("groups:facilitator-add", kwargs=place),
            "person",
            {"person": str(world.ben.pk), "role": "co"},
            {422},
        ),
        (
            matrix.MEMBER,
            reverse("incidents:concern-create"),
            "named",
            {"what_happened": "A story", "named": [str(world.zoe.pk)]},
            {422},
        ),
        (
            matrix.MEMBER,
            reverse("incidents:concern-create"),
            "named",
            {"what_happened": "A story", "named": [str(world.chiara.pk)]},
            {422},
        ),
        (matrix.ADMIN, reverse("practice:setup"), "person", {"person": str(world.nadia.pk)}, {422}),
        (
            matrix.LEAD,
            reverse("api-progress-note-list", kwargs=at),
            "membership_id",
            {**text, "membership_id": str(zoe)},
            {404},
        ),
        (matrix.LEAD, reverse("api-process-note-list", kwargs=at), "supersedes", {**text, "supersedes": note}, {400}),
        (
            matrix.LEAD,
            reverse("api-progress-note-list", kwargs=at),
            "supersedes",
            {**text, "membership_id": str(own["membership"]), "supersedes": progress},
            {400},
        ),
        (
            matrix.MEMBER,
            reverse("api-concern-mine"),
            "named",
            {"what_happened": "A story", "named": [str(world.zoe.pk)]},
            {400},
        ),
        (
            matrix.MEMBER,
            reverse("api-concern-mine"),
            "named",
            {"what_happened": "A story", "named": [str(world.chiara.pk)]},
            {400},
        ),
    ]


def send(browser: Client, url: str, data: dict[str, Any]) -> Any:
    kind = {"content_type": JSON} if url.startswith("/api/") else {}
    return browser.post(url, data, **kind)


@pytest.mark.req("SEC-7", "SEC-8")
def test_a_foreign_key_of_another_group_is_answered_like_one_of_nothing_and_writes_nothing(cast: Cast):
    wrong, before = [], state()
    for role, url, name, data, refused in foreign(cast):
        browser = cast.browser(role)
        there = send(browser, url, data)
        nobody = str(uuid.uuid4())
        if name:
            value = [nobody] if isinstance(data[name], list) else nobody
            nothing = send(browser, url, {**data, name: value})
            if there.status_code != nothing.status_code:
                wrong.append((url, name, there.status_code, nothing.status_code))
        if there.status_code not in refused:
            wrong.append((url, name, there.status_code))
    assert not wrong
    assert state() == before
