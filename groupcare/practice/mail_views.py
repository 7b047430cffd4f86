"""Pages about mail, for administrators."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from groupcare.access import viewer_from
from groupcare.accounts.models import Person
from groupcare.accounts.selectors import get_person
from groupcare.exceptions import InvalidTransition
from groupcare.practice import mail
from groupcare.practice.views import for_administrators
from groupcare.vault import unlock

PER_PAGE = 25  # Our choice, as on every list.


@require_GET
@for_administrators
def mail_page(request: HttpRequest) -> HttpResponse:
    """Show how mail leaves, the last tests, what waits, and what a person should look at."""
    viewer = viewer_from(request)
    page = Paginator(mail.unsettled(viewer), PER_PAGE).get_page(request.GET.get("page"))
    found = list(page.object_list)
    unlock([message.recipient for message in found])
    mail.note_reading(page.number)
    context = {
        "page": page,
        "rows": mail.rows(found),
        "tests": mail.tests(viewer),
        "waiting": mail.waiting(viewer),
        "protection": mail.protection(),
    }
    return render(request, "practice/mail.html", context)


@require_POST
@for_administrators
def mail_test(request: HttpRequest) -> HttpResponse:
    """Send a test to one's own address."""
    return _done(
        request,
        lambda viewer: mail.send_test(by=viewer),
        _("The test is on its way. Look at this page again in a minute."),
    )


@require_POST
@for_administrators
def mail_again(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Send a message again."""
    return _done(
        request, lambda viewer: mail.send_again(message_id=message_id, by=viewer), _("It is on its way again.")
    )


@require_POST
@for_administrators
def mail_phone(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Keep that the person was told by phone."""
    return _done(request, lambda viewer: mail.settle_by_phone(message_id=message_id, by=viewer), _("Settled by phone."))


@require_POST
@for_administrators
def address_clear(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Write to a person's address again."""
    person = get_person(viewer_from(request), person_id)
    mail.clear_trouble(person=person, by=cast(Person, viewer_from(request)))
    messages.success(request, _("The address is used again."))
    return redirect("accounts:person-detail", person_id=person.pk)


def _done(request: HttpRequest, act: Callable[[Person], object], said: str) -> HttpResponse:
    """Do it, say what happened, and go back to the page."""
    try:
        act(cast(Person, viewer_from(request)))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except InvalidTransition as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said)
    return redirect("practice:mail")
