"""Who may do what with whose object: one table of every route that takes an argument, as data.

Each cell names the route, the method, the object that the arguments stand for, the roles that may, and a body that
its owner could send. Whoever is not named is refused. The objects all belong to Thursday, Nadia's group; see ``Cast``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

GET, POST = "get", "post"

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
)
NOBODY = (ANONYMOUS, INACTIVE)

# Sets of roles that come back in the table.
RUN = frozenset({LEAD, CO, TRAINEE, SUPERVISOR})
WRITE = frozenset({LEAD, CO, TRAINEE})
LEADS = frozenset({LEAD})
IN = frozenset({MEMBER, CO_MEMBER})
OWN = frozenset({MEMBER})
DESK = frozenset({OFFICER})
OUTSIDE = frozenset({REVIEWER})
OFFICE = frozenset({ADMIN})

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


def _cells(route: str, allowed: frozenset[str], objects: dict[str, str], *, get: bool = True, post: Body | None = None):
    if get:
        yield Cell(route, GET, allowed, objects)
    if post is not None:
        yield Cell(route, POST, allowed, objects, post)


def _process_note(found: dict[str, Any]) -> dict[str, Any]:
    return {"body": "They spoke about trust.", "supersedes": str(found["process_note"])}


def _progress_note(found: dict[str, Any]) -> dict[str, Any]:
    return {"body": "Listened, and spoke once.", "supersedes": ""}


def _progress_note_api(found: dict[str, Any]) -> dict[str, Any]:
    return {"body": "Listened, and spoke once.", "supersedes": None, "membership_id": str(found["membership"])}


def _new_version(found: dict[str, Any]) -> dict[str, Any]:
    from consent.kinds import GROUP_AGREEMENT, load_kind
    from consent.selectors import own_words

    words = own_words(load_kind(GROUP_AGREEMENT), [])
    texts = {f"{language}_{key}": text for language, kept in words.items() for key, text in kept.items()}
    others = {f"with_{language}": "on" for language in words if language != "en"}
    return {"answer_days": 3, "summary": "The same words.", "publish": "1", **others, **texts}


def _take_back(person: Any) -> None:
    """Take the person's signature back, so that they can sign anew."""
    from consent.models import Act
    from consent.services import withdraw
    from tests.world import at_work

    with at_work(person):
        withdraw(act_id=Act.objects.filter(signer=person, act="signed").latest("at").pk, by=person)


INVITED = {
    "used_name": "New Comer",
    "email": "newcomer@example.org",
    "email_again": "newcomer@example.org",
    "language": "en",
}
PLANNED = {"day": "2031-02-03", "starts": "18:30", "minutes": 90, "weeks": 1}
ASSESSED = {"reasons": "We asked, and it was a slip."}
CLOSED = {"outcome": "nothing_found", "told_reporter": "It was a slip. Thank you for telling us."}


def _pages() -> list[Cell]:
    group, session, place = {"pk": "group"}, {"pk": "session"}, {"pk": "group", "membership_pk": "membership"}
    version, act, concern = {"version_id": "version"}, {"act_id": "act"}, {"pk": "concern"}
    return [
        *_cells("groups:group-detail", RUN, group),
        *_cells("groups:member-list", RUN, group),
        *_cells("groups:session-list", RUN, group),
        *_cells("groups:note-list", RUN, group),
        *_cells("groups:member-invite", LEADS, group, post=INVITED),
        *_cells("groups:member-end", LEADS, place, post={}),
        *_cells(
            "groups:facilitator-add", LEADS, group, post=lambda found: {"person": str(found["colleague"]), "role": "co"}
        ),
        *_cells(
            "groups:facilitator-end", LEADS, {"pk": "group", "facilitation_pk": "facilitation"}, get=False, post={}
        ),
        *_cells("groups:session-create", LEADS, group, post=PLANNED),
        *_cells("groups:session-detail", RUN, session),
        *_cells("groups:session-cancel", LEADS, {"pk": "coming"}, get=False, post={}),
        *_cells("groups:session-join", IN, session, post={"agreed": "on"}),
        *_cells("groups:session-room", IN, session),
        *_cells("groups:session-notes", RUN, session),
        *_cells("groups:process-note-create", WRITE, session, post=_process_note),
        *_cells("groups:progress-note-choose", WRITE, session),
        *_cells(
            "groups:progress-note-create", WRITE, {"pk": "session", "membership_pk": "membership"}, post=_progress_note
        ),
        *_cells("consent:agreement-open", RUN | IN, {"document_id": "document"}),
        *_cells("consent:agreement-read", RUN | IN, version),
        *_cells("consent:agreement-present", IN, version, get=False, post={}),
        *_cells("consent:agreement-decide", IN, version),
        Cell("consent:agreement-sign", GET, IN, version),
        Cell("consent:agreement-sign", POST, IN, version, {"typed_name": "My Name", "meant": "on"}, _take_back),
        *_cells("consent:agreement-talk", IN, version, get=False, post={}),
        *_cells("consent:agreement-decline", IN, version, post={}),
        *_cells("consent:act-detail", OWN, act),
        *_cells("consent:act-copy", OWN, act),
        *_cells("consent:act-withdraw", OWN, act, post={}),
        *_cells("consent:coverage-board", RUN, {"group_id": "group"}),
        *_cells("consent:version-create", LEADS, {"group_id": "group"}, post=_new_version),
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
        *_cells("api-session-detail", RUN, session),
        *_cells("api-session-join", IN, session, post={}),
        Cell("api-process-note-list", GET, RUN, session),
        Cell("api-process-note-list", POST, WRITE, session, _process_note),
        Cell("api-progress-note-list", GET, RUN, session),
        Cell("api-progress-note-list", POST, WRITE, session, _progress_note_api),
        *_cells("api-group-standing", RUN, {"group_id": "group"}),
        *_cells("api-talk-first", IN, {"version_id": "version"}, get=False, post={}),
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
    "accounts:invitation-accept": "the token in the link speaks, whoever is signed in",
    "account_reset_password_from_key": "the key in the link speaks, whoever is signed in",
    "outbox:mail-detail": "the demo's tray; absent in a practice that is not a demo",
}
