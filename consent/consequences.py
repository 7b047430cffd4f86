"""What follows when a signature is taken back: the sentences that are shown before, and kept with the act.

Pure data; no database. Sources: domain reference, section 2.10 (what a release, a recording and an authorization say of
being taken back); consent reference, part e (what was promised stays promised); REQ-50, REQ-56.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.kinds import Kind, Scope, WithdrawalEffect
from consent.models import Capacity, Gate

_Words = tuple[Promise, ...]


class Part(Enum):
    """In which part somebody signed: for themselves, for a young person, or for their work."""

    SELF = auto()
    WARD = auto()
    WORK = auto()


_PARTS = {
    Capacity.SELF: Part.SELF,
    Capacity.GUARDIAN: Part.WARD,
    Capacity.REPRESENTATIVE: Part.WARD,
}


def part_of(capacity: str) -> Part:
    """Return in which part somebody signs; whoever signs neither for themselves nor for a ward signs for their work."""
    return _PARTS.get(Capacity(capacity), Part.WORK)


@dataclass(frozen=True, slots=True)
class Consequences:
    """What taking one signature back means: what ends, the next session, what stays, what is kept, who is told."""

    ends: _Words
    next_session: _Words
    stays: _Words
    kept: _Words
    told: _Words
    is_own: bool = True

    def parts(self) -> Iterator[tuple[Promise, _Words]]:
        """Yield a heading with its sentences, in the order in which they are read."""
        yield _("What ends"), self.ends
        yield _("Your next session") if self.is_own else _("The next session"), self.next_session
        yield _("What stays"), self.stays
        yield _("What the record keeps"), self.kept
        yield _("Who is told"), self.told

    def said(self) -> dict[str, list[str]]:
        """Return the sentences as they read now, in the language that is active, to be kept with the act."""
        names = ("ends", "next_session", "stays", "kept", "told")
        return {name: [str(one) for one in getattr(self, name)] for name in names}


_SHUTS, _SHARING = WithdrawalEffect.SHUTS_GATE, WithdrawalEffect.ENDS_SHARING
_RECORDING, _DUTY = WithdrawalEffect.ENDS_RECORDING, WithdrawalEffect.ENDS_DUTY
# For every part alike.
_NO_MORE_SHARED = (
    _("Nothing more is shared under this paper, from the moment you confirm."),
    _("Messages about it that have not been sent yet are not sent."),
)
_WHOLE_SESSION = _("It ends for the whole session, because everybody in it must agree.")
_COMES = _("Nothing changes: you come to the sessions as before.")
_WARD_COMES = _("Nothing changes: the young person comes to the sessions as before.")
_CARE = _("Your care does not depend on it.")
_WARD_CARE = _("The care of the young person does not depend on it.")
_NOT_CALLED_BACK = _("What was shared before, while we relied on your yes, cannot be called back.")
_RECORDED = _("What was recorded before is kept or deleted as the paper says. Ask those who lead if you want it gone.")
_QUIET = _("The duty to keep quiet about what you learned here does not end.")
_WORK_ENDS = _("Your part in the work ends until you sign again.")
# The door does not shut on members for it (docs/standing.md), so nothing else may be said.
_WORK_NEXT = _("The session of the members takes place as planned. Talk with the practice before you work in it.")
_NOT_IN_ROLE = _("You do not take part in the next session in this role.")

_ENDS: dict[tuple[WithdrawalEffect, Part], _Words] = {
    (_SHUTS, Part.SELF): (_("What you allowed or promised for the time to come."),),
    (_SHUTS, Part.WARD): (_("What you allowed for the young person, from now on."),),
    (_SHUTS, Part.WORK): (_("What you promised for your work in this group, for the time to come."),),
    (_SHARING, Part.SELF): _NO_MORE_SHARED,
    (_SHARING, Part.WARD): _NO_MORE_SHARED,
    (_RECORDING, Part.SELF): (
        _("Nobody records you any more, and nobody watches who does not take part."),
        _WHOLE_SESSION,
    ),
    (_RECORDING, Part.WARD): (
        _("Nobody records the young person any more, and nobody watches who does not take part."),
        _WHOLE_SESSION,
    ),
    (_RECORDING, Part.WORK): (_("Nobody records any more, and nobody watches who does not take part."), _WHOLE_SESSION),
    (_DUTY, Part.WORK): (_WORK_ENDS,),
}
_NEXT: dict[tuple[WithdrawalEffect, Part], _Words] = {
    (_SHUTS, Part.SELF): (
        _("You cannot come to the sessions of this group until you sign again. Links that you have stop working."),
        _("A time to sign that the group was given, or an exception made for you, does not let you in."),
    ),
    (_SHUTS, Part.WARD): (
        _("The young person cannot come to the sessions of this group until you sign again."),
        _("Links that they have stop working, and no time to sign and no exception lets them in."),
    ),
    (_SHUTS, Part.WORK): (_WORK_NEXT,),
    (_SHARING, Part.SELF): (_COMES,),
    (_SHARING, Part.WARD): (_WARD_COMES,),
    (_RECORDING, Part.SELF): (_COMES,),
    (_RECORDING, Part.WARD): (_WARD_COMES,),
    (_RECORDING, Part.WORK): (_("It takes place as planned, without a recording and without people who watch."),),
    (_DUTY, Part.WORK): (_NOT_IN_ROLE,),
}
_STAYS: dict[tuple[WithdrawalEffect, Part], _Words] = {
    (_SHUTS, Part.SELF): (
        _("The promise cannot be undone for the past: what you heard until now still stays in the group."),
    ),
    (_SHUTS, Part.WARD): (
        _("What the young person heard until now still stays in the group. Their own promise stays as it is."),
    ),
    (_SHUTS, Part.WORK): (_QUIET,),
    (_SHARING, Part.SELF): (_NOT_CALLED_BACK, _CARE),
    (_SHARING, Part.WARD): (_NOT_CALLED_BACK, _WARD_CARE),
    (_RECORDING, Part.SELF): (_RECORDED, _CARE),
    (_RECORDING, Part.WARD): (_RECORDED, _WARD_CARE),
    (_RECORDING, Part.WORK): (_RECORDED, _QUIET),
    (_DUTY, Part.WORK): (_QUIET,),
}
_KEPT: _Words = (
    _("Your signature stays in your list, with the day on which you took it back."),
    _("You can take a copy of both with you. Nothing is deleted by this."),
)
_WARD_KEPT: _Words = (
    _("Your signature stays in your list, with the day on which you took it back, while you answer for them."),
    _KEPT[1],
)
_LEADERS = _(
    "Those who lead see that you took it back, and when. They get a short message that names neither you nor this."
)
_OTHERS = _("Other members are told nothing.")
_TOLD: dict[Part, _Words] = {
    Part.SELF: (_LEADERS, _OTHERS),
    Part.WARD: (
        _LEADERS,
        _("The young person is not told what you answered, and no other guardian is. Other members are told nothing."),
    ),
    Part.WORK: (_LEADERS, _("Members are told nothing.")),
}
# Nobody leads the practice as a group is led, so nobody gets a message.
_TOLD_PRACTICE: _Words = (
    _("The administrators of the practice see that you took it back, and when. No message is sent."),
    _("Members are told nothing."),
)


def consequences(kind: Kind, capacity: str = Capacity.SELF) -> Consequences:
    """Return what taking back a signature under ``kind`` means for whom it was given.

    Args:
        kind: the kind of document; its ``withdrawal_effect`` decides.
        capacity: as whom the signer signed: for themselves, for a young person, or for their work.
    """
    part = part_of(capacity)
    key = (kind.withdrawal_effect, part)
    return Consequences(
        ends=_ENDS.get(key, ()),
        next_session=_NEXT.get(key, ()),
        stays=_STAYS.get(key, ()),
        kept=_WARD_KEPT if part is Part.WARD else _KEPT,
        told=_TOLD_PRACTICE if kind.scope == Scope.PRACTICE else _TOLD[part],
        is_own=part is Part.SELF,
    )


_NO_MEANS: dict[Part, _Words] = {
    Part.SELF: (_("You cannot come to the sessions of this group."),),
    Part.WARD: (_("The young person cannot come to the sessions of this group."),),
    Part.WORK: (_WORK_NEXT,),
}
_NO_SHUTS_NOTHING: dict[Part, _Words] = {
    Part.SELF: (_COMES, _CARE),
    Part.WARD: (_WARD_COMES, _WARD_CARE),
    Part.WORK: (_("It takes place as planned, without a recording and without people who watch."),),
}
_HEARD: dict[Part, _Words] = {
    Part.SELF: (_("What you heard in the group before, if you were there, still stays there."),),
    Part.WARD: (_("What the young person heard in the group before, if they were there, still stays there."),),
    Part.WORK: (_QUIET,),
}


def of_a_no(kind: Kind, capacity: str = Capacity.SELF) -> _Words:
    """Return what declining ``kind`` means for whom it was asked; the sentences that hold for everybody left out.

    Args:
        kind: the kind of document; its gate decides.
        capacity: as whom the person is asked.
    """
    part = part_of(capacity)
    if kind.withdrawal_effect == _DUTY:
        return (_NOT_IN_ROLE, _QUIET)
    first = _NO_MEANS if kind.gate == Gate.SESSION else _NO_SHUTS_NOTHING
    return first[part] + _HEARD[part]
