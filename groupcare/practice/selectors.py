"""Reads of the practice. It is known to everybody who may open a page."""

from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from groupcare.access import INSIDE, Person, Role, holder_ids, may_administer, roles_by_person
from groupcare.accounts.selectors import people
from groupcare.exceptions import Refused
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
    """One step of the first run: what to do, why, and whether it is done."""

    key: str
    text: Promise | str
    why: Promise | str
    done: bool


def steps(reviewer_ids: list[UUID] | None = None) -> list[Step]:
    """Return the steps that must be done before a group can be made.

    Args:
        reviewer_ids: the current external reviewers, when the caller has read them already.
    """
    found = find_practice()
    reviewers = holder_ids(Role.EXTERNAL_REVIEWER) if reviewer_ids is None else reviewer_ids
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
            done=found is not None and found.external_reviewer_id in reviewers,
        ),
    ]


def ready() -> list[Step]:
    """Return the steps still missing; an empty list means that groups can be made."""
    return [step for step in steps() if not step.done]


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
    everybody = list(people(viewer).prefetch_related(None))
    unlock(everybody)
    roles = roles_by_person()
    outside = [person for person in everybody if not roles.get(person.id, frozenset()) & INSIDE]
    return sorted(((person.id, person.used_name) for person in outside), key=lambda found: found[1].casefold())


def check_can_administer(viewer: Person, action: str) -> None:
    """Raise Refused unless ``viewer`` is an administrator, or the system at work.

    Args:
        viewer: who asks.
        action: what is tried, for the trail.
    """
    if not may_administer(viewer):
        raise Refused(action, "practice")
