"""Routes of the groups in the API, below /api/v1/."""

from django.urls import path

from groups import api

urlpatterns = [
    path("groups", api.GroupsView.as_view(), name="api-group-list"),
    path("groups/<uuid:pk>", api.GroupView.as_view(), name="api-group-detail"),
    path("groups/<uuid:pk>/members", api.MembersView.as_view(), name="api-member-list"),
    path("groups/<uuid:pk>/sessions", api.GroupSessionsView.as_view(), name="api-session-list"),
    path("sessions", api.MySessionsView.as_view(), name="api-my-session-list"),
    path("sessions/<uuid:pk>", api.SessionView.as_view(), name="api-session-detail"),
    path("sessions/<uuid:pk>/join", api.JoinView.as_view(), name="api-session-join"),
    path("sessions/<uuid:pk>/process-notes", api.ProcessNotesView.as_view(), name="api-process-note-list"),
    path("sessions/<uuid:pk>/progress-notes", api.ProgressNotesView.as_view(), name="api-progress-note-list"),
]
