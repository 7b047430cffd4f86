"""Asking people to read and sign: once for each version and date, and never those who chose otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from consent.models import ReconsentPrompt, Requirement, Trigger
from consent.selectors import Answer, standings
from consent.standing import ASKS, State
from groupcare.audit import record, unit_of_work
from groupcare.outbox.ports import Link
from groupcare.outbox.services import Draft, queue_many
from groups.models import Membership

# Somebody new has the invitation before them. Our choice: a first reminder two days later, if nothing happened.
GRACE = timedelta(days=2)
# Rows in one unit of work. Source: foundation F1 (at most 500 a batch).
BATCH = 500
_TRIGGERS = {
    State.MISSING: Trigger.INITIAL,
    State.SUPERSEDED: Trigger.NEW_VERSION,
    State.EXPIRED: Trigger.PERIOD,
    State.DUE: Trigger.PERIOD,
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One person to ask, for what, by which date, and why."""

    requirement_id: UUID
    number: int
    person_id: UUID
    due_on: date
    trigger: Trigger


def send_reconsent_prompts() -> int:
    """Ask everybody whose promise is missing, out of date, run out or about to; return how many were asked.

    Safe to run twice, late, or beside itself: a prompt is one row, made under a lock of its requirement.
    """
    open_groups = Requirement.objects.filter(document__group__isnull=False, document__group__closed_at__isnull=True)
    return sum(
        prompt_group(requirement_id=requirement_id)
        for requirement_id in open_groups.order_by("created_at", "pk").values_list("pk", flat=True)
    )


@unit_of_work()
def prompt_group(*, requirement_id: UUID) -> int:
    """Ask those of one group who have to be asked now and were not; return how many. Shows nothing to anyone."""
    requirement = Requirement.objects.select_for_update().select_related("document").get(pk=requirement_id)
    if requirement.document.group_id is None:
        return 0
    places = list(
        Membership.objects.filter(
            group_id=requirement.document.group_id, state__in=Membership.COMING, person__user__isnull=False
        )
    )
    wanted = list(_asks(requirement, requirement.document.group_id, places, timezone.now()))
    known = set(ReconsentPrompt.objects.filter(requirement=requirement).values_list("person_id", "number", "due_on"))
    fresh = [ask for ask in wanted if (ask.person_id, ask.number, ask.due_on) not in known][:BATCH]
    prompts = [
        ReconsentPrompt(
            requirement=requirement,
            person_id=ask.person_id,
            number=ask.number,
            due_on=ask.due_on,
            trigger=ask.trigger,
        )
        for ask in fresh
    ]
    ReconsentPrompt.objects.bulk_create(prompts)
    queue_many([_draft(prompt, requirement) for prompt in prompts])
    for prompt in prompts:
        record("reconsent_prompt.send", object_type="consent.ReconsentPrompt", object_id=prompt.pk)
    return len(fresh)


def _draft(prompt: ReconsentPrompt, requirement: Requirement) -> Draft:
    """Return the message that goes with a prompt."""
    first = prompt.trigger == Trigger.INITIAL
    return Draft(
        recipient_id=prompt.person_id,
        kind="agreement_waiting" if first else "agreement_due",
        key=f"reconsent:{prompt.pk}",
        link=Link("agreement", requirement.document_id, prompt.number),
    )


def _asks(requirement: Requirement, group_id: UUID, places: Iterable[Membership], now: datetime) -> Iterable[Ask]:
    places = list(places)
    found = standings(None, [group_id], [place.person_id for place in places], now)
    for place in places:
        for answer in found[group_id, place.person_id].answers:
            if answer.rule.requirement_id != requirement.pk or answer.standing.state not in ASKS:
                continue
            due_on = _due_on(answer, place)
            if answer.standing.state == State.MISSING and now < _wait_until(answer, place):
                continue
            yield Ask(
                requirement_id=requirement.pk,
                number=answer.rule.number,
                person_id=place.person_id,
                due_on=due_on,
                trigger=_TRIGGERS[answer.standing.state],
            )


def _wait_until(answer: Answer, place: Membership) -> datetime:
    """Return from when a missing answer is asked for: at publication, or a little after a later invitation."""
    if place.created_at <= answer.rule.published_at:
        return answer.rule.published_at
    return place.created_at + GRACE


def _due_on(answer: Answer, place: Membership) -> date:
    """Return the date that names the occasion: it stays the same however often the sweep runs."""
    if answer.standing.state in {State.DUE, State.EXPIRED}:
        act = answer.standing.act
        if act is not None and act.valid_until is not None:
            return act.valid_until.astimezone(UTC).date()
    if answer.standing.state == State.MISSING:
        return _wait_until(answer, place).astimezone(UTC).date()
    return answer.rule.published_at.astimezone(UTC).date()
