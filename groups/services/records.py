"""A request for one member's record: prepared, names checked, approved, released, downloaded once, destroyed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from groupcare.access import Person as Actor
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition
from groupcare.practice.records import Scope, collect
from groupcare.vault import Owner, Purpose
from groupcare.vault.storage import new_name
from groups import record_files as files
from groups import record_states as states
from groups.models import Membership, RecordRequest, RecordStep
from groups.name_scan import scan
from groups.selectors.records import (
    REQUEST,
    Opened,
    get_own_request,
    get_request,
    people_to_look_for,
)

Kind = RecordStep.Kind


@dataclass(frozen=True)
class Choice:
    """What was decided about one name: hidden, or kept for a reason."""

    replace: bool
    reason: str = ""


def _locked(request_id: UUID) -> None:
    """Lock the place that a request is about: the request itself takes no change, so it takes no lock."""
    about = RecordRequest.objects.filter(pk=request_id).values("membership_id")
    list(Membership.objects.select_for_update(no_key=True).filter(pk__in=about).values_list("pk"))


def _may(found: Opened, kind: str) -> Opened:
    """Return the request if the step may be taken now by the viewer, whom ``get_request`` let in for it.

    Raises:
        InvalidTransition: it does not fit, or somebody else must take it.
    """
    if not found.can(kind):
        raise InvalidTransition(_("This step does not fit how the request stands now. Look at it again."))
    return found


def _take(found: Opened, kind: str, action: str, by: Actor | None, **columns: Any) -> RecordStep:
    """Write the next step behind the one that stands, and record it."""
    step = RecordStep(
        request=found.request,
        about_id=found.request.about_id,
        kind=kind,
        taken_by_id=by.id if by else None,
        supersedes=found.steps[-1] if found.steps else None,
        **columns,
    )
    step.full_clean(exclude=["request", "about", "taken_by", "supersedes", "file", "decisions"], validate_unique=False)
    step.save(force_insert=True)
    record(action, object_type=REQUEST, object_id=found.request.pk)
    return step


def _destroy_later(found: Opened) -> None:
    """Remove the draft and the copy of the current round once the transaction has ended well."""
    for step in found.round.values():
        if step.file:
            transaction.on_commit(partial(files.destroy, step.file))


@unit_of_work()
def prepare_record(*, request_id: UUID, by: Person, reason: str = "") -> RecordStep:
    """Collect the record, look for the names of others in it, and keep both as an encrypted draft.

    Args:
        request_id: the request.
        by: a lead of the group, who may read every part of it.
        reason: why it is prepared once more; needed after a download.

    Raises:
        Refused: absent, or not ``by``'s to prepare.
        InvalidTransition: it is released or cancelled.
        ValidationError: a download is repeated without a reason.
    """
    action = "record_request.prepare"
    _locked(request_id)
    found = get_request(by, request_id, action, to_lead=True)
    if not found.is_over:
        _may(found, Kind.PREPARED)
    if found.is_over:
        found = _expired(found)
    if found.state == Kind.DOWNLOADED and not reason.strip():
        raise ValidationError({"reason": _("Write why the copy is made once more.")})
    request = found.request
    with translation.override(request.about.language):
        sections = collect(Scope(request.about_id, request.group_id, request.membership_id))
    people, own = people_to_look_for(request.about_id)
    draft = files.Draft(sections, scan(sections, people, own))
    _destroy_later(found)
    name = new_name(Owner.PERSON, request.about_id, Purpose.CLINICAL)
    digest = files.keep_draft(name, draft)
    why = {"reason": reason.strip()} if reason.strip() else None
    return _take(found, Kind.PREPARED, action, by, file=name, sha256=digest, decisions=why)


@unit_of_work()
def decide_names(*, request_id: UUID, prepared_id: UUID, choices: Mapping[str, Choice], by: Person) -> RecordStep:
    """Keep what was decided about every name that was found in the draft.

    Args:
        request_id: the request.
        prepared_id: the step whose draft ``by`` had before their eyes.
        choices: a decision for each hit, by its key.
        by: a lead of the group.

    Raises:
        Refused: absent, or not ``by``'s to decide.
        InvalidTransition: the record was prepared anew meanwhile, or the request has gone on.
        ValidationError: a name is undecided, or a member's name is kept without a reason; by the hit's key.
    """
    action = "record_request.check"
    _locked(request_id)
    found = _may(get_request(by, request_id, action, to_lead=True), Kind.CHECKED)
    prepared = found.round[Kind.PREPARED]
    if prepared.pk != prepared_id:
        raise InvalidTransition(_("The record was prepared again meanwhile. Check the names anew."))
    hits = files.read_draft(prepared.file).hits
    errors: dict[str, Any] = {}
    for hit in hits:
        choice = choices.get(hit.key)
        if choice is None:
            errors[hit.key] = _("Decide about this one too.")
        elif not choice.replace and not hit.is_staff and not choice.reason.strip():
            errors[hit.key] = _("Write why it stays.")
    if errors:
        raise ValidationError(errors)
    made = [
        {"key": hit.key, "choice": "replace" if choices[hit.key].replace else "keep", "reason": choices[hit.key].reason}
        for hit in hits
    ]
    return _take(found, Kind.CHECKED, action, by, decisions={"names": made})


@unit_of_work()
def approve_release(*, request_id: UUID, by: Person) -> RecordStep:
    """Approve that a copy goes to somebody other than the member: by a second person.

    Raises:
        Refused: absent, or not ``by``'s to see.
        InvalidTransition: the names are not checked, or ``by`` opened, prepared or checked it.
    """
    action = "record_request.approve"
    _locked(request_id)
    found = _may(get_request(by, request_id, action), Kind.APPROVED)
    return _take(found, Kind.APPROVED, action, by)


@unit_of_work()
def release_record(*, request_id: UUID, by: Person) -> RecordStep:
    """Make the copy with its watermark and keep it encrypted for 24 hours and one download.

    Raises:
        Refused: absent, or not ``by``'s to release.
        InvalidTransition: a name is undecided, or the second person is missing.
    """
    action = "record_request.release"
    _locked(request_id)
    found = _may(get_request(by, request_id, action, to_lead=True), Kind.RELEASED)
    request, checked = found.request, found.round[Kind.CHECKED]
    draft = files.read_draft(found.round[Kind.PREPARED].file)
    replaced = frozenset(one["key"] for one in (checked.decisions or {})["names"] if one["choice"] == "replace")
    with translation.override(request.about.language):
        sections = files.decided(draft, replaced)
        mark = files.Watermark(
            number=request.number,
            recipient=request.recipient or request.about.used_name,
            exported_by=by.used_name,
            exported_at=timezone.now().strftime("%Y-%m-%d %H:%M UTC"),
        )
        name = new_name(Owner.PERSON, request.about_id, Purpose.CLINICAL)
        digest = files.keep_copy(name, sections, mark)
    _destroy_later(found)
    return _take(found, Kind.RELEASED, action, by, file=name, sha256=digest)


@unit_of_work()
def cancel_record_request(*, request_id: UUID, by: Person) -> RecordStep:
    """End a request for good and destroy its draft or copy.

    Raises:
        Refused: absent, or not ``by``'s to cancel.
        InvalidTransition: the copy was taken, or it is cancelled already.
    """
    action = "record_request.cancel"
    _locked(request_id)
    found = get_request(by, request_id, action, to_lead=True)
    if found.is_over:
        found = _expired(found)
    _may(found, Kind.CANCELLED)
    _destroy_later(found)
    return _take(found, Kind.CANCELLED, action, by)


def _download(found: Opened, action: str, by: Person) -> tuple[str, bytes]:
    _may(found, Kind.DOWNLOADED)
    content = files.read_copy(found.round[Kind.RELEASED].file)
    _destroy_later(found)
    _take(found, Kind.DOWNLOADED, action, by)
    return f"{found.request.number}.zip", content


@unit_of_work()
def download_record(*, request_id: UUID, by: Person) -> tuple[str, bytes]:
    """Return name and content of the archive to whoever released it, once; the row that says so decides.

    Raises:
        Refused: absent, or not ``by``'s.
        InvalidTransition: taken already, expired, or not released by ``by``.
    """
    _locked(request_id)
    action = "record_request.download"
    return _download(get_request(by, request_id, action, to_lead=True), action, by)


@unit_of_work()
def download_own_record(*, request_id: UUID, by: Person) -> tuple[str, bytes]:
    """Return name and content of the archive to the person it is about, once.

    Raises:
        Refused: absent, or about or for somebody else.
        InvalidTransition: not released, taken already, or expired.
    """
    _locked(request_id)
    return _download(get_own_request(by, request_id, "record_request.download"), "record_request.download", by)


def _expired(found: Opened) -> Opened:
    """End a draft or copy whose time has passed; return the request as it stands then."""
    _destroy_later(found)
    step = _take(found, Kind.EXPIRED, "record_request.expire", None)
    return Opened(
        found.request, [*found.steps, step], found.viewer, leads=found.leads, reads=found.reads, officer=found.officer
    )


#: Requests ended in one run. Our choice: each is a unit of its own, and the next run takes the rest.
_MOST = 200


def expire_records() -> int:
    """Destroy the drafts and copies whose time has passed; return how many. Safe twice, late and beside itself."""
    held = (Kind.PREPARED, Kind.CHECKED, Kind.APPROVED, Kind.RELEASED)
    oldest = timezone.now() - min(states.COPY_LASTS, states.DRAFT_LASTS)
    standing = RecordStep.objects.filter(kind__in=held, superseded_by__isnull=True, taken_at__lte=oldest)
    ids = list(standing.order_by("taken_at").values_list("request_id", flat=True)[:_MOST])
    return sum(_expire_one(pk) for pk in ids)


@unit_of_work()
def _expire_one(request_id: UUID) -> int:
    _locked(request_id)
    request = RecordRequest.objects.prefetch_related("steps").get(pk=request_id)
    found = Opened(
        request, states.in_order(request.steps.all()), request.asked_by, leads=False, reads=False, officer=False
    )
    if not found.is_over:
        return 0
    _expired(found)
    return 1
