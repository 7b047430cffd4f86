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

        from consent import gate, panels, records
        from groupcare.access.api import register_routes
        from groupcare.outbox.ports import register_link
        from groupcare.practice.records import register_record_source
        from groupcare.web import nav
        from groupcare.web import panels as slots
        from groups.ports import register_clearance, register_invalidation

        def path_of(document_id: UUID, number: int) -> str:
            return reverse("consent:agreement-open", args=[document_id])

        register_clearance(gate.clearances)
        register_invalidation(gate.invalidate)
        register_link("agreement", path_of)
        _register_merge_part()
        register_routes("consent", "consent.api_urls")
        register_record_source("agreements", _("Agreements"), records.everything, covers=records.COVERS, order=30)
        slots.register("groups.group_detail", panels.group_detail, order=20)
        slots.register("groups.member_row", panels.member_row, order=20)
        slots.register("groups.member_home_top", panels.member_due, order=20)
        slots.register("groups.member_home", panels.member_home, order=20)
        slots.register("groups.roll_call", panels.roll_call, order=20)
        slots.register("groups.group_people", panels.group_people, order=20)
        slots.register("groups.session_count", panels.session_count, order=20)
        slots.register("groups.session_gate", panels.session_gate, order=20)
        slots.register("groups.session_seats", panels.session_seats, order=20)
        slots.register("groups.session_dots", panels.session_dots, order=20)
        slots.register("groups.session_outside", panels.session_outside, order=20)
        slots.register("groups.session_detail", panels.session_detail, order=20)
        nav.register(
            nav.NavItem(
                key="agreements",
                label=_("Agreements"),
                icon="file-pen",
                url_name="consent:agreement-list",
                shown_to=frozenset({"member"}),
                order=30,
                badge=None,
            )
        )


def _register_merge_part() -> None:
    """Register what the promises say of two entries of one person."""
    from consent import merges
    from groupcare.accounts.ports import register_merge_part

    register_merge_part("consent", merges.PART)
