"""Roles by routes, on objects that exist and belong to somebody else; each owner's success in the same test.

What is forbidden looks like what is absent and costs the same: the same statements, in the same order.
"""

import uuid

import pytest
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMessage
from django.db import transaction
from django.test import Client
from django.urls import reverse

from groupcare.accounts.models import Invitation, User
from groupcare.accounts.tokens import invitation_token, reset_path
from groupcare.outbox import tray
from tests.databases import is_second
from tests.house import matrix
from tests.house.cast import Cast, Try, _settled, _stage, attempt, cast_of_world, state  # noqa: F401
from tests.house.matrix import BY_KEY, CELLS, GET, POST, Cell
from tests.house.routes import all_routes, label, parameters
from tests.house.tables import fingerprints

pytestmark = pytest.mark.django_db

# One of each way to be refused: by the role, by the group, by the part in the group, by what has ended. On the second
# database no others are tried: their statements are the same.
EACH_WAY = frozenset(
    {matrix.ADMIN, matrix.OTHER_LEAD, matrix.ELSEWHERE, matrix.CO_MEMBER, matrix.CO, matrix.FORMER, matrix.ENDED}
) | frozenset(matrix.NOBODY)
FINE = {200, 201, 204, 302, 303}
SIGN_IN = ("/account/login/", "/account/step-up/")


@pytest.mark.req("SEC-1", "SEC-2")
def test_every_route_that_takes_an_argument_is_in_the_table():
    known = {cell.route for cell in CELLS} | set(BY_KEY)
    assert {label(route) for route in all_routes() if parameters(route)} == known


@pytest.mark.req("SEC-2")
def test_every_method_that_such_a_route_answers_is_in_the_table(cast):
    """Asked of the routes themselves: whoever may come in is told with 405 what is allowed."""
    wrong = {}
    for route in {cell.route for cell in CELLS}:
        cells = [cell for cell in CELLS if cell.route == route]
        role = min(cells[0].allowed & set(matrix.SIGNED_IN))
        answer = cast.browser(role).delete(cells[0].url(cast.objects))
        taken = set(answer.headers.get("Allow", "").lower().split(", ")) - {"head", "options"}
        # The sign-in library's views forward what they do not know; their forms take both.
        if taken != {cell.method for cell in cells} and not route.startswith("mfa_"):
            wrong[route] = (answer.status_code, taken)
    assert not wrong


def refused(cell: Cell, role: str, cast: Cast) -> list[str]:
    """Try what ``role`` may not, and the same with ids of nothing; return what is wrong with the answers."""
    mark = transaction.savepoint()
    try:
        browser, absent = cast.browser(role), cast.absent()
        there = attempt(browser, cell, cast.objects)
        nothing = attempt(browser, cell, absent, cast.objects)
        costs = costs_of(there, nothing) and costs_of(attempt(browser, cell, cast.objects), nothing)
        after = fingerprints(of=there.wrote | nothing.wrote)
    finally:
        transaction.savepoint_rollback(mark)
    wrong = [*_wrong_with_refusal(cell, role, cast, there, nothing), *costs, *changed_since(after)]
    return [f"{role}: {one}" for one in wrong]


def costs_of(there: Try, nothing: Try) -> list[str]:
    """Return which statements only one of two answers ran; they must be the same, in the same order (F3).

    The first of all tries fills the caches of the process, so a difference counts when it comes again.
    """
    if there.queries == nothing.queries:
        return []
    more = [sql[:160] for sql in there.queries if sql not in nothing.queries]
    less = [sql[:160] for sql in nothing.queries if sql not in there.queries]
    return [f"{len(there.queries)} and {len(nothing.queries)} statements; only there {more}, not there {less}"]


def changed_since(after: dict[str, str]) -> list[str]:
    """Return the tables that held something else before what was rolled back."""
    return [table for table, content in fingerprints(of=after).items() if content != after[table]]


def _wrong_with_refusal(cell: Cell, role: str, cast: Cast, there: Try, nothing: Try) -> list[str]:
    wrong = []
    if (there.status, there.body, there.headers) != (nothing.status, nothing.body, nothing.headers):
        wrong.append(f"{there.status} {there.headers} {there.body!r} differs from {nothing.status} {nothing.body!r}")
    if role in matrix.NOBODY:
        wrong += [] if cell.is_api else _led_to_sign_in(there, nothing)
        wrong += _is(there.status, 401 if cell.is_api else 302) + _is(there.events + nothing.events, [])
    else:
        person = str(cast.people[role].pk)
        wrong += _is(there.status, 404)
        wrong += _is([(event[0], event[4]) for event in there.events], [(person, "refused")])
        wrong += _is([event[:3] for event in there.events], [event[:3] for event in nothing.events])
    wrong += _is(there.mails + nothing.mails, 0)
    return wrong


def _is(found, wanted) -> list[str]:
    return [] if found == wanted else [f"{found!r} is not {wanted!r}"]


def _led_to_sign_in(*tries: Try) -> list[str]:
    led = [one.location for one in tries]
    return [] if led[0] == led[1] and led[0].startswith(SIGN_IN[0]) else [f"led to {led}"]


def let_in(cell: Cell, role: str, cast: Cast) -> list[str]:
    """Do what ``role`` may, then undo it; return what is wrong with the answer."""
    mark = transaction.savepoint()
    try:
        if cell.before is not None:
            cell.before(cast.people[role])
        browser, before = cast.browser(role), transaction.savepoint()
        done = attempt(browser, cell, cast.objects)
        after = fingerprints(of=done.wrote)
        transaction.savepoint_rollback(before)
        changed = changed_since(after)
    finally:
        transaction.savepoint_rollback(mark)
    wrong = []
    if done.status not in FINE or done.location.startswith(SIGN_IN):
        wrong.append(f"{done.status} {done.location}")
    if any(event[4] == "refused" for event in done.events):
        wrong.append(f"a refusal in the trail: {done.events}")
    ended = any(event[1] == "session.end" for event in done.events)  # its table is not looked at: each request writes
    if cell.method == POST and cell.route not in matrix.SEARCHES and not changed and not ended:
        wrong.append("nothing was written")
    if cell.method == GET and changed:
        wrong.append("something was written")
    return [f"{role}, who may: {one}" for one in wrong]


@pytest.mark.req("SEC-2", "SEC-3", "SEC-71", "REQ-158", "REQ-160")
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.label)
def test_who_is_not_in_the_cell_meets_what_is_not_there_and_its_owner_comes_in(cell, cast):
    wrong = []
    for role in (*matrix.SIGNED_IN, *matrix.NOBODY):
        if is_second() and role not in cell.allowed | EACH_WAY:
            continue
        wrong += (let_in if role in cell.allowed else refused)(cell, role, cast)
    assert not wrong, "\n".join(wrong)


@pytest.mark.req("SEC-3")
def test_the_superuser_mark_opens_no_cell():
    assert not [cell.label for cell in CELLS if matrix.ROOT in cell.allowed]
    # As a facilitator they may do what the same facilitator without the mark may, and not a bit more.
    # The will that was asked for is Olga's own: she opens it as its writer.
    told = [cell for cell in CELLS if cell.route != "groups:will-opening"]
    assert not [
        cell.label for cell in told if (matrix.SUPER_OTHER in cell.allowed) != (matrix.OTHER_LEAD in cell.allowed)
    ]


# --- routes whose argument is the key itself ---------------------------------------------------------------------------

EVERYBODY = (*matrix.SIGNED_IN, *matrix.NOBODY)
PASSWORDS = {"password": "lantern-harbour-quiet-2", "again": "lantern-harbour-quiet-2"}


def by_key(route: str, method: str, objects: dict[str, str], body: dict[str, str]) -> Cell:
    return Cell(route, method, frozenset(), objects, body)


@pytest.mark.req("SEC-2", "SEC-50")
@pytest.mark.parametrize("method", [GET, POST])
def test_an_invitation_opens_with_its_token_and_a_wrong_token_looks_like_no_invitation(method, cast):
    row = Invitation.objects.get(pk=cast.objects["invitation"])
    right = {**cast.objects, "token": invitation_token(row.pk, row.issue)}
    wrong, nothing = {**right, "token": "x" * 43}, {**cast.absent(), "token": "x" * 43}
    cell = by_key("accounts:invitation-accept", method, {"invitation_id": "invitation", "token": "token"}, PASSWORDS)
    for role in EVERYBODY:
        browser = cast.browser(role)
        there, absent = attempt(browser, cell, wrong), attempt(browser, cell, nothing)
        assert (there.status, there.body, there.headers) == (absent.status, absent.body, absent.headers), role
        # Whoever is signed in is asked to sign out first, before any link is looked at.
        expected = 404 if role in matrix.NOBODY else 409
        assert (there.status, there.events, there.mails, there.wrote) == (expected, [], 0, set()), role
        assert there.queries == absent.queries, role
    mark = transaction.savepoint()
    assert attempt(cast.browser(matrix.ANONYMOUS), cell, right).status == (200 if method == GET else 302)
    assert Invitation.objects.filter(pk=row.pk, accepted_at__isnull=method == GET).exists()
    transaction.savepoint_rollback(mark)


@pytest.mark.req("SEC-2", "SEC-50")
@pytest.mark.parametrize("method", [GET, POST])
def test_a_link_for_a_new_password_opens_with_its_key_and_a_wrong_key_looks_like_no_account(method, cast):
    path = reset_path(cast.world.ben.login)
    uid, _, key = path.rstrip("/").rpartition("/")[2].partition("-")
    nobody = user_pk_to_url_str(User(pk=uuid.uuid4()))
    body = {"password1": PASSWORDS["password"], "password2": PASSWORDS["password"]}
    cell = by_key("account_reset_password_from_key", method, {"uidb36": "uid", "key": "key"}, body)
    for role in EVERYBODY:
        browser = cast.browser(role)
        there = attempt(browser, cell, {"uid": uid, "key": "x" * len(key)})
        absent = attempt(browser, cell, {"uid": nobody, "key": "x" * len(key)})
        assert (there.status, there.body, there.location) == (absent.status, absent.body, absent.location), role
        assert (there.events, there.mails, there.wrote) == ([], 0, set()), role
    opened = attempt(
        cast.browser(matrix.ANONYMOUS), by_key(cell.route, GET, cell.objects, {}), {"uid": uid, "key": key}
    )
    assert opened.status == 302
    assert opened.location.endswith("set-password/")


@pytest.mark.req("SEC-2")
def test_the_demos_tray_is_not_there_for_anybody_in_a_practice(cast, settings, tmp_path):
    settings.MAIL_TRAY_DIR = tmp_path
    tray.TrayBackend().send_messages([EmailMessage("Hello", "There", to=["ben@example.org"])])
    (name,) = tray.names()
    cell = by_key("outbox:mail-detail", GET, {"name": "name"}, {})
    for role in EVERYBODY:
        there, absent = (attempt(cast.browser(role), cell, {"name": one}) for one in (name, "no-such-mail"))
        assert there.status == absent.status == 404, role
        assert there.body == absent.body, role
    settings.DEMO = True
    answer = Client(headers={"host": "localhost"}).get(reverse(cell.route, kwargs={"name": name}))
    assert "There" in answer.content.decode()
