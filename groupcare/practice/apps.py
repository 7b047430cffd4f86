"""Wiring of the practice room."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from celery.signals import beat_init, worker_init
from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from groupcare.practice.ports import Precaution


class PracticeConfig(AppConfig):
    """Registers what the practice room offers to the others."""

    name = "groupcare.practice"
    label = "practice"

    def ready(self) -> None:
        """Register checks, the start guard of worker and beat, what lower rooms ask for, and the navigation."""
        from groupcare.access import Role
        from groupcare.accounts.ports import register_account_mark, register_demo
        from groupcare.outbox.ports import register_link, register_practice_name
        from groupcare.practice import checks, demo_guard, records, selectors  # noqa: F401
        from groupcare.practice.law_selectors import unread_mark
        from groupcare.practice.ports import register_precaution
        from groupcare.web import nav, panels

        register_demo(demo_guard.is_demo_database)
        register_practice_name(selectors.public_name)
        register_link("law", _law_link)
        records.register_record_source(
            "identity", records.IDENTITY_TITLE, records.identity, covers=records.IDENTITY_COVERS, order=10
        )
        nav.register(
            nav.NavItem(
                key="settings",
                label=_("Settings"),
                icon="settings",
                url_name="practice:settings",
                shown_to=frozenset({Role.ADMINISTRATOR.value}),
                order=90,
                under=("/practice/", "/changes/"),
            )
        )
        panels.register("accounts.people_top", _first_run)
        panels.register("groups.today", _changed_law)
        register_account_mark("has_unread_law", unread_mark)
        for precaution in _precautions():
            register_precaution(precaution)
        worker_init.connect(_refuse_wrong_database, dispatch_uid="practice.demo_guard")
        beat_init.connect(_refuse_wrong_database, dispatch_uid="practice.demo_guard")


def _precautions() -> "list[Precaution]":
    """Return what this room advises before real people are entered."""
    from groupcare.accounts.selectors import has_help_nearby, lacks_second_factor
    from groupcare.practice import law_selectors, mail, selectors
    from groupcare.practice.ports import Precaution

    return [
        Precaution(
            key="officer",
            text=_("Name a privacy officer beside the only administrator."),
            why=_(
                "Whoever reads a concern should not be the one person who gives out roles. "
                "If you work alone, your external reviewer is enough."
            ),
            done=selectors.officer_stands_apart,
            url_name="accounts:person-invite",
        ),
        Precaution(
            key="crisis_text",
            text=_("Write what somebody in danger should do."),
            why=_("It stands on the pages of members at any hour, also when nobody here answers."),
            done=selectors.crisis_text_is_written,
            url_name="practice:settings",
        ),
        Precaution(
            "mail",
            _("Send a test message, and see it accepted."),
            _("Invitations, reminders and codes go by mail. A server that takes none is noticed too late."),
            mail.was_tried,
            "practice:mail",
        ),
        Precaution(
            "second_factor",
            _("Let every colleague set up a second step."),
            _("Until then they can open nothing, and a password alone protects the account."),
            lambda: ~lacks_second_factor(),
            "accounts:people-list",
        ),
        Precaution(
            "help_nearby",
            _("Have two administrators, or an external reviewer who signs in."),
            _("Whoever loses phone or mailbox needs two others. One person alone could be locked out for good."),
            has_help_nearby,
            "accounts:person-invite",
        ),
        Precaution(
            "law_is_checked",
            _("Have the law of your places checked again where that is due."),
            _("Laws change. What was checked long ago may tell people something that is no longer so."),
            law_selectors.nothing_in_use_is_expired,
            "practice:law-list",
        ),
    ]


def _law_link(object_id: UUID, issue: int) -> str:
    """Return the path that a notice about a change of law leads to, with no id in it."""
    from django.urls import reverse

    return reverse("changes:list")


def _changed_law(request: HttpRequest, objects: Sequence[Any]) -> dict[Any, SafeString]:
    """Return the way to what changed in the law, for somebody who was told of it and has not read it."""
    from django.template.loader import render_to_string

    person = request.person  # type: ignore[attr-defined]
    if not getattr(request.user, "has_unread_law", False):
        return {}
    card = render_to_string("practice/_panel_changed_law.html", {}, request)
    return {one.pk: card for one in objects if one.pk == person.pk}


def _first_run(request: HttpRequest, objects: Sequence[Any]) -> dict[Any, SafeString]:
    """Return the way to the first run for an administrator; the page of the steps itself says how far it is."""
    from django.template.loader import render_to_string

    from groupcare.access import Role
    from groupcare.web import nav

    del objects
    if Role.ADMINISTRATOR.value not in nav.roles(request):
        return {}
    return {None: render_to_string("practice/_panel_first_run.html", {}, request)}


def _refuse_wrong_database(**kwargs: Any) -> None:
    """Stop worker or beat when settings and database disagree; Celery would log any other exception and go on."""
    del kwargs
    from groupcare.practice.demo_guard import verify_start

    try:
        verify_start()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
