"""Pages about the law of places: what holds, how sure that is, what the practice decided, and what changed."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groupcare.access import Audience, Role, policy, viewer_from
from groupcare.accounts.models import Person
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.practice import law_selectors, law_services
from groupcare.practice.law.pack import as_text
from groupcare.practice.law.topics import in_language
from groupcare.practice.law_forms import BackForm, OverrideForm, ReasonForm
from groupcare.practice.law_words import row_of, rows_of, value_words
from groupcare.practice.views import for_administrators
from groupcare.vault import unlock

PER_PAGE = 25  # Our choice, as on every list.
READERS = (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, Role.FACILITATOR, Role.TRAINEE)
for_readers = policy(Audience.ROLES, roles=READERS)


@require_GET
@for_readers
def law_list(request: HttpRequest) -> HttpResponse:
    """List the places whose law the viewer may read, and how each stands."""
    viewer = viewer_from(request)
    states = law_selectors.place_states(viewer)
    context = {
        "states": states,
        "due": [one for one in states if one.in_use and one.expired],
        "can_decide": law_selectors.may_decide(viewer),
    }
    return render(request, "practice/law_list.html", context)


@require_GET
@for_readers
def law_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show everything that the law of one place says, with its sources."""
    viewer, language = viewer_from(request), get_language() or "en"
    stack, parts = law_selectors.law_of(viewer, code, language)
    names, today = {pack.id: in_language(pack.label, language) for pack in stack}, law_selectors.today()
    rows = [rows_of(part, language, today, names) for part in parts]
    context = {
        "pack": stack[0],
        "stack": stack,
        "parts": rows,
        "unsure": sum(row.item.unverified for part in rows for row in (*part.values, *part.facts)),
        "flags": [text for pack in stack for text in pack.flags],
        "next_review": min(pack.next_review for pack in stack),
        "is_expired": any(law_selectors.is_expired(pack) for pack in stack),
        "can_decide": law_selectors.may_decide(viewer),
        "title": names[code],
    }
    return render(request, "practice/law_detail.html", context)


# What is done -> the service, what is said when it is done, the form that it takes.
_ACTS: dict[str, tuple[Callable[..., object], str, type[ReasonForm]]] = {
    "override": (law_services.override_law, "own", OverrideForm),
    "back": (law_services.end_override, "back", BackForm),
    "accept": (law_services.accept_law, "accepted", ReasonForm),
    "propose": (law_services.propose_off, "proposed", ReasonForm),
    "confirm": (law_services.confirm_off, "off", ReasonForm),
    "on": (law_services.switch_on, "on", ReasonForm),
}


def _said(key: str) -> str:
    return {
        "own": _("Kept. It holds from now, and those whom it touches were told."),
        "back": _("The value of the pack holds again, and those whom it touches were told."),
        "accepted": _("Accepted. The mark is gone."),
        "proposed": _("Proposed. It goes on running until a second person confirms."),
        "off": _("Switched off, and those whom it touches were told."),
        "on": _("It runs."),
    }[key]


@require_http_methods(["GET", "POST"])
@for_administrators
def law_value(request: HttpRequest, code: str, path: str) -> HttpResponse:
    """Show one value with its history, and decide about it."""
    viewer = cast(Person, viewer_from(request))
    one = law_selectors.get_one(viewer, code, path)
    posted = request.POST.get("act", "") if request.method == "POST" else ""
    if request.method == "POST" and posted not in _ACTS:
        raise Refused("law.decide", law_selectors.OBJECT, f"{code}/{path}")
    forms = {act: _form(request, act, one, posted) for act in _ACTS}
    status, problem = 200, ""
    if posted:
        service, key, _kind = _ACTS[posted]
        status, problem = _decided(forms[posted], lambda fields: service(code=code, path=path, by=viewer, **fields))
        if status == 200:
            messages.success(request, _said(key))
            return redirect("practice:law-detail", code=code)
        one = law_selectors.get_one(viewer, code, path)
    history = law_selectors.history(viewer, code, path)
    proposed = one.item.decided.proposed if one.item else None
    unlock([act.by for act in [*history, *([proposed] if proposed else [])]])
    context = {
        "one": one,
        "row": row_of(one.item, get_language() or "en", law_selectors.today()) if one.item else None,
        "shipped": value_words(one.item.meaning if one.item else None, one.shipped, get_language() or "en"),
        "forms": forms,
        "problem": problem,
        "history": history,
        "is_own_proposal": proposed is not None and proposed.by_id in law_selectors.ids_of_viewer(viewer),
        "title": law_selectors.label_of(one, get_language() or "en"),
    }
    return render(request, "practice/law_value.html", context, status=status)


def _form(request: HttpRequest, act: str, one: law_selectors.One, posted: str) -> ReasonForm:
    """Return the form of an act; bound when it is the one that was sent."""
    kind = _ACTS[act][2]
    given: dict[str, Any] = {"data": request.POST if act == posted else None, "auto_id": f"id_{act}_%s"}
    if kind is not ReasonForm:
        given["initial"] = {"seen": one.number}
    if kind is OverrideForm:
        listed = isinstance(one.text, list)
        given["initial"]["value"] = "\n".join(one.text) if listed else as_text(one.text)
        given["short"] = one.item is not None and one.item.meaning is not None and not listed
    return kind(**given)


def _decided(form: ReasonForm, service: Callable[[dict[str, Any]], object]) -> tuple[int, str]:
    """Return 200 when the service took the form, else the status of the page that says why not, and why."""
    if not form.is_valid():
        return 422, ""
    try:
        service(form.cleaned_data)
    except ValidationError as error:
        for field, texts in error.update_error_dict({}).items():
            form.add_error(field if field in form.fields else None, texts)
        return 422, ""
    except InvalidTransition as error:
        return error.http_status, error.message
    return 200, ""


@require_GET
@for_readers
def change_list(request: HttpRequest) -> HttpResponse:
    """List what changed in the law, with the old and the new, and who has read it."""
    page = Paginator(law_selectors.notices(viewer_from(request)), PER_PAGE).get_page(request.GET.get("page"))
    found = list(page.object_list)
    sees_all = bool(found) and hasattr(found[0], "_prefetched_objects_cache")
    unlock([told.person for notice in found for told in notice.told.all()] if sees_all else [])
    rows = [law_selectors.change_of(notice, get_language() or "en") for notice in found]
    return render(request, "practice/law_changes.html", {"page": page, "rows": rows, "sees_all": sees_all})


@require_POST
@for_readers
def change_read(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Keep that the viewer has read a change."""
    law_services.read_notice(notice_id=notice_id, by=cast(Person, viewer_from(request)))
    messages.success(request, _("Kept that you have read it."))
    return redirect("changes:list")
