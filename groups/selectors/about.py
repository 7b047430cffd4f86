"""What a member can see about themselves: who sees what, who opened it, and what was sent to them."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groupcare.access import RoleHolding
from groupcare.accounts.merge_models import as_one, ids_of
from groupcare.accounts.models import Person
from groupcare.audit.selectors import days_opened
from groupcare.outbox.models import Message, State
from groupcare.outbox.selectors import messages_to
from groupcare.vault import unlock
from groups.models import Facilitation, Membership, ProgressNote, RecordRequest
from groups.selectors.groups import last_wish

_FILE = Path(__file__).resolve().parent.parent / "privacy.toml"
_FALLBACK = "en"


@dataclass(frozen=True)
class Audience:
    """One kind of people: who they are, what they see and what they never see."""

    key: str
    title: str
    people: tuple[str, ...]
    sees: tuple[str, ...]
    never: tuple[str, ...]


@cache
def _sentences() -> dict[str, Any]:
    with _FILE.open("rb") as file:
        return tomllib.load(file)


def sentences(viewer: Person, language: str) -> dict[str, Any]:
    """Return the sentences of the page in a language; English where there is none. The same for every viewer."""
    del viewer
    data = _sentences()
    found: dict[str, Any] = data.get(language.split("-")[0], data[_FALLBACK])
    return found


def who_sees_what(viewer: Person, language: str) -> list[Audience]:
    """Return who can see what about the viewer, with the people who hold the rights now.

    Those who run the viewer's groups are named, as the viewer knows them; of the roles of the practice
    it is said whether somebody holds them. A kind of people that nobody belongs to is left out.
    """
    mine = Membership.objects.filter(person=viewer, ended_at__isnull=True).values("group_id")
    now = timezone.now()
    running = list(
        Facilitation.objects.filter(group__in=mine, valid_from__lte=now, person__user__is_active=True)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=now))
        .select_related("person")
        .order_by("valid_from", "pk")
    )
    unlock(running)
    held = set(RoleHolding.objects.current().values_list("role", flat=True))
    named: dict[str, tuple[str, ...]] = {}
    for one in running:
        named[one.role] = (*named.get(one.role, ()), one.person.used_name)
    always = {"you", "members", "machine"}
    return [
        Audience(key, words["title"], named.get(key, ()), tuple(words["sees"]), tuple(words["never"]))
        for key, words in sentences(viewer, language)["audience"].items()
        if key in always | held or key in named
    ]


#: Role in a group -> how it is called to a member. A colleague who is neither now nor was is only "Staff".
_ROLES = {
    "lead": gettext_lazy("Lead of your group"),
    "co": gettext_lazy("Co-facilitator of your group"),
    "trainee": gettext_lazy("Trainee in your group"),
    "supervisor": gettext_lazy("Supervisor of your group"),
    "observer": gettext_lazy("Observer in your group"),
    "interpreter": gettext_lazy("Interpreter in your group"),
    "privacy_officer": gettext_lazy("Privacy officer"),
}
#: Only these are shown. Whatever has to do with a concern is on no list, so that no row here can reveal one.
_ACTIONS = {
    "progress_note.read": gettext_lazy("read a note on your part"),
    "progress_note.write": gettext_lazy("wrote a note on your part"),
    "record_request.open": gettext_lazy("opened a request for a copy of your record"),
    "record_request.prepare": gettext_lazy("put a copy of your record together"),
    "record_draft.read": gettext_lazy("read your record, to check it for names"),
    "record_request.approve": gettext_lazy("approved that a copy goes out"),
    "record_request.release": gettext_lazy("released a copy of your record"),
    "record_request.download": gettext_lazy("took a copy of your record"),
}


@dataclass(frozen=True)
class OpenedRow:
    """On one day somebody in one role did one thing with the viewer's record."""

    day: date
    role: str
    what: str


def who_opened(viewer: Person, *, start: int, most: int) -> tuple[list[OpenedRow], bool]:
    """Return which roles opened or wrote what about the viewer on which day, newest first, and whether there is more.

    The trail knows ids only, so it is asked for the ids of the viewer's notes and requests. What the viewer
    did is left out. The day is all that is told of the time, and no event has its number (foundation F5).
    """
    ids = {
        "groups.ProgressNote": _ids(
            ProgressNote.objects.filter(as_one("about", [viewer.pk])).values_list("pk", flat=True)
        ),
        "groups.RecordRequest": _ids(
            RecordRequest.objects.filter(as_one("about", [viewer.pk])).values_list("pk", flat=True)
        ),
    }
    found = days_opened(ids, actions=_ACTIONS, without=str(viewer.pk), start=start, most=most + 1)
    roles = _roles_of({row["actor"] for row in found}, viewer)
    rows = [OpenedRow(row["day"], roles.get(row["actor"], _("Staff")), str(_ACTIONS[row["action"]])) for row in found]
    return rows[:most], len(rows) > most


def _ids(found: QuerySet[Any]) -> list[str]:
    return [str(pk) for pk in found]


def _roles_of(actors: set[str], viewer: Person) -> dict[str, str]:
    """Return what each actor is, or was, to the viewer: by role, never by name."""
    groups = Membership.objects.filter(as_one("person", [viewer.pk])).values("group_id")
    rows = Facilitation.objects.filter(group__in=groups, person__in=actors).order_by("valid_from")
    roles = {str(pk): str(_ROLES[role]) for pk, role in rows.values_list("person_id", "role")}
    officers = RoleHolding.objects.filter(person__in=actors - set(roles), role="privacy_officer")
    return roles | {str(pk): str(_ROLES["privacy_officer"]) for pk in officers.values_list("person_id", flat=True)}


#: Kind of a message -> what it was, in plain words. A kind without words here is "A message from us".
_KINDS = {
    "address_confirm": gettext_lazy("A link to confirm an address"),
    "mail_test": gettext_lazy("A test"),
    "plan_changed": gettext_lazy("A change of your plan"),
    "sign_in_change": gettext_lazy("A change of how you sign in"),
    "stand_in_asked": gettext_lazy("A question whether you can step in"),
    "visit_cancelled": gettext_lazy("An appointment was called off"),
    "visit_changed": gettext_lazy("A change of your appointments"),
    "will_changed": gettext_lazy("Something to look at on the same day"),
    "work_waiting": gettext_lazy("Something to look at"),
    "account_changed": gettext_lazy("Something about your account changed"),
    "agreement_due": gettext_lazy("Something to read again"),
    "agreement_waiting": gettext_lazy("Something to read"),
    "answer_ready": gettext_lazy("An answer to a question of yours"),
    "invitation": gettext_lazy("An invitation"),
    "law_changed": gettext_lazy("A rule of your work changed"),
    "list_changed": gettext_lazy("A list of yours changed"),
    "offer_waiting": gettext_lazy("A question for you"),
    "please_call": gettext_lazy("That we would like to speak with you"),
    "time_over": gettext_lazy("A last word at the end"),
    "password_reset": gettext_lazy("A link for a new password"),
    "session_reminder": gettext_lazy("A reminder of an appointment"),
    "sign_in_code": gettext_lazy("A code to sign in"),
    "step_up_code": gettext_lazy("A code to show that it is you"),
}
_STATES = {
    State.QUEUED: gettext_lazy("waits to be sent"),
    State.CLAIMED: gettext_lazy("is being sent"),
    State.SENT: gettext_lazy("sent"),
    State.MAY_HAVE_BEEN_SENT: gettext_lazy("perhaps sent"),
    State.DROPPED: gettext_lazy("not sent: it came too late"),
    State.FAILED: gettext_lazy("did not arrive"),
}


@dataclass(frozen=True)
class Told:
    """One message in plain words."""

    kind: str
    day: Any
    state: str
    failed: bool


def my_messages(viewer: Person) -> QuerySet[Message]:
    """Return what was sent to the viewer, newest first, without the secrets that it carried."""
    return messages_to(ids_of(viewer.pk))


def in_plain_words(message: Message) -> Told:
    """Return a message of ``my_messages`` as it is shown: what it was, the day, and whether it went."""
    state = State(message.state)
    kind = str(_KINDS.get(message.kind, _("A message from us")))
    return Told(kind, message.sent_at or message.due_at, str(_STATES[state]), state == State.FAILED)


def places_with_wish(viewer: Person) -> list[Membership]:
    """Return the viewer's open places, each with ``wish``: what they last said about leaving, or None."""
    found = Membership.objects.filter(person=viewer, ended_at__isnull=True)
    return list(found.annotate(wish=last_wish()).order_by("created_at", "pk"))
