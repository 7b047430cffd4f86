"""Before the decision: the yes to a screen, the short questions, and questions of one's own with their answers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import selectors, services
from consent.asking_forms import AskForm, BackForm, CodeForm, ReplyForm
from consent.kinds.wording import shipped
from consent.models import AgreementQuestion, DocumentVersion
from consent.views.ceremony import is_understood
from consent.views.common import Counted, answerable, asked_for, facts, for_one, list_of, onward, passed, person_of
from groupcare.access import Audience, Right, policy
from groupcare.accounts.stepup import next_of
from groupcare.exceptions import InvalidTransition
from groupcare.vault import unlock
from groups.selectors import group_with_facilitators

PAGE_SIZE = 25


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def screen_agree(request: HttpRequest) -> HttpResponse:
    """Show what is said before signing on a screen with the test of the device, or keep the yes."""
    person, there = person_of(request), next_of(request, list_of(request))
    words = selectors.screen_disclosure(person, _language(request))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.agree_to_screen(code=form.cleaned_data["code"], language=words.language, by=person)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(there)
    context = {"words": words, "form": form, "next": there, "agreed": selectors.screen_consent(person)}
    return render(request, "consent/screen_agree.html", context, status=422 if form.errors else 200)


def _language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", "en"))


@require_POST
@policy(Audience.SIGNED_IN)
def screen_refuse(request: HttpRequest) -> HttpResponse:
    """Keep that the person would rather have paper."""
    services.prefer_paper(language=_language(request), by=person_of(request))
    messages.success(request, _("Kept. The people who lead bring you paper. You can change your mind at any time."))
    return redirect(list_of(request))


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
@for_one
def agreement_understood(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Ask two to four short questions about the text; a wrong answer is explained, and nobody is stopped by it."""
    version = answerable(request, version_id)
    if version.read_at is None:  # type: ignore[attr-defined]
        return redirect(onward("agreement-read", version_id, asked_for(request)))
    form = BackForm(request.POST if request.method == "POST" else None, asked=_waiting(version))
    if form.is_bound and form.is_valid():
        try:
            rows = services.say_back(
                version_id=version_id, chosen=form.chosen, by=person_of(request), subject_id=asked_for(request)
            )
        except InvalidTransition as error:
            return passed(request, error, version_id)
        if all(row.is_right for row in rows):
            return redirect(onward("agreement-decide", version_id, asked_for(request)))
        return redirect(onward("agreement-understood", version_id, asked_for(request)))
    context = {**facts(request, version), "form": form, "may_go_on": is_understood(person_of(request), version)}
    return render(request, "consent/agreement_understood.html", context, status=422 if form.errors else 200)


def _waiting(version: DocumentVersion) -> list[tuple[Any, bool, str]]:
    """Return the questions without a right answer: each with whether it was tried, and the part to read again."""
    made, text = selectors.tries(version, version.line), selectors.text_of(version)  # type: ignore[attr-defined]
    found = []
    for one in selectors.asked_back(version):
        rows, part = made.get(one.key, []), text.clause(one.about)
        if not any(row.is_right for row in rows):
            found.append((one, bool(rows), part.title if part else ""))
    return found


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
@for_one
def agreement_ask(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Take a question about a part of the text; those who lead answer it, and the answer stands beside the text."""
    version = answerable(request, version_id)
    context = facts(request, version)
    form = AskForm(
        request.POST if request.method == "POST" else None,
        text=context["text"],
        initial={"clause": request.GET.get("part", "")},
    )
    if form.is_bound and form.is_valid():
        try:
            services.ask_about(
                version_id=version_id, by=person_of(request), subject_id=asked_for(request), **form.cleaned_data
            )
        except InvalidTransition as error:
            return passed(request, error, version_id)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Your question is with the people who lead. The answer will stand here."))
            return redirect(onward("agreement-read", version_id, asked_for(request)) + "#asked-h")
    context |= {"form": form}
    return render(request, "consent/agreement_ask.html", context, status=422 if form.errors else 200)


@require_GET
@policy(Audience.STAFF)
def question_list(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Show what members asked about the agreements of a group, the open ones first."""
    person = person_of(request)
    group, _runs, counted = group_with_facilitators(
        person,
        group_id,
        {"asked": selectors.questions_asked(person)},
        right=Right.WRITE_NOTES,
        action="agreement_question.list",
    )
    pages = Counted(selectors.questions_of_group(person, group), PAGE_SIZE)
    pages.count = counted.asked  # type: ignore[attr-defined]
    page = pages.get_page(request.GET.get("page"))
    asks_paper = selectors.want_paper(person, group)
    rows = [_row(one) for one in selectors.opened(person, page.object_list, also=asks_paper)]
    context = {"group": group, "page": page, "rows": rows, "asks_paper": asks_paper}
    return render(request, "consent/question_list.html", context)


def _row(one: AgreementQuestion) -> dict[str, Any]:
    text = shipped(one.version.document.kind, one.version.language)
    part = text.clause(one.clause)
    return {"one": one, "title": text.title, "part": part.title if part else "", "language": text.language}


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF)
def question_reply(request: HttpRequest, group_id: UUID, question_id: UUID) -> HttpResponse:
    """Show one question with the form for its answer, or keep the answer and tell the one who asked."""
    person = person_of(request)
    question = selectors.get_question(person, group_id, question_id)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.reply_to(group_id=group_id, question_id=question_id, words=form.cleaned_data["words"], by=person)
        except InvalidTransition as error:
            messages.info(request, error.message)
            return redirect("consent:question-reply", group_id=group_id, question_id=question_id)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Answered. A message without any detail says that there is something to read."))
            return redirect("consent:question-list", group_id=group_id)
    unlock(question.group)
    context = {"group": question.group, "form": form, **_row(question)}
    return render(request, "consent/question_reply.html", context, status=422 if form.errors else 200)
