"""Everyone signs: what those who work here have promised, for administrators."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from consent import selectors
from consent.kinds.wording import name_of
from consent.views.common import person_of
from groupcare.access import Audience, Role, policy


@require_GET
@policy(Audience.ROLES, roles=(Role.ADMINISTRATOR,))
def everyone_signs(request: HttpRequest) -> HttpResponse:
    """List those who work here with each document of the practice; documents of groups are only counted."""
    person = person_of(request)
    page, found = selectors.everyone_signs(person, request.GET.get("page", "1")[:6])
    rows = [
        (
            one,
            {"found": standing, "papers": [(a, name_of(a.rule.kind, person.language)) for a in standing.for_practice]},
        )
        for one, standing in found
    ]
    return render(request, "consent/everyone_signs.html", {"page": page, "rows": rows})
