"""What a ceremony needs to know: the yes to a screen, what was understood and asked, and a device handed over."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import salted_hmac

from consent.kinds import load_kind
from consent.kinds.disclosure import Disclosure, disclosure, versions_in_force
from consent.kinds.wording import Question, questions
from consent.models import (
    PROMISES,
    Act,
    ActKind,
    AgreementQuestion,
    AgreementReply,
    Document,
    DocumentVersion,
    EsignConsent,
    GuardianLink,
    KioskHandover,
    TeachBack,
    Who,
)
from consent.selectors.lines import SigningLine, links_of
from groupcare.access import Right
from groupcare.accounts.merge_models import as_one, as_one_with
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import Refused
from groupcare.practice.selectors import practice
from groupcare.vault import unlock
from groups.models import Membership, TherapyGroup
from groups.permissions import groups_with

QUESTION = "consent.AgreementQuestion"
# Letters and digits that are not taken for one another; five of them. Our choice, because it is typed once by hand.
_SIGNS, _SIGNS_LONG = "ABCDEFHJKMNPRTUVWXY3479", 5


def screen_answer(person: Person) -> EsignConsent | None:
    """Return what the person last said about signing on a screen; None if they were never asked."""
    return EsignConsent.objects.filter(as_one("person", [person.pk])).order_by("-at", "-pk").first()


def screen_consent(person: Person) -> EsignConsent | None:
    """Return the person's yes to signing on a screen, if it is their last word and about the words in force."""
    last = screen_answer(person)
    if last is None or last.answer != EsignConsent.Answer.AGREED:
        return None
    return last if last.sha256 in versions_in_force().values() else None


def was_asked(person: Person) -> bool:
    """Return whether the person answered, yes or no, to the words in force about signing on a screen."""
    last = screen_answer(person)
    return last is not None and last.sha256 in versions_in_force().values()


def screen_disclosure(person: Person, language: str) -> Disclosure:
    """Return what is said before that yes, with the code of the device test for this person and day."""
    found = practice()
    contact = found.contact or found.public_name
    return disclosure(language, practice=found.public_name, contact=contact, code=device_codes(person)[0])


def device_codes(person: Person) -> tuple[str, str]:
    """Return the code of today and that of yesterday, for a page that was opened before midnight (UTC).

    It proves that the line could be read, and nothing else; so it is derived, and reading the page writes nothing.
    """
    today = timezone.now().date()
    first, second = (_code(f"{person.pk}:{today - timedelta(days=back)}") for back in (0, 1))
    return first, second


def _code(value: str) -> str:
    digest = salted_hmac("consent.device_test", value, algorithm="sha256").digest()
    return "".join(_SIGNS[byte % len(_SIGNS)] for byte in digest[:_SIGNS_LONG])


def want_paper(viewer: Person, group: TherapyGroup) -> list[Membership]:
    """Return the open places whose members last said that they would rather have paper, in a group the viewer runs.

    They are still locked: ``opened`` unlocks them with the questions, in the same query.
    """
    mine = groups_with(viewer, Right.SEE_GROUP).filter(pk=group.pk)
    return list(_rather_paper(group.pk).filter(group__in=mine).select_related("person").order_by("pk"))


def _rather_paper(group: Any) -> QuerySet[Membership]:
    said = EsignConsent.objects.filter(as_one_with("person", "person")).order_by("-at", "-pk")
    rather = [EsignConsent.Answer.REFUSED, EsignConsent.Answer.WITHDRAWN]
    places = Membership.objects.filter(group=group, ended_at__isnull=True)
    return places.annotate(said=Subquery(said.values("answer")[:1])).filter(said__in=rather)


def tries(version: DocumentVersion, line: SigningLine) -> dict[str, list[TeachBack]]:
    """Return question key -> the tries in a line at this very text since its last promise, oldest first.

    Whoever signs the same text again after a year is asked again.
    """
    promises = Act.objects.filter(line.condition, document_id=version.document_id, act__in=PROMISES)
    last = promises.order_by("-at").values("at")[:1]
    found = TeachBack.objects.filter(line.condition, version=version).annotate(promised_at=Subquery(last))
    kept: dict[str, list[TeachBack]] = {}
    for one in found.order_by("at", "attempt"):
        if one.promised_at is None or one.at > one.promised_at:
            kept.setdefault(one.question, []).append(one)
    return kept


def asked_back(version: DocumentVersion) -> tuple[Question, ...]:
    """Return the teach-back questions of a version, in its language; none where its kind has none."""
    return questions(version.document.kind, version.language)


def reading(version: DocumentVersion, line: SigningLine) -> Act | None:
    """Return the latest row that says that this very text was read in a line since its last promise to that version.

    What was read for one child is not read for another, and whoever renews after a year reads again.
    """
    same = {"document_id": version.document_id, "version__number": version.number, "act__in": PROMISES}
    last = Act.objects.filter(line.condition, **same).order_by("-at").values("at")[:1]
    found = Act.objects.filter(line.condition, version=version, act=ActKind.PRESENTED)
    since = found.annotate(promised_at=Subquery(last)).filter(Q(promised_at=None) | Q(at__gt=F("promised_at")))
    return since.order_by("-at").first()


def own_questions(viewer: Person, document_id: UUID) -> list[AgreementQuestion]:
    """Return what the viewer asked about a document, oldest first, each with ``reply`` where there is one."""
    found = list(
        AgreementQuestion.objects.filter(as_one("person", [viewer.pk]), version__document=document_id)
        .select_related("reply")
        .order_by("at", "pk")
    )
    _open(found)
    return found


def questions_of_group(viewer: Person, group: TherapyGroup) -> QuerySet[AgreementQuestion]:
    """Return what was asked about the agreements of a group whose notes the viewer writes; open ones first."""
    mine = groups_with(viewer, Right.WRITE_NOTES).filter(pk=group.pk)
    return (
        AgreementQuestion.objects.filter(group__in=mine)
        .select_related("reply", "person", "version__document")
        .defer("version__clauses", "version__summary")
        .annotate(is_answered=Exists(AgreementReply.objects.filter(question=OuterRef("pk"))))
        .order_by("is_answered", F("at").desc(), "pk")
    )


def questions_asked(viewer: Person) -> Coalesce:
    """Return the column of how many questions of a group there are, as ``questions_waiting`` does."""
    asked = AgreementQuestion.objects.filter(group=OuterRef("group_id"))
    return _counted(asked.filter(group__in=groups_with(viewer, Right.WRITE_NOTES)))


def questions_waiting(viewer: Person) -> Coalesce:
    """Return the column of how many questions of a group wait; none where the viewer does not write its notes.

    For a query whose rows have the group at ``group_id``.
    """
    asked = AgreementQuestion.objects.filter(group=OuterRef("group_id"), reply__isnull=True)
    return _counted(asked.filter(group__in=groups_with(viewer, Right.WRITE_NOTES)))


def paper_wanted(viewer: Person) -> Coalesce:
    """Return the column of how many members of a group would rather have paper, as ``questions_waiting`` does."""
    places = _rather_paper(OuterRef("group_id"))
    return _counted(places.filter(group__in=groups_with(viewer, Right.WRITE_NOTES)))


def _counted(rows: QuerySet[Any]) -> Coalesce:
    """Return how many rows there are of each row outside."""
    many = rows.order_by().values("group").annotate(many=Count("pk")).values("many")
    return Coalesce(Subquery(many), 0)


def opened(
    viewer: Person, rows: Iterable[AgreementQuestion], *, also: Iterable[Membership] = ()
) -> list[AgreementQuestion]:
    """Return questions with their words unlocked, and record that the viewer read each of them.

    ``also`` are places of the same page, which are unlocked with their people.

    Each has ``asker``: the person, or of a guardian the link with the name that was written down for them.
    """
    found = list(rows)
    named = _asked_by_guardians(found)
    places = list(also)
    _open(found, [one.person for one in found], named.values(), places, [one.person for one in places])
    for one in found:
        one.asker = named.get((one.group_id, one.person_id), one.person)  # type: ignore[attr-defined]
        record("agreement_question.read", object_type=QUESTION, object_id=one.pk)
    return found


def get_question(
    viewer: Person, group_id: UUID, pk: UUID, action: str = "agreement_question.read"
) -> AgreementQuestion:
    """Return one question of a group whose notes the viewer writes, with its words.

    Raises:
        Refused: absent, of another group, or forbidden.
    """
    mine = groups_with(viewer, Right.WRITE_NOTES).filter(pk=group_id)
    found = (
        AgreementQuestion.objects.filter(pk=pk, group__in=mine)
        .select_related("reply", "person", "group", "version__document")
        .first()
    )
    if found is None:
        raise Refused(action, QUESTION, pk)
    return opened(viewer, [found])[0]


def _asked_by_guardians(found: list[AgreementQuestion]) -> dict[tuple[UUID, UUID], GuardianLink]:
    """Return (group, who asked) -> the link of a guardian of somebody of that group who has no place there themselves.

    Asked only about texts that guardians answer; one query for each group.
    """
    asked: dict[UUID, set[UUID]] = {}
    for one in found:
        if load_kind(one.version.document.kind).signed_by(Who.GUARDIAN) is not None:
            asked.setdefault(one.group_id, set()).add(one.person_id)
    named: dict[tuple[UUID, UUID], GuardianLink] = {}
    for group_id, people in asked.items():
        for link in links_of(people, Membership.objects.filter(group=group_id)):
            if not link.has_place:  # type: ignore[attr-defined]
                named |= {(group_id, known): link for known in (link.guardian_id, link.known)}  # type: ignore[attr-defined]
    return named


def _open(found: list[AgreementQuestion], *also: Iterable[Model]) -> None:
    """Unlock questions with their answers and other rows, with one query."""
    unlock(found, [one.reply for one in found if hasattr(one, "reply")], *also)


def names_of_lines(viewer: Person, lines: Iterable[SigningLine]) -> dict[UUID, str]:
    """Return the used name of each person in the viewer's own lines: themselves, or those whom they answer for."""
    ids = {line.subject_id for line in lines if line.signer_id == viewer.pk}
    found = list(Person.objects.filter(pk__in=ids))
    unlock(found)
    return {one.pk: one.used_name for one in found}


def running_handover(pk: str, named: Mapping[str, Any] | None = None) -> KioskHandover | None:
    """Return the handover with this id while it runs, with the member's person; the session of a kiosk asks it.

    With ``named`` it has ``is_here: bool``: whether what the address of a page names belongs to its group, or to the
    practice as a whole. What is absent belongs nowhere; an address that names nothing is no group's.

    Args:
        pk: the id of the handover.
        named: the arguments of the address.
    """
    now = timezone.now()
    running = KioskHandover.objects.filter(pk=pk, ended_at__isnull=True, expires_at__gt=now, began_at__lte=now)
    if named is not None:
        running = running.annotate(is_here=ExpressionWrapper(_is_here(named), output_field=BooleanField()))
    return running.select_related("person", "staff").first()


def _is_here(named: Mapping[str, Any]) -> Q:
    here = Q(group=OuterRef("group")) | Q(group__isnull=True)
    tables: dict[str, type[Model]] = {"version_id": DocumentVersion, "document_id": Document, "act_id": Act}
    found = Q(pk__isnull=False)
    for name, table in tables.items():
        if name in named:
            found &= Q(Exists(table._default_manager.filter(here, pk=named[name])))
    return found
