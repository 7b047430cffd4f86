"""What the consent app shows on pages of the groups app: rendered on the server, in the same request."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from consent import selectors
from consent.kinds.wording import title_of
from consent.selectors import Coverage, RollCall, WardAnswer
from consent.standing import PRECEDENCE, State
from consent.views.kept import agreement_rows
from groupcare.accounts.models import Person
from groupcare.web.panels import Render
from groupcare.web.templatetags.gc import seats_words, standing
from groups.models import GroupSession, Membership, TherapyGroup

# Our choice, because more rows would push everything else of the day off the screen.
MOST_OUTSIDE, MOST_PEOPLE = 6, 8


def group_detail(request: HttpRequest, objects: Sequence[TherapyGroup]) -> dict[Any, SafeString]:
    """Return the card "Promises" of each group."""
    return {group.pk: _group_card(request, group) for group in objects}


def _group_card(request: HttpRequest, group: TherapyGroup) -> SafeString:
    found = _coverage(request, group)
    rules = [answer.rule for one in found.by_person.values() for answer in one.answers]
    language = get_language() or group.language
    titles = {rule.document_id: title_of(rule.kind, language) for rule in rules}
    opened = selectors.last_opened(_person(request), set(titles))
    context = {
        "agreements": [(title, one, opened.get(one)) for one, title in sorted(titles.items(), key=itemgetter(1, 0))],
        "group": group,
        "published": found.published,
        "grace": found.grace,
        "can_manage": getattr(group, "can_manage", False),
        "can_answer_questions": getattr(group, "can_write_notes", False),
        # Read with the group itself (``register_group_column``).
        "questions_waiting": getattr(group, "questions_waiting", 0),
        "paper_wanted": getattr(group, "paper_wanted", 0),
        "counts": [(str(state), found.states[state]) for state in reversed(PRECEDENCE) if found.states[state]],
    }
    return render_to_string("consent/_panel_group.html", context, request)


def member_row(request: HttpRequest, objects: Sequence[Membership]) -> dict[Any, SafeString]:
    """Return the badge of each membership; all are of groups the reader may see."""
    found = selectors.standings(None, {one.group_id for one in objects}, {one.person_id for one in objects})
    return {one.pk: standing(str(found[one.group_id, one.person_id].state)) for one in objects}


def _coverage(request: HttpRequest, group: TherapyGroup) -> Coverage:
    """Return the coverage of a group, from the roll call if the page has one already."""
    kept = _kept(request).get(group.pk)
    if kept is None or not any(line.standing.answers for line in kept.lines):
        return selectors.coverage(_person(request), group)
    return Coverage(published=True, by_person={line.membership.person_id: line.standing for line in kept.lines})


def _kept(request: HttpRequest) -> dict[UUID, RollCall]:
    kept: dict[UUID, RollCall] = request.__dict__.setdefault("_consent_roll_calls", {})
    return kept


def _roll_call(request: HttpRequest, session: GroupSession) -> RollCall:
    """Return the roll call of a session's group, as the page has read it; empty where it has not."""
    return _kept(request).get(session.group_id, RollCall(()))


def session_count(request: HttpRequest, objects: Sequence[GroupSession]) -> dict[Any, SafeString]:
    """Return how many could come in now, for each session of a list; nothing where nobody has a place."""
    return {
        one.pk: format_html(
            '<span class="tag">{} <span class="visually-hidden">{}</span></span>',
            *seats_words(call.cleared, len(call.lines)),
        )
        for one in objects
        if (call := _roll_call(request, one)).lines
    }


def _part(template: str) -> Render:
    """Return a panel that shows the roll call of a session with ``template``; nothing where nobody has a place."""

    def render(request: HttpRequest, objects: Sequence[GroupSession]) -> dict[Any, SafeString]:
        found = {}
        for one in objects:
            if (call := _roll_call(request, one)).lines and one.state != GroupSession.State.CANCELLED:
                found[one.pk] = render_to_string(
                    template, {"call": call, "session": one, "most": MOST_OUTSIDE}, request
                )
        return found

    return render


#: How many cannot come in, in a sentence; the circle of seats; the same as dots, for a phone;
#: who cannot come in yet, and why; everyone, for the door.
session_gate = _part("consent/_gate_sentence.html")
session_seats = _part("consent/_panel_seats.html")
session_dots = _part("consent/_panel_dots.html")
session_outside = _part("consent/_panel_outside.html")
session_detail = _part("consent/_panel_door.html")


def roll_call(request: HttpRequest, objects: Sequence[Membership]) -> dict[Any, SafeString]:
    """Read how everyone stands, once, for the other panels of this page; show nothing.

    The page gives all places of the groups that it is about, as its reader may see them.
    """
    _kept(request).update(selectors.roll_calls(objects))
    return {}


def group_people(request: HttpRequest, objects: Sequence[TherapyGroup]) -> dict[Any, SafeString]:
    """Return the first people of each group with their standing, for the group's own page."""
    calls = _kept(request)
    return {
        one.pk: render_to_string("consent/_panel_people.html", {"lines": calls[one.pk].lines[:MOST_PEOPLE]}, request)
        for one in objects
        if one.pk in calls
    }


def member_home(request: HttpRequest, objects: Sequence[Person]) -> dict[Any, SafeString]:
    """Return the reader's own agreements; for anybody else nothing."""
    person = _person(request)
    rows = _own_rows(request)
    card = render_to_string("consent/_panel_member.html", {"rows": rows}, request)
    return {one.pk: card for one in objects if one.pk == person.pk}


def member_due(request: HttpRequest, objects: Sequence[Person]) -> dict[Any, SafeString]:
    """Return the reader's first agreement that soon runs out, as the one thing to do; nothing where none does."""
    person, due = _person(request), [row for row in _own_rows(request) if row["state"] == State.DUE or row["grace"]]
    if not due:
        return {}
    card = render_to_string("consent/_panel_due.html", {"row": due[0]}, request)
    return {one.pk: card for one in objects if one.pk == person.pk}


def to_do(request: HttpRequest, objects: Sequence[Person]) -> dict[Any, SafeString]:
    """Return what waits about promises, for the reader's own day; nothing where nothing does.

    Questions and what is to be followed up are counted in all groups of the reader; who wants to talk first, and whose
    promise has run out, in the groups whose roll call the page has read: those that meet soon.
    """
    person = _person(request)
    if person not in objects:
        return {}
    found = selectors.waiting_in_groups(person)
    calls = _kept(request)
    labels = {pk: call.lines[0].membership.group.label for pk, call in calls.items() if call.lines}
    context = {
        "owes": any(one.owes for one in found),
        "questions": [(one.group_id, one.questions, labels.get(one.group_id, "")) for one in found if one.questions],
        "talks": _standing_in(calls, labels, {State.TALK_FIRST}),
        "overdue": _standing_in(calls, labels, {State.EXPIRED, State.SUPERSEDED}),
    }
    if not any(context.values()):
        return {}
    return {person.pk: render_to_string("consent/_panel_to_do.html", context, request)}


def _standing_in(
    calls: dict[UUID, RollCall], labels: dict[UUID, str], states: set[State]
) -> list[tuple[UUID, int, str]]:
    """Return (group, how many, label) of each group in which the standing of somebody is one of ``states``."""
    many = {pk: sum(line.standing.state in states for line in call.lines) for pk, call in calls.items()}
    return [(pk, count, labels[pk]) for pk, count in many.items() if count]


def _own_rows(request: HttpRequest) -> list[Any]:
    """Return the reader's own agreements."""
    return _own(request)[0]


def my_duties_card(request: HttpRequest, objects: Sequence[Person]) -> dict[Any, SafeString]:
    """Return everything the reader signs because they work here, on their own profile; nothing for others."""
    person = _person(request)
    found = selectors.my_duties(person)
    if not found:
        return {}
    card = render_to_string("consent/_panel_duties.html", {"duties": found}, request)
    return {one.pk: card for one in objects if one.pk == person.pk}


def _own(request: HttpRequest) -> tuple[list[Any], list[WardAnswer]]:
    """Return the reader's own agreements, and what they are asked for their children, read once a request."""
    kept = request.__dict__
    if "_consent_own" not in kept:
        person = _person(request)
        lines, wards = selectors.own_and_wards(person)
        kept["_consent_own"] = agreement_rows(person, lines), wards
    found: tuple[list[Any], list[WardAnswer]] = kept["_consent_own"]
    return found


def wards(request: HttpRequest, objects: Sequence[Person]) -> dict[Any, SafeString]:
    """Return what the reader is asked for the young people they answer for; nothing for anybody else."""
    person, found = _person(request), _own(request)[1]
    if not found:
        return {}
    card = render_to_string("consent/_panel_wards.html", {"wards": found}, request)
    return {one.pk: card for one in objects if one.pk == person.pk}


def _person(request: HttpRequest) -> Person:
    person: Person = request.person  # type: ignore[attr-defined]
    return person
