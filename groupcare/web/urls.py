"""Routes of the web room. ``home`` has no namespace: login and error pages lead to it."""

from django.urls import include, path

from groupcare.web import views

_own = [
    path("healthz", views.healthz, name="healthz"),
    path("leave/", views.leave, name="leave"),
    path("display/", views.display, name="display"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("", include((_own, "web"))),
]
