"""Everybody who may try, and everything they may try it on; and how one try is made and looked at."""

import re
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from consent import services as consent
from consent.selectors import device_codes
from groupcare.access import Role, RoleHolding
from groupcare.accounts import services as accounts
from groupcare.accounts import stepup
from groupcare.accounts.models import Person, SessionRecord
from groupcare.accounts.sealing import secrets_of
from groupcare.accounts.selectors import SEEN
from groupcare.audit.models import TrailEvent
from groupcare.outbox.models import Message, State
from groupcare.outbox.services import queue
from groupcare.practice import law_services
from groupcare.practice.models import LawNotice
from groups import services as groups
from groups.models import Facilitation, Membership, OverlapFinding, ProgressNote, TherapyGroup
from incidents import services as incidents
from tests.conftest import _population, sign_in
from tests.factories import make_member, make_person, make_staff
from tests.house import matrix
from tests.house.matrix import Cell
from tests.house.tables import fingerprints
from tests.world import World, at_work, proof, today

# What a refused try may write: its own trail event, the session's expiry and record.
MAY_GROW = frozenset({"audit_trailevent", "audit_chainhead", "django_session", "accounts_sessionrecord"})
BOOKKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
ABSENT = {"passkey": 987654321}
_WRITES = re.compile(r'\b(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM) "(\w+)"')
_CSRF = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*')
_LITERAL = re.compile(r"'(?:[^']|'')*'(?:::\w+)?|\b[0-9a-f]{32}\b|\b\d+\b")


@dataclass
class Cast:
    """The people by role, and the objects of Thursday by name."""

    world: World
    people: dict[str, Person]
    objects: dict[str, Any]
    browsers: dict[str, Client] = field(default_factory=dict)
    # The cookie of each session: a test that ends a session is rolled back, and its browser must be too.
    cookies: dict[str, str] = field(default_factory=dict)

    def absent(self) -> dict[str, Any]:
        """Return ids of nothing, in the shapes of the objects' ids."""
        return {name: ABSENT.get(name, uuid.uuid4()) for name in self.objects}

    def browser(self, role: str) -> Client:
        """Return the browser of somebody in a role, signed in with a fresh proof of who they are."""
        if role == matrix.ANONYMOUS:
            return Client()
        if role not in self.browsers:
            self.browsers[role] = sign_in(Client(), self.people[role])
            self.browsers[role].get("/account/sessions/")  # notes the session, so that no later answer has to
            self.cookies[role] = self.browsers[role].cookies["session"].value
        self.browsers[role].cookies["session"] = self.cookies[role]
        self.browsers[role].cookies.pop("messages", None)  # what an earlier test left to be said
        keep_fresh(self.browsers[role])
        return self.browsers[role]


def keep_fresh(browser: Client) -> None:
    """Let the session be used just now, and the proof be given just now: a module of tests takes minutes."""
    session = browser.session
    session[SEEN] = int(timezone.now().timestamp())
    session[stepup.KEY] = {**session[stepup.KEY], "at": timezone.now().timestamp()}
    session.save()


def gather(world: World) -> Cast:
    """Return the whole cast; made through the services, but for accounts and passkeys."""
    people = {
        matrix.MEMBER: world.ben,
        matrix.CO_MEMBER: world.chiara,
        matrix.FORMER: world.ex,
        matrix.ELSEWHERE: world.zoe,
        matrix.LEAD: world.nadia,
        matrix.CO: world.tom,
        matrix.OTHER_LEAD: world.olga,
        matrix.ADMIN: world.ada,
        matrix.ROOT: world.root,
        matrix.OFFICER: world.petra,
        matrix.REVIEWER: world.xavier,
        matrix.TRAINEE: make_staff("Tara Mensah", Role.TRAINEE),
        matrix.SUPERVISOR: make_staff("Sol Nilsen", Role.FACILITATOR),
        matrix.ENDED: make_staff("Finn Ward", Role.FACILITATOR),
        matrix.ROLE_ENDED: make_staff("Rolf Dahl", Role.FACILITATOR),
        matrix.CUSTODIAN: make_staff("Cato Reyes", Role.CUSTODIAN),
        matrix.SUPER_OTHER: make_staff("Sue Perez", Role.FACILITATOR, superuser=True),
        matrix.RECEPTION: make_staff("Rita Moss", Role.RECEPTION),
        matrix.SUBSTITUTE: make_staff("Sven Aho", Role.FACILITATOR),
        # Somebody who could do nearly all of it, had the account not been switched off.
        matrix.INACTIVE: make_staff("Ina Holm", Role.FACILITATOR, Role.ADMINISTRATOR),
    }
    _let_them_run(world, people)
    for role in (matrix.TRAINEE, matrix.SUPERVISOR):
        with at_work(people[role]) as person:
            consent.agree_to_screen(code=device_codes(person)[0], language="en", by=person)
    cast = Cast(world, people, _objects(world))
    for role in matrix.SIGNED_IN:
        cast.browser(role)
    cast.browser(matrix.INACTIVE)
    login = people[matrix.INACTIVE].login
    type(login).objects.filter(pk=login.pk).update(is_active=False)
    return cast


def _let_them_run(world: World, people: dict[str, Person]) -> None:
    """Give everybody their part in Thursday, and end what has ended."""
    parts = {
        matrix.TRAINEE: "trainee",
        matrix.SUPERVISOR: "supervisor",
        matrix.ENDED: "co",
        matrix.ROLE_ENDED: "lead",
        matrix.INACTIVE: "lead",
    }
    with at_work(world.nadia) as nadia:
        for role, part in parts.items():
            groups.add_facilitator(group=world.thursday, person=people[role], role=part, by=nadia)
        ended = Facilitation.objects.get(group=world.thursday, person=people[matrix.ENDED])
        groups.end_facilitation(facilitation_id=ended.pk, group=world.thursday, by=nadia)
    substitute = people[matrix.SUBSTITUTE]
    with at_work(world.nadia) as nadia:
        session = world.session_of_thursday
        groups.hand_over(session_id=session.pk, person_id=substitute.pk, seen=None, by=nadia)
    with at_work(substitute):
        groups.answer_substitution(session_id=session.pk, accept=True, by=substitute)
    with at_work(world.olga) as olga:
        groups.add_facilitator(group=world.tuesday, person=people[matrix.SUPER_OTHER], role="co", by=olga)
    RoleHolding.objects.filter(person=people[matrix.ROLE_ENDED]).update(valid_until=timezone.now())


def _law(world: World) -> dict[str, Any]:
    """Let Thursday alone stand under Irish law, and change that law; return the place, a value and the notice."""
    TherapyGroup.objects.filter(pk=world.thursday.pk).update(place="IE")
    with at_work(world.ada) as ada:
        made = law_services.override_law(
            code="IE", path="structured.breach_hours_regulator", value="48", reason="Advice.", seen=0, by=ada
        )
    notice = LawNotice.objects.get(cause=f"override:{made.pk}")
    return {"law_code": "IE", "law_path": "facts.protect", "law_notice": notice.pk}


def _objects(world: World) -> dict[str, Any]:
    """Return the ids of everything that somebody may try to reach; all of it exists."""
    found: dict[str, Any] = {
        "group": world.thursday.pk,
        "session": world.session_of_thursday.pk,
        "coming": world.coming_session_of_thursday.pk,
        "membership": world.membership("dev").pk,
        "facilitation": Facilitation.objects.get(group=world.thursday, person=world.tom).pk,
        "colleague": world.olga.pk,
        "process_note": world.process_note_of_thursday.pk,
        "progress_note": world.progress_note_of_thursday.pk,
        "sealed_note": sealed_note(world).pk,
        "version": world.version_of_thursday.pk,
        "document": world.version_of_thursday.document_id,
        "act": world.act_of_ben.pk,
    }
    found |= _texts(world)
    found |= _on_paper(world)
    found |= _made_out(world)
    with at_work(world.ben) as ben:
        asked = consent.ask_about(version_id=found["version"], clause="", words="May I say that I come?", by=ben)
    found["question"] = asked.pk
    found["stand_in"] = make_staff("Stina Dorn", Role.FACILITATOR).pk
    with at_work(world.nadia) as nadia:
        for name, hours in {"soon": 3, "called_off": 6}.items():
            start = timezone.now() + timedelta(hours=hours)
            made = groups.schedule_session(
                group=world.thursday, starts_at=start, ends_at=start + timedelta(hours=1), by=nadia
            )
            found[name] = made.pk
        groups.cancel_session(session=made, reason="room", by=nadia)
    found |= _series(world)
    found |= _law(world)
    found |= _on_the_way(world)
    found["will"] = _will_of(world.nadia, world.tom, [world.thursday.pk]).pk
    will = _will_of(world.olga, world.tom, [world.tuesday.pk])
    with at_work(world.ada) as ada:
        found["will_opening"] = groups.ask_to_open_will(
            will_id=will.pk, condition="missing", how_checked="I rang three times.", by=ada
        ).pk
    for name, steps in {"concern": 0, "concern_acknowledged": 1, "concern_assessed": 2}.items():
        found[name] = concern_about(world.ben, world.nadia, reader=world.petra, steps=steps)
    found["concern_outside"] = concern_about(world.ben, world.petra, reader=world.xavier, steps=0)
    found |= _records(world)
    with at_work(world.ada) as ada:
        newcomer = make_person("Wai Ting")
        found["newcomer"] = newcomer.pk
        found["invitation"] = accounts.invite(person=newcomer, email="wai@example.org", by=ada).pk
        found["failed_message"] = failed_message(newcomer).pk
        # Ben's page speaks of his own, so the one that staff works on is somebody else's.
        for name, whose in {"recovery": world.dev, "own_recovery": world.ben}.items():
            found[name] = accounts.open_recovery(
                kind="lost_mail", person=whose, check_made="in_person", new_email=f"{name}@example.org", by=ada
            ).pk
        colleague = make_person("Wanda Kole")
        accounts.invite(person=colleague, email="wanda@example.org", role=Role.FACILITATOR, by=ada)
        found["invited_colleague"] = colleague.pk
        found["entered_twice"] = make_person("W. Ting").pk
        twin = make_person("Ben T.")
        found["merge"] = accounts.merge_persons(kept_id=world.ben.pk, duplicate_id=twin.pk, by=ada).pk
    found |= {"recovery_kind": "lost_second_factor", "role": "facilitator", "switch": "off"}
    sign_in(Client(), world.ben).get("/account/sessions/")
    found["handle"] = SessionRecord.objects.get(user__person=world.ben).handle
    found["passkey"] = passkey_of(world.ben).pk
    return found


def _series(world: World) -> dict[str, Any]:
    """Return a series of Thursday and the house where it meets."""
    with at_work(world.nadia) as nadia:
        wanted = groups.SeriesPlan(
            rhythm="weekly",
            every=1,
            first_day=matrix.SERIES_DAY,
            starts=time(18, 30),
            minutes=90,
            where=groups.Where(world.site),
            many=3,
        )
        made = groups.plan_series(group=world.thursday, wanted=wanted, by=nadia)
    return {"series": made.pk, "site": world.site.pk}


def _on_the_way(world: World) -> dict[str, Any]:
    """Return somebody who fits Thursday, their newest step, the next one, and a possible overlap of two members."""
    with at_work(world.nadia) as nadia:
        asked = groups.open_enrolment(group_id=world.thursday.pk, name="Yara Lind", by=nadia)
        where = {"enrolment_id": asked.pk, "group_id": world.thursday.pk, "by": nadia}
        step = groups.take_step(**where, to="screened", seen=asked.steps.get().pk)
        step = groups.take_step(**where, to="suitable", reason="She listens.", seen=step.pk)
    with at_work(world.dev) as dev:
        groups.write_avoid_list(people=["Chiara Leone"], places=[], by=dev)
    groups.check_overlaps()
    overlap = OverlapFinding.objects.get(group=world.thursday)
    return {
        "enrolment": asked.pk,
        "enrolment_step": step.pk,
        "step_to": "waitlisted",
        "overlap": overlap.pk,
        "overlap_side": overlap.one_id,
        "other_group": world.tuesday.pk,
    }


def _texts(world: World) -> dict[str, Any]:
    """Return kinds by scope, and a published document of each that may be retired."""
    # A kind that shuts no door, so that the people of Thursday still come in.
    chosen, kept = "recording_consent", "staff_undertaking"
    with at_work(world.nadia) as nadia:
        of_group = consent.publish_version(group_id=world.thursday.pk, kind_key=chosen, by=nadia)[0]
    with at_work(world.ada) as ada:
        of_practice = consent.publish_version(group_id=None, kind_key=kept, by=ada)[0]
    return {
        "kind": "group_confidentiality_agreement",
        "spanish": "es",
        "practice_kind": kept,
        "chosen_document": of_group.document_id,
        "practice_document": of_practice.document_id,
    }


def _made_out(world: World) -> dict[str, Any]:
    """Return a paper for Dev, a notice for Ben, what somebody agreed to aloud, and a prompt that reached nobody."""
    from consent.models import ReconsentPrompt, Requirement

    words = dict.fromkeys(("patient", "discloser", "information", "recipient", "purpose"), "Elm 7")
    told = dict.fromkeys(("happened", "happened_on", "kinds", "protect", "done", "reach_us"), "Elm 7")
    step_up = proof()
    with at_work(world.nadia) as nadia:
        release = consent.make_out(
            group_id=world.thursday.pk,
            membership_id=world.membership("dev").pk,
            kind_key="release_of_information",
            typed={**words, "ends_on": today() + timedelta(days=90)},
            by=nadia,
        )
        notice = consent.make_out(
            group_id=world.thursday.pk,
            membership_id=world.membership("ben").pk,
            kind_key="notice_of_breach",
            typed={**told, "discovered_on": today()},
            by=nadia,
            issue=consent.Issue("Nadia Rahmani", True, step_up),
        )
        wilma = groups.add_member(group=world.thursday, member=groups.NewMember("Wilma Ray", today()), by=nadia)
        act = consent.record_aloud(
            group_id=world.thursday.pk,
            membership_id=wilma.pk,
            version_id=world.version_of_thursday.pk,
            text_sha256=world.version_of_thursday.text_sha256,
            spoken=consent.Spoken(today(), "Ruth", "Sight", True, "It stays there.", "Nadia", True, today()),
            step_up=step_up,
            by=nadia,
        )
    prompt = ReconsentPrompt.objects.create(
        requirement=Requirement.objects.filter(document__group=world.thursday).earliest("created_at"),
        person_id=wilma.person_id,
        number=1,
        due_on=today(),
        trigger="initial",
    )
    return {
        "paper_document": release.document_id,
        "notice": notice.pk,
        "paper_kind": "release_of_information",
        "spoken": act.spoken.pk,
        "prompt": prompt.pk,
    }


def _on_paper(world: World) -> dict[str, Any]:
    """Return the place of somebody without sign-in, and their act on paper."""
    with at_work(world.nadia) as nadia:
        member = groups.NewMember("Walter Ono", today() - timedelta(days=400))
        new = groups.create_group(
            by=nadia,
            label="Monday N",
            kind="support",
            openness="closed",
            format="in_person",
            place="US-NY",
            capacity=8,
            language="en",
            site=world.site,
        )
        place = groups.add_member(group=world.thursday, member=member, by=nadia)
        act = consent.record_paper(
            group_id=world.thursday.pk,
            membership_id=place.pk,
            version_id=world.version_of_thursday.pk,
            paper=consent.Paper(
                signed_on=today() - timedelta(days=1),
                wording="same",
                scan=b"%PDF-1.7 a page",
                compared=True,
            ),
            by=nadia,
        )
        link = consent.name_guardian(
            group_id=world.thursday.pk,
            membership_id=place.pk,
            guardian=consent.NewGuardian("Olga Ono", "parent", "parental", "Seen on paper."),
            by=nadia,
        )
        late = [
            groups.add_member(group=world.thursday, member=groups.NewMember(name, today()), by=nadia)
            for name in ("Ulla Sand", "Lea Inan")
        ]
        consent.give_override(
            group_id=world.thursday.pk,
            membership_id=late[1].pk,
            last_day=today(),
            reason="The paper is in the post.",
            by=nadia,
        )
    found = {"new_group": new.pk, "on_paper": place.pk, "paper_act": act.pk, "guardian_link": link.pk}
    owes = Membership.objects.create(group=world.thursday, person=make_member("Ona Wes"), alias="Ona", state="active")
    return found | {"unsigned": late[0].pk, "let_in": late[1].pk, "owes": owes.pk}


def _will_of(writer: Person, delegate: Person, led: list[Any]) -> Any:
    """Return the will of ``writer``, who hands groups to ``delegate`` when missing."""
    with at_work(writer):
        return groups.write_will(
            delegate=delegate.pk, second=None, when=["missing"], groups=led, notes=False, instructions="", by=writer
        )


def _records(world: World) -> dict[str, Any]:
    """Return a request that Ben has asked for, and one about Chiara that Nadia has prepared."""
    with at_work(world.ben) as ben:
        asked = groups.ask_for_own_record(membership_id=world.membership("ben").pk, by=ben)
    with at_work(world.chiara) as chiara:
        drafted = groups.ask_for_own_record(membership_id=world.membership("chiara").pk, by=chiara)
    with at_work(world.nadia) as nadia:
        prepared = groups.prepare_record(request_id=drafted.pk, by=nadia)
    return {"record_request": asked.pk, "record_drafted": drafted.pk, "record_prepared": prepared.pk}


def failed_message(person: Person) -> Message:
    """Return a message to somebody that the mail server refused."""
    row = queue(recipient=person, kind="agreement_waiting", key=f"cast:{person.pk}")
    Message.objects.filter(pk=row.pk).update(state=State.FAILED, reason="server_refused")
    return row


class Stage:
    """The cast, gathered once for a module of tests that are each rolled back, and taken away after the last."""

    cast: Cast | None = None

    def __init__(self) -> None:
        self.around = ExitStack()

    def open(self) -> None:
        """Gather the cast, unless it is there."""
        if self.cast is None:
            atomic = transaction.atomic()
            atomic._from_testcase = True  # a unit of work insists on being outermost, but for this mark
            with ExitStack() as around:  # what cannot be gathered leaves nothing open behind it
                around.enter_context(atomic)
                self.cast = gather(_population.world)
                self.around = around.pop_all()

    def close(self) -> None:
        """Take the cast away."""
        if self.cast is not None:
            transaction.set_rollback(True)
            self.around.close()


@pytest.fixture(scope="module")
def _stage(django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """Return where the cast stands as long as the module's tests run."""
    stage = Stage()
    yield stage
    with django_db_blocker.unblock():
        stage.close()


@pytest.fixture
def _settled(request: pytest.FixtureRequest, _settled: None, _stage: Stage, django_db_blocker: DjangoDbBlocker) -> None:
    """See to it, before the test's own transaction begins, that the cast stands if it is wanted."""
    if "cast" in request.fixturenames:
        with django_db_blocker.unblock():
            _stage.open()


@pytest.fixture(name="cast")
def cast_of_world(world: World, _stage: Stage) -> Cast:
    """Return the whole cast; whatever the test does to it is rolled back."""
    del world
    assert _stage.cast is not None
    return _stage.cast


def sealed_note(world: World) -> ProgressNote:
    """Return a note that stood with Dev by mistake, and stands with Chiara now."""
    session, at = world.session_of_thursday.pk, {name: world.membership(name).pk for name in ("dev", "chiara")}
    with at_work(world.nadia) as nadia:
        wrong = groups.write_progress_note(session_id=session, membership_id=at["dev"], body="Spoke once.", by=nadia)
        groups.move_progress_note(note_id=wrong.pk, membership_id=at["chiara"], body="Spoke once.", by=nadia)
    return wrong


def concern_about(reporter: Person, named: Person, *, reader: Person, steps: int) -> Any:
    """Return the id of a concern that ``reporter`` raised about ``named``, taken some steps by ``reader``."""
    with at_work(reporter):
        concern = incidents.raise_concern(by=reporter, what_happened="A story told outside.", named=[named.pk])
    with at_work(reader):
        if steps > 0:
            incidents.acknowledge(concern_id=concern.pk, by=reader)
        if steps > 1:
            incidents.assess(concern_id=concern.pk, reasons="We asked.", by=reader)
    return concern.pk


def passkey_of(person: Person) -> Authenticator:
    """Return a passkey of a person, as the set-up page would keep it."""
    with secrets_of(person.login):
        return Authenticator.objects.create(
            user=person.login, type=Authenticator.Type.WEBAUTHN, data={"name": "Telephone", "credential": {}}
        )


@dataclass
class Try:
    """What came of one request."""

    status: int
    body: str
    headers: dict[str, str]
    location: str
    events: list[tuple[str, str, str, str, str]]
    queries: list[str]
    mails: int
    # The tables that a statement wrote to, whether it stayed or not.
    wrote: set[str]


def attempt(browser: Client, cell: Cell, objects: dict[str, Any], found: dict[str, Any] | None = None) -> Try:
    """Send one request of ``cell`` to ``objects``, and return what came of it.

    Args:
        browser: who sends it.
        cell: the route, method and body.
        objects: what the address names.
        found: what the body names; ``objects`` if not given.
    """
    caches["limits"].clear()
    last, sent = last_event(), len(mail.outbox)
    data, url = cell.data(found or objects), cell.url(objects)
    named = [objects[key] for key in cell.objects.values()]
    kind = {"content_type": "application/json"} if cell.is_api and cell.method == matrix.POST else {}
    with CaptureQueriesContext(connection) as seen:
        answer = getattr(browser, cell.method)(url, data, **kind)
    skipped = {"Expires", "Set-Cookie", "X-Request-Id", "X-Request-ID", "Content-Length", "Location"}
    return Try(
        status=answer.status_code,
        body=same_words(answer.content.decode("utf-8", "replace"), url, named),
        headers={name: value for name, value in answer.headers.items() if name not in skipped},
        location=same_words(answer.headers.get("Location", ""), url, named),
        events=events_after(last),
        queries=[kind_of(query["sql"]) for query in seen.captured_queries if is_work(query["sql"])],
        mails=len(mail.outbox) - sent,
        wrote={table for query in seen.captured_queries for table in _WRITES.findall(query["sql"])} - MAY_GROW,
    )


def same_words(text: str, url: str, objects: list[Any]) -> str:
    """Return a text without what must differ: the address, the ids in it, and the token of the form."""
    text = text.replace(url, "ADDRESS").replace(quote(url, safe=""), "ADDRESS")
    for value in objects:
        if isinstance(value, uuid.UUID):
            text = text.replace(str(value), "ID")
    return _CSRF.sub(r"\1TOKEN", text)


def is_work(sql: str) -> bool:
    """Return whether a statement is more than the edge of a transaction."""
    return not sql.startswith(BOOKKEEPING)


def kind_of(sql: str) -> str:
    """Return a statement without its values."""
    return _LITERAL.sub("?", sql)


def last_event() -> int:
    """Return the number of the trail's latest event."""
    return TrailEvent.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def events_after(sequence: int) -> list[tuple[str, str, str, str, str]]:
    """Return actor, action, type and id of the object, and result of each later event."""
    rows = TrailEvent.objects.filter(sequence__gt=sequence).order_by("sequence")
    return list(rows.values_list("actor", "action", "object_type", "object_id", "result"))


def state() -> dict[str, str]:
    """Return the contents of every table that a refused try must leave as it is."""
    return fingerprints(without=MAY_GROW)
