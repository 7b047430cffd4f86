"""The demo's mail tray, to read what would have been sent. Absent unless this is a demo."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from groupcare.outbox import tray
from groupcare.web.policy import open_to_all
from groupcare.web.responses import absent

PER_PAGE = 25  # Our choice, as on every list.


@open_to_all
@require_GET
def mail_list(request: HttpRequest) -> HttpResponse:
    """Show the mails in the tray, newest first."""
    if not settings.DEMO:
        return absent(request)
    page = Paginator(tray.names(), PER_PAGE).get_page(request.GET.get("page"))
    mails = [mail for mail in map(tray.read, page.object_list) if mail]
    return render(request, "outbox/mail_list.html", {"mails": mails, "page": page})


@open_to_all
@require_GET
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail with its links."""
    mail = tray.read(name) if settings.DEMO else None
    if mail is None:
        return absent(request)
    return render(request, "outbox/mail_detail.html", {"mail": mail})
