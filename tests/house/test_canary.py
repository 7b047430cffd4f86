"""Types a word of its own into every text input of every POST route, then looks for it in everything kept.

Whatever the vault encrypts cannot be found. What is found must be on the list of waivers, with its reason.
"""

import logging
import pickle
import re
import secrets
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import caches
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from consent import services as consent
from groupcare.access import acting_as_system
from groupcare.audit import recording
from groupcare.outbox.services import deliver_due
from groups import services as groups
from groups.record_files import read_draft
from incidents import services as incidents
from tests.house.forms import TEXT, filled, post_forms, words_in
from tests.house.routes import all_routes, is_ours, label, url_of
from tests.house.tables import rows, tables
from tests.world import today, understand

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("SEC-37")]

# What may be read in clear, by the route that takes it and the name of the input; each with its reason.
WAIVED = {
    ("accounts:person-invite", "email"): "signing in must find the address",
    ("practice:settings", "name"): "the practice's own name",
    ("practice:settings", "public_name"): "shown to everybody who opens a page",
    ("practice:settings", "contact"): "shown to everybody who opens a page",
    ("practice:settings", "crisis_text"): "shown to everybody who opens a page",
    ("groups:group-settings", "new_room"): "the name of a room, not of a person",
    ("practice:site-create", "name"): "the name of a house, not of a person",
    ("practice:law-value", "value"): "a value of law, read by every colleague; about no person",
    ("practice:law-value", "reason"): "why a value of law holds here; the form says to name nobody",
    ("practice:site-create", "address_text"): "the address of a house, not of a person",
}
# Routes that take no text, or are walked by tests of their own because they end the walk.
# What somebody could still write about a place or a session, nobody can write after these.
ENDS = frozenset({"groups:member-end", "groups:member-leave", "groups:member-transfer", "groups:group-closing"})
NOT_WALKED = {
    "account_logout": "ends the session; no text",
    "web:leave": "ends the session; no text",
    "mfa_deactivate_totp": "ends the second factor and with it the walk; no text",
    "mfa_generate_recovery_codes": "no text",
    "accounts:invitation-accept": "opens to nobody who is signed in; its words are a password, which is hashed",
    "backup:recovery-confirm": "the code is compared and kept nowhere: tests/backup/test_recovery.py",
    **dict.fromkeys(
        (
            *("accounts:kept-discard", "accounts:person-merge-with", "accounts:person-switch"),
            *("accounts:recovery-confirm", "accounts:recovery-stop", "consent:grace-end"),
            *("groups:session-aloud", "groups:session-answer", "groups:session-told", "groups:overlap-talk"),
            "changes:read",
            *("practice:address-clear", "practice:mail-again", "practice:mail-phone"),
        ),
        "a button, no text",
    ),
    "groups:session-tap": "ids and codes of the screen's script, no text: tests/groups/test_console.py",
    "groups:session-clause": "a button, no text",
    "groups:my-offers": "buttons, no text",
    # Each leads on from a page of its own; what is pressed there takes no text.
    **dict.fromkeys(
        (
            *("consent:kiosk-leave", "consent:member-remind", "consent:override-end", "consent:paper-end"),
            "consent:practice-document-retire",
        ),
        "a button, no text",
    ),
}
# Forms that must have kept what was typed: a word that is turned away cannot leak.
MUST_ACCEPT = {
    "accounts:profile",
    "practice:site-create",
    "groups:group-create",
    "groups:process-note-create",
    "groups:progress-note-create",
    "incidents:concern-create",
    "incidents:concern-assess",
    "incidents:concern-close",
}
ROLES = ("ada", "nadia", "tom", "petra", "xavier", "ben", "chiara")


class Words:
    """Gives each text input one word that stands nowhere else, and remembers it."""

    def __init__(self) -> None:
        self.given: dict[str, tuple[str, str]] = {}
        self.accepted: set[str] = set()

    def __call__(self, route: str, name: str) -> str:
        word = f"canary{secrets.token_hex(5)}"
        self.given[word] = (route, name)
        return word

    def routes(self) -> set[str]:
        return {route for route, _ in self.given.values()}


def post_routes(world, populated, client_for) -> set[str]:
    """Return every route that takes POST, asked of the routes themselves: 405 names what is allowed."""
    found = set()
    for who in ROLES:
        client = client_for(getattr(world, who))
        for route in all_routes():
            # The sign-in library's views take a PUT for a POST.
            if not route.name or not is_ours(route) or route.view.__module__.startswith("allauth."):
                continue
            answer = client.put(url_of(route, populated))
            if answer.status_code == 405 and "POST" in answer.headers.get("Allow", ""):
                found.add(label(route))
    return found


def more_pages(world, acting) -> list[str]:
    """Return pages of objects in other states, whose forms the walk over the routes does not meet."""
    made = []
    for _ in range(2):
        with acting(world.chiara):
            made.append(incidents.raise_concern(by=world.chiara, what_happened="A story"))
    with acting(world.petra):
        incidents.acknowledge(concern_id=made[0].pk, by=world.petra)
        incidents.assess(concern_id=made[0].pk, reasons="Reasons", by=world.petra)
    pages = [reverse("incidents:concern-detail", args=[concern.pk]) for concern in made]
    return [
        *pages,
        *_record_pages(world, acting),
        *_will_pages(world, acting),
        *_pages_of_promises(world, acting),
        _door_that_asks_where(world, acting),
        reverse("groups:session-detail", args=[world.coming_session_of_thursday.pk]),
    ]


def _will_pages(world, acting) -> list[str]:
    """Return the page that asks to open one will, and that of another that somebody else has asked to open."""
    made = []
    for writer, delegate in ((world.nadia, world.tom), (world.olga, world.nadia)):
        with acting(writer):
            group = world.thursday if writer == world.nadia else world.tuesday
            made.append(
                groups.write_will(
                    delegate=delegate.pk,
                    second=None,
                    when=["missing"],
                    groups=[group.pk],
                    notes=False,
                    instructions="",
                    by=writer,
                )
            )
    with acting(world.ada):
        opening = groups.ask_to_open_will(will_id=made[1].pk, condition="missing", how_checked="Rang", by=world.ada)
    return [reverse("groups:will-ask", args=[made[0].pk]), reverse("groups:will-opening", args=[opening.pk])]


def _pages_of_promises(world, acting) -> list[str]:
    """Return the page of a decision about the door, the editor of the practice, and a text that Chiara can sign.

    Petra would rather have paper, and so is shown the test of the device again.
    """
    version = world.version_of_thursday
    with acting(world.nadia):
        new = groups.NewMember("Lea Inan", today())
        late = groups.add_member(group=world.thursday, member=new, by=world.nadia)
    with acting(world.chiara):
        consent.present(version_id=version.pk, by=world.chiara)
        understand(world.chiara, version)
    with acting(world.ben):
        # The questions wait for him once more: reading counts since the last promise.
        consent.present(version_id=version.pk, by=world.ben)
    with acting(world.petra):
        consent.prefer_paper(language="en", by=world.petra)
    return [
        reverse("consent:override-give", args=[world.thursday.pk, late.pk]),
        reverse("consent:practice-version-create", args=["staff_undertaking"]),
        reverse("consent:agreement-sign", args=[version.pk]),
        reverse("consent:screen-agree"),
    ]


def send_beside_pages(world, client_for, words: Words) -> set[str]:
    """Send what no form of a page sends: the signature after its review, and words that are checked as one types."""
    version = world.version_of_thursday
    sent = {
        "consent:agreement-sign": (world.chiara, [version.pk]),
        "consent:version-check": (world.nadia, [world.thursday.pk, "group_confidentiality_agreement"]),
        "consent:practice-version-check": (world.ada, ["staff_undertaking"]),
    }
    for route, (person, where) in sent.items():
        data = {name: words(route, name) for name in ("typed_name", "summary", "en_purpose")}
        answer = client_for(person).post(reverse(route, args=where), {**data, "meant": "on"})
        assert answer.status_code in {200, 302, 422}, route
    return set(sent)


def _door_that_asks_where(world, acting) -> str:
    """Return the door of a session online, at which Ben has agreed to the rules and is asked where he is."""
    session = world.session_of_thursday
    session.format = "online"
    session.save(update_fields=["format"])
    with acting(world.ben):
        groups.acknowledge_ground_rules(session_id=session.pk, by=world.ben)
    return reverse("groups:session-join", args=[session.pk])


def _record_pages(world, acting) -> list[str]:
    """Return the page of names of a prepared record, and that of a copy that Ben can take; Chiara can still ask."""
    with acting(world.ben):
        own = groups.ask_for_own_record(membership_id=world.membership("ben").pk, by=world.ben)
    with acting(world.dev):
        other = groups.ask_for_own_record(membership_id=world.membership("dev").pk, by=world.dev)
    with acting(world.nadia):
        groups.prepare_record(request_id=other.pk, by=world.nadia)
        prepared = groups.prepare_record(request_id=own.pk, by=world.nadia)
        hits = read_draft(prepared.file).hits
        kept = {hit.key: groups.Choice(replace=False, reason="It is theirs.") for hit in hits}
        groups.decide_names(request_id=own.pk, prepared_id=prepared.pk, choices=kept, by=world.nadia)
        groups.release_record(request_id=own.pk, by=world.nadia)
    return [reverse("groups:record-names", args=[other.pk]), reverse("groups:my-record-copy", args=[own.pk])]


def send_pages(world, populated, client_for, words: Words, more: list[str]) -> set[str]:
    """Fill and send every form of every page as every role; return the routes that were sent something."""
    found = []
    for who in ROLES:
        client = client_for(getattr(world, who))
        walked = [url_of(route, populated) for route in all_routes() if route.name and route.name not in NOT_WALKED]
        for url in [*walked, *more]:
            answer = client.get(url)
            if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
                found += [(who, form) for form in post_forms(url, answer.content.decode())]
    # A form that stands on every page of a person is sent once.
    found = list({(who, form.action, *(one.name for one in form.inputs)): (who, form) for who, form in found}.values())
    # Those that only press a button come last: they end places, invitations and sessions. So do those that say why.
    found.sort(
        key=lambda pair: (
            pair[1].route in ENDS,
            not any(one.kind in TEXT | {"textarea"} for one in pair[1].inputs),
        )
    )
    sent: set[str] = set()
    for who, form in found:
        if form.route not in NOT_WALKED:
            answer = client_for(getattr(world, who)).post(form.action, filled(form, words))
            assert answer.status_code < 500, form
            sent.add(form.route)
            if answer.status_code in {302, 303}:
                words.accepted.add(form.route)
    return sent


def send_api(world, populated, client_for, words: Words) -> set[str]:
    """Fill and send every body of the API as every role; return the routes that were sent something."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    sent = set()
    for route in all_routes():
        if not route.pattern.startswith("api/"):
            continue
        body = _body(schema, route.pattern)
        if body is None:
            continue
        for who in ROLES:
            data = {name: _sample(part, words, label(route), name) for name, part in body.items()}
            answer = client_for(getattr(world, who)).post(
                url_of(route, populated), data, content_type="application/json"
            )
            assert answer.status_code < 500, (label(route), answer.content)
        sent.add(label(route))
    return sent


def _body(schema: dict, pattern: str) -> dict | None:
    """Return the fields of the body that a route of the API takes by POST; None when it takes none."""
    wanted = "/" + re.sub(r"<[^>]*>", "{}", pattern)
    paths = {re.sub(r"{[^}]*}", "{}", path): methods for path, methods in schema["paths"].items()}
    post = paths.get(wanted, {}).get("post")
    if post is None:
        return None
    content = post.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" in content:
        content = schema["components"]["schemas"][content["$ref"].rsplit("/", 1)[-1]]
    return content.get("properties", {})


def _sample(part: dict, words: Words, route: str, name: str):
    if "enum" in part or "allOf" in part or "$ref" in part or "oneOf" in part:
        return (part.get("enum") or [""])[0]
    if part.get("type") == "string" and "format" not in part:
        return words(route, name)[: part.get("maxLength")]
    shaped = {"integer": 1, "number": 1, "boolean": True, "array": [], "object": {}}
    return shaped.get(
        part.get("type"), {"date": "2031-02-03", "date-time": "2031-02-03T18:30:00Z"}.get(part.get("format"), "")
    )


def everything_kept() -> Iterator[tuple[str, str]]:
    """Yield the place and the text of everything that the practice keeps outside of the vault."""
    for table in tables():
        for names, values in rows(table):
            yield from (
                (f"{table}.{name}", value.decode("utf-8", "replace")) for name, value in zip(names, values, strict=True)
            )
    for name in settings.CACHES:
        kept = getattr(caches[name], "_cache", {})
        if isinstance(kept, dict):
            yield from ((f"cache {name}", f"{key} {value!r}") for key, value in kept.items())
    for message in mail.outbox:
        yield "mail", f"{message.subject} {message.body}"
    for path in Path(settings.VAR_DIR).rglob("*"):
        if path.is_file():
            yield str(path.relative_to(settings.VAR_DIR)), _text_of(path)


def _text_of(path: Path) -> str:
    data = path.read_bytes()
    if path.suffix == ".djcache":
        with path.open("rb") as file:
            pickle.load(file)
            data = zlib.decompress(file.read())
    return data.decode("utf-8", "replace")


@pytest.mark.timeout(900)
def test_no_word_that_anybody_types_can_be_read_outside_of_the_vault(world, populated, client_for, acting, caplog):
    caplog.set_level(logging.DEBUG)
    words = Words()
    more = more_pages(world, acting)
    wanted = post_routes(world, populated, client_for)
    sent = send_beside_pages(world, client_for, words)
    sent |= send_pages(world, populated, client_for, words, more) | send_api(world, populated, client_for, words)
    with acting_as_system("canary"), recording():
        deliver_due(limit=1000)

    missed = {name for name in wanted - sent - set(NOT_WALKED) if not name.startswith(("account_", "mfa_"))}
    assert not missed, f"These POST routes were sent nothing: {sorted(missed)}"
    assert MUST_ACCEPT - words.accepted == set()
    found: dict[tuple[str, str], set[str]] = {}
    for place, text in [*everything_kept(), ("log", caplog.text)]:
        for word in words_in(text) & set(words.given):
            found.setdefault(words.given[word], set()).add(place)
    assert not {origin: places for origin, places in found.items() if origin not in WAIVED}
    # The search works: what is waived is found.
    assert ("practice:site-create", "name") in found
