"""Wiring of the groups app."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GroupsConfig(AppConfig):
    """Registers what the groups app offers to the others."""

    name = "groups"
    label = "groups"

    def ready(self) -> None:
        """Register navigation, links of messages, the source of grants and the API."""
        from groupcare.access.api import register_routes
        from groupcare.access.ports import register_grant_source
        from groupcare.outbox.ports import register_link
        from groupcare.web import nav, panels
        from groups.panels import own_place

        register_link("session", _session_link)
        register_link("membership", _home_link)
        register_grant_source(_explained_grants)
        panels.register("accounts.profile", own_place)
        register_routes("groups", "groups.api_urls")
        working, members = frozenset({"facilitator", "trainee"}), frozenset({"member"})
        for item in (
            nav.NavItem("today", _("Today"), "sun", "groups:today", working, 10),
            nav.NavItem("groups", _("Groups"), "users", "groups:group-list", working, 20),
            nav.NavItem("member-home", _("Home"), "house", "groups:home-member", members, 10),
            nav.NavItem("member-sessions", _("Sessions"), "calendar", "groups:my-sessions", members, 20),
        ):
            nav.register(item)


def _session_link(object_id: UUID, issue: int) -> str:
    """Return the path that a reminder leads to; ``issue`` plays no part."""
    from django.urls import reverse

    return reverse("groups:session-join", kwargs={"pk": object_id})


def _home_link(object_id: UUID, issue: int) -> str:
    """Return the path that the notice of a new place leads to: the member's own home, with no id in it."""
    from django.urls import reverse

    return reverse("groups:home-member")


def _explained_grants(grants: Sequence[Any]) -> set[Any]:
    """Return the primary keys of the grants that a facilitation explains, for ``manage.py check_access``."""
    from groups.grants import explained

    return explained(grants)
