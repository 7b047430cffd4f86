"""Routes of the tests: the web room's own, and a page that shows every component."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from groupcare.web.forms import DateInput, DateTimeInput, PlainForm, Segment
from groupcare.web.policy import open_to_all
from groupcare.web.templatetags import gc

handler400 = "groupcare.web.errors.bad_request"
handler403 = "groupcare.web.errors.permission_denied"
handler404 = "groupcare.web.errors.page_not_found"
handler500 = "groupcare.web.errors.server_error"


class Sample(PlainForm):
    label = forms.CharField(label="Name of the group", help_text="Others may see it on a screen.", max_length=40)
    minutes = forms.IntegerField(label="Minutes late", error_messages={"invalid": "Write a number, for example 8."})
    kind = forms.ChoiceField(label="Kind of group", choices=[("", "Choose one"), ("process", "Process")])
    openness = forms.ChoiceField(label="Openness", choices=[("open", "Open"), ("closed", "Closed")], widget=Segment)
    place = forms.ChoiceField(label="Place", choices=[("a", "Room 2"), ("b", "Online")], widget=forms.RadioSelect)
    day = forms.DateField(label="First day", widget=DateInput, required=False)
    starts = forms.DateTimeField(label="Starts", widget=DateTimeInput, required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    sure = forms.BooleanField(label="I have read the ground rules", help_text="All of them.")

    def clean(self) -> dict[str, Any]:
        if self.data.get("label") == "taken":
            raise forms.ValidationError("This place is taken.")
        return self.cleaned_data


class Thing:
    def __init__(self, pk: int) -> None:
        self.pk = pk


LAYOUTS = {"staff", "member", "reading", "print"}


@open_to_all
def sample(request: HttpRequest, layout: str) -> HttpResponse:
    if request.GET.get("say"):
        messages.success(request, "Saved at 18:41.")
        messages.error(request, "One letter came back.")
    form = Sample(request.POST if request.method == "POST" else None)
    rows = Paginator(range(60), 25).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "layout": f"layouts/{layout}.html",
        "thing": Thing(7),
        "rows": rows,
        "states": gc.STANDINGS,
    }
    return render(request, "sample.html", context, status=422 if form.is_bound and not form.is_valid() else 200)


def _forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def _broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("Ben Torres wrote to ben@example.org")


def _suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation


urlpatterns = [
    path("", include("groupcare.web.urls")),
    path("sample/<str:layout>/", sample, name="sample"),
    path("forbidden/", open_to_all(_forbidden)),
    path("broken/", open_to_all(_broken)),
    path("suspicious/", open_to_all(_suspicious)),
]
