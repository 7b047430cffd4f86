"""The gate of a group's sessions, as the groups app asks for it (foundations F8, F12)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consent.kinds.wording import title_of
from consent.models import Gate, Who
from consent.selectors import Answer, PersonStanding, belongs_since, standings
from consent.standing import ASKS, CLEARED, State
from groupcare.accounts.models import Person
from groups.models import Membership
from groups.ports import Clearance, Reason

# Belongs to every group: the answer for it says whether a period could help anybody.
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_WORDS = {
    State.CONFLICTING: _("Two answers to one agreement do not fit together. Please talk with the people who lead."),
    State.INVALIDATED: _("Your signature was found not valid. Please read the agreement and sign it again."),
    State.WITHDRAWN: _("You took your signature back. If you want to come again, read the agreement and sign it."),
    State.DECLINED: _("You declined the agreement. If you change your mind, read it and sign it."),
    State.TALK_FIRST: _("You asked to talk first. The people who lead will offer you a time."),
    State.MISSING: _("One agreement is not signed yet. Read it, then decide."),
    State.SUPERSEDED: _("There is a new version of an agreement. Read what is new, then decide."),
    State.EXPIRED: _("Your signature has run out. Read the agreement and sign it again."),
}
_NOT_PUBLISHED = Reason(
    _("The agreement of this group is not ready yet. There is nothing for you to do. You get a message when it is.")
)


_PERMISSION_NOT_PUBLISHED = Reason(
    _("The guardian permission of this group is not published yet. There is nothing for you to do.")
)
_GUARDIAN_ASKED = _("The permission of a parent or guardian is not there yet. They are asked by themselves.")
_GUARDIAN_TALKS = _("The permission of a parent or guardian needs a talk. Please talk with the people who lead.")


def clearances(group_id: UUID, person_ids: Sequence[UUID]) -> Mapping[UUID, Clearance]:
    """Return for each person whether they may come in, and if not, why and where to mend it; in one query.

    In two while a grace period runs and somebody has nothing in order: who belonged to the group before is asked then.
    """
    found = standings(None, [group_id], person_ids)
    mine = {person_id: found[group_id, person_id] for person_id in person_ids}
    joined = _joined(group_id, [one for one in mine.values() if one.grace_for(_LONG_AGO) is not None])
    return {person_id: _clearance(one, joined.get(person_id)) for person_id, one in mine.items()}


def invalidate(group_id: UUID, of: Person, by: Person, reason: str) -> None:
    """Mark every answer of ``of`` in the group as not valid; asked when they were never meant to answer."""
    from consent.services import invalidate_answers

    invalidate_answers(group_id=group_id, of=of, reason=reason, by=by)


def _joined(group_id: UUID, people: Sequence[PersonStanding]) -> dict[UUID, datetime]:
    """Return from when on each of ``people`` has belonged to the group; without a query where there is nobody."""
    if not people:
        return {}
    ids = [one.person_id for one in people]
    places = Membership.objects.filter(group=group_id, person__in=ids, ended_at__isnull=True)
    return {place.person_id: belongs_since(place) for place in places.defer("alias")}


def _clearance(one: PersonStanding, joined: datetime | None) -> Clearance:
    if not one.at_gate:
        return Clearance(cleared=False, state=str(State.MISSING), reasons=(_NOT_PUBLISHED,))
    grace = one.grace_for(joined) if joined is not None else None
    is_open = one.cleared or grace is not None or one.let_in is not None
    return Clearance(cleared=is_open, state=_said_state(one), reasons=_reasons(one))


def _said_state(one: PersonStanding) -> str:
    """Return the state as the person may know it: of what guardians answered no more than that a yes is missing."""
    if one.cleared or one.own_state not in CLEARED:
        return str(one.own_state)
    return str(State.MISSING)


def _reasons(one: PersonStanding) -> tuple[Reason, ...]:
    """Return what keeps the gate shut.

    What a guardian answered is never said, neither to the young person nor to another guardian: only that it is not
    there, or that somebody has to talk.
    """
    found = [
        _reason(answer, several=len(one.at_gate) > 1)
        for answer in one.own_answers
        if answer.rule.gate == Gate.SESSION and not answer.standing.cleared
    ]
    found += [
        Reason(_GUARDIAN_ASKED if said.state in ASKS else _GUARDIAN_TALKS)
        for answer in one.at_gate
        if answer.rule.who == Who.GUARDIAN and not (said := answer.by_themselves.standing).cleared
    ]
    if one.lacks_permission:
        found.append(_PERMISSION_NOT_PUBLISHED)
    return tuple(dict.fromkeys(found))


def _reason(answer: Answer, *, several: bool) -> Reason:
    """Return what is missing of the person's own answers, and where to mend it."""
    state = answer.standing.state
    text: str | Promise = _WORDS[state]
    if several:
        text = f"{title_of(answer.rule.kind, get_language() or 'en')}: {text}"
    return Reason(text, reverse("consent:agreement-open", args=[answer.rule.document_id]))
