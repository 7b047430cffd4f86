"""Wiring of the consent app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    """Registers what the consent app offers to the others."""

    name = "consent"
    label = "consent"

    def ready(self) -> None:
        """Register the gate, the link that stands in mail, panels, navigation and the API."""
        from uuid import UUID

        from django.urls import reverse

        from consent import gate, reading_aloud, records
        from consent.selectors import paper_wanted, questions_waiting
        from groupcare.access.api import register_routes
        from groupcare.outbox.ports import register_link
        from groupcare.practice.records import register_record_source
        from groups.ports import register_clauses, register_clearance, register_group_column, register_invalidation

        def path_of(document_id: UUID, number: int) -> str:
            return reverse("consent:agreement-open", args=[document_id])

        register_clearance(gate.clearances)
        register_invalidation(gate.invalidate)
        register_clauses(reading_aloud.clauses)
        register_group_column("questions_waiting", questions_waiting)
        register_group_column("paper_wanted", paper_wanted)
        register_link("agreement", path_of)
        register_link("agreements", lambda object_id, issue: reverse("consent:agreement-list"))
        register_link("duties", lambda object_id, issue: reverse("consent:everyone-signs"))
        _register_parts()
        register_routes("consent", "consent.api_urls")
        register_record_source("agreements", _("Agreements"), records.everything, covers=records.COVERS, order=30)
        _register_panels()
        _register_nav()


def _register_panels() -> None:
    """Register what is shown on pages of the groups app."""
    from consent import panels
    from groupcare.web import panels as slots

    slots.register("groups.group_detail", panels.group_detail, order=20)
    slots.register("groups.member_row", panels.member_row, order=20)
    slots.register("groups.member_home_top", panels.member_due, order=20)
    slots.register("groups.member_home", panels.member_home, order=20)
    slots.register("groups.member_home", panels.wards, order=15)
    slots.register("groups.roll_call", panels.roll_call, order=20)
    slots.register("groups.group_people", panels.group_people, order=20)
    slots.register("groups.session_count", panels.session_count, order=20)
    slots.register("groups.session_gate", panels.session_gate, order=20)
    slots.register("groups.session_seats", panels.session_seats, order=20)
    slots.register("groups.session_dots", panels.session_dots, order=20)
    slots.register("groups.session_outside", panels.session_outside, order=20)
    slots.register("groups.session_detail", panels.session_detail, order=20)
    slots.register("accounts.profile", panels.my_duties_card, order=60)


def _register_nav() -> None:
    """Register the entries of the navigation."""
    from groupcare.web import nav

    members, officers = frozenset({"member"}), frozenset({"privacy_officer"})
    office = frozenset({"administrator"})
    for item in (
        nav.NavItem("agreements", _("Agreements"), "file-pen", "consent:agreement-list", members, 30),
        nav.NavItem("everyone-signs", _("Everyone signs"), "file-pen", "consent:everyone-signs", office, 66),
        nav.NavItem("overrides", _("Let in"), "door-open", "consent:override-list", officers, 62),
    ):
        nav.register(item)


def _register_parts() -> None:
    """Register the day's panel, what is said of two entries of one person, and what ends with a promise."""
    from consent import merges, panels
    from consent.services.withdrawing import drop_prompts
    from consent.unwinding import register_unwind
    from groupcare.accounts.ports import register_merge_part
    from groupcare.web import panels as slots

    slots.register("groups.today", panels.to_do, order=20)
    register_merge_part("consent", merges.PART)
    register_unwind("prompts", drop_prompts)
