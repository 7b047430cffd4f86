"""Answers that need no signature: I read it, talk first, decline."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import Act, ActKind, Capacity, DocumentVersion, KioskHandover
from consent.permissions import ACT
from consent.selectors import SigningLine, get_version_to_answer, is_withdrawable, latest_answer, promise_held
from consent.services.kiosk import in_person
from consent.services.ledger import HELD_BY_THE_DATABASE, Entry, append, lock_document_of
from consent.services.telling import tell_those_who_lead
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition
from groups.services import start_preparing

# Our choice, because nobody reads one page for longer than a day.
LONGEST_READING = timedelta(days=1)


@unit_of_work()
def present(
    *,
    version_id: UUID,
    by: Person,
    subject_id: UUID | None = None,
    shown_at: datetime | None = None,
    end_seen: timedelta | None = None,
    handed: KioskHandover | None = None,
) -> Act:
    """Keep that ``by`` read this very text and went on.

    Args:
        version_id: the text, in the language in which it was read.
        by: who read it.
        subject_id: for whom they answer, where they answer for somebody else.
        shown_at: when the page was sent to them; None if that is not known.
        end_seen: how long before now the end of the text came into view; None if nobody saw that.
        handed: the handover of the device on which they read; None on their own.

    Raises:
        Refused: absent, or ``by`` has no line to answer in.
        InvalidTransition: there is a newer version.
    """
    version = answerable(version_id, "act.present", by=by, subject_id=subject_id)
    line: SigningLine = version.line  # type: ignore[attr-defined]
    act = Act(
        act=ActKind.PRESENTED,
        document_id=version.document_id,
        version=version,
        group_id=version.group_id,
        subject_id=line.subject_id,
        signer=by,
        capacity=line.capacity,
        evidence={
            "language": version.language,
            "text_sha256": version.text_sha256,
            "signer_zone": by.time_zone,
            **_seen(shown_at, end_seen),
            **in_person(handed, version, "act.present", by=by),
        },
    )
    act.full_clean(**HELD_BY_THE_DATABASE)
    act.save()
    if version.group_id is not None and line.capacity == Capacity.SELF:
        start_preparing(group_id=version.group_id, by=by)
    record("act.present", object_type=ACT, object_id=act.pk)
    return act


def _seen(shown_at: datetime | None, end_seen: timedelta | None) -> dict[str, str]:
    """Return what was observed of the reading; what was not, or cannot be, is left out and never made up."""
    now, found = timezone.now(), {}
    if shown_at is not None and timedelta(0) <= now - shown_at <= LONGEST_READING:
        found["shown_at"] = shown_at.isoformat()
    if end_seen is not None and timedelta(0) <= end_seen <= LONGEST_READING:
        found["scrolled_to_end_at"] = (now - end_seen).isoformat()
    return found


@unit_of_work()
def ask_to_talk(
    *, version_id: UUID, by: Person, subject_id: UUID | None = None, handed: KioskHandover | None = None
) -> Act:
    """Keep that ``by`` wants to talk before deciding; reminders stop. Asking twice keeps one row.

    It shuts the gate until they decide, so while a promise holds it is refused: whoever has a question asks it about
    the text, and whoever does not want the promise any more takes it back (our choice, because a talk is the answer to
    a question that is open, and nobody should lose their place by asking for one). Once it is due, has run out or is
    to older words the question is open again.
    Those who lead get one neutral message.

    Raises:
        Refused: absent, or ``by`` has no line to answer in.
        InvalidTransition: there is a newer version, or a promise holds.
    """
    return _choose(version_id, ActKind.TALK_FIRST, "act.talk_first", by=by, subject_id=subject_id, handed=handed)


@unit_of_work()
def decline(
    *, version_id: UUID, by: Person, subject_id: UUID | None = None, handed: KioskHandover | None = None
) -> Act:
    """Keep that ``by`` says no; reminders stop and the gate stays shut. Saying it twice keeps one row.

    A promise that holds is not declined but taken back, which first shows what that means.

    Raises:
        Refused: absent, or ``by`` has no line to answer in.
        InvalidTransition: there is a newer version, or a promise holds.
    """
    return _choose(version_id, ActKind.DECLINED, "act.decline", by=by, subject_id=subject_id, handed=handed)


def _choose(
    version_id: UUID, act: ActKind, name: str, *, by: Person, subject_id: UUID | None, handed: KioskHandover | None
) -> Act:
    version = answerable(version_id, name, by=by, subject_id=subject_id)
    line: SigningLine = version.line  # type: ignore[attr-defined]
    evidence = in_person(handed, version, name, by=by)
    last = latest_answer(version.document_id, by, line)
    if last is not None and last.act == act and last.version.number == version.number:
        return last
    if promise_held(version, last) is not None:
        raise InvalidTransition(_holds(version, act))
    kept = append(version, Entry(act, name, evidence), last, by=by, line=line)
    if act == ActKind.TALK_FIRST:
        tell_those_who_lead(kept, f"talk:{kept.pk}", besides=by.pk)
    return kept


def _holds(version: DocumentVersion, act: ActKind) -> str:
    """Return why an answer beside a promise that holds is refused, and what to do instead."""
    if not is_withdrawable(version.document):
        return _("You have answered this, and it counts. It cannot be taken back. Ask the people who lead.")
    if act == ActKind.TALK_FIRST:
        return _("Your promise counts. Ask a question about the text instead, or take your promise back.")
    return _("Your promise counts. To end it, take it back: you read first what that means.")


def answerable(version_id: UUID, action: str, *, by: Person, subject_id: UUID | None = None) -> DocumentVersion:
    """Return the newest version for ``by`` to answer, with its document locked and ``line: SigningLine``.

    Raises:
        Refused: absent, or ``by`` has no line to answer in.
        InvalidTransition: there is a newer version, the day of this one has not come, or it is not said for whom.
    """
    lock_document_of(version_id)
    # Asked under the lock: neither a newer version nor an answer can come in between.
    version = get_version_to_answer(by, version_id, action, subject_id)
    if version.effective_at is not None and version.effective_at > timezone.now():
        raise InvalidTransition(_("These words do not count yet. Answer them when their day has come."))
    if version.number != version.newest:  # type: ignore[attr-defined]
        raise InvalidTransition(_("There is a newer version of this text. Open My agreements and read that one."))
    return version
