"""The groups' part of one person's record: the place, what was observed, and the notes on their part."""

from typing import Any
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
    ChosenName,
    ContactCard,
    EnrolmentStep,
    GroupSession,
    LeaveWish,
    Membership,
    MembershipStep,
    Observance,
    ProgressNote,
    Whereabouts,
)
from groups.screening import questions, reason_words

PLACE_COVERS = (
    "groups.Membership",
    "groups.LeaveWish",
    "groups.Enrolment",
    "groups.EnrolmentStep",
    "groups.MembershipStep",
    "groups.ChosenName",
)
SESSION_COVERS = ("groups.Observance", "groups.AttendanceEntry")
EMERGENCY_COVERS = ("groups.ContactCard", "groups.Whereabouts")
NOTE_COVERS = ("groups.ProgressNote",)


def _day(moment: object) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M %Z") if moment else ""  # type: ignore[arg-type]


def places(scope: Scope) -> list[Entry]:
    """Return the way in and every spell of the person in this group, and when they said that they want to leave."""
    found: list[Any] = list(
        Membership.objects.filter(person__in=scope.people, group_id=scope.group_id)
        .select_related("group", "person")
        .annotate(mistaken=Q(mistake__isnull=False))
        .order_by("created_at", "pk")
    )
    unlock(found)
    entries = _way_in(scope)
    for place in found:
        facts = (
            # A place at the wrong person has the name of the right one.
            Fact(_("Called in the group"), "" if place.mistaken else place.name),
            Fact(_("State"), str(place.get_state_display())),
            Fact(_("Place given"), _day(place.created_at)),
            Fact(_("Since"), _day(place.joined_at)),
            Fact(_("Ended"), _day(place.ended_at)),
        )
        entries.append(Entry(_("Place in the group"), tuple(fact for fact in facts if fact.text)))
    entries += _of_places([place.pk for place in found])
    wishes = LeaveWish.objects.filter(membership__in=[place.pk for place in found]).order_by("said_at", "pk")
    entries += [
        Entry(_("What you said about leaving"), (Fact(str(wish.get_kind_display()), _day(wish.said_at)),))
        for wish in wishes
    ]
    return entries


def _way_in(scope: Scope) -> list[Entry]:
    """Return each step before the place: what was decided, why, and what was said in the first talk.

    A way that led to a place at the wrong person is left out: what was said there is the right person's.
    """
    mistaken = EnrolmentStep.objects.filter(place__mistake__isnull=False)
    steps = list(
        EnrolmentStep.objects.filter(person__in=scope.people, enrolment__group_id=scope.group_id)
        .exclude(enrolment__in=mistaken.values("enrolment"))
        .select_related("enrolment")
        .order_by("enrolment__opened_at", "enrolment_id", "number")
    )
    unlock(steps)
    language = get_language() or settings.LANGUAGE_CODE
    entries = []
    for step in steps:
        details: dict[str, Any] = step.details or {}
        answers = details.get("answers", {})
        facts = [
            Fact(_("Step"), str(step.get_state_display())),
            Fact(_("Day"), _day(step.taken_at)),
            Fact(_("Called in the group"), step.enrolment.name if step.number == 1 else ""),
            Fact(_("Reason"), details.get("reason", ""), free=True),
            *(Fact(one.label(language), answers.get(key, ""), free=True) for key, one in questions().items()),
        ]
        # The priority on the list is for those who manage it: it weighs one person against others.
        if step.state != EnrolmentStep.State.WAITLISTED:
            facts.append(Fact(_("Why"), reason_words(step.code, language)))
        entries.append(Entry(_("Way into the group"), tuple(fact for fact in facts if fact.text)))
    return entries


def _of_places(places: list[UUID]) -> list[Entry]:
    """Return leaves, returns and ends with their reasons, and the names that the person chose."""
    steps = list(MembershipStep.objects.filter(membership__in=places).order_by("taken_at", "pk"))
    mine = ChosenName.objects.filter(membership__in=places, membership__mistake__isnull=True)
    names = list(mine.order_by("chosen_at", "pk"))
    unlock(steps, names)
    entries = []
    for step in steps:
        facts = (
            Fact(str(step.get_kind_display()), _day(step.taken_at)),
            Fact(_("Why"), str(step.get_ending_display()) if step.ending else ""),
            Fact(_("Back on"), step.back_on.isoformat() if step.back_on else ""),
            Fact(_("More about it"), step.words, free=True),
        )
        entries.append(Entry(_("What happened with the place"), tuple(fact for fact in facts if fact.text)))
    for name in names:
        chosen = (
            Fact(_("Day"), _day(name.chosen_at)),
            Fact(_("Called before"), name.before),
            Fact(_("Called from then on"), name.name),
            Fact(_("Who may see your pronouns"), str(name.get_pronouns_shown_display())),
        )
        entries.append(Entry(_("A name you chose"), tuple(fact for fact in chosen if fact.text)))
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
