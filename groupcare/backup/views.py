"""The pages of the recovery sheet, for administrators who have just shown that it is they."""

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groupcare.access import Audience, Role, policy
from groupcare.backup import recovery
from groupcare.backup.errors import BackupError
from groupcare.backup.forms import CodeForm

log = logging.getLogger(__name__)
for_administrators = policy(Audience.ROLES, roles=[Role.ADMINISTRATOR], step_up=True)


@require_http_methods(["GET", "POST"])
@for_administrators
def recovery_page(request: HttpRequest) -> HttpResponse:
    """Say whether a sheet counts; make one and show it, this once."""
    problem = ""
    if request.method == "POST":
        try:
            return render(request, "backup/sheet.html", {"code": recovery.make_sheet()})
        except BackupError as failed:
            log.error("recovery_sheet.not_kept", exc_info=failed)
            problem = _not_writable()
    context = {"counts": recovery.current() is not None, "pending": recovery.pending() is not None, "problem": problem}
    return render(request, "backup/recovery.html", context, status=503 if problem else 200)


@require_http_methods(["GET", "POST"])
@for_administrators
def recovery_confirm(request: HttpRequest) -> HttpResponse:
    """Take the code back from the paper; the sheet counts from then on."""
    if recovery.pending() is None:
        messages.info(request, _("No new sheet waits. Make one first."))
        return redirect("backup:recovery")
    form = CodeForm(request.POST or None)
    if form.is_bound and form.is_valid() and _confirmed(form):
        messages.success(request, _("The sheet counts from now on. Make a backup of the keys next: make backup."))
        return redirect("practice:setup")
    return render(request, "backup/recovery_confirm.html", {"form": form}, status=422 if form.errors else 200)


def _confirmed(form: CodeForm) -> bool:
    """Return whether the typed code is the one on the newest sheet; what is wrong goes onto the form."""
    try:
        if recovery.confirm(form.cleaned_data["code"]):
            return True
        form.add_error("code", _("That is not the code of the newest sheet. Compare it with the paper."))
    except recovery.Unwritable:
        form.add_error(None, _not_writable())
    except BackupError:
        form.add_error("code", _("A letter is missing or wrong. Compare it with the paper, group by group."))
    return False


def _not_writable() -> str:
    return _(
        "The server may not write beside its keys, as it should be in production. Run manage.py recovery_sheet there."
    )
