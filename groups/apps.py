"""Wiring of the groups app."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.apps import AppConfig
from django.db.models import Exists
from django.utils.translation import gettext_lazy as _


class GroupsConfig(AppConfig):
    """Registers what the groups app offers to the others."""

    name = "groups"
    label = "groups"

    def ready(self) -> None:
        """Register navigation, links of messages, the source of grants, a step of the first run and the API."""
        from groupcare.access.api import register_routes
        from groupcare.access.ports import register_grant_source
        from groupcare.accounts.ports import register_merge_part
        from groupcare.outbox.ports import register_link
        from groupcare.practice.ports import Precaution, register_places, register_precaution
        from groupcare.web import nav, panels
        from groups.merges import PART
        from groups.panels import contact, own_place, will
        from groups.places import GroupPlaces

        register_places(GroupPlaces())
        for kind, build in {
            "session": _session_link,
            "membership": _home_link,
            "work": _work_link,
            "will": _will_link,
            "start": _start_link,
            "visits": _visits_link,
            "offer": _offer_link,
            "goodbye": _goodbye_link,
        }.items():
            register_link(kind, build)
        register_grant_source(_explained_grants)
        register_merge_part("groups", PART)
        panels.register("accounts.profile", contact)
        panels.register("accounts.profile", own_place)
        panels.register("accounts.profile", will)
        register_routes("groups", "groups.api_urls")
        register_precaution(
            Precaution(
                key="first_group",
                text=_("Have the first group made."),
                why=_("A facilitator makes it and publishes its agreement. Members are invited into a group."),
                done=_has_group,
                url_name="accounts:person-invite",
            )
        )
        _register_records()
        working, members = frozenset({"facilitator", "trainee"}), frozenset({"member"})
        desk = frozenset({"facilitator", "reception"})
        office = frozenset({"administrator", "privacy_officer"})
        records_of = frozenset({"facilitator", "privacy_officer"})
        for item in (
            nav.NavItem("today", _("Today"), "sun", "groups:today", working, 10),
            nav.NavItem("calendar", _("Calendar"), "calendar", "groups:calendar", working, 17),
            nav.NavItem("tonight", _("Tonight"), "clock", "groups:tonight", desk, 15),
            nav.NavItem(
                "groups", _("Groups"), "users", "groups:group-list", working, 20, under=("/sessions/", "/notes/")
            ),
            nav.NavItem("wills", _("Wills"), "file-pen", "groups:will-list", office, 65),
            nav.NavItem("member-home", _("Home"), "house", "groups:home-member", members, 10),
            nav.NavItem("member-about", _("About me"), "eye", "groups:about-me", members, 60, under=("/my/",)),
            nav.NavItem("records", _("Records"), "file-text", "groups:record-list", records_of, 60),
            nav.NavItem(
                "member-sessions", _("Sessions"), "calendar", "groups:my-sessions", members, 20, under=("/visits/",)
            ),
        ):
            nav.register(item)


def _register_records() -> None:
    """Register the groups' parts of one person's record."""
    from groupcare.practice.records import register_record_source
    from groups import records

    register_record_source(
        "places", _("Your place in the group"), records.places, covers=records.PLACE_COVERS, order=20
    )
    register_record_source("emergency", _("Whom to call"), records.emergency, covers=records.EMERGENCY_COVERS, order=15)
    register_record_source("sessions", _("Sessions"), records.sessions, covers=records.SESSION_COVERS, order=40)
    register_record_source("notes", _("Notes on your part"), records.notes, covers=records.NOTE_COVERS, order=50)


def _session_link(object_id: UUID, issue: int) -> str:
    """Return the path that a reminder leads to; ``issue`` plays no part."""
    from django.urls import reverse

    return reverse("groups:session-join", kwargs={"pk": object_id})


def _home_link(object_id: UUID, issue: int) -> str:
    """Return the path that the notice of a new place leads to: the member's own home, with no id in it."""
    from django.urls import reverse

    return reverse("groups:home-member")


def _has_group() -> Exists:
    """Return the condition that there is a group; the first run asks, and learns nothing else of it."""
    from groups.models import TherapyGroup

    return Exists(TherapyGroup.objects.all())


def _work_link(object_id: UUID, issue: int) -> str:
    """Return the path that a notice for those who work here leads to: their own day, with no id in it."""
    from django.urls import reverse

    return reverse("groups:today")


def _start_link(object_id: UUID, issue: int) -> str:
    """Return the path that leads each person to their own first page, with no id in it."""
    return "/"


def _visits_link(object_id: UUID, issue: int) -> str:
    """Return the path that a notice of several changes leads to: the member's own list, with no id in it."""
    from django.urls import reverse

    return reverse("groups:my-sessions")


def _will_link(object_id: UUID, issue: int) -> str:
    """Return the path that a notice about a will leads to, with no id in it."""
    from django.urls import reverse

    return reverse("groups:will-openings")


def _offer_link(object_id: UUID, issue: int) -> str:
    """Return the path that the notice of an offer leads to: the reader's own offers, with no id in it."""
    from django.urls import reverse

    return reverse("groups:my-offers")


def _goodbye_link(object_id: UUID, issue: int) -> str:
    """Return the path that a last word leads to, with no id in it."""
    from django.urls import reverse

    return reverse("groups:my-goodbye")


def _explained_grants(grants: Sequence[Any]) -> set[Any]:
    """Return the primary keys of the grants that a facilitation explains, for ``manage.py check_access``."""
    from groups.grants import explained

    return explained(grants)
