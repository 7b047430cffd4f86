"""Routes of concerns below /api/v1/."""

from django.urls import path

from incidents import api

urlpatterns = [
    path("concern", api.OwnConcerns.as_view(), name="api-concern-mine"),
    path("concerns", api.Concerns.as_view(), name="api-concern-list"),
    path("concerns/<uuid:pk>", api.ConcernRead.as_view(), name="api-concern-detail"),
    path("concerns/<uuid:pk>/acknowledge", api.ConcernAcknowledge.as_view(), name="api-concern-acknowledge"),
    path("concerns/<uuid:pk>/assess", api.ConcernAssess.as_view(), name="api-concern-assess"),
    path("concerns/<uuid:pk>/close", api.ConcernClose.as_view(), name="api-concern-close"),
    path("concerns/<uuid:pk>/step-aside", api.ConcernStepAside.as_view(), name="api-concern-step-aside"),
]
