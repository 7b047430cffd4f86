"""Every GET page and every list of the API: at most eight queries, and no more for a hundred rows than for five."""

from dataclasses import dataclass, field

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groupcare.accounts.sealing import secrets_of
from groupcare.accounts.tokens import confirm_link, stop_link
from groups.services import acknowledge_ground_rules
from tests.conftest import sign_in
from tests.databases import on_sqlite
from tests.house.cast import Cast, _settled, _stage, cast_of_world, is_work, keep_fresh, kind_of  # noqa: F401
from tests.house.matrix import CELLS, GET
from tests.house.practice import Grown
from tests.house.routes import all_routes, label, parameters
from tests.world import at_work

# The statements are Django's and the same on both; making hundreds of rows a list takes minutes on PostgreSQL.
same_on_both = on_sqlite("counted on SQLite; make deep counts on PostgreSQL too")
pytestmark = [pytest.mark.django_db, same_on_both]

FEW, MANY, MOST = 5, 100, 8
VIEWERS = ("nadia", "tom", "ben", "chiara", "ada", "petra", "xavier")
# Not measured: they answer with a redirect or a mere status, need an object of their own, or end the session.
NOT_PAGES = {
    "home",
    "web:leave",
    "account_logout",
    "account_login",
    "consent:agreement-open",
    # Open only after the steps before them: counted in tests/consent/test_ceremony.py and test_kiosk.py.
    "consent:agreement-decide",
    "consent:agreement-understood",
    "consent:agreement-sign",
    "consent:kiosk-home",
    "accounts:invitation-accept",
    "account_reset_password_from_key",
    "outbox:mail-list",
    "outbox:mail-detail",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "web:healthz",
    # No list; a new sheet would have to wait in the folder of the keys.
    "backup:recovery-confirm",
    # One passkey, and no list; a made-up passkey would break the page that asks for one.
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
}
ROUTES = [
    route for route in all_routes() if route.name and label(route) not in NOT_PAGES and "none/" not in route.pattern
]


@dataclass
class Count:
    """The statements of one page, those of the trail's own flush apart."""

    page: list[str] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)


Counts = dict[tuple[str, str], Count]


def addresses(cast: Cast) -> dict[str, list[str]]:
    """Return the addresses of each route: all of those in the table, or the only one."""
    found = {label(route): [reverse(route.name)] for route in ROUTES if not parameters(route)}
    for cell in CELLS:
        if cell.method == GET and cell.route not in NOT_PAGES:
            found.setdefault(cell.route, []).append(cell.url(cast.objects))
    for name, link in {"confirm": confirm_link, "stop": stop_link}.items():
        found[f"accounts:recovery-{name}"] = [link(cast.objects["recovery"], 0)]
    return found


def count(browser: Client, url: str) -> Count | None:
    """Return the statements of a page the second time it is opened, or None if it does not open."""
    caches["limits"].clear()
    if browser.get(url).status_code != 200:
        return None
    with CaptureQueriesContext(connection) as seen:
        answer = browser.get(url)
    assert answer.status_code == 200
    found = Count()
    for query in seen.captured_queries:
        if is_work(query["sql"]):
            (found.trail if is_flush(query["sql"]) else found.page).append(kind_of(query["sql"]))
    return found


def is_flush(sql: str) -> bool:
    """Return whether the trail itself asks: a page that shows events asks for them as for anything else."""
    return "audit_chainhead" in sql or "INSERT INTO audit_trailevent" in sql


def measure(cast: Cast, only: Counts | None = None) -> Counts:
    """Return the statements of every page for every viewer who may open it, or who could open it before."""
    found: Counts = {}
    for who in VIEWERS:
        browser = sign_in(Client(), cast.world.person(who))
        browser.get("/account/sessions/")
        for route, urls in addresses(cast).items():
            for number, url in enumerate(urls):
                key = (route, who if not number else f"{who} {number}")
                if only is not None and key not in only:
                    continue
                keep_fresh(browser)
                if (one := count(browser, url)) is not None:
                    found[key] = one
    return found


def open_doors(cast: Cast) -> None:
    """See to what some pages need before they open at all."""
    Authenticator.objects.filter(pk=cast.objects["passkey"]).delete()
    with secrets_of(cast.world.nadia.login):
        RecoveryCodes.activate(cast.world.nadia.login)
    with at_work(cast.world.ben) as ben:
        acknowledge_ground_rules(session_id=cast.objects["session"], by=ben)


def measured(cast: Cast) -> dict[int, Counts]:
    """Return the counts with few rows and with many."""
    open_doors(cast)
    grown = Grown(cast.world)
    grown.to(FEW)
    few = measure(cast)
    grown.to(MANY)
    return {FEW: few, MANY: measure(cast, only=few)}


def of(route: str, counts: Counts) -> dict[str, Count]:
    return {who: one for (name, who), one in counts.items() if name == route}


@pytest.mark.req("SEC-12")
def test_a_page_asks_the_database_at_most_eight_times_however_long_its_lists_are(cast):
    """One test, since measuring takes minutes: in one for each page two processes would both measure all of them."""
    counts = measured(cast)
    assert not [f"{label(route)}: {one}" for route in ROUTES for one in wrong_with(route, counts)]
    # The trail costs a page that reads three statements, for a hundred notes as for one: head, insert, move.
    assert {len(one.trail) for one in counts[MANY].values()} <= {0, 3}
    assert {len(one.trail) for one in of("groups:session-notes", counts[MANY]).values()} == {3}


def wrong_with(route, counts: dict[int, Counts]) -> list[str]:
    """Return which viewers' pages ask too often, or more often for more rows."""
    few, many = of(label(route), counts[FEW]), of(label(route), counts[MANY])
    if not many:
        return ["nobody opened it"] if takes_get(route) else []
    wrong = [] if set(few) == set(many) else ["it no longer opened when lists were longer"]
    for who, one in many.items():
        if len(one.page) > MOST:
            wrong.append(f"{who}: {len(one.page)} queries\n  " + "\n  ".join(sql[:150] for sql in one.page))
        before = few.get(who, one)
        if len(one.page) > len(before.page) or len(one.trail) > len(before.trail):
            more = [sql[:150] for sql in one.page if one.page.count(sql) > before.page.count(sql)]
            wrong.append(f"{who}: {len(before.page)} with {FEW} rows and {len(one.page)} with {MANY}: {more}")
    return wrong


def takes_get(route) -> bool:
    """Return whether a route answers GET; those that only take POST have no page."""
    known = [cell.method for cell in CELLS if cell.route == label(route)]
    if known:
        return GET in known
    return label(route) not in POST_ONLY


POST_ONLY = {
    "consent:kiosk-leave",
    "consent:screen-refuse",
    "accounts:kept-discard",
    "accounts:step-up-send",
    "accounts:session-end-others",
    "practice:mail-test",
}
