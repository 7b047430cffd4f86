"""Reads of the practice. It is known to everybody who may open a page."""

from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from groupcare.access import INSIDE, Person, Role, RoleHolding, holder_ids, may_administer
from groupcare.accounts.selectors import people
from groupcare.exceptions import Refused
from groupcare.practice import ports
from groupcare.practice.models import Practice, Site
from groupcare.vault import unlock
from groupcare.web.context import current_request_id

_of_request: ContextVar[tuple[str, Practice | None] | None] = ContextVar("groupcare_practice", default=None)


def find_practice() -> Practice | None:
    """Return the practice, or None before the first set-up; one query a request."""
    request_id = current_request_id()
    kept = _of_request.get()
    if request_id and kept is not None and kept[0] == request_id:
        return kept[1]
    found = Practice.objects.first()
    if request_id:
        _of_request.set((request_id, found))
    return found


def practice() -> Practice:
    """Return the practice; one query a request.

    Raises:
        Practice.DoesNotExist: before the first set-up.
    """
    found = find_practice()
    if found is None:
        raise Practice.DoesNotExist("There is no practice yet. Run manage.py set_up.")
    return found


def forget_practice() -> None:
    """Drop what this request has read; called after a change."""
    _of_request.set(None)


def public_name() -> str:
    """Return the neutral name of the practice, or an empty text before the first set-up."""
    found = find_practice()
    return found.public_name if found else ""


@dataclass(frozen=True)
class Step:
    """One step of the first run: what to do, why, whether it is done, and where it is done (or "")."""

    key: str
    text: Promise | str
    why: Promise | str
    done: bool
    url_name: str = ""


def steps(*, reviewer_stands: bool | None = None) -> list[Step]:
    """Return the steps that must be done before a group can be made.

    Args:
        reviewer_stands: whether the named external reviewer still is one, when the caller has asked already.
    """
    found = find_practice()
    if reviewer_stands is None:
        reviewer_stands = found is not None and found.external_reviewer_id in holder_ids(Role.EXTERNAL_REVIEWER)
    return [
        Step(
            key="practice",
            text=_("Write down how the practice is called and where its clock stands."),
            why=_("Members see the public name, and every time on a page needs a zone."),
            done=found is not None,
        ),
        Step(
            key="external_reviewer",
            text=_("Name an external reviewer."),
            why=_(
                "Somebody outside must receive a concern that nobody inside may see. In a solo practice one person "
                "holds every other role, and a concern about them would go to themselves."
            ),
            done=reviewer_stands,
        ),
    ]


def ready() -> list[Step]:
    """Return the steps still missing; an empty list means that groups can be made."""
    return [step for step in steps() if not step.done]


def precautions() -> list[Step]:
    """Return what the other rooms advise before real people are entered; nothing waits for it."""
    return first_run().advised


@dataclass(frozen=True)
class FirstRun:
    """How far the first run is: every step with those that must be done first, and the next one to do."""

    must: list[Step]
    advised: list[Step]

    @property
    def total(self) -> int:
        """Return the number of steps."""
        return len(self.must) + len(self.advised)

    @property
    def done(self) -> int:
        """Return the number of steps that are done."""
        return sum(step.done for step in (*self.must, *self.advised))

    @property
    def next(self) -> Step | None:
        """Return the first step that is missing, or None when everything is in place."""
        return next((step for step in (*self.must, *self.advised) if not step.done), None)


def first_run() -> FirstRun:
    """Return the steps of the first run and what is advised before real people are entered.

    All conditions on rows are asked in one query, however many rooms registered one.
    """
    registered = ports.precautions()
    answers = [one.done() for one in registered]
    stands, *met = _met([_reviewer_stands(), *answers])
    advised = [
        Step(key=one.key, text=one.text, why=one.why, done=done, url_name=one.url_name)
        for one, done in zip(registered, met, strict=True)
    ]
    return FirstRun(must=steps(reviewer_stands=stands), advised=advised)


def _met(answers: list[ports.Done]) -> list[bool]:
    """Return the answers, with the conditions among them asked in one query; before the set-up none of those holds."""
    named = {f"met_{number}": said for number, said in enumerate(answers) if not isinstance(said, bool)}
    asked = Practice.objects.annotate(**named).values(*named).first() or dict.fromkeys(named, False)
    return [bool(asked.get(f"met_{number}", said)) for number, said in enumerate(answers)]


def _held(*roles: Role) -> QuerySet[RoleHolding]:
    return RoleHolding.objects.current().filter(role__in=roles)


def _held_by_several(*roles: Role) -> Exists:
    return Exists(_held(*roles).filter(Exists(_held(*roles).exclude(person=OuterRef("person")))))


def _reviewer_stands() -> Exists:
    """Return the condition that whom the practice named still reviews from outside, with an account in use if any."""
    reviewers = _held(Role.EXTERNAL_REVIEWER).exclude(person__user__is_active=False)
    return Exists(reviewers.filter(person=OuterRef("external_reviewer")))


def officer_stands_apart() -> Combinable:
    """Return the condition that somebody other than the only administrator reads concerns.

    A solo practice has nobody else: there, the external reviewer whom the first run demands is enough.
    """
    alone = Q(Exists(_held(*INSIDE))) & ~Q(_held_by_several(*INSIDE))
    outside = Q(Exists(_held(Role.EXTERNAL_REVIEWER)))
    administrators = _held(Role.ADMINISTRATOR).filter(person=OuterRef("person"))
    only_officer = Q(Exists(_held(Role.PRIVACY_OFFICER).exclude(Exists(administrators))))
    officer = Q(Exists(_held(Role.PRIVACY_OFFICER)))
    apart = officer & (Q(_held_by_several(Role.ADMINISTRATOR)) | only_officer)
    return ExpressionWrapper((alone & outside) | (~alone & apart), output_field=BooleanField())


def crisis_text_is_written() -> bool:
    """Return whether members are told what to do when they are in danger."""
    found = find_practice()
    return found is not None and bool(found.crisis_text.strip())


def sites(viewer: Person) -> QuerySet[Site]:
    """Return the sites by name. Sites are known to whoever is signed in."""
    del viewer
    return Site.objects.all()


def reviewer_candidates(viewer: Person) -> list[tuple[UUID, str]]:
    """Return id and used name of everybody who holds no role inside of the practice, by name.

    Members stand here too: this room does not know who is one, and the page says whom not to choose.

    Raises:
        Refused: the viewer is no administrator.
    """
    inside = _held(*INSIDE).filter(person=OuterRef("pk"))
    outside = list(people(viewer).prefetch_related(None).exclude(Exists(inside)))
    unlock(outside)
    return sorted(((person.id, person.used_name) for person in outside), key=lambda found: found[1].casefold())


def check_can_administer(viewer: Person, action: str) -> None:
    """Raise Refused unless ``viewer`` is an administrator, or the system at work.

    Args:
        viewer: who asks.
        action: what is tried, for the trail.
    """
    if not may_administer(viewer):
        raise Refused(action, "practice")
