"""What the pages of the groups share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from groupcare.access import viewer_from
from groupcare.accounts.models import Person
from groupcare.vault import unlock

M = TypeVar("M", bound=Model)

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


def part_of(request: HttpRequest, rows: QuerySet[M], also: Sequence[Model] = ()) -> Part[M]:
    """Return the asked page of ``rows``, its names and those of ``also`` unlocked; else the first page."""
    asked = request.GET.get("page", "1")
    number = max(int(asked), 1) if asked.isdecimal() and len(asked) < 5 else 1
    found = list(rows[(number - 1) * PER_PAGE : number * PER_PAGE + 1])
    unlock(found, also)
    return Part(rows=found[:PER_PAGE], number=number, more=len(found) > PER_PAGE)


def put_errors(form: Form, error: ValidationError) -> None:
    """Put a service's errors on the form, beside the fields where it has them."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        known = name if name in form.fields else None
        for one in errors:
            form.add_error(known, one)


def page(request: HttpRequest, template: str, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    """Return a page, rendered to the end, so that its readings are in the trail before the first byte is sent."""
    return render(request, f"groups/{template}.html", dict(context), status=status)
