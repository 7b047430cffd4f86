"""Routes of the consent app's API, below ``api/v1/``."""

from django.urls import path

from consent import api

urlpatterns = [
    path("groups/<uuid:group_id>/standing", api.GroupStanding.as_view(), name="api-group-standing"),
    path("agreements", api.OwnAgreements.as_view(), name="api-agreements"),
    path("agreements/<uuid:version_id>/talk-first", api.TalkFirst.as_view(), name="api-talk-first"),
]
