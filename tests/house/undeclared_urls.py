"""The project's routes and two more: one says who it is for, the other forgot to."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from groupcare.access import Audience, policy
from groupcare.urls import urlpatterns as known


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open to all by mistake")


@policy(Audience.SIGNED_IN)
def declared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("fine")


urlpatterns = [*known, path("undeclared/", undeclared), path("declared/", declared)]
