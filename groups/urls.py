"""Pages of the groups. Addresses that members receive carry no word of care."""

from django.urls import path

from groups import views

app_name = "groups"

urlpatterns = [
    path("today/", views.today, name="today"),
    path("home/", views.home_member, name="home-member"),
    path("my/sessions/", views.my_sessions, name="my-sessions"),
    path("groups/", views.group_list, name="group-list"),
    path("groups/new/", views.group_create, name="group-create"),
    # /groups/<group>/
    path("groups/<uuid:pk>/", views.group_detail, name="group-detail"),
    path("groups/<uuid:pk>/people/", views.member_list, name="member-list"),
    path("groups/<uuid:pk>/sessions/", views.session_list, name="session-list"),
    path("groups/<uuid:pk>/notes/", views.note_list, name="note-list"),
    path("groups/<uuid:pk>/members/invite/", views.member_invite, name="member-invite"),
    path("groups/<uuid:pk>/members/<uuid:membership_pk>/end/", views.member_end, name="member-end"),
    path("groups/<uuid:pk>/facilitators/add/", views.facilitator_add, name="facilitator-add"),
    path("groups/<uuid:pk>/facilitators/<uuid:facilitation_pk>/end/", views.facilitator_end, name="facilitator-end"),
    path("groups/<uuid:pk>/sessions/new/", views.session_create, name="session-create"),
    # /visits/<session>/ and /sessions/<session>/: the first is written in mail, so it says nothing of care
    path("sessions/<uuid:pk>/", views.session_detail, name="session-detail"),
    path("sessions/<uuid:pk>/cancel/", views.session_cancel, name="session-cancel"),
    path("visits/<uuid:pk>/", views.session_join, name="session-join"),
    path("visits/<uuid:pk>/room/", views.session_room, name="session-room"),
    path("sessions/<uuid:pk>/notes/", views.session_notes, name="session-notes"),
    path("sessions/<uuid:pk>/notes/process/", views.process_note_create, name="process-note-create"),
    path("sessions/<uuid:pk>/notes/progress/", views.progress_note_choose, name="progress-note-choose"),
    path(
        "sessions/<uuid:pk>/notes/progress/<uuid:membership_pk>/",
        views.progress_note_create,
        name="progress-note-create",
    ),
]
