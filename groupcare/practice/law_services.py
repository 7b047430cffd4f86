"""Deciding about the law of a place, and telling those whom a change touches."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from groupcare.access import Person
from groupcare.accounts.merge_models import ids_of
from groupcare.accounts.models import Person as PersonRow
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.ports import Link
from groupcare.outbox.selectors import reachable
from groupcare.outbox.services import Draft, queue_many
from groupcare.practice import ports
from groupcare.practice.law.effective import Law, touching
from groupcare.practice.law.pack import Pack, as_text, fingerprint
from groupcare.practice.law.reading import packs
from groupcare.practice.law.topics import ValueKey
from groupcare.practice.law_selectors import OBJECT, One, ids_of_viewer, may_decide, one_of
from groupcare.practice.models import (
    LawDecision,
    LawNotice,
    LawOverride,
    LawReceipt,
    LawTold,
    LawVersion,
    Practice,
)
from groupcare.web.meanwhile import MEANWHILE

Kind = LawDecision.Kind
#: The longest text that a practice may write for a value or a sentence. Our choice, because the longest of ours has 500.
LONGEST = 1500


def _locked(by: Person, code: str, path: str) -> tuple[Law, One]:
    """Return what stands at a path, with the practice's row locked: two decisions come one after the other.

    Raises:
        Refused: ``by`` may not decide, or there is no such path.
    """
    Practice.objects.select_for_update(no_key=True).first()
    if not may_decide(by) or code not in packs():
        raise Refused("law.decide", OBJECT, f"{code}/{path}")
    law = Law([code])
    return law, one_of(law, packs()[code], path)


@unit_of_work()
def override_law(*, code: str, path: str, value: str, reason: str, seen: int, by: PersonRow) -> LawOverride:
    """Set the practice's own value, on its counsel's advice; it holds at once, and those it touches are told.

    Args:
        code: of the pack.
        path: of the value, the fact or the sentence in it.
        value: as typed: a number, "yes" or "no", one line for each part of a list, or words.
        reason: why, and on whose advice; about law, naming nobody.
        seen: the number of the last override that ``by`` saw, 0 for none.
        by: an administrator.

    Raises:
        Refused: ``by`` may not, or there is no such path.
        ValidationError: the value is not one, the reason is empty, or somebody set it meanwhile.
    """
    _law, one = _locked(by, code, path)
    made = _override(one, seen, reason, by)
    made.value = _parsed(one, value)
    return _keep(made, one, as_text(one.text), as_text(made.value))


@unit_of_work()
def end_override(*, code: str, path: str, reason: str, seen: int, by: PersonRow) -> LawOverride:
    """Go back to what the pack says; those it touches are told.

    Raises:
        Refused: ``by`` may not, or there is no such path.
        InvalidTransition: the pack's own value holds already.
        ValidationError: the reason is empty, or somebody set it meanwhile.
    """
    _law, one = _locked(by, code, path)
    if one.own is None:
        raise InvalidTransition(_("The value of the pack holds already."))
    made = _override(one, seen, reason, by)
    made.is_back = True
    return _keep(made, one, as_text(one.text), as_text(one.shipped))


def _override(one: One, seen: int, reason: str, by: PersonRow) -> LawOverride:
    if seen != one.number:
        raise ValidationError(
            _("Somebody changed this meanwhile. Look at what stands there now, and decide again."), code=MEANWHILE
        )
    mark = fingerprint(one.item.leaf) if one.item else ""
    return LawOverride(
        pack=one.pack.id, path=one.path, number=one.number + 1, reason=reason.strip(), said=mark or "-", by=by
    )


def _keep(made: LawOverride, one: One, old: str, new: str) -> LawOverride:
    made.full_clean()
    made.save()
    record("law.override", object_type=OBJECT, object_id=made.pk)
    _notify(f"override:{made.pk}", one.pack.id, [{"path": one.path, "old": old, "new": new}])
    return made


def _parsed(one: One, typed: str) -> Any:
    """Return the typed value in the type of the pack's.

    Raises:
        ValidationError: it cannot be read as one.
    """
    text = typed.strip()
    if not text or len(text) > LONGEST:
        raise ValidationError({"value": _("Write a value of at most %(most)d characters.") % {"most": LONGEST}})
    if one.item is None or one.item.meaning is None:
        _check_blanks(one, text)
        return text
    return _of_type(one.item.meaning, one.shipped, text)


def _of_type(meaning: ValueKey, shipped: Any, text: str) -> Any:
    if isinstance(shipped, bool):
        if text.casefold() not in {"yes", "no", "sí", "si"}:
            raise ValidationError({"value": _("Write yes or no.")})
        return text.casefold() != "no"
    if isinstance(shipped, list):
        return [line.strip() for line in text.splitlines() if line.strip()]
    if meaning.unit or meaning.how in {"fewest", "most"}:
        # At most ten thousand: our choice, because longer than any period and shorter than a slip of the hand.
        if not text.isascii() or not text.isdigit() or int(text) > 10_000:
            raise ValidationError({"value": _("Write a whole number, for example 24.")})
        return int(text)
    return text


def _check_blanks(one: One, text: str) -> None:
    """Refuse a sentence with a blank: what the practice writes is shown as it stands."""
    if one.item is None and ("{" in text or "}" in text):
        raise ValidationError({"value": _("Write the sentence out, without curly brackets.")})


@unit_of_work()
def accept_law(*, code: str, path: str, reason: str, by: PersonRow) -> LawDecision:
    """Take the mark off an unverified value: the practice answers for it (foundation F13).

    It holds for what the value says now; a pack that says something else is unverified again.

    Raises:
        Refused: ``by`` may not, or there is no such value.
        InvalidTransition: it carries no mark.
        ValidationError: the reason is empty.
    """
    law, one = _decidable(by, code, path)
    if not (one.item and one.item.unverified):
        raise InvalidTransition(_("This value carries no mark. There is nothing to accept."))
    return _decide(law, one, Kind.ACCEPTED, reason, by)


@unit_of_work()
def propose_off(*, code: str, path: str, reason: str, by: PersonRow) -> LawDecision:
    """Propose to switch a value off. It goes on running until another person confirms (foundation F13).

    Raises:
        Refused: ``by`` may not, or there is no such value.
        InvalidTransition: it is off, or that was proposed already.
        ValidationError: the reason is empty.
    """
    law, one = _decidable(by, code, path)
    if one.item and (one.item.decided.proposed or not one.item.runs):
        raise InvalidTransition(_("This was proposed or done already. Look at what stands there now."))
    return _decide(law, one, Kind.OFF_PROPOSED, reason, by)


@unit_of_work()
def confirm_off(*, code: str, path: str, reason: str, by: PersonRow) -> LawDecision:
    """Switch a value off as the second person; those it touches are told.

    Raises:
        Refused: ``by`` may not, proposed it themselves, or there is no such value.
        InvalidTransition: nobody proposed it.
        ValidationError: the reason is empty.
    """
    law, one = _decidable(by, code, path)
    proposed = one.item.decided.proposed if one.item else None
    if proposed is None:
        raise InvalidTransition(_("Nobody proposed to switch this off. One person proposes, another confirms."))
    # Two entries of one person are one person.
    if proposed.by_id in ids_of_viewer(by):
        raise Refused("law.confirm_off", OBJECT, f"{code}/{path}")
    return _decide(law, one, Kind.OFF_CONFIRMED, reason, by, answers=proposed)


@unit_of_work()
def switch_on(*, code: str, path: str, reason: str, by: PersonRow) -> LawDecision:
    """Let a value run again, or take back a proposal. One person is enough: it is the safe side.

    Raises:
        Refused: ``by`` may not, or there is no such value.
        InvalidTransition: it runs, and nobody proposed to switch it off.
        ValidationError: the reason is empty.
    """
    law, one = _decidable(by, code, path)
    own = law.decided(code, path)
    if own.off is None and own.proposed is None:
        raise InvalidTransition(_("This value runs. If its fact was switched off, switch on the fact."))
    return _decide(law, one, Kind.ON, reason, by)


def _decidable(by: Person, code: str, path: str) -> tuple[Law, One]:
    """Return a value or fact, locked; a sentence follows from what it rests on, and is not decided about itself."""
    law, one = _locked(by, code, path)
    if one.item is None:
        raise Refused("law.decide", OBJECT, f"{code}/{path}")
    return law, one


def _decide(
    law: Law, one: One, kind: LawDecision.Kind, reason: str, by: PersonRow, answers: LawDecision | None = None
) -> LawDecision:
    assert one.item is not None  # noqa: S101 - asked by _decidable
    was_off = law.decided(one.pack.id, one.path).off is not None
    made = LawDecision(
        pack=one.pack.id,
        path=one.path,
        number=law.decided(one.pack.id, one.path).number + 1,
        kind=kind,
        reason=reason.strip(),
        said=fingerprint(one.item.leaf),
        by=by,
        answers=answers,
        proposed_by=answers.by if answers else None,
    )
    made.full_clean()
    made.save()
    record(f"law.{kind}", object_type=OBJECT, object_id=made.pk)
    said = as_text(one.text)
    if kind == Kind.OFF_CONFIRMED:
        _notify(f"decision:{made.pk}", one.pack.id, [{"path": one.path, "old": said, "new": ""}])
    elif kind == Kind.ON and was_off:
        _notify(f"decision:{made.pk}", one.pack.id, [{"path": one.path, "old": "", "new": said}])
    return made


@unit_of_work()
def note_changed_packs() -> int:
    """Notice packs whose file changed since the last run, and tell those whom they touch, once.

    Safe to run twice, late, or beside itself: the practice's row is locked, and what a pack says is remembered with
    the row that it follows. The first time that a pack is seen, nobody is told.

    Returns:
        How many packs had changed.
    """
    if Practice.objects.select_for_update(no_key=True).first() is None:
        return 0
    latest = {one.pack: one for one in LawVersion.objects.filter(followed_by__isnull=True)}
    changed = 0
    for code, pack in packs().items():
        before = latest.get(code)
        if before is not None and before.digest == pack.digest:
            continue
        now = LawVersion(pack=code, digest=pack.digest, contents=pack.contents(), follows=before)
        now.full_clean()
        now.save()
        if before is not None:
            changed += 1
            record("law.pack_changed", object_type=OBJECT, object_id=now.pk)
            _notify(f"version:{now.pk}", code, _differences(before.contents, pack))
    return changed


def _differences(before: dict[str, str], pack: Pack) -> list[dict[str, str]]:
    """Return what a pack says otherwise than before, by path; an empty text where there was or is nothing."""
    now = pack.contents()
    return [
        {"path": path, "old": before.get(path, ""), "new": now.get(path, "")}
        for path in [*now, *(path for path in before if path not in now)]
        if before.get(path, "") != now.get(path, "")
    ]


def _notify(cause: str, pack: str, changes: list[dict[str, str]]) -> None:
    """Keep what changed, and queue one neutral message for each person who works where the pack holds."""
    notice = LawNotice(pack=pack, cause=cause, changes=changes)
    notice.full_clean()
    notice.save()
    people = ports.working_places().people_at(touching(pack))
    for person_id in sorted(people):
        LawTold(notice=notice, person_id=person_id).save()
    queue_many(
        [
            Draft(recipient_id=person_id, kind="law_changed", key=f"law:{notice.pk}:{person_id}", link=_link(notice))
            for person_id in sorted(reachable(people))
        ]
    )


def _link(notice: LawNotice) -> Link:
    return Link("law", notice.pk, 0)


@unit_of_work()
def read_notice(*, notice_id: UUID, by: PersonRow) -> None:
    """Keep that ``by`` says to have read a change; saying it twice keeps the first.

    Raises:
        Refused: they were not told of it, or it does not exist.
    """
    told = LawTold.objects.filter(notice=notice_id, person__in=ids_of(by.pk)).select_related("receipt")
    found = list(told.order_by("at", "pk"))
    if not found:
        raise Refused("law.read_notice", "practice.LawNotice", notice_id)
    for one in found:
        if not hasattr(one, "receipt"):
            LawReceipt(told=one).save()
            record("law.read_notice", object_type="practice.LawNotice", object_id=notice_id)
