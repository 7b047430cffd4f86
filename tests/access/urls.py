"""Routes of every kind of policy, for the tests of the door."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import include, path
from rest_framework.response import Response

from groupcare import urls as project
from groupcare.access import Audience, Policy, Role, policy
from groupcare.access.api import GroupcareAPIView
from groupcare.exceptions import InvalidTransition, NotCleared, Refused


def answer(request, **kwargs):
    return HttpResponse("the page")


def web_page(request):
    return HttpResponse("the page")


web_page.policy = "public"


def declared(*args, **kwargs):
    def view(request):
        return HttpResponse("the page")

    return policy(*args, **kwargs)(view)


class Reason:
    text, url = "Sign the agreement.", "/agreements/"


class Api(GroupcareAPIView):
    policy = Policy(Audience.ROLES, frozenset({Role.ADMINISTRATOR}))

    def get(self, request, what):
        if what == "refused":
            raise Refused("thing.read", "thing", "42")
        if what == "invalid":
            raise ValidationError({"name": "Write a name."})
        if what == "plain":
            raise ValidationError("Not so.")
        if what == "transition":
            raise InvalidTransition("It is closed.")
        if what == "uncleared":
            raise NotCleared([Reason()])
        return Response({"ok": True})


class Forgotten(GroupcareAPIView):
    def get(self, request):
        return Response({"ok": True})


urlpatterns = [
    path("t/undeclared/", answer, name="t-undeclared"),
    path("t/web/", web_page, name="t-web"),
    path("t/public/", declared(Audience.PUBLIC), name="t-public"),
    path("t/signed-in/", declared(Audience.SIGNED_IN), name="t-signed-in"),
    path("t/staff/", declared(Audience.STAFF), name="t-staff"),
    path("t/roles/", declared(Audience.ROLES, roles=[Role.PRIVACY_OFFICER, Role.CUSTODIAN]), name="t-roles"),
    path("t/nobody/", declared(Audience.NOBODY), name="t-nobody"),
    path("t/step-up/", declared(Audience.SIGNED_IN, step_up=True), name="t-step-up"),
    path("t/api/forgotten", Forgotten.as_view(), name="t-api-forgotten"),
    path("t/api/<str:what>", Api.as_view(), name="t-api"),
    path("", include(project)),
]
