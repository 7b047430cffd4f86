"""Who is asked for what, and what is still open of it: for the sweeps, and for those who work with the groups."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from consent.models import Act, ActKind, AgreementQuestion, GuardianLink, ReconsentPrompt, SpokenAgreement, Trigger
from consent.permissions import PROMPT
from consent.selectors.lines import links_of, running
from consent.selectors.spoken import open_follow_ups
from consent.selectors.staff import STAFF_WHO, staff_standings
from consent.selectors.standings import Answer, standings
from consent.standing import ASKS, State
from groupcare.access import Right, Role, RoleHolding
from groupcare.accounts.models import Person
from groupcare.exceptions import Refused
from groupcare.outbox.models import Address
from groupcare.vault import unlock
from groups.models import Membership, TherapyGroup
from groups.permissions import groups_with

# Somebody new has the invitation before them. Our choice: a first reminder two days later, if nothing happened.
GRACE = timedelta(days=2)
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
    document_id: UUID
    number: int
    person_id: UUID
    due_on: date
    trigger: Trigger


def asks(group_ids: Iterable[UUID], now: datetime) -> list[Ask]:
    """Return everybody who has to be asked in these groups at ``now``, each once, in a steady order; two queries.

    Exactly those whose own signature is owed: where a guardian's is missing it is the guardian. A version that is not
    material, and one whose day has not come, asks nobody. Whoever chose otherwise is left in peace.
    """
    groups = list(group_ids)
    places = list(Membership.objects.filter(group__in=groups, state__in=Membership.COMING).defer("alias"))
    found = standings(None, groups, {place.person_id for place in places}, now)
    wanted = {
        (ask.requirement_id, ask.person_id, ask.number, ask.due_on): ask
        for place in places
        for answer in found[place.group_id, place.person_id].answers
        for ask in _of_answer(answer, place, now)
    }
    return [wanted[key] for key in sorted(wanted, key=str)]


def _of_answer(answer: Answer, place: Membership, now: datetime) -> list[Ask]:
    """Return whom to ask for one answer about the member of a place."""
    state = answer.standing.state
    if state not in ASKS or (state == State.MISSING and now < _wait_until(answer, place)):
        return []
    return [
        Ask(
            requirement_id=answer.rule.requirement_id,
            document_id=answer.rule.document_id,
            number=answer.rule.number,
            person_id=signer_id,
            due_on=_due_on(answer, place),
            trigger=_TRIGGERS[state],
        )
        for signer_id in sorted({slot.signer_id for slot in answer.owed})
    ]


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


def asked_as_staff() -> list[UUID]:
    """Return the ids of everybody of whom something may be asked because they work here, in a steady order.

    Who holds a role, and who has a part in running a group; for sweeps, which show nothing.
    """
    roles = RoleHolding.objects.current().filter(person=OuterRef("pk"))
    parts = running(timezone.now()).filter(person=OuterRef("pk"))
    found = Person.objects.filter(Exists(roles) | Exists(parts)).order_by("pk")
    return list(found.values_list("pk", flat=True))


def administrators() -> list[UUID]:
    """Return the ids of those who administer now and sign in, in a steady order; for sweeps, which write to them."""
    held = RoleHolding.objects.current().filter(role=Role.ADMINISTRATOR, person__user__is_active=True)
    return list(held.order_by("person_id").values_list("person_id", flat=True).distinct())


def staff_asks(person_ids: Iterable[UUID], now: datetime) -> list[Ask]:
    """Return what each of these people has to be asked for because they work here, each once, in a steady order.

    By the same rules as ``asks``: a version that is not material, and one whose day has not come, asks nobody, whoever
    chose otherwise is left in peace, and somebody new has ``GRACE``. A group that is closed asks nobody. Five queries.
    """
    people = list(person_ids)
    found = staff_standings(None, people, now=now)
    answers = [(one.person_id, answer) for one in found.values() for answer in one.answers]
    owed = [(person_id, answer) for person_id, answer in answers if answer.standing.state in ASKS]
    groups = {answer.rule.group_id for _person, answer in owed} - {None}
    closed = set(TherapyGroup.objects.filter(pk__in=groups, closed_at__isnull=False).values_list("pk", flat=True))
    begun = _begun(people, now)
    wanted = {
        Ask(
            requirement_id=answer.rule.requirement_id,
            document_id=answer.rule.document_id,
            number=answer.rule.number,
            person_id=person_id,
            due_on=_staff_due_on(answer),
            trigger=_TRIGGERS[answer.standing.state],
        )
        for person_id, answer in owed
        if answer.rule.group_id not in closed
        and now >= _staff_wait_until(answer, begun.get((person_id, answer.rule.group_id)))
    }
    return sorted(wanted, key=str)


def _begun(people: list[UUID], now: datetime) -> dict[tuple[UUID, UUID | None], datetime]:
    """Return since when each person works here (None), and has a part in each group: (person, group) -> moment."""
    roles = RoleHolding.objects.current().filter(person__in=people).values_list("person_id", "valid_from")
    parts = running(now).filter(person__in=people).values_list("person_id", "group_id", "valid_from")
    found: dict[tuple[UUID, UUID | None], datetime] = {}
    for person_id, group_id, since in [*((one, None, since) for one, since in roles), *parts]:
        found[person_id, group_id] = min(since, found.get((person_id, group_id), since))
    return found


def _staff_wait_until(answer: Answer, begun: datetime | None) -> datetime:
    """Return from when an answer is asked for: a missing one of somebody who came later, only after some days."""
    published = answer.rule.published_at
    if answer.standing.state != State.MISSING or begun is None or begun <= published:
        return published
    return begun + GRACE


def _staff_due_on(answer: Answer) -> date:
    """Return the date that names the occasion: when it ends or ended, or when the version was published."""
    act = answer.standing.act
    if answer.standing.state in {State.DUE, State.EXPIRED} and act is not None and act.valid_until is not None:
        return act.valid_until.astimezone(UTC).date()
    return answer.rule.published_at.astimezone(UTC).date()


def reached(person_ids: Iterable[UUID]) -> set[UUID]:
    """Return who of these people gets messages: who signs in, or has an address; for sweeps, which show nothing."""
    return set(Person.objects.filter(_reachable("pk"), pk__in=list(person_ids)).values_list("pk", flat=True))


def _reachable(person: str) -> Q:
    by_login = "user" if person == "pk" else f"{person}__user"
    return Q(**{f"{by_login}__isnull": False}) | Q(
        **{f"{person}__in": Address.objects.current().values("person_id")},
    )


def unanswered() -> Any:
    """Return a query set of the latest prompt to each person for each thing, if nothing came after it.

    Each has ``place_id``, the open place that it is about; without one it is about nobody here any more.

    Whoever answered in any way, also with a no, is not among them, nor who has left. For sweeps, and for selectors
    that take a viewer.
    """
    came = Act.objects.filter(
        document=OuterRef("requirement__document"), signer=OuterRef("person"), at__gte=OuterRef("created_at")
    )
    later = ReconsentPrompt.objects.filter(
        requirement=OuterRef("requirement"), person=OuterRef("person"), created_at__gt=OuterRef("created_at")
    )
    wards = GuardianLink.objects.filter(guardian=OuterRef(OuterRef("person")), ended_at__isnull=True)
    places = Membership.objects.filter(group=OuterRef("requirement__document__group"), ended_at__isnull=True)
    own, of_ward = places.filter(person=OuterRef("person")), places.filter(person__in=wards.values("person"))
    return ReconsentPrompt.objects.filter(
        ~Exists(came.exclude(act=ActKind.PRESENTED)),
        ~Exists(later),
        requirement__document__retired_at__isnull=True,
        requirement__document__group__closed_at__isnull=True,
    ).annotate(place_id=Coalesce(Subquery(own.values("pk")[:1]), Subquery(of_ward.values("pk")[:1])))


def prompt_to_tell(viewer: Person, pk: UUID) -> ReconsentPrompt:
    """Return one prompt in a group that the viewer works with.

    Raises:
        Refused: absent, or in a group that the viewer does not work with.
    """
    mine = groups_with(viewer, Right.WRITE_NOTES).values("pk")
    found = ReconsentPrompt.objects.filter(pk=pk, requirement__document__group__in=mine).first()
    if found is None:
        raise Refused("reconsent_prompt.tell", PROMPT, pk)
    return found


@dataclass(frozen=True, slots=True)
class Debt:
    """One thing that those who work with a group still have to do about somebody's promise."""

    # "tell": told in person that something waits; "silent": asked, and nothing came; "writing": said, not yet in writing.
    what: str
    place: Membership
    person: Person
    # What those who run the group call them: the place, or a guardian by the name that was written down.
    who: Membership | GuardianLink | Person
    kind: str
    due_on: date
    object_id: UUID


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in one group: how many questions, and whether ``debts`` holds anything of it."""

    group_id: UUID
    questions: int
    owes: bool


def waiting_in_groups(viewer: Person) -> list[Waiting]:
    """Return the groups that the viewer works with in which a question or a promise waits for them; one query."""
    asked = AgreementQuestion.objects.filter(group=OuterRef("pk"), reply__isnull=True)
    many = asked.order_by().values("group").annotate(many=Count("pk")).values("many")
    prompts = _prompts_owed(viewer).filter(requirement__document__group=OuterRef("pk"))
    said = open_follow_ups(viewer).order_by().filter(act__group=OuterRef("pk"))
    found = groups_with(viewer, Right.WRITE_NOTES).annotate(
        questions=Coalesce(Subquery(many), 0), owes=Q(Exists(prompts.values("pk"))) | Q(Exists(said.values("pk")))
    )
    rows = found.filter(Q(questions__gt=0) | Q(owes=True)).order_by("created_at", "pk")
    return [Waiting(*row) for row in rows.values_list("pk", "questions", "owes")]


def _prompts_owed(viewer: Person) -> Any:
    untold = Q(told__isnull=True) & ~_reachable("person")
    found = unanswered().exclude(requirement__who__in=STAFF_WHO)
    return found.filter(
        untold | Q(escalation__isnull=False),
        requirement__document__group__in=groups_with(viewer, Right.WRITE_NOTES),
        place_id__isnull=False,
    )


def debts(viewer: Person, most: int | None = None) -> list[Debt]:
    """Return what is still to be done about promises in the groups that the viewer works with, the earliest first.

    Args:
        viewer: who works with the groups.
        most: at most so many of each sort; all if not given.
    """
    prompts = list(
        _prompts_owed(viewer)
        .select_related("person__user", "requirement__document", "escalation", "told")
        .order_by("due_on", "pk")[:most]
    )
    said: list[SpokenAgreement] = list(open_follow_ups(viewer)[:most])
    rows: list[Any] = [*prompts, *said]
    ids = {one.place_id for one in rows}
    places = {one.pk: one for one in Membership.objects.filter(pk__in=ids).select_related("group", "person__user")}
    links = _guardians(prompts, places)
    found = [
        Debt(
            "silent" if hasattr(one, "escalation") else "tell",
            places[one.place_id],
            one.person,
            _called(one, places[one.place_id], links),
            one.requirement.document.kind,
            one.due_on,
            one.pk,
        )
        for one in prompts
    ] + [
        Debt(
            "writing",
            places[one.place_id],  # type: ignore[attr-defined]
            one.person,
            places[one.place_id],  # type: ignore[attr-defined]
            one.act.document.kind,
            one.follow_up_on,
            one.pk,
        )
        for one in said
    ]
    unlock(list(places.values()), [one.person for one in found], links.values())
    return sorted(found, key=lambda one: (one.due_on, str(one.object_id)))


def _guardians(
    prompts: Iterable[ReconsentPrompt], places: dict[UUID, Membership]
) -> dict[tuple[UUID, UUID], GuardianLink]:
    """Return (young person, guardian) -> the link of those prompts that went to guardians; one query, none for none."""
    theirs = {one.person_id for one in prompts if one.person_id != places[one.place_id].person_id}  # type: ignore[attr-defined]
    links = links_of(theirs, Membership.objects.filter(pk__in=places)) if theirs else []
    return {
        (ward, known): one
        for one in links
        for ward in (one.person_id, one.ward)  # type: ignore[attr-defined]
        for known in (one.guardian_id, one.known)  # type: ignore[attr-defined]
    }


def _called(
    prompt: ReconsentPrompt, place: Membership, links: dict[tuple[UUID, UUID], GuardianLink]
) -> Membership | GuardianLink | Person:
    """Return what a prompt's person is shown as: their own place, or a guardian's link with the name written down."""
    if prompt.person_id == place.person_id:
        return place
    return links.get((place.person_id, prompt.person_id), prompt.person)
