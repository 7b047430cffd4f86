"""What is done with concerns: raise, acknowledge, assess, close, step aside."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groupcare.accounts.models import Person
from groupcare.audit import Actor, record, unit_of_work
from groupcare.exceptions import InvalidTransition
from incidents import selectors
from incidents.models import Concern, ConcernConflict, ConcernEntry, ConcernSubject, random_number
from incidents.selectors import OBJECT
from incidents.states import Outcome, State, target

# Our choice, because even with a million concerns three numbers in a row are taken once in thirty tries.
NUMBER_TRIES = 10


def today() -> date:
    """Return the day in UTC, from whose first minute clocks run. Source: foundation F5."""
    return timezone.now().astimezone(UTC).date()


@unit_of_work()
def raise_concern(*, by: Person, what_happened: str, named: Iterable[UUID] = (), named_text: str = "") -> Concern:
    """Keep a new concern and return it; anybody who signs in may raise one.

    Leaves exactly one event in the trail: actor "reporter", no person, no request, day only.

    Args:
        by: The reporter; kept encrypted, opened for nobody in this build.
        what_happened: The story, in the reporter's own words.
        named: Ids of people from ``selectors.naming_choices``; they never see the concern.
        named_text: Other names as text; those of staff are recognised and count as named.

    Raises:
        ValidationError: when the story is empty or too long, or a picked person is not on the list.
    """
    story, names = what_happened.strip(), named_text.strip()
    subjects = _subjects(by=by, picked=set(named), story=story, names=names)
    concern = Concern(
        reporter=str(by.id),
        reporter_index=selectors.reporter_index(by.id),
        what_happened=story,
        named_text=names,
        received_on=today(),
    )
    concern.full_clean(exclude=["number"])
    _save_with_free_number(concern)
    ConcernSubject.objects.bulk_create([ConcernSubject(concern=concern, person_id=person) for person in subjects])
    record("concern.raise", object_type=OBJECT, object_id=concern.id, actor=Actor("reporter"), day_only=True)
    return concern


def _subjects(*, by: Person, picked: set[UUID], story: str, names: str) -> list[UUID]:
    """Return the ids of everyone the reporter named, by choice or in words, in random order of ids."""
    choices = {person.id: person for person in selectors.naming_choices(by)}
    if not picked <= choices.keys():
        raise ValidationError({"named": _("Choose people from the list, or write the name below it.")})
    known = {**choices, **{person.id: person for person in selectors.staff()}}
    known.pop(by.id, None)
    return sorted(picked | {person.id for person in selectors.named_in(known.values(), story=story, names=names)})


def _save_with_free_number(concern: Concern) -> None:
    """Insert ``concern``; a number that is taken already is drawn again."""
    for _try in range(NUMBER_TRIES):
        concern.number = random_number()
        with suppress(IntegrityError), transaction.atomic():
            concern.save(force_insert=True)
            return
    raise RuntimeError("No free concern number was found.")


@unit_of_work()
def acknowledge(*, concern_id: UUID, by: Person) -> Concern:
    """Say that a concern has been read; the reporter sees it in their own view.

    Raises:
        Refused: when the concern is absent, names ``by`` or is not theirs to read.
        InvalidTransition: when it is past that step, or somebody else was first.
    """
    return _take("acknowledge", concern_id=concern_id, by=by)


@unit_of_work()
def assess(*, concern_id: UUID, reasons: str, by: Person) -> Concern:
    """Keep what was found out about a concern, with the reasons.

    Raises:
        Refused, InvalidTransition: as ``acknowledge``.
        ValidationError: when the reasons are empty or too long.
    """
    return _take("assess", concern_id=concern_id, by=by, body=reasons)


@unit_of_work()
def close(*, concern_id: UUID, outcome: str, told_reporter: str, by: Person) -> Concern:
    """Close a concern for good, with an outcome and the words the reporter reads.

    Raises:
        Refused, InvalidTransition: as ``acknowledge``.
        ValidationError: when the outcome is unknown or the words are empty or too long.
    """
    return _take("close", concern_id=concern_id, by=by, outcome=outcome, told_reporter=told_reporter)


def _take(
    step: str, *, concern_id: UUID, by: Person, body: str = "", outcome: str = "", told_reporter: str = ""
) -> Concern:
    """Add the entry of one step and return the concern in its new state.

    No row is locked: the tables take no UPDATE, so the unique keys of the entries decide who was first.
    """
    concern = selectors.get_concern(by, concern_id, action=f"concern.{step}")
    goal = target(State(concern.state), step)
    if goal is None:
        raise InvalidTransition(_too_late())
    entry = ConcernEntry(
        concern=concern,
        from_state=concern.state,
        to_state=goal.value,
        body=body.strip(),
        outcome=outcome,
        told_reporter=told_reporter.strip(),
        taken_on=today(),
        taken_by=by,
    )
    _check_words(entry)
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        raise InvalidTransition(_too_late()) from None
    record(f"concern.{step}", object_type=OBJECT, object_id=concern.id)
    concern.state = goal.value
    return concern


def _too_late() -> str:
    return str(_("This concern is not at that step any more. Open it again to see where it stands."))


def _check_words(entry: ConcernEntry) -> None:
    """Refuse a step whose words are missing or too long, naming the caller's field."""
    if entry.to_state == State.ASSESSED and not entry.body:
        raise ValidationError({"reasons": _("Write what you found out, and why you think so.")})
    if entry.to_state == State.CLOSED and entry.outcome not in Outcome.values:
        raise ValidationError({"outcome": _("Choose what was found.")})
    if entry.to_state == State.CLOSED and not entry.told_reporter:
        raise ValidationError({"told_reporter": _("Write what the reporter should read.")})
    try:
        entry.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        named = {"body": "reasons"}
        raise ValidationError({named.get(key, key): value for key, value in error.error_dict.items()}) from None


@unit_of_work()
def declare_conflict(*, concern_id: UUID, by: Person) -> None:
    """Take ``by`` out of a concern for good; it goes to the other readers, or to the reviewer outside.

    Raises:
        Refused: when the concern is absent, names ``by`` or is not theirs to read.
        ValidationError: when nobody else would be left to read it.
    """
    concern = selectors.get_concern(by, concern_id, action="concern.step_aside")
    conflict = ConcernConflict(concern=concern, person=by, declared_on=today())
    conflict.full_clean(validate_unique=False, validate_constraints=False)
    conflict.save(force_insert=True)
    if not selectors.readers(concern):
        raise ValidationError(
            _("Nobody else could read this concern then. Ask the practice to name a reviewer outside first.")
        )
    record("concern.step_aside", object_type=OBJECT, object_id=concern.id)
