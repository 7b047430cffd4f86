"""Before the decision: say back what was understood, and ask about a part of the text."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consent.models import AgreementQuestion, AgreementReply, TeachBack
from consent.selectors import QUESTION, asked_back, get_question, text_of, tries
from consent.services.answering import answerable
from consent.services.ledger import locked
from consent.services.telling import tell_leaders_of
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition
from groupcare.outbox.services import Link, queue

# Our choice, because a question is a few sentences and an answer a few more.
LONGEST_QUESTION, LONGEST_REPLY = 1000, 2000
# Our choice, because twenty open questions are a talk.
MOST_QUESTIONS = 20


@unit_of_work()
def say_back(
    *, version_id: UUID, chosen: dict[str, str], by: Person, subject_id: UUID | None = None
) -> list[TeachBack]:
    """Keep one try at each question that ``by`` has not answered rightly yet; a wrong answer is kept as it was.

    Args:
        version_id: the text that was read.
        chosen: question key -> key of the chosen answer.
        by: who answers.
        subject_id: for whom they answer, where they answer for somebody else.

    Raises:
        Refused: absent, or ``by`` has no line to answer in.
        InvalidTransition: there is a newer version.
        ValidationError: a question has no answer, by question key.
    """
    version = answerable(version_id, "act.teach_back", by=by, subject_id=subject_id)
    line = version.line  # type: ignore[attr-defined]
    before = tries(version, line)
    waiting = [one for one in asked_back(version) if not any(row.is_right for row in before.get(one.key, []))]
    missing = {
        one.key: _("Choose an answer. A guess is fine.")
        for one in waiting
        if chosen.get(one.key) not in {option.key for option in one.options}
    }
    if missing:
        raise ValidationError(missing)
    rows = [
        TeachBack(
            version=version,
            subject_id=line.subject_id,
            signer=by,
            capacity=line.capacity,
            question=one.key,
            chosen=chosen[one.key],
            is_right=chosen[one.key] == one.right,
            attempt=len(before.get(one.key, [])) + 1,
        )
        for one in waiting
    ]
    for row in rows:
        row.save(force_insert=True)
        record("teach_back.keep", object_type="consent.TeachBack", object_id=row.pk)
    return rows


@unit_of_work()
def ask_about(
    *, version_id: UUID, clause: str, words: str, by: Person, subject_id: UUID | None = None
) -> AgreementQuestion:
    """Keep a question of ``by`` about a text; those who lead the group are told that something waits, and answer.

    Args:
        version_id: the text.
        clause: the key of the part it is about; empty for the whole.
        words: the question.
        by: who asks.
        subject_id: for whom they answer, where they answer for somebody else.

    Raises:
        Refused: absent, or ``by`` has no line to answer in.
        InvalidTransition: there is a newer version, the text is of no group, or too many questions wait.
        ValidationError: no words, or too many; or there is no such part.
    """
    version = answerable(version_id, "agreement.ask", by=by, subject_id=subject_id)
    if version.group_id is None:
        raise InvalidTransition(_("Ask the practice about this text: it belongs to no group."))
    asked = words.strip()
    if not asked or len(asked) > LONGEST_QUESTION:
        raise ValidationError({"words": _("Write your question in at most 1,000 letters.")})
    if clause and text_of(version).clause(clause) is None:
        raise ValidationError({"clause": _("Choose a part of this text.")})
    open_ones = AgreementQuestion.objects.filter(person=by, group_id=version.group_id, reply__isnull=True)
    if open_ones.count() >= MOST_QUESTIONS:
        raise InvalidTransition(_("Many of your questions wait already. Press Talk first, and ask them all at once."))
    row = AgreementQuestion(version=version, group_id=version.group_id, person=by, clause=clause, words=asked)
    row.save(force_insert=True)
    record("agreement.ask", object_type=QUESTION, object_id=row.pk)
    tell_leaders_of(version.group_id, f"asked:{row.pk}", besides=by.pk)
    return row


@unit_of_work()
def reply_to(*, group_id: UUID, question_id: UUID, words: str, by: Person) -> AgreementReply:
    """Keep the answer of ``by``, who leads the group, and tell the one who asked by a neutral message. Once.

    Raises:
        Refused: absent, of another group, or forbidden.
        InvalidTransition: somebody answered it already.
        ValidationError: no words, or too many.
    """
    question = get_question(by, group_id, question_id, "agreement_question.reply")
    locked(question.version.document_id)
    if AgreementReply.objects.filter(question=question).exists():
        raise InvalidTransition(_("This question is answered already. Read the answer below it."))
    said = words.strip()
    if not said or len(said) > LONGEST_REPLY:
        raise ValidationError({"words": _("Write your answer in at most 2,000 letters.")})
    row = AgreementReply(question=question, person_id=question.person_id, words=said, replied_by=by)
    row.save(force_insert=True)
    record("agreement_question.reply", object_type=QUESTION, object_id=question.pk)
    if question.person.login is not None:
        link = Link("agreement", question.version.document_id, question.version.number)
        queue(recipient=question.person, kind="answer_ready", key=f"agreement_reply:{question.pk}", link=link)
    return row
