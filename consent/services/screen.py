"""The yes to reading and signing on a screen, once for each version of what is said before it (15 USC 7001(c))."""

from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from consent.models import EsignConsent
from consent.selectors import device_codes, screen_answer, screen_consent, screen_disclosure
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work

_ROW = "consent.EsignConsent"


@unit_of_work()
def agree_to_screen(*, code: str, language: str, by: Person) -> EsignConsent:
    """Keep that ``by`` read what is said before, typed the code that stood there, and agrees; once for each version.

    Args:
        code: what was typed; case and blanks do not count.
        language: in which it was read.
        by: who agrees.

    Raises:
        ValidationError: the code is not the one in the line.
    """
    _locked(by)
    before = screen_consent(by)
    if before is not None:
        return before
    typed = "".join(code.split()).upper()
    if not any(constant_time_compare(typed, one) for one in device_codes(by)):
        raise ValidationError({"code": _("This is not the code in the line. Look at it again, or choose paper.")})
    return _kept(by, language, EsignConsent.Answer.AGREED, EsignConsent.DeviceTest.PASSED)


@unit_of_work()
def prefer_paper(*, language: str, by: Person) -> EsignConsent:
    """Keep that ``by`` would rather have paper; those who lead see it. Whoever agreed before takes that back by it.

    What was signed on a screen before still counts. Saying it twice keeps one row.
    """
    _locked(by)
    last = screen_answer(by)
    if last is not None and last.answer != EsignConsent.Answer.AGREED:
        return last
    answer = EsignConsent.Answer.WITHDRAWN if last is not None else EsignConsent.Answer.REFUSED
    return _kept(by, language, answer, EsignConsent.DeviceTest.NOT_DONE)


def _locked(by: Person) -> None:
    """Lock the person, so that two tabs answer one after the other."""
    Person.objects.select_for_update(no_key=True).filter(pk=by.pk).first()


def _kept(by: Person, language: str, answer: EsignConsent.Answer, test: EsignConsent.DeviceTest) -> EsignConsent:
    said = screen_disclosure(by, language)
    row = EsignConsent(
        person=by,
        answer=answer,
        sha256=said.sha256,
        shown_sha256=said.shown_sha256,
        language=said.language,
        device_test=test,
    )
    row.full_clean(exclude=["person"])
    row.save(force_insert=True)
    record(f"esign.{answer}", object_type=_ROW, object_id=row.pk)
    return row
