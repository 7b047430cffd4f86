"""Opening a page changes nothing, and every page carries its headers."""

import pytest

from tests.house.routes import all_routes, label, url_of
from tests.house.tables import fingerprint, fingerprints

pytestmark = pytest.mark.django_db

# What a GET may write (foundation F9): its own trail event, the session's expiry and record.
MAY_GROW = frozenset({"audit_trailevent", "audit_chainhead", "django_session", "accounts_sessionrecord"})
ROLES = ("nadia", "tom", "olga", "ada", "petra", "xavier", "root", "ben", "zoe", "ex", None)
# The way out ends the session; that is what it is for.
LEAVES = {"leave", "web:leave"}
SERVER_ERROR = 500
# Pages that each must really open, so that the walk does not only meet closed doors.
OPENS = {
    "nadia": {
        "groups:today",
        "groups:group-detail",
        "groups:note-list",
        "consent:coverage-board",
        "api-group-detail",
        "practice:law-detail",
    },
    "ada": {"accounts:people-list", "practice:settings", "practice:law-value", "practice:law-list"},
    "petra": {"incidents:desk", "incidents:concern-detail", "api-concern-detail"},
    "ben": {"groups:home-member", "groups:session-join", "consent:agreement-read", "incidents:concern-kept"},
    None: {"account_login", "web:healthz"},
}
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def walk(client, arguments):
    """Open every named route, and yield the route and its answer."""
    for route in all_routes():
        if not route.name or route.name in LEAVES:
            continue
        yield route, client.get(url_of(route, arguments))


def check_answer(name, answer):
    """Assert the headers of an answer, and that its page carries no style or script of its own."""
    assert answer.status_code < SERVER_ERROR, name
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy, name
    assert "frame-ancestors 'none'" in policy, name
    assert "unsafe" not in policy, name
    for header, value in HEADERS.items():
        assert value in answer.headers[header], (name, header)
    for device in ("camera", "microphone", "display-capture"):
        assert f"{device}=()" in answer.headers["Permissions-Policy"], name
    if "html" in answer.headers.get("Content-Type", ""):
        for inline in (" style=", "<script>", " onclick=", "javascript:"):
            assert inline not in answer.content.decode(), (name, inline)


@pytest.mark.req("SEC-64", "SEC-65")
@pytest.mark.parametrize("who", ROLES)
def test_no_get_changes_any_table_and_every_answer_carries_its_headers(world, populated, client_for, client, who):
    browser = client_for(getattr(world, who)) if who else client
    before = fingerprints(without=MAY_GROW)
    opened = set()
    for route, answer in walk(browser, populated):
        check_answer(label(route), answer)
        if answer.status_code == 200:
            opened.add(label(route))
    after = fingerprints(without=MAY_GROW)
    changed = [table for table in before if before[table] != after[table]]
    assert not changed, f"{changed} by {culprits(browser, populated, changed)}"
    assert OPENS.get(who, set()) <= opened


def culprits(browser, arguments, changed):
    """Walk again, looking at the changed tables after each page, and name the pages."""
    found, before = [], {table: fingerprint(table) for table in changed}
    for route, _ in walk(browser, arguments):
        after = {table: fingerprint(table) for table in changed}
        found += [(label(route), table) for table in changed if before[table] != after[table]]
        before = after
    return found or "a page that does it only once"
