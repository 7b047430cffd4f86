"""Signing off a translation: a native clinician read exactly these shipped words."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consent.kinds import kind_keys
from consent.kinds.wording import languages, shipped, shipped_sha256
from consent.models import TextReview
from groupcare.access import roles_by_person
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import Refused
from groupcare.practice.selectors import check_can_administer

TEXT = "consent.TextReview"


@unit_of_work()
def review_text(*, kind_key: str, language: str, reviewer_id: UUID, qualification: str, by: Person) -> TextReview:
    """Keep that somebody read a shipped text and signed it off: its mark disappears until we ship other words.

    Args:
        kind_key: the kind of document.
        language: the language of the text.
        reviewer_id: who read it; somebody who works here.
        qualification: why they can judge it, in a sentence.
        by: the administrator who writes it down.

    Raises:
        Refused: ``by`` does not administer, or there is no such text that waits for a reader.
        ValidationError: nobody of this name works here, or the sentence is empty or too long.
    """
    check_can_administer(by, "text_review.record")
    known = kind_key in kind_keys() and language in languages(kind_key)
    if not known or shipped(kind_key, language).reviewed:
        raise Refused("text_review.record", TEXT, kind_key[:64])
    if reviewer_id not in roles_by_person([reviewer_id]):
        raise ValidationError({"reviewer_id": _("Choose somebody who works here.")})
    review = TextReview(
        kind=kind_key,
        language=language,
        text_sha256=shipped_sha256(kind_key, language),
        reviewer_id=reviewer_id,
        qualification=qualification.strip(),
        recorded_by=by,
    )
    review.full_clean()
    review.save()
    record("text_review.record", object_type=TEXT, object_id=review.pk)
    return review
