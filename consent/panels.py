"""What the consent app shows on pages of the groups app: rendered on the server, in the same request."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from consent import selectors
from consent.selectors import Coverage
from consent.standing import PRECEDENCE
from consent.views.kept import agreement_rows
from groupcare.accounts.models import Person
from groupcare.web.templatetags.gc import standing
from groups.models import Membership, TherapyGroup


def group_detail(request: HttpRequest, objects: Sequence[TherapyGroup]) -> dict[Any, SafeString]:
    """Return the card "Promises" of each group."""
    return {group.pk: _group_card(request, group) for group in objects}


def _group_card(request: HttpRequest, group: TherapyGroup) -> SafeString:
    found = _coverage(request, group)
    context = {
        "group": group,
        "published": found.published,
        "can_manage": getattr(group, "can_manage", False),
        "counts": [(str(state), found.states[state]) for state in reversed(PRECEDENCE) if found.states[state]],
    }
    return render_to_string("consent/_panel_group.html", context, request)


def member_row(request: HttpRequest, objects: Sequence[Membership]) -> dict[Any, SafeString]:
    """Return the badge of each membership; all are of groups the reader may see."""
    found = selectors.standings(None, {one.group_id for one in objects}, {one.person_id for one in objects})
    return {one.pk: standing(str(found[one.group_id, one.person_id].state)) for one in objects}


def _coverage(request: HttpRequest, group: TherapyGroup) -> Coverage:
    """Return the coverage of a group, read once a request for all panels."""
    kept: dict[Any, Coverage] = request.__dict__.setdefault("_consent_coverage", {})
    if group.pk not in kept:
        kept[group.pk] = selectors.coverage(_person(request), group)
    return kept[group.pk]


def member_home(request: HttpRequest, objects: Sequence[Person]) -> dict[Any, SafeString]:
    """Return the reader's own agreements; for anybody else nothing."""
    person = _person(request)
    rows = agreement_rows(selectors.my_agreements(person), person.language)
    card = render_to_string("consent/_panel_member.html", {"rows": rows}, request)
    return {one.pk: card for one in objects if one.pk == person.pk}


def today(request: HttpRequest, objects: Sequence[Person]) -> dict[Any, SafeString]:
    """Return which of the reader's next sessions somebody cannot come to yet."""
    person = _person(request)
    found = selectors.upcoming_not_cleared(person)
    if not found:
        return {}
    card = render_to_string("consent/_panel_today.html", {"upcoming": found}, request)
    return {one.pk: card for one in objects if one.pk == person.pk}


def _person(request: HttpRequest) -> Person:
    person: Person = request.person  # type: ignore[attr-defined]
    return person
