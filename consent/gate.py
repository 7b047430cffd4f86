"""The gate of a group's sessions, as the groups app asks for it (foundations F8, F12)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consent.selectors import PersonStanding, standings
from consent.standing import State
from groups.ports import Clearance, Reason

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


def clearances(group_id: UUID, person_ids: Sequence[UUID]) -> Mapping[UUID, Clearance]:
    """Return for each person whether they may come in, and if not, why and where to mend it; in one query."""
    found = standings(None, [group_id], person_ids)
    return {person_id: _clearance(found[group_id, person_id]) for person_id in person_ids}


def _clearance(one: PersonStanding) -> Clearance:
    if not one.answers:
        return Clearance(cleared=False, state=str(State.MISSING), reasons=(_NOT_PUBLISHED,))
    reasons = tuple(
        Reason(_WORDS[answer.standing.state], reverse("consent:agreement-open", args=[answer.rule.document_id]))
        for answer in one.answers
        if not answer.standing.cleared
    )
    return Clearance(cleared=one.cleared, state=str(one.state), reasons=reasons)
