"""What the pages of the groups share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from groupcare.access import viewer_from
from groupcare.accounts.models import Person
from groupcare.vault import unlock
from groups.models import GroupSession
from groups.rituals import Step, agenda
from groups.selectors.console import clause_in_turn

M = TypeVar("M")
R = TypeVar("R", bound=Model)

#: Rows on one page of a list.
PER_PAGE = 25


def viewer(request: HttpRequest) -> Person:
    """Return the person who asks."""
    return cast(Person, viewer_from(request))


@dataclass(frozen=True)
class Part(Generic[M]):
    """One page of a list, without counting the rest: a count would cost a query on each page."""

    rows: list[M]
    number: int
    more: bool


def part_of(request: HttpRequest, rows: QuerySet[R], also: Sequence[Model] = ()) -> Part[R]:
    """Return the asked page of ``rows``, its names and those of ``also`` unlocked; else the first page."""
    found: Part[R] = part_of_list(request, rows)
    unlock(found.rows, also)
    return found


def part_of_list(request: HttpRequest, rows: "Sequence[M] | QuerySet[Any]") -> Part[M]:
    """Return the asked page of a list that is in memory already; else the first page."""
    asked = request.GET.get("page", "1")
    number = max(int(asked), 1) if asked.isdecimal() and len(asked) < 5 else 1
    found = list(rows[(number - 1) * PER_PAGE : number * PER_PAGE + 1])
    return Part(rows=found[:PER_PAGE], number=number, more=len(found) > PER_PAGE)


def put_errors(form: Form, error: ValidationError) -> None:
    """Put a service's errors on the form, beside the fields where it has them.

    A form whose fields have other names says so in ``HOLDS``: what the service calls it, then its own names.
    """
    other: Mapping[str, Sequence[str]] = getattr(form, "HOLDS", {})
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        known = next((one for one in (name, *other.get(name, ())) if one in form.fields), None)
        for one in errors:
            form.add_error(known, one)


def agenda_of(session: GroupSession, language: str, *, words: bool = True, also: Sequence[Model] = ()) -> list[Step]:
    """Return the parts of a session that the viewer runs.

    Args:
        session: the session.
        language: of the reader.
        words: whether the words of the agreement that are to be read come along; they may name those who lead.
        also: rows of the same page to unlock together with these words.
    """
    clause = clause_in_turn(session, also) if words else None
    return agenda(session.group.rituals, language, session.starts_at, clause)


def page(request: HttpRequest, template: str, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    """Return a page, rendered to the end, so that its readings are in the trail before the first byte is sent."""
    return render(request, f"groups/{template}.html", dict(context), status=status)
