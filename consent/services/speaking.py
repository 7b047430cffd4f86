"""Agreements made aloud: heard by two, signed for by the one who read it out, and followed up in writing."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.kinds import load_kind
from consent.models import Act, ActKind, DocumentVersion, FollowUp, Modality, Route, SpokenAgreement
from consent.permissions import SPOKEN
from consent.selectors import Answerer, follow_up_to_close, latest_answer, number_in_force, text_of
from consent.services.attesting import again, check_is_later, day_problem, found
from consent.services.ledger import Entry, Told, append, locked
from consent.services.signing import LONGEST_NAME, STEP_UP_HOLDS, StepUpEvidence
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, StepUpNeeded

# Days until the follow-up in writing, at most. Our choice, because a month is the notice of a yearly promise: what is
# spoken never stays without paper for longer than what is written may run without a new signature.
MOST_FOLLOW_UP_DAYS = 30
# Our choice, because a week holds one weekly session at which a paper can be handed over.
FOLLOW_UP_DAYS = 7
#: What the facilitator signs. Source: consent reference, b.6 ("facilitator signs").
ATTESTATION = gettext_lazy(
    "I read every part of this text aloud. The person could ask, and agreed of their own free will. I attest it with my"
    " name."
)


class TeachBack(models.TextChoices):
    """How it went when the person said it back. Source: consent reference, b.6 (teach-back result)."""

    AT_ONCE = "at_once", gettext_lazy("Right at once")
    AFTER = "after", gettext_lazy("Right after I explained it once more")


class TextChanged(InvalidTransition):
    """What was read aloud is not the text in force any more."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """An agreement made aloud: when and where, what was read and said back, who heard it, and what follows."""

    said_on: date
    witness: str
    why: str
    read_aloud: bool
    own_words: str
    typed_name: str
    attested: bool
    follow_up_on: date
    modality: str = Modality.ROOM
    teach_back: str = TeachBack.AT_ONCE
    interpreter: str = ""
    asked_for_it: bool = False


@unit_of_work()
def record_aloud(  # noqa: PLR0913 - what was read, said and proved is this much; who agreed has a default
    *,
    group_id: UUID,
    membership_id: UUID,
    version_id: UUID,
    text_sha256: str,
    spoken: Spoken,
    step_up: StepUpEvidence,
    by: Person,
    signer_id: UUID | None = None,
) -> Act:
    """Keep that somebody heard this version read and agreed aloud, as ``by`` attests with their own signature.

    Harmless twice a day. It is never shown as a signature of the person.

    Args:
        group_id: the group.
        membership_id: the member's place.
        version_id: what was read out.
        text_sha256: the check sum of the very text that was on the page.
        spoken: what was said.
        step_up: the fresh proof that it is ``by`` who attests.
        by: who read it out.
        signer_id: the guardian who agreed, where it was one.

    Raises:
        Refused: no such place, version or signer, or ``by`` does not work with the group.
        StepUpNeeded: the proof is older than ``STEP_UP_HOLDS``.
        ValidationError: the kind needs a signature, a day does not do, or something was not said.
        InvalidTransition: another text is in force by now, or the person has answered after that day or said no on it.
    """
    who, version = found(group_id, membership_id, version_id, "act.record_aloud", by=by, signer_id=signer_id)
    if not timedelta(0) <= timezone.now() - step_up.at <= STEP_UP_HOLDS:
        raise StepUpNeeded(_("Please show once more that it is you."))
    before = latest_answer(version.document_id, who.person, who.line)
    if not constant_time_compare(version.text_sha256, text_sha256) or version.number != number_in_force(version):
        raise TextChanged(_("Another text is in force by now. It stands above. Read that one aloud, then keep this."))
    if wrong := _problems(version, who, spoken, by):
        raise ValidationError(wrong)
    kept = again(before, ActKind.AGREED_ALOUD, version, spoken.said_on)
    if kept is not None:
        return kept
    check_is_later(version, who, spoken.said_on)
    kind = load_kind(version.document.kind)
    entry = Entry(
        ActKind.AGREED_ALOUD,
        "act.record_aloud",
        _evidence(version, spoken, by),
        meaning=kind.meaning,
        valid_days=version.valid_days,
    )
    act = append(version, entry, before, by=who.person, told=Told(Route.VOICE, spoken.said_on, by), line=who.line)
    _keep(act, version, who, spoken, step_up, by=by)
    return act


@unit_of_work()
def follow_up(*, spoken_id: UUID, how: str, by: Person) -> FollowUp:
    """Keep that an agreement made aloud was followed up in another way than by a signature; once.

    Raises:
        Refused: absent, or ``by`` does not work with its group.
        ValidationError: ``how`` is none of the ways.
        InvalidTransition: a later answer stands in its place, or it was followed up already.
    """
    locked(follow_up_to_close(by, spoken_id).act.document_id)
    # Asked again under the lock: whoever signs, declines or follows up meanwhile, waits for it too.
    spoken = follow_up_to_close(by, spoken_id)
    if how not in FollowUp.How:
        raise ValidationError({"how": _("Choose one.")})
    if FollowUp.objects.filter(spoken=spoken).exists() or Act.objects.filter(supersedes=spoken.act_id).exists():
        raise InvalidTransition(_("This has been followed up already."))
    done = FollowUp(spoken=spoken, how=how, done_by=by)
    done.full_clean(exclude=["spoken", "done_by"])
    done.save(force_insert=True)
    record("spoken_agreement.follow_up", object_type=SPOKEN, object_id=spoken.pk)
    return done


def _problems(version: DocumentVersion, who: Answerer, spoken: Spoken, by: Person) -> dict[str, str]:
    """Return everything that does not do, by field."""
    wrong = {**day_problem(version, spoken.said_on, "said_on"), **_of_the_hearing(who, spoken, by)}
    if not load_kind(version.document.kind).spoken_allowed:
        wrong["__all__"] = _("This document needs a signature. Use paper.")
    if who.person.login is not None and not spoken.asked_for_it:
        wrong["asked_for_it"] = _("This person signs in and can sign for themselves, unless they asked to say it.")
    first, last = spoken.said_on, spoken.said_on + timedelta(days=MOST_FOLLOW_UP_DAYS)
    if not first <= spoken.follow_up_on <= last:
        wrong["follow_up_on"] = _("Choose a day at most %(days)s days after it was said.") % {
            "days": MOST_FOLLOW_UP_DAYS
        }
    return wrong


def _of_the_hearing(who: Answerer, spoken: Spoken, by: Person) -> dict[str, str]:
    """Return what is missing of what was said and heard, and of the attestation."""
    witness, sure = spoken.witness.strip(), 0 < len(spoken.typed_name.strip()) <= LONGEST_NAME
    is_second = _plain(witness) not in {_plain(by.used_name), _plain(who.name)}
    checks: tuple[tuple[str, bool, str], ...] = (
        ("witness", is_second, _("The witness must be a second person.")),
        ("witness", bool(witness), _("Write who stood by and heard it.")),
        ("own_words", bool(spoken.own_words.strip()), _("Write what they said it means, in their own words.")),
        ("modality", spoken.modality in Modality, _("Choose one.")),
        ("teach_back", spoken.teach_back in TeachBack, _("Choose one. If they could not say it back, talk first.")),
        ("read_aloud", spoken.read_aloud, _("Tick this only if every part was read aloud.")),
        ("attested", spoken.attested, _("Tick this if you attest it. Without it nothing is kept.")),
        ("typed_name", sure, _("Type your name. It is your signature.")),
    )
    return {field: words for field, holds, words in checks if not holds}


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _evidence(version: DocumentVersion, spoken: Spoken, by: Person) -> dict[str, Any]:
    """Return what is kept with the act; the rest is in the record of its own."""
    return {
        "signature_form": "verbal",
        "meaning_sentence": text_of(version).meaning,
        "attested_by": str(by.pk),
        "attested_name": by.used_name,
        "witness": spoken.witness.strip(),
        "why_not_in_writing": spoken.why.strip(),
    }


def _keep(
    act: Act, version: DocumentVersion, who: Answerer, spoken: Spoken, step_up: StepUpEvidence, *, by: Person
) -> SpokenAgreement:
    """Keep the record of its own, with the attestation that ``by`` signed."""
    kept = SpokenAgreement(
        act=act,
        person_id=act.subject_id,
        modality=spoken.modality,
        script_sha256=version.text_sha256,
        follow_up_on=spoken.follow_up_on,
        attested_by=by,
        said={
            "own_words": spoken.own_words.strip(),
            "teach_back": str(spoken.teach_back),
            "interpreter": spoken.interpreter.strip(),
            "asked_for_it": spoken.asked_for_it,
            "guardian_name": who.name if who.relationship else "",
            "guardian_relationship": who.relationship,
            "attestation": {
                "typed_name": spoken.typed_name.strip(),
                "meaning_sentence": str(ATTESTATION),
                "step_up": {"method": step_up.method, "at": step_up.at.isoformat(), "event": step_up.event},
            },
        },
    )
    kept.full_clean(exclude=["act", "person", "attested_by"])
    kept.save(force_insert=True)
    record("spoken_agreement.attest", object_type=SPOKEN, object_id=kept.pk)
    return kept
