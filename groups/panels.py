"""What the groups app shows on pages of lower rooms."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from groupcare.access import Role, roles_of
from groupcare.accounts.models import Person
from groups.selectors import my_memberships


def own_place(request: HttpRequest, objects: Sequence[Person]) -> dict[Any, SafeString]:
    """Return the way to the pages of a member, for somebody who works here and has a place in a group too.

    The navigation of staff does not name it: a colleague at their screen would see it.
    """
    person: Person = request.person  # type: ignore[attr-defined]
    if not roles_of(person) or not my_memberships(person).exists():
        return {}
    card = render_to_string("groups/_panel_own_place.html", {}, request)
    return {one.pk: card for one in objects if one.pk == person.pk}


def contact(request: HttpRequest, objects: Sequence[Person]) -> dict[Any, SafeString]:
    """Return the way to the reader's own emergency contact, for somebody with a place in a group."""
    person: Person = request.person  # type: ignore[attr-defined]
    if not my_memberships(person).exists():
        return {}
    card = render_to_string("groups/_panel_contact.html", {}, request)
    return {one.pk: card for one in objects if one.pk == person.pk}


def will(request: HttpRequest, objects: Sequence[Person]) -> dict[Any, SafeString]:
    """Return the way to the reader's own professional will, for a facilitator."""
    person: Person = request.person  # type: ignore[attr-defined]
    if Role.FACILITATOR not in roles_of(person):
        return {}
    card = render_to_string("groups/_panel_will.html", {}, request)
    return {one.pk: card for one in objects if one.pk == person.pk}
