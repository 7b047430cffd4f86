"""Asking people to read and sign: once for each version and date, and never those who chose otherwise.

Nothing is locked while it is found out who has to be asked. Two sweeps beside each other find the same people; the
unique key of a prompt lets one of them write it, and only who wrote it sends the message.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from consent.models import Escalation, PromptTold, ReconsentPrompt, Requirement, Trigger
from consent.permissions import PROMPT
from consent.selectors import (
    STAFF_WHO,
    Ask,
    administrators,
    asked_as_staff,
    asks,
    leaders_of,
    overdue,
    prompt_to_tell,
    reached,
    staff_asks,
    unanswered,
)
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.outbox.ports import Link
from groupcare.outbox.services import Draft, queue_many
from groups.localtime import practice_zone, today_in
from groups.models import Membership

# Rows in one unit of work. Source: foundation F1 (at most 500 a batch).
BATCH = 500
# After so many days without an answer those who lead are told. Our choice, because a week holds one weekly session,
# at which the person could have asked; after that a word from somebody they know helps more than another message.
ESCALATE_AFTER = timedelta(days=7)
# And in any case so many days before the gate closes. Our choice: one weekly session is left to mend it.
BEFORE_CLOSING = timedelta(days=7)


def send_reconsent_prompts() -> int:
    """Ask everybody whose promise is missing, out of date, run out or about to; return how many were asked.

    Members, their guardians, and those who work here, each as what they are. Safe to run twice, late, or beside itself: a prompt is one row, and only who wrote it sends the message.
    """
    return sum(_ask_all(groups) for groups in _batches()) + _ask_staff()


def prompt_group(*, requirement_id: UUID) -> int:
    """Ask those who have to be asked now and were not, for one requirement of a group or of the practice.

    Return how many were asked.
    """
    asked = Requirement.objects.select_related("document").get(pk=requirement_id)
    if asked.who in STAFF_WHO:
        return _ask_staff(requirement_id)
    group_id = asked.document.group_id
    return 0 if group_id is None else _ask_all([group_id], requirement_id)


def escalate() -> int:
    """Tell those who lead, once for each time of asking, who was asked and has not answered; return how many were.

    A week after they were asked, or a week before the gate closes, whichever comes first. What was agreed aloud and is
    not in writing on its day is told as well. Where it is somebody who works here, the administrators are told. Safe to run twice, late, or beside itself.
    """
    total = 0
    while made := _escalate_batch():
        total += made
        if made < BATCH:
            break
    _tell_overdue()
    return total + _escalate_staff()


@unit_of_work()
def mark_told(*, prompt_id: UUID, by: Person) -> PromptTold:
    """Keep that somebody whom no message reaches was told in person; harmless twice.

    Raises:
        Refused: absent, or ``by`` does not work with its group.
    """
    prompt = prompt_to_tell(by, prompt_id)
    told, made = PromptTold.objects.get_or_create(prompt=prompt, defaults={"told_by": by})
    if made:
        record("reconsent_prompt.tell", object_type=PROMPT, object_id=prompt.pk)
    return told


def _batches() -> Iterator[list[UUID]]:
    """Yield the ids of open groups that ask for something, with at most ``BATCH`` places together."""
    asked = Requirement.objects.filter(document__group=OuterRef("group"), document__retired_at__isnull=True)
    places = Membership.objects.filter(Exists(asked), state__in=Membership.COMING, group__closed_at__isnull=True)
    counted = places.order_by("group_id").values_list("group_id").annotate(many=Count("pk"))
    batch: list[UUID] = []
    filled = 0
    for group_id, many in counted:
        if batch and filled + many > BATCH:
            yield batch
            batch, filled = [], 0
        batch, filled = [*batch, group_id], filled + many
    if batch:
        yield batch


def _ask_all(groups: Sequence[UUID], requirement_id: UUID | None = None) -> int:
    """Ask everybody of these groups, at most ``BATCH`` in one unit of work; return how many were asked."""
    wanted = [one for one in asks(groups, timezone.now()) if requirement_id in (None, one.requirement_id)]
    known = _known(groups)
    return _ask_new(wanted, known)


def _ask_staff(requirement_id: UUID | None = None) -> int:
    """Ask everybody who works here and has to be asked, at most ``BATCH`` in one unit of work; return how many were."""
    people, made = asked_as_staff(), 0
    for start in range(0, len(people), BATCH):
        some = people[start : start + BATCH]
        wanted = [one for one in staff_asks(some, timezone.now()) if requirement_id in (None, one.requirement_id)]
        rows = ReconsentPrompt.objects.filter(person__in=some, requirement__who__in=STAFF_WHO)
        made += _ask_new(wanted, _as_known(rows))
    return made


def _ask_new(wanted: Sequence[Ask], known: set[tuple[UUID, UUID, int, date]]) -> int:
    """Ask those of whom it is not known that they were asked; return how many were."""
    fresh = [one for one in wanted if (one.requirement_id, one.person_id, one.number, one.due_on) not in known]
    return sum(_ask(fresh[start : start + BATCH]) for start in range(0, len(fresh), BATCH))


def _known(groups: Sequence[UUID]) -> set[tuple[UUID, UUID, int, date]]:
    """Return who was asked for what in these groups already."""
    return _as_known(ReconsentPrompt.objects.filter(requirement__document__group__in=groups))


def _as_known(rows: QuerySet[ReconsentPrompt]) -> set[tuple[UUID, UUID, int, date]]:
    return set(rows.values_list("requirement_id", "person_id", "number", "due_on"))


@unit_of_work()
def _ask(fresh: Sequence[Ask]) -> int:
    """Write the prompts that nobody wrote meanwhile, queue their messages, and return how many that were."""
    made = [
        ReconsentPrompt(
            requirement_id=one.requirement_id,
            person_id=one.person_id,
            number=one.number,
            due_on=one.due_on,
            trigger=one.trigger,
        )
        for one in fresh
    ]
    ReconsentPrompt.objects.bulk_create(made, ignore_conflicts=True)
    # A conflict keeps the row that was there, whose id is not the one made here.
    mine = set(ReconsentPrompt.objects.filter(pk__in=[one.pk for one in made]).values_list("pk", flat=True))
    here = reached(one.person_id for one in made)
    drafts = [
        _draft(prompt, one.document_id)
        for prompt, one in zip(made, fresh, strict=True)
        if prompt.pk in mine and prompt.person_id in here
    ]
    queue_many(drafts)
    for prompt in made:
        if prompt.pk in mine:
            record("reconsent_prompt.send", object_type=PROMPT, object_id=prompt.pk)
    return len(mine)


def _draft(prompt: ReconsentPrompt, document_id: UUID) -> Draft:
    """Return the message that goes with a prompt."""
    first = prompt.trigger == Trigger.INITIAL
    return Draft(
        recipient_id=prompt.person_id,
        kind="agreement_waiting" if first else "agreement_due",
        key=f"reconsent:{prompt.pk}",
        link=Link("agreement", document_id, prompt.number),
    )


@unit_of_work()
def _escalate_batch() -> int:
    """Write at most one batch of escalations, with one message to each who leads; return how many were written."""
    today = today_in(practice_zone())
    ripe = list(
        _ripe(today)
        .filter(place_id__isnull=False)
        .exclude(requirement__who__in=STAFF_WHO)
        .order_by("pk")
        .values_list("pk", "requirement__document__group")[:BATCH]
    )
    mine = _passed_on([prompt_id for prompt_id, _group in ripe])
    groups = {group_id for prompt_id, group_id in ripe if prompt_id in mine}
    _tell_leaders({group_id: f"unanswered:{group_id}:{today}" for group_id in groups})
    return len(mine)


def _ripe(today: date) -> Any:
    """Return the prompts without an answer that were not passed on and should be now."""
    closing = Q(trigger=Trigger.PERIOD, due_on__lte=today + BEFORE_CLOSING)
    waited = Q(created_at__lte=timezone.now() - ESCALATE_AFTER)
    return unanswered().filter(waited | closing, escalation__isnull=True)


def _passed_on(prompt_ids: Sequence[UUID]) -> set[UUID]:
    """Write the escalations that nobody wrote meanwhile; return the prompts that they are about."""
    made = [Escalation(prompt_id=prompt_id) for prompt_id in prompt_ids]
    Escalation.objects.bulk_create(made, ignore_conflicts=True)
    mine = set(Escalation.objects.filter(pk__in=[one.pk for one in made]).values_list("prompt_id", flat=True))
    for prompt_id in sorted(mine):
        record("reconsent_prompt.escalate", object_type=PROMPT, object_id=prompt_id)
    return mine


def _escalate_staff() -> int:
    """Tell the administrators, once for each time of asking, who works here and has not answered; return how many."""
    rows = _ripe(today_in(practice_zone())).filter(requirement__who__in=STAFF_WHO)
    ripe = list(rows.order_by("pk").values_list("pk", "requirement_id", "person_id", "number"))
    total = 0
    for start in range(0, len(ripe), BATCH):
        some = ripe[start : start + BATCH]
        asked = staff_asks({person_id for _pk, _requirement, person_id, _number in some}, timezone.now())
        # Whose part has ended, or who is asked for a later version, owes nothing under this prompt.
        still = {(one.requirement_id, one.person_id, one.number) for one in asked}
        total += _escalate_staff_batch(
            {pk: person for pk, requirement, person, number in some if (requirement, person, number) in still}
        )
    return total


@unit_of_work()
def _escalate_staff_batch(silent: Mapping[UUID, UUID]) -> int:
    """Write at most one batch of escalations, with one message to each administrator about others than themselves.

    Args:
        silent: prompt -> who was asked.
    """
    mine = _passed_on(sorted(silent))
    people, today = {silent[prompt_id] for prompt_id in mine}, today_in(practice_zone())
    queue_many(
        [
            Draft(recipient_id=one, kind="work_waiting", key=f"unanswered-here:{today}:{one}", link=Link("duties", one))
            for one in administrators()
            if people - {one}
        ]
    )
    return len(mine)


def _tell_overdue() -> None:
    """Tell those who lead that what was agreed aloud is still not in writing; once for each, a batch at a time."""
    late = list(overdue(today_in(practice_zone())).values_list("pk", "act__group"))
    for start in range(0, len(late), BATCH):
        _tell_late(late[start : start + BATCH])


@unit_of_work()
def _tell_late(late: Sequence[tuple[UUID, UUID]]) -> None:
    """Queue one neutral message to each who leads, for each of these agreements and their groups."""
    leaders = leaders_of({group_id for _pk, group_id in late})
    queue_many(
        [
            Draft(recipient_id=one, kind="work_waiting", key=f"in-writing:{pk}:{one}", link=Link("work", group_id))
            for pk, group_id in late
            for one in leaders[group_id]
        ]
    )


def _tell_leaders(keys: dict[UUID, str]) -> None:
    """Queue one neutral message to each who leads one of these groups, under the key of the group."""
    leaders = leaders_of(keys)
    queue_many(
        [
            Draft(recipient_id=one, kind="work_waiting", key=f"{key}:{one}", link=Link("work", group_id))
            for group_id, key in sorted(keys.items())
            for one in leaders[group_id]
        ]
    )
