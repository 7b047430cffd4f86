"""Who may do what with whose object: one table of every route that takes an argument, as data.

Each cell names the route, the method, the object that the arguments stand for, the roles that may, and a body that
its owner could send. Whoever is not named is refused. The objects all belong to Thursday, Nadia's group; see ``Cast``.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.urls import reverse

from tests.world import today

GET, POST = "get", "post"
# Far from all that other stories plan, and before the latest day on which a group can be planned to end.
SERIES_DAY = today() + timedelta(days=600)

# Roles: how somebody stands to the objects of Thursday.
MEMBER, CO_MEMBER, FORMER, ELSEWHERE = "member", "co-member", "former member", "member of another group"
LEAD, CO, TRAINEE, SUPERVISOR = "lead", "co-facilitator", "trainee", "supervisor"
ENDED, ROLE_ENDED, OTHER_LEAD = "ended facilitator", "facilitator whose role ended", "other group's facilitator"
ADMIN, ROOT, OFFICER, REVIEWER, CUSTODIAN = (
    "administrator",
    "superuser",
    "privacy officer",
    "external reviewer",
    "custodian",
)
RECEPTION, SUBSTITUTE = "reception", "substitute for one session"
SUPER_OTHER = "other group's facilitator who is a superuser too"
ANONYMOUS, INACTIVE = "anonymous", "inactive user"
SIGNED_IN = (
    MEMBER,
    CO_MEMBER,
    FORMER,
    ELSEWHERE,
    LEAD,
    CO,
    TRAINEE,
    SUPERVISOR,
    ENDED,
    ROLE_ENDED,
    OTHER_LEAD,
    SUPER_OTHER,
    ADMIN,
    ROOT,
    OFFICER,
    REVIEWER,
    CUSTODIAN,
    RECEPTION,
    SUBSTITUTE,
)
NOBODY = (ANONYMOUS, INACTIVE)

# Sets of roles that come back in the table.
RUN = frozenset({LEAD, CO, TRAINEE, SUPERVISOR})
WRITE = frozenset({LEAD, CO, TRAINEE})
LEADS = frozenset({LEAD})
# Who runs the one session: the substitute sees it, and nothing else of the group.
HERE, COUNT = RUN | {SUBSTITUTE}, WRITE | {SUBSTITUTE}
# Whoever may act when a colleague cannot come: reception and every facilitator, with a part in the group or not.
TONIGHT = frozenset({RECEPTION, LEAD, CO, SUPERVISOR, ENDED, OTHER_LEAD, SUPER_OTHER, SUBSTITUTE})
CALLS = RUN - {TRAINEE} | {RECEPTION}
IN = frozenset({MEMBER, CO_MEMBER})
# Everybody signs, those who run the group included (REQ-3, REQ-29).
SIGNS = IN | RUN
OWN = frozenset({MEMBER})
DESK = frozenset({OFFICER})
OUTSIDE = frozenset({REVIEWER})
OFFICE = frozenset({ADMIN})

ACCEPTED = {"act": "accept", "reason": "Our counsel wrote so on 3 May."}

Body = dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Cell:
    """One route and method, the objects its arguments stand for, and the roles that may."""

    route: str
    method: str
    allowed: frozenset[str]
    objects: dict[str, str] = field(hash=False)
    body: Body = field(default_factory=dict, hash=False)
    # What must have happened before the owner can do it; done through the services, for the allowed ones only.
    before: Callable[[Any], None] | None = field(default=None, hash=False)

    @property
    def is_api(self) -> bool:
        """Whether it answers programs."""
        return self.route.startswith("api-")

    @property
    def label(self) -> str:
        """How the cell is called in the output of the tests."""
        special = "".join(f"-{name}" for name in self.objects.values() if "outside" in name)
        return f"{self.method}-{self.route}{special}"

    def url(self, found: dict[str, Any]) -> str:
        """Return the address for the objects in ``found``."""
        return reverse(self.route, kwargs={name: found[key] for name, key in self.objects.items()})

    def data(self, found: dict[str, Any]) -> dict[str, Any]:
        """Return what the owner would send."""
        return self.body(found) if callable(self.body) else self.body


# Write nothing: a name is looked for by POST so that none stands in an address; words are checked before somebody
# publishes them; and what would be kept of a signature is shown.
SEARCHES = (
    "accounts:person-merge",
    "consent:agreement-review",
    "consent:practice-version-check",
    "consent:version-check",
)


def _cells(route: str, allowed: frozenset[str], objects: dict[str, str], *, get: bool = True, post: Body | None = None):
    if get:
        yield Cell(route, GET, allowed, objects)
    if post is not None:
        yield Cell(route, POST, allowed, objects, post)


def _process_note(found: dict[str, Any]) -> dict[str, Any]:
    return {"body": "They spoke about trust.", "supersedes": str(found["process_note"])}


def _tap(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "tap": str(uuid.uuid4()),
        "what": "mark",
        "ref": str(found["membership"]),
        "value": "P",
        "minutes": "",
        "seen": "",
    }


def _progress_note(found: dict[str, Any]) -> dict[str, Any]:
    return {"body": "Listened, and spoke once.", "supersedes": ""}


def _moved_note(found: dict[str, Any]) -> dict[str, Any]:
    return {"body": "Stayed with the own story.", "membership": str(found["membership"]), "supersedes": ""}


def _progress_note_api(found: dict[str, Any]) -> dict[str, Any]:
    return {"body": "Listened, and spoke once.", "supersedes": None, "membership_id": str(found["membership"])}


def _new_version(found: dict[str, Any]) -> dict[str, Any]:
    from consent.kinds import GROUP_AGREEMENT, load_kind
    from consent.models import DocumentVersion
    from consent.selectors import draft, own_words, seen_of
    from groups.models import TherapyGroup
    from tests.world import at_work

    words = own_words(load_kind(GROUP_AGREEMENT), [])
    # Shown to the one who published before: who looked at the whole text may publish it.
    first = DocumentVersion.objects.filter(group=found["group"]).earliest("number")
    with at_work(first.published_by) as lead:
        group = TherapyGroup.objects.get(pk=found["group"])
        seen = seen_of([*draft(lead, group, load_kind(GROUP_AGREEMENT), edited=words).values()])
    texts = {f"{language}_{key}": text for language, kept in words.items() for key, text in kept.items()}
    others = {f"with_{language}": "on" for language in words if language != "en"}
    return {
        "answer_days": 3,
        "summary": "The same words.",
        "material": "on",
        "publish": "1",
        "seen": seen,
        **others,
        **texts,
    }


def _practice_version(found: dict[str, Any]) -> dict[str, Any]:
    from consent.kinds import load_kind
    from consent.models import Document
    from consent.selectors import draft, own_words, seen_of
    from tests.world import at_work

    kind = load_kind(found["practice_kind"])
    words = own_words(kind, [])
    published = Document.objects.get(pk=found["practice_document"]).versions.earliest("number")
    with at_work(published.published_by) as admin:
        seen = seen_of([*draft(admin, None, kind, edited=words).values()])
    texts = {f"{language}_{key}": text for language, kept in words.items() for key, text in kept.items()}
    answers = {"answer_days": 3, "summary": "The same words.", "material": "on", "with_es": "on"}
    return {**answers, "publish": "1", "seen": seen, **texts}


def _sign_off(found: dict[str, Any]) -> dict[str, Any]:
    return {"reviewer_id": str(found["colleague"]), "qualification": "Grew up in Mexico, clinical psychologist."}


def _paper(found: dict[str, Any]) -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return {
        "version": str(found["version"]),
        "signed_on": today().isoformat(),
        "wording": "printed",
        "scan": SimpleUploadedFile("scan.pdf", b"%PDF-1.7 a page", "application/pdf"),
        "compared": "on",
        "asked_for_paper": "on",
    }


def _aloud(found: dict[str, Any]) -> dict[str, Any]:
    from consent.models import DocumentVersion

    day = today().isoformat()
    heard = {"witness": "T. B.", "why": "Sight", "read_aloud": "on", "modality": "room", "teach_back": "at_once"}
    signed = {"own_words": "It stays there.", "attested": "on", "typed_name": "My Name", "follow_up_on": day}
    read = DocumentVersion.objects.get(pk=found["version"])
    return {"version": str(read.pk), "text_sha256": read.text_sha256, "said_on": day, **heard, **signed}


def _release_paper(found: dict[str, Any]) -> dict[str, Any]:
    words = dict.fromkeys(("patient", "discloser", "information", "recipient", "purpose"), "As agreed.")
    return {**words, "ends_on": (today() + timedelta(days=90)).isoformat(), "publish": "1"}


def _told(found: dict[str, Any]) -> dict[str, Any]:
    return {"act": "declined", "route": "voice", "told_on": today().isoformat()}


def _grace(found: dict[str, Any]) -> dict[str, Any]:
    return {"last_day": today().isoformat(), "reason": "We go live."}


def _basis(found: dict[str, Any]) -> dict[str, Any]:
    return {"decides": "guardian", "guardians": "any_one", "grounds": "Fifteen; birth certificate seen."}


def _override(found: dict[str, Any]) -> dict[str, Any]:
    return {"last_day": today().isoformat(), "reason": "The paper is in the post."}


def _closing(found: dict[str, Any]) -> dict[str, Any]:
    return {"last_day": (today() + timedelta(days=725)).isoformat(), "parting": 4, "seen": 0, "act": "plan"}


ENQUIRY = {"name": "Noor", "how": "asked", "email": "", "email_again": "", "language": "en"}
GUARDIAN = {
    "used_name": "Mo Achter",
    "relationship": "parent",
    "authority": "parental",
    "evidence": "Seen on paper.",
    "email": "",
}


def _present(found: dict[str, Any]) -> dict[str, Any]:
    return {f"code-{found['membership']}": "P"}


def _changed_series(found: dict[str, Any]) -> dict[str, Any]:
    new = {
        "first_day": (SERIES_DAY + timedelta(days=1)).isoformat(),
        "many": 3,
        "from_day": SERIES_DAY.isoformat(),
        "reason": "plan",
        "where": str(found["site"]),
    }
    return SERIES | new


def _moved(found: dict[str, Any]) -> dict[str, Any]:
    to = {"day": "2031-02-10", "starts": "18:30", "minutes": 90, "where": str(found["site"])}
    return {**to, "reason": "room", "seen": 0}


def _settings(found: dict[str, Any]) -> dict[str, Any]:
    from groups.policies import all_policies
    from groups.rituals import parts

    people = {"label": "Thursday C", "minimum": 2, "capacity": 20, "course": "rolling", "seen": 0}
    turns = {f"turn-{key}": turn for turn, key in enumerate(parts(), 1)}
    minutes = {f"minutes-{key}": 5 for key in parts()}
    chosen = {f"policy-{one.key}": next(iter(one.values)) for one in all_policies().values()}
    return {**people, **turns, **minutes, **chosen, "where": str(found["site"]), "new_room": ""}


def _take_back(person: Any) -> None:
    """Take the person's signature back, so that they can sign anew; who has not signed yet reads every version first."""
    from consent.kinds import GROUP_AGREEMENT
    from consent.models import Act
    from consent.selectors import lines_of, visible_versions
    from consent.services import present, withdraw
    from tests.world import at_work, understand

    with at_work(person):
        signed = Act.objects.filter(signer=person, act="signed", document__kind=GROUP_AGREEMENT).order_by("at").last()
        if signed is not None:
            withdraw(act_id=signed.pk, by=person)
            present(version_id=signed.version_id, by=person)
            understand(person, signed.version)
            return
        for version in visible_versions(person).filter(number=F("newest")):
            if lines_of(person, version):
                present(version_id=version.pk, by=person)
                understand(person, version)


def _read_only(person: Any) -> None:
    """Let the person read the newest text of Thursday and go on, and answer no short question yet."""
    from consent.selectors import lines_of, visible_versions
    from consent.services import present
    from tests.world import at_work

    with at_work(person):
        for version in visible_versions(person).filter(number=F("newest")):
            if lines_of(person, version):
                present(version_id=version.pk, by=person)


def _said_back(found: dict[str, Any]) -> dict[str, Any]:
    from consent.kinds import GROUP_AGREEMENT
    from consent.kinds.wording import questions

    return {one.key: one.right for one in questions(GROUP_AGREEMENT, "en")}


def _open_for_a_while(person: Any) -> None:
    """Start a grace period in the group that the person leads, so that it can be ended."""

    from consent.services import start_grace
    from groups.models import Facilitation
    from tests.world import at_work

    group = Facilitation.objects.filter(person=person, role="lead").earliest("valid_from").group_id
    with at_work(person):
        start_grace(group_id=group, last_day=today(), reason="We go live.", by=person)


def _release(person: Any) -> None:
    """Bring the person's own request as far as a copy that can be taken."""
    from groups import record_files, services
    from groups.models import RecordRequest
    from groups.services import Choice
    from tests.world import at_work

    request = RecordRequest.objects.get(about=person)
    with at_work(request.group.facilitations.earliest("valid_from").person) as lead:
        prepared = services.prepare_record(request_id=request.pk, by=lead)
        # The names of those who work here stay: one of them signed a notice to the person.
        kept = {hit.key: Choice(replace=False, reason="") for hit in record_files.read_draft(prepared.file).hits}
        services.decide_names(request_id=request.pk, prepared_id=prepared.pk, choices=kept, by=lead)
        services.release_record(request_id=request.pk, by=lead)


INVITED = {
    "used_name": "New Comer",
    "email": "newcomer@example.org",
    "email_again": "newcomer@example.org",
    "language": "en",
}
NO_DAYS = {"first_day": "", "last_day": ""}
HERE_AND_NOW = {"location": "4 Elm Street", "call_back": "", "contact_name": "", "contact_number": ""}
RIGHT_ADDRESS = {"email": "right@example.org", "email_again": "right@example.org"}
ALREADY = {"rows": 2, "0_used_name": "Wim Oude", "0_since": "2024-03-01", "0_email": ""}
HELD = {"day": "2025-01-09", "starts": "18:30", "minutes": 90, "weeks": 2, "first_number": 900}
ADDRESS = {"email": "walter@example.org", "email_again": "walter@example.org"}


RECORD = {"recipient_kind": "court", "recipient": "The county court", "reason": "An order of this day."}
PLANNED = {"day": "2031-02-03", "starts": "18:30", "minutes": 90, "weeks": 1}
SERIES = {
    "first_day": "2031-04-03",
    "starts": "18:30",
    "minutes": 90,
    "rhythm": "weekly",
    "every": 1,
    "many": 2,
    "last_day": "",
}
ASSESSED = {"reasons": "We asked, and it was a slip."}
CLOSED = {"outcome": "nothing_found", "told_reporter": "It was a slip. Thank you for telling us."}
AGAIN = {"email": "wai.ting@example.org"}
ASKED_FOR = {"email": "tom@example.org", "check_made": "in_person"}


def _pages() -> list[Cell]:
    group, session, place = {"pk": "group"}, {"pk": "session"}, {"pk": "group", "membership_pk": "membership"}
    by_paper = {"group_id": "group", "membership_id": "on_paper"}
    of_kind = {"group_id": "group", "kind_key": "kind"}

    seat = {"pk": "session", "membership_pk": "membership"}
    version, act, concern = {"version_id": "version"}, {"act_id": "act"}, {"pk": "concern"}
    asked, drafted = {"pk": "record_request"}, {"pk": "record_drafted"}
    return [
        *_cells("groups:record-open", LEADS, place, post=RECORD),
        Cell("groups:record-detail", GET, DESK | (RUN - {TRAINEE}), asked),
        Cell("groups:record-detail", POST, LEADS, asked, {"step": "prepare", "reason": ""}),
        *_cells("groups:record-names", LEADS, drafted, post=lambda found: {"prepared": str(found["record_prepared"])}),
        *_cells("groups:my-record-copy", OWN, asked),
        Cell("groups:my-record-copy", POST, OWN, asked, before=_release),
        *_cells("groups:group-detail", RUN, group),
        *_cells("groups:member-list", RUN, group),
        *_cells("groups:session-list", RUN, group),
        *_cells("groups:note-list", RUN, group),
        *_cells("groups:attendance-totals", RUN, group),
        *_cells("groups:member-invite", LEADS, group, post=INVITED),
        *_cells("groups:member-end", LEADS, place, post={"ending": "lapsed", "words": ""}),
        *_cells(
            "groups:member-leave", LEADS, {"pk": "group", "membership_pk": "owes"}, post={"words": "", "back_on": ""}
        ),
        *_cells("groups:member-transfer", LEADS, place, post=lambda found: {"to_group": str(found["other_group"])}),
        *_cells("groups:joining-list", LEADS, group),
        *_cells("groups:joining-waiting", LEADS, group),
        *_cells("groups:joining-new", LEADS, group, post=ENQUIRY),
        *_cells("groups:joining-detail", LEADS, {"pk": "group", "enrolment_pk": "enrolment"}),
        *_cells(
            "groups:joining-step",
            LEADS,
            {"pk": "group", "enrolment_pk": "enrolment", "to": "step_to"},
            post=lambda found: {"priority": "soon", "seen": str(found["enrolment_step"])},
        ),
        *_cells("groups:overlap-list", LEADS, group),
        *_cells(
            "groups:overlap-talk",
            LEADS,
            {"pk": "group", "finding_pk": "overlap"},
            get=False,
            post=lambda found: {"kind": "talked", "side": str(found["overlap_side"])},
        ),
        *_cells("groups:group-closing", LEADS, group, post=_closing),
        *_cells("groups:member-wrong-person", LEADS, place, post=RIGHT_ADDRESS),
        *_cells("groups:member-already", LEADS, group, post=ALREADY),
        *_cells("groups:member-address", LEADS, {"pk": "group", "membership_pk": "on_paper"}, post=ADDRESS),
        *_cells("groups:session-past", LEADS, {"pk": "new_group"}, post=HELD),
        *_cells("groups:session-voice", WRITE, session),
        *_cells("groups:session-told", WRITE, {"pk": "coming", "membership_pk": "on_paper"}, get=False, post={}),
        *_cells("groups:session-aloud", WRITE, {"pk": "session", "membership_pk": "on_paper"}, get=False, post={}),
        *_cells(
            "groups:facilitator-add",
            LEADS,
            group,
            post=lambda found: {"person": str(found["colleague"]), "role": "co", **NO_DAYS},
        ),
        *_cells(
            "groups:facilitator-end", LEADS, {"pk": "group", "facilitation_pk": "facilitation"}, get=False, post={}
        ),
        *_cells("groups:session-create", LEADS, group, post=PLANNED),
        *_cells("groups:series-create", LEADS, group, post=lambda found: {**SERIES, "where": str(found["site"])}),
        *_cells("groups:series-change", LEADS, {"pk": "series"}, post=_changed_series),
        *_cells(
            "groups:series-extend",
            LEADS,
            {"pk": "series"},
            post={"last_day": (SERIES_DAY + timedelta(days=91)).isoformat()},
        ),
        *_cells("groups:series-end", LEADS, {"pk": "series"}, post={"last_day": SERIES_DAY.isoformat()}),
        *_cells("groups:session-move", LEADS, {"pk": "coming"}, post=_moved),
        *_cells("groups:session-agenda", HERE, session),
        *_cells("groups:group-settings", LEADS, group, post=_settings),
        *_cells("groups:session-detail", HERE, session),
        *_cells("groups:session-cancel", LEADS, {"pk": "coming"}, post={"reason": "room"}),
        *_cells("groups:session-answer", frozenset({SUBSTITUTE}), session, get=False, post={"answer": "no"}),
        *_cells("groups:tonight-cancel", TONIGHT, {"pk": "soon"}, post={"reason": "facilitator_ill"}),
        *_cells(
            "groups:tonight-hand-over",
            TONIGHT,
            {"pk": "soon"},
            post=lambda found: {"person_id": str(found["stand_in"])},
        ),
        *_cells("groups:tonight-calls", CALLS, {"pk": "called_off"}),
        *_cells("groups:emergency-sheet", HERE, session),
        *_cells("groups:emergency-take-down", HERE, seat, post=HERE_AND_NOW),
        *_cells("groups:session-pack", HERE, session),
        *_cells("groups:session-attendance", COUNT, session, post=_present),
        *_cells("groups:session-console", COUNT, session, post={"part": "checks", "check-seating": "ok"}),
        *_cells("groups:session-tap", COUNT, session, get=False, post=_tap),
        *_cells("groups:session-marks", COUNT, session),
        *_cells("groups:session-clause", COUNT, session, post={"clause": "parties"}),
        *_cells("groups:session-words", RUN, session),
        *_cells("groups:session-changes", COUNT, session),
        *_cells(
            "groups:will-ask", OFFICE | DESK, {"pk": "will"}, post={"condition": "missing", "how_checked": "I rang."}
        ),
        *_cells(
            "groups:will-opening",
            OFFICE | DESK | OUTSIDE | frozenset({CO, OTHER_LEAD}),
            {"pk": "will_opening"},
        ),
        *_cells(
            "groups:will-answer",
            OUTSIDE | frozenset({CO}),
            {"pk": "will_opening"},
            get=False,
            post={"answer": "confirm"},
        ),
        *_cells("groups:session-place", IN, session, get=False, post={"withhold": "1"}),
        *_cells("groups:session-join", IN, session, post={"agreed": "on"}),
        *_cells("groups:session-room", IN, session),
        *_cells("groups:session-notes", RUN, session),
        *_cells("groups:process-note-create", WRITE, session, post=_process_note),
        *_cells("groups:progress-note-choose", WRITE, session),
        *_cells(
            "groups:progress-note-create", WRITE, {"pk": "session", "membership_pk": "membership"}, post=_progress_note
        ),
        *_cells("groups:progress-note-move", LEADS, {"note_pk": "progress_note"}, post=_moved_note),
        Cell("groups:note-sealed", GET, LEADS, {"note_pk": "sealed_note"}),
        *_cells("consent:agreement-open", RUN | IN, {"document_id": "document"}),
        *_cells("consent:agreement-read", RUN | IN, version),
        *_cells("consent:agreement-present", SIGNS, version, get=False, post={}),
        *_cells("consent:agreement-decide", SIGNS, version),
        Cell("consent:agreement-sign", GET, SIGNS, version),
        Cell("consent:agreement-sign", POST, SIGNS, version, {"typed_name": "My Name", "meant": "on"}, _take_back),
        Cell("consent:agreement-review", POST, SIGNS, version, {"typed_name": "My Name", "meant": "on"}, _take_back),
        *_cells("consent:agreement-whom", SIGNS, version),
        Cell("consent:agreement-understood", GET, SIGNS, version),
        Cell("consent:agreement-understood", POST, SIGNS, version, _said_back, _read_only),
        *_cells("consent:agreement-ask", SIGNS, version, post={"clause": "", "words": "What does that mean?"}),
        Cell("consent:agreement-talk", POST, SIGNS, version, {}, _take_back),
        Cell("consent:agreement-decline", GET, SIGNS, version),
        Cell("consent:agreement-decline", POST, SIGNS, version, {}, _take_back),
        *_cells("consent:act-detail", OWN, act),
        *_cells("consent:act-copy", OWN, act),
        *_cells("consent:act-withdraw", OWN, act, post={}),
        *_cells("consent:paper-list", WRITE, by_paper),
        *_cells("consent:paper-create", WRITE, {**by_paper, "paper_kind": "paper_kind"}, post=_release_paper),
        *_cells("consent:paper-end", WRITE, {"document_id": "paper_document"}, post={}),
        *_cells("consent:notice-read", OWN, {"version_id": "notice"}, get=False, post={}),
        *_cells("consent:prompt-told", WRITE, {"prompt_id": "prompt"}, get=False, post={}),
        *_cells("consent:follow-up-close", WRITE, {"spoken_id": "spoken"}, post={"how": "handed"}),
        *_cells("consent:act-invalidate", LEADS, act, post={"reason": "It was given by mistake."}),
        *_cells("consent:coverage-board", RUN, {"group_id": "group"}),
        *_cells("consent:version-create", LEADS, of_kind, post=_new_version),
        *_cells("consent:version-check", LEADS, of_kind, get=False, post=_new_version),
        *_cells("consent:document-list", RUN, {"group_id": "group"}),
        *_cells("consent:version-list", RUN, {"group_id": "group", "document_id": "document"}),
        *_cells("consent:document-retire", LEADS, {"group_id": "group", "document_id": "chosen_document"}, post={}),
        *_cells("consent:practice-version-create", OFFICE, {"kind_key": "practice_kind"}, post=_practice_version),
        *_cells("consent:practice-version-check", OFFICE, {"kind_key": "practice_kind"}, get=False, post={}),
        *_cells("consent:practice-version-list", OFFICE, {"document_id": "practice_document"}),
        *_cells("consent:practice-document-retire", OFFICE, {"document_id": "practice_document"}, post={}),
        *_cells("consent:translation-review", OFFICE, {"kind_key": "kind", "language": "spanish"}, post=_sign_off),
        *_cells("consent:paper-scan", WRITE, {"act_id": "paper_act"}),
        *_cells("consent:grace-edit", LEADS, {"group_id": "group"}, post=_grace),
        Cell("consent:grace-end", POST, LEADS, {"group_id": "group"}, {}, _open_for_a_while),
        *_cells("consent:question-list", WRITE, {"group_id": "group"}),
        *_cells(
            "consent:question-reply",
            WRITE,
            {"group_id": "group", "question_id": "question"},
            post={"words": "It means that names stay here."},
        ),
        *_cells("consent:kiosk-begin", WRITE, by_paper, post={}),
        *_cells("consent:member-answers", WRITE, by_paper),
        *_cells("consent:member-deciders", LEADS, by_paper, post=_basis),
        *_cells("consent:guardian-add", LEADS, by_paper, post=GUARDIAN),
        *_cells("consent:guardian-end", LEADS, {**by_paper, "link_id": "guardian_link"}, get=False, post={}),
        *_cells("consent:override-give", LEADS, {"group_id": "group", "membership_id": "unsigned"}, post=_override),
        *_cells("consent:override-end", LEADS, {"group_id": "group", "membership_id": "let_in"}, get=False, post={}),
        *_cells(
            "consent:member-remind",
            WRITE,
            {"group_id": "group", "membership_id": "owes", "document_id": "document"},
            get=False,
            post={},
        ),
        *_cells("consent:paper-record", WRITE, by_paper, post=_paper),
        *_cells("consent:aloud-record", WRITE, by_paper, post=_aloud),
        *_cells("consent:told-record", WRITE, {"group_id": "group", "membership_id": "unsigned"}, post=_told),
        *_cells("consent:agreement-print", WRITE, by_paper),
        *_cells("incidents:concern-kept", OWN, concern),
        *_cells("incidents:concern-kept", OWN, {"pk": "concern_outside"}),
        *_cells("incidents:concern-detail", DESK, concern),
        *_cells("incidents:concern-detail", OUTSIDE, {"pk": "concern_outside"}),
        *_cells("incidents:concern-acknowledge", DESK, concern, get=False, post={}),
        *_cells("incidents:concern-acknowledge", OUTSIDE, {"pk": "concern_outside"}, get=False, post={}),
        *_cells("incidents:concern-assess", DESK, {"pk": "concern_acknowledged"}, get=False, post=ASSESSED),
        *_cells("incidents:concern-close", DESK, {"pk": "concern_assessed"}, get=False, post=CLOSED),
        *_cells("incidents:concern-conflict", DESK, concern, get=False, post={}),
        *_cells("accounts:invitation-reissue", OFFICE, {"invitation_id": "invitation"}, get=False, post={}),
        *_cells("accounts:invitation-revoke", OFFICE, {"invitation_id": "invitation"}, get=False, post={}),
        *_cells("accounts:person-wrong-address", OFFICE, {"person_id": "invited_colleague"}, post=RIGHT_ADDRESS),
        *_cells("accounts:person-detail", OFFICE, {"person_id": "colleague"}),
        *_cells("accounts:person-merge", OFFICE, {"person_id": "newcomer"}, post={"name": "Wai"}),
        *_cells("accounts:person-merge-with", OFFICE, {"person_id": "newcomer", "other_id": "entered_twice"}, post={}),
        *_cells("accounts:person-merged", OFFICE, {"merge_id": "merge"}, post={}),
        *_cells("accounts:person-invite-again", OFFICE, {"person_id": "newcomer"}, get=False, post=AGAIN),
        *_cells("accounts:role-give", OFFICE, {"person_id": "colleague"}, post={"role": "trainee", "last_day": ""}),
        *_cells("accounts:role-end", OFFICE, {"person_id": "colleague", "role": "role"}, post={}),
        *_cells("accounts:person-switch", OFFICE, {"person_id": "colleague", "what": "switch"}, post={}),
        # The law of Ireland, under which Thursday alone stands.
        *_cells("practice:law-detail", RUN | OFFICE | DESK, {"code": "law_code"}),
        *_cells("practice:law-value", OFFICE, {"code": "law_code", "path": "law_path"}, post=ACCEPTED),
        *_cells("changes:read", RUN, {"notice_id": "law_notice"}, get=False, post={}),
        *_cells("practice:mail-again", OFFICE, {"message_id": "failed_message"}, get=False, post={}),
        *_cells("practice:mail-phone", OFFICE, {"message_id": "failed_message"}, get=False, post={}),
        *_cells("practice:address-clear", OFFICE, {"person_id": "newcomer"}, get=False, post={}),
        *_cells("accounts:recovery-open", OFFICE | DESK, {"kind": "recovery_kind"}, post=ASKED_FOR),
        *_cells("accounts:recovery-detail", OFFICE | DESK, {"recovery_id": "recovery"}),
        Cell("accounts:recovery-detail", POST, DESK, {"recovery_id": "recovery"}, {"act": "approve"}),
        *_cells("accounts:recovery-stop-own", OWN, {"recovery_id": "own_recovery"}, get=False, post={}),
        *_cells("accounts:session-end", OWN, {"handle": "handle"}, get=False, post={}),
        *_cells("mfa_edit_webauthn", OWN, {"pk": "passkey"}, post={"name": "Another name"}),
        *_cells("mfa_remove_webauthn", OWN, {"pk": "passkey"}, post={}),
    ]


def _api() -> list[Cell]:
    group, session, concern = {"pk": "group"}, {"pk": "session"}, {"pk": "concern"}
    return [
        *_cells("api-group-detail", RUN, group),
        *_cells("api-member-list", RUN, group),
        Cell("api-session-list", GET, RUN, group),
        Cell("api-session-list", POST, LEADS, group, PLANNED),
        *_cells("api-session-detail", HERE, session),
        *_cells("api-session-join", IN, session, post={}),
        Cell("api-process-note-list", GET, RUN, session),
        Cell("api-process-note-list", POST, WRITE, session, _process_note),
        Cell("api-progress-note-list", GET, RUN, session),
        Cell("api-progress-note-list", POST, WRITE, session, _progress_note_api),
        *_cells("api-group-standing", RUN, {"group_id": "group"}),
        Cell("api-talk-first", POST, SIGNS, {"version_id": "version"}, {}, _take_back),
        *_cells("api-concern-detail", DESK, concern),
        *_cells("api-concern-detail", OUTSIDE, {"pk": "concern_outside"}),
        *_cells("api-concern-acknowledge", DESK, concern, get=False, post={}),
        *_cells("api-concern-acknowledge", OUTSIDE, {"pk": "concern_outside"}, get=False, post={}),
        *_cells("api-concern-assess", DESK, {"pk": "concern_acknowledged"}, get=False, post=ASSESSED),
        *_cells("api-concern-close", DESK, {"pk": "concern_assessed"}, get=False, post=CLOSED),
        *_cells("api-concern-step-aside", DESK, concern, get=False, post={}),
    ]


CELLS: list[Cell] = [*_pages(), *_api()]

# Routes that take an argument which is itself the key: whoever holds it may. They have tests of their own below
# the matrix: a wrong key of an existing object and one of an absent object look the same.
BY_KEY = {
    "accounts:invitation-accept": "the token in the link speaks; whoever is signed in must sign out first",
    "accounts:recovery-confirm": "the token in the link speaks, whoever is signed in",
    "accounts:recovery-stop": "the token in the link speaks, whoever is signed in",
    "account_reset_password_from_key": "the key in the link speaks, whoever is signed in",
    "outbox:mail-detail": "the demo's tray; absent in a practice that is not a demo",
}
