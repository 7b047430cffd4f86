"""Requests for a record: who may see which, and their steps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Right, Role, holds, roles_of
from groupcare.accounts.merge_models import as_one, ids_of
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.models import Address
from groupcare.vault import unlock
from groups import record_states as states
from groups.models import ChosenName, Enrolment, Facilitation, Membership, RecordRequest, RecordStep
from groups.name_scan import Known
from groups.permissions import groups_with
from groups.record_files import Draft, read_draft
from groups.selectors.groups import may_on

REQUEST = "groups.RecordRequest"
PLACE = "groups.Membership"
Kind = RecordStep.Kind


@dataclass(frozen=True)
class Opened:
    """One request with its steps, and what the viewer may do with it."""

    request: RecordRequest
    steps: list[RecordStep]
    viewer: Person
    leads: bool
    reads: bool
    officer: bool

    @property
    def state(self) -> str:
        """Where it stands."""
        return states.state_of(self.steps)

    @property
    def round(self) -> dict[str, RecordStep]:
        """The steps since it was last prepared."""
        return states.current_round(self.steps)

    @property
    def ends_at(self) -> datetime | None:
        """When the draft or the copy is destroyed."""
        return states.ends_at(self.steps)

    @property
    def is_over(self) -> bool:
        """Whether that time has passed, though no sweep has come yet."""
        return self.ends_at is not None and self.ends_at <= timezone.now()

    @property
    def due_at(self) -> datetime:
        """When a person who asked should have an answer (45 CFR 164.524, not confirmed by counsel)."""
        return self.request.asked_at + states.DUE_AFTER

    def can(self, kind: str) -> bool:
        """Tell whether the viewer may take this step now."""
        if not states.may_follow(self.state, kind, for_member=self.request.is_for_member) or self.is_over:
            return False
        if kind == Kind.APPROVED:
            return not self.request.is_for_member and (self.reads or self.officer) and self._is_second_person
        if kind == Kind.DOWNLOADED:
            own = self.request.is_for_member and self.viewer.pk == self.request.about_id
            return own or (self.leads and self.round[Kind.RELEASED].taken_by_id == self.viewer.pk)
        return self.leads

    @property
    def _is_second_person(self) -> bool:
        mine = {self.request.asked_by_id, *(step.taken_by_id for step in self.round.values())}
        return self.viewer.pk not in mine and self.viewer.pk != self.request.about_id

    @property
    def may(self) -> dict[str, bool]:
        """For each step, whether the viewer may take it now."""
        return {kind.value: self.can(kind) for kind in Kind if kind != Kind.EXPIRED}

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state not in (Kind.DOWNLOADED, Kind.CANCELLED)


def _worked_on_by(viewer: Person) -> QuerySet[RecordRequest]:
    """Return the requests that the viewer works on; nobody works on the request for their own record."""
    found = RecordRequest.objects.exclude(about=viewer.pk)
    if holds(viewer, Role.PRIVACY_OFFICER):
        return found
    if holds(viewer, Role.FACILITATOR):
        return found.filter(group__in=groups_with(viewer, Right.READ_NOTES).values("pk"))
    return found.none()


def requests_to_work_on(viewer: Person) -> QuerySet[RecordRequest]:
    """Return the requests that the viewer prepares, approves or watches, newest first, with steps, place and rights.

    Those who read the notes of a group (trainees not) see its requests; a privacy officer sees all, never their content.
    """
    return (
        _worked_on_by(viewer)
        .select_related("membership__person", "membership__group", "group", "about", "asked_by")
        .prefetch_related(Prefetch("steps", RecordStep.objects.select_related("taken_by")))
        .annotate(viewer_leads=may_on(viewer, Right.MANAGE_GROUP, "group_id"))
        .annotate(viewer_reads=may_on(viewer, Right.READ_NOTES, "group_id"))
        .order_by("-asked_at", "pk")
    )


def opened(viewer: Person, found: RecordRequest) -> Opened:
    """Return a request of ``requests_to_work_on`` or ``own_requests`` with what the viewer may do; no query."""
    reads = bool(getattr(found, "viewer_reads", False)) and holds(viewer, Role.FACILITATOR)
    return Opened(
        request=found,
        steps=states.in_order(found.steps.all()),
        viewer=viewer,
        leads=reads and bool(getattr(found, "viewer_leads", False)),
        reads=reads,
        officer=Role.PRIVACY_OFFICER in roles_of(viewer),
    )


def _led_by(viewer: Person) -> QuerySet[RecordRequest]:
    """Return the requests of groups that the viewer leads: they prepare, check, release, download and cancel."""
    found = requests_to_work_on(viewer)
    if not holds(viewer, Role.FACILITATOR):
        return found.none()
    leads, reads = (may_on(viewer, right, "group_id") for right in (Right.MANAGE_GROUP, Right.READ_NOTES))
    return found.filter(leads, reads)


def get_request(viewer: Person, pk: UUID, action: str = "record_request.read", *, to_lead: bool = False) -> Opened:
    """Return one request that the viewer works on, and record the reading.

    Args:
        viewer: who asks.
        pk: the request.
        action: what is tried, for the trail.
        to_lead: whether only those who lead the group may do it.

    Raises:
        Refused: absent or forbidden; both look the same.
    """
    found = (_led_by(viewer) if to_lead else requests_to_work_on(viewer)).filter(pk=pk).first()
    if found is None:
        raise Refused(action, REQUEST, pk)
    unlock(found, found.steps.all())
    if action == "record_request.read":
        record(action, object_type=REQUEST, object_id=pk)
    return opened(viewer, found)


def draft_to_check(viewer: Person, pk: UUID) -> tuple[Opened, Draft]:
    """Return a request whose names the viewer may decide about now, with its draft, and record the reading.

    Raises:
        Refused: absent, or the viewer does not lead the group.
        InvalidTransition: nothing is prepared, or the names are decided.
    """
    action = "record_draft.read"
    found = get_request(viewer, pk, action, to_lead=True)
    if not found.can(Kind.CHECKED):
        raise InvalidTransition(_("There is nothing to check just now."))
    draft = read_draft(found.round[Kind.PREPARED].file)
    record(action, object_type=REQUEST, object_id=pk)
    return found, draft


def own_requests(viewer: Person) -> QuerySet[RecordRequest]:
    """Return the requests for the viewer's own record that they asked for or that are meant for them, newest first."""
    return (
        RecordRequest.objects.filter(as_one("about", [viewer.pk]), recipient_kind=RecordRequest.Recipient.SELF)
        .prefetch_related("steps")
        .order_by("-asked_at", "pk")
    )


def get_own_request(viewer: Person, pk: UUID, action: str) -> Opened:
    """Return one request for a copy that is meant for the viewer.

    Raises:
        Refused: absent, or about or for somebody else.
    """
    found = own_requests(viewer).filter(pk=pk).first()
    if found is None:
        raise Refused(action, REQUEST, pk)
    return opened(viewer, found)


def place_for_record(viewer: Person, group_id: UUID, pk: UUID, action: str) -> Membership:
    """Return a place, open or ended, of a group that the viewer leads.

    Raises:
        Refused: absent, of another group, the viewer's own, or forbidden.
    """
    led = groups_with(viewer, Right.MANAGE_GROUP).values("pk")
    found = Membership.objects.filter(pk=pk, group_id=group_id, group__in=led).exclude(person=viewer)
    place = found.select_related("person", "group").first()
    if place is None:
        raise Refused(action, PLACE, pk)
    return place


def requests_of(viewer: Person, place: Membership) -> list[Opened]:
    """Return the requests for one place of a group that the viewer leads, newest first; names and all unlocked."""
    found = list(requests_to_work_on(viewer).filter(membership=place))
    unlock(place, found)
    return [opened(viewer, one) for one in found]


def own_places(viewer: Person) -> list[Membership]:
    """Return all spells of the viewer in groups, newest first, each with ``asked`` (a request of theirs is open)."""
    closed = RecordStep.objects.filter(
        request=OuterRef("pk"), kind__in=(Kind.DOWNLOADED, Kind.CANCELLED), superseded_by__isnull=True
    )
    open_ = RecordRequest.objects.filter(
        ~Exists(closed), membership=OuterRef("pk"), recipient_kind=RecordRequest.Recipient.SELF
    )
    found = Membership.objects.filter(as_one("person", [viewer.pk])).annotate(asked=Exists(open_))
    return list(found.order_by("-created_at", "pk"))


def people_to_look_for(person_id: UUID) -> tuple[list[Known], list[str]]:
    """Return everybody who shares a group with the person or was on the way into it, and the person's own names.

    Asked by the service that prepares a record, after it has let in who prepares it.
    """
    mine = set(ids_of(person_id))
    shared = Membership.objects.filter(person__in=mine).values("group_id")
    places = list(Membership.objects.filter(group__in=shared).select_related("person__user"))
    running = list(Facilitation.objects.filter(group__in=shared).select_related("person__user"))
    asked = list(Enrolment.objects.filter(group__in=shared).select_related("person__user"))
    people = {one.person_id for rows in (places, running, asked) for one in rows}
    addresses = list(Address.objects.filter(person__in=people))
    # What somebody was called before may still stand in a note.
    chosen = list(ChosenName.objects.filter(group__in=shared).select_related("membership"))
    unlock(places, running, asked, addresses, chosen)
    own = [place.alias for place in places if place.person_id in mine]
    own += [one.name for one in asked if one.person_id in mine]
    own += [one.before for one in chosen if one.membership.person_id in mine]
    names: dict[UUID, set[str]] = {}
    for one in chosen:
        names.setdefault(one.membership.person_id, set()).add(one.before)
    staff = {one.person_id: one.person for one in running}
    persons: dict[UUID, Person] = {**staff, **{one.person_id: one.person for one in asked}}
    persons |= {one.person_id: one.person for one in places}
    for way in asked:
        names.setdefault(way.person_id, set()).add(way.name)
    for place in places:
        names.setdefault(place.person_id, set()).add(place.alias)
    contacts = _contacts(persons, addresses)
    known = [_known(one, names.get(pk, set()), contacts[pk], is_staff=pk in staff) for pk, one in persons.items()]
    for me in (persons[pk] for pk in sorted(mine & persons.keys())):
        own += [me.used_name, me.legal_name]
    others = {str(pk) for pk in persons.keys() - mine}
    return [one for one in known if one.key in others], [name for name in own if name]


def _contacts(persons: dict[UUID, Person], addresses: Iterable[Address]) -> dict[UUID, set[str]]:
    found = {pk: {one.login.email} if one.login else set() for pk, one in persons.items()}
    for address in addresses:
        found[address.person_id].add(address.value)
    return found


def _known(person: Person, aliases: set[str], contacts: set[str], *, is_staff: bool) -> Known:
    names = sorted({person.used_name, person.legal_name, *aliases} - {""})
    return Known(str(person.pk), tuple(names), tuple(sorted(contacts)), is_staff and not aliases)


def facts_about_release(opened_: Opened) -> dict[str, Any]:
    """Return counts of the decisions of the current round, for somebody who approves without reading the record."""
    checked = opened_.round.get(Kind.CHECKED)
    made: Sequence[dict[str, Any]] = checked.decisions["names"] if checked else ()  # type: ignore[index]
    replaced = sum(one["choice"] == "replace" for one in made)
    return {"found": len(made), "replaced": replaced, "kept": len(made) - replaced}
