"""The groups' part of one person's record: the place, what was observed, and the notes on their part."""

from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from groupcare.practice.records import Entry, Fact, Scope
from groupcare.vault import unlock
from groups.attendance import codes
from groups.models import (
    AttendanceEntry,
    ContactCard,
    GroupSession,
    LeaveWish,
    Membership,
    Observance,
    ProgressNote,
    Whereabouts,
)

PLACE_COVERS = ("groups.Membership", "groups.LeaveWish")
SESSION_COVERS = ("groups.Observance", "groups.AttendanceEntry")
EMERGENCY_COVERS = ("groups.ContactCard", "groups.Whereabouts")
NOTE_COVERS = ("groups.ProgressNote",)


def _day(moment: object) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M %Z") if moment else ""  # type: ignore[arg-type]


def places(scope: Scope) -> list[Entry]:
    """Return every spell of the person in this group, and when they said that they want to leave."""
    found = list(
        Membership.objects.filter(person__in=scope.people, group_id=scope.group_id)
        .select_related("group", "person")
        .order_by("created_at", "pk")
    )
    unlock(found)
    entries = []
    for place in found:
        facts = (
            Fact(_("Called in the group"), place.name),
            Fact(_("State"), str(place.get_state_display())),
            Fact(_("Place given"), _day(place.created_at)),
            Fact(_("Since"), _day(place.joined_at)),
            Fact(_("Ended"), _day(place.ended_at)),
        )
        entries.append(Entry(_("Place in the group"), tuple(fact for fact in facts if fact.text)))
    wishes = LeaveWish.objects.filter(membership__in=[place.pk for place in found]).order_by("said_at", "pk")
    entries += [
        Entry(_("What you said about leaving"), (Fact(str(wish.get_kind_display()), _day(wish.said_at)),))
        for wish in wishes
    ]
    return entries


def sessions(scope: Scope) -> list[Entry]:
    """Return the sessions of the person's time in the group, who was there, and the rules they agreed to."""
    agreed = {
        one.session_id: one
        for one in Observance.objects.filter(session__group_id=scope.group_id, person__in=scope.people)
    }
    present = _attendance(scope)
    spells = Membership.objects.filter(person__in=scope.people, group_id=scope.group_id)
    times = Q(pk__in=agreed)
    for place in spells:
        upto = Q() if place.ended_at is None else Q(starts_at__lte=place.ended_at)
        times |= Q(starts_at__gte=place.created_at) & upto
    rows = GroupSession.objects.filter(times, group_id=scope.group_id, starts_at__lte=timezone.now())
    entries = []
    for one in rows.order_by("starts_at", "pk"):
        facts = [
            Fact(_("Start"), _day(one.starts_at)),
            Fact(_("End"), _day(one.ends_at)),
            Fact(_("Where"), str(one.get_format_display())),
            Fact(_("State"), str(one.get_state_display())),
        ]
        if one.pk in present:
            facts.append(Fact(_("Attendance"), present[one.pk]))
        if one.pk in agreed:
            facts.append(Fact(_("Agreed to the ground rules"), _day(agreed[one.pk].at)))
            facts.append(Fact(_("Hash of the ground rules (SHA-256)"), agreed[one.pk].text_sha256))
        entries.append(Entry(_("Session"), tuple(facts)))
    return entries


def _attendance(scope: Scope) -> dict[UUID, str]:
    """Return what stands of the person's attendance, by session, in words and minutes."""
    rows = AttendanceEntry.objects.filter(
        membership__person__in=scope.people, session__group_id=scope.group_id, superseded_by__isnull=True
    )
    language = get_language() or settings.LANGUAGE_CODE
    return {row.session_id: _in_words(row, language) for row in rows}


def _in_words(row: AttendanceEntry, language: str) -> str:
    words = codes()[row.code].label(language)
    return (
        words if row.minutes is None else _("%(code)s, %(minutes)d minutes") % {"code": words, "minutes": row.minutes}
    )


def emergency(scope: Scope) -> list[Entry]:
    """Return the person's emergency contact as it stands, and where they said they were during this group's sessions."""
    card = ContactCard.objects.filter(person__in=scope.people).order_by("-written_at", "-pk").first()
    said = list(
        Whereabouts.objects.filter(person__in=scope.people, session__group_id=scope.group_id)
        .select_related("session")
        .order_by("said_at", "pk")
    )
    unlock([card] if card else [], said)
    entries = []
    if card is not None:
        facts = (
            Fact(_("Own number"), card.own_number),
            Fact(_("Somebody we may call"), card.contact_name),
            Fact(_("Their number"), card.contact_number),
        )
        entries.append(Entry(_("Emergency contact"), tuple(fact for fact in facts if fact.text)))
    for one in said:
        told = (
            Fact(_("Session"), _day(one.session.starts_at)),
            Fact(_("Where you are now"), one.location, free=True),
            Fact(_("Number to call you back"), one.call_back),
            Fact(_("Did not want to say"), _("Yes") if one.withheld else ""),
        )
        entries.append(Entry(_("Where they were"), tuple(fact for fact in told if fact.text)))
    return entries


def notes(scope: Scope) -> list[Entry]:
    """Return every revision of the progress notes about the person in this group.

    A note that stood with the wrong person is sealed: it belongs to nobody's record.
    """
    found = list(
        ProgressNote.objects.filter(about__in=scope.people, group_id=scope.group_id, correction__isnull=True)
        .select_related("author", "session")
        .order_by("session__starts_at", "written_at", "pk")
    )
    unlock(found)
    return [
        Entry(
            _("Progress note"),
            (
                Fact(_("Session"), _day(note.session.starts_at)),
                Fact(_("Written"), _day(note.written_at)),
                Fact(_("Author"), note.author.used_name),
                Fact(_("Note"), note.body, free=True),
            ),
        )
        for note in found
    ]
