"""What somebody had typed when their session ended: to be read, copied, and thrown away."""

import re
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from groupcare.access import Audience, policy, viewer_from
from groupcare.accounts.kept import forget
from groupcare.accounts.models import Person
from groupcare.accounts.selectors import kept_texts

# Ids and the like, which a page puts in by itself.
_NO_WORDS = re.compile(r"[0-9a-f-]{32,36}|\d+|on|", re.IGNORECASE)


@policy(Audience.SIGNED_IN)
@require_GET
def kept_list(request: HttpRequest) -> HttpResponse:
    """Show the reader's own unsent text, with the way to each form."""
    rows = kept_texts(cast(Person, viewer_from(request)))
    found = [{"path": row.content["path"], "row": row, "words": _words(row.content["data"])} for row in rows]
    return render(request, "accounts/kept_list.html", {"found": found})


def _words(data: dict[str, list[str]]) -> list[str]:
    """Return what was written by hand, the longest first."""
    said = [value for values in data.values() for value in values if not _NO_WORDS.fullmatch(value.strip())]
    return sorted(said, key=len, reverse=True)


@policy(Audience.SIGNED_IN)
@require_POST
def kept_discard(request: HttpRequest) -> HttpResponse:
    """Throw away what is kept for one form of the reader's own; of another's there is none to be found."""
    forget(request, request.POST.get("path", ""), cast(Person, viewer_from(request)))
    messages.success(request, _("What was kept is deleted."))
    return redirect("accounts:kept-list")
