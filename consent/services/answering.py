"""Answers that need no signature: I read it, talk first, decline, take back."""

from uuid import UUID

from django.utils.translation import gettext as _

from consent.models import Act, ActKind, Capacity, DocumentVersion, Who
from consent.permissions import ACT
from consent.selectors import SigningLine, get_version_to_answer, is_withdrawable, latest_answer
from consent.services.ledger import HELD_BY_THE_DATABASE, Entry, append, lock_document_of, locked
from groupcare.accounts.merge_models import as_one
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groups.services import start_preparing


@unit_of_work()
def present(*, version_id: UUID, by: Person, subject_id: UUID | None = None) -> Act:
    """Keep that ``by`` read this very text and went on.

    Args:
        version_id: the text, in the language in which it was read.
        by: who read it.
        subject_id: for whom they answer, where they answer for somebody else.

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
        evidence={"language": version.language, "text_sha256": version.text_sha256, "signer_zone": by.time_zone},
    )
    act.full_clean(**HELD_BY_THE_DATABASE)
    act.save()
    if version.group_id is not None and line.capacity == Capacity.SELF:
        start_preparing(group_id=version.group_id, by=by)
    record("act.present", object_type=ACT, object_id=act.pk)
    return act


@unit_of_work()
def ask_to_talk(*, version_id: UUID, by: Person, subject_id: UUID | None = None) -> Act:
    """Keep that ``by`` wants to talk before deciding; reminders stop. Asking twice keeps one row.

    Raises:
        Refused: absent, or ``by`` has no line to answer in.
        InvalidTransition: there is a newer version.
    """
    return _choose(version_id, ActKind.TALK_FIRST, "act.talk_first", by=by, subject_id=subject_id)


@unit_of_work()
def decline(*, version_id: UUID, by: Person, subject_id: UUID | None = None) -> Act:
    """Keep that ``by`` says no; reminders stop and the gate stays shut. Saying it twice keeps one row.

    Raises:
        Refused: absent, or ``by`` has no line to answer in.
        InvalidTransition: there is a newer version.
    """
    return _choose(version_id, ActKind.DECLINED, "act.decline", by=by, subject_id=subject_id)


@unit_of_work()
def withdraw(*, act_id: UUID, by: Person) -> Act:
    """Take back ``by``'s own signature, for themselves or for whom they signed; a former member may do it too.

    The gate shuts at once.

    Raises:
        Refused: absent, or about somebody else.
        InvalidTransition: it is not the person's latest answer, is no promise, or cannot be taken back.
    """
    promise = Act.objects.filter(as_one("signer", [by.pk]), pk=act_id).select_related("version", "document").first()
    if promise is None:
        raise Refused("act.withdraw", ACT, act_id)
    document, line = locked(promise.document_id), line_of_act(promise, by)
    last = latest_answer(document.pk, by, line)
    if last is None or last.pk != promise.pk or not promise.is_promise:
        raise InvalidTransition(_("This signature is not in force any more."))
    if not is_withdrawable(document):
        raise InvalidTransition(_("A signature under this document cannot be taken back."))
    return append(promise.version, Entry(ActKind.WITHDRAWN, "act.withdraw"), last, by=by, line=line)


def _choose(version_id: UUID, act: ActKind, name: str, *, by: Person, subject_id: UUID | None) -> Act:
    version = answerable(version_id, name, by=by, subject_id=subject_id)
    line: SigningLine = version.line  # type: ignore[attr-defined]
    last = latest_answer(version.document_id, by, line)
    if last is not None and last.act == act and last.version.number == version.number:
        return last
    return append(version, Entry(act, name), last, by=by, line=line)


def line_of_act(act: Act, signer: Person) -> SigningLine:
    """Return the line in which an act of ``signer`` stands, on the entry under which they are known now."""
    own = act.subject_id == act.signer_id
    subject_id = signer.pk if own else act.subject_id
    return SigningLine(Who.MEMBER, Capacity(act.capacity), subject_id, signer.pk)


def answerable(version_id: UUID, action: str, *, by: Person, subject_id: UUID | None = None) -> DocumentVersion:
    """Return the newest version for ``by`` to answer, with its document locked and ``line: SigningLine``.

    Raises:
        Refused: absent, or ``by`` has no line to answer in.
        InvalidTransition: there is a newer version.
    """
    lock_document_of(version_id)
    # Asked under the lock: neither a newer version nor an answer can come in between.
    version = get_version_to_answer(by, version_id, action, subject_id)
    if version.number != version.newest:  # type: ignore[attr-defined]
        raise InvalidTransition(_("There is a newer version of this text. Open My agreements and read that one."))
    return version
