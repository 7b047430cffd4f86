"""Taking one's signature back, and finding somebody's answer not valid."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent import selectors, services
from consent.consequences import consequences
from consent.forms import ReasonForm
from consent.kinds import load_kind
from consent.views.common import passed, person_of
from groupcare.access import Audience, policy
from groupcare.exceptions import InvalidTransition
from groupcare.vault import unlock


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def act_withdraw(request: HttpRequest, act_id: UUID) -> HttpResponse:
    """Show what taking a signature back means, or take it back."""
    person = person_of(request)
    act = selectors.get_own_act(person, act_id, "act.withdraw", only_by_them=True)
    if request.method == "POST":
        try:
            after = services.withdraw(act_id=act_id, by=person)
        except InvalidTransition as error:
            return passed(request, error)
        return redirect("consent:act-detail", act_id=after.pk)
    kind = load_kind(act.document.kind)
    context = {
        "act": act,
        "text": selectors.text_of(act.version),
        "parts": list(consequences(kind, act.capacity).parts()),
        "can_withdraw": act.is_promise and act.is_last and kind.withdrawable,  # type: ignore[attr-defined]
    }
    return render(request, "consent/act_withdraw.html", context)


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF)
def act_invalidate(request: HttpRequest, act_id: UUID) -> HttpResponse:
    """Show what it means that an answer does not count, or mark it with the reason."""
    person = person_of(request)
    act = selectors.answer_to_check(person, act_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.invalidate_answer(act_id=act_id, reason=form.cleaned_data["reason"], by=person)
        except InvalidTransition as error:
            form.add_error(None, error.message)
        except ValidationError as error:
            form.add_error("reason", error.message_dict["reason"])
        else:
            messages.success(request, _("Kept. The answer does not count any more, and the person reads why."))
            return redirect("consent:coverage-board", group_id=act.group_id)
    unlock([act.signer, act.answerer], [act])  # type: ignore[attr-defined]
    context = {
        "act": act,
        "group": act.group,
        "form": form,
        "text": selectors.text_of(act.version),
        "signs_in": act.signer.login is not None,
    }
    return render(request, "consent/act_invalidate.html", context, status=422 if form.errors else 200)
