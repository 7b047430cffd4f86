"""Pages of the groups. Addresses that members receive carry no word of care."""

from django.urls import path

from groups import views

app_name = "groups"

urlpatterns = [
    path("today/", views.today, name="today"),
    # /tonight/<session>/: whoever is there when a colleague cannot come
    path("tonight/", views.tonight, name="tonight"),
    path("tonight/<uuid:pk>/cancel/", views.tonight_cancel, name="tonight-cancel"),
    path("tonight/<uuid:pk>/hand-over/", views.tonight_hand_over, name="tonight-hand-over"),
    path("tonight/<uuid:pk>/calls/", views.tonight_calls, name="tonight-calls"),
    path("home/", views.home_member, name="home-member"),
    path("my/sessions/", views.my_sessions, name="my-sessions"),
    path("my/contact/", views.contact_card, name="contact-card"),
    # /will/ is one's own; /wills/ is for those who oversee them and those whom one names
    path("will/", views.will_write, name="will-write"),
    path("wills/", views.will_list, name="will-list"),
    path("wills/openings/", views.will_openings, name="will-openings"),
    path("wills/openings/<uuid:pk>/", views.will_opening, name="will-opening"),
    path("wills/openings/<uuid:pk>/answer/", views.will_answer, name="will-answer"),
    path("wills/<uuid:pk>/ask/", views.will_ask, name="will-ask"),
    path("groups/", views.group_list, name="group-list"),
    path("groups/new/", views.group_create, name="group-create"),
    # /groups/<group>/
    path("groups/<uuid:pk>/", views.group_detail, name="group-detail"),
    path("groups/<uuid:pk>/people/", views.member_list, name="member-list"),
    path("groups/<uuid:pk>/sessions/", views.session_list, name="session-list"),
    path("groups/<uuid:pk>/notes/", views.note_list, name="note-list"),
    path("groups/<uuid:pk>/members/invite/", views.member_invite, name="member-invite"),
    path("groups/<uuid:pk>/members/already/", views.member_already, name="member-already"),
    path("groups/<uuid:pk>/members/<uuid:membership_pk>/address/", views.member_address, name="member-address"),
    path("groups/<uuid:pk>/members/<uuid:membership_pk>/end/", views.member_end, name="member-end"),
    path(
        "groups/<uuid:pk>/members/<uuid:membership_pk>/wrong-person/",
        views.member_wrong_person,
        name="member-wrong-person",
    ),
    path("groups/<uuid:pk>/facilitators/add/", views.facilitator_add, name="facilitator-add"),
    path("groups/<uuid:pk>/facilitators/<uuid:facilitation_pk>/end/", views.facilitator_end, name="facilitator-end"),
    path("groups/<uuid:pk>/sessions/new/", views.session_create, name="session-create"),
    path("groups/<uuid:pk>/sessions/past/", views.session_past, name="session-past"),
    path("groups/<uuid:pk>/members/<uuid:membership_pk>/record/", views.record_open, name="record-open"),
    # /records/<request>/
    path("records/", views.record_list, name="record-list"),
    path("records/<uuid:pk>/", views.record_detail, name="record-detail"),
    path("records/<uuid:pk>/names/", views.record_names, name="record-names"),
    # /my/: what a member can see about themselves
    path("my/about/", views.about_me, name="about-me"),
    path("my/privacy/", views.privacy, name="privacy"),
    path("my/privacy/opened/", views.privacy_opened, name="privacy-opened"),
    path("my/messages/", views.my_messages, name="my-messages"),
    path("my/leaving/", views.my_leaving, name="my-leaving"),
    path("my/record/", views.my_record, name="my-record"),
    path("my/record/<uuid:pk>/", views.my_record_copy, name="my-record-copy"),
    # /visits/<session>/ and /sessions/<session>/: the first is written in mail, so it says nothing of care
    path("sessions/<uuid:pk>/", views.session_detail, name="session-detail"),
    path("sessions/<uuid:pk>/cancel/", views.session_cancel, name="session-cancel"),
    path("sessions/<uuid:pk>/voice/", views.session_voice, name="session-voice"),
    path("sessions/<uuid:pk>/voice/<uuid:membership_pk>/told/", views.session_told, name="session-told"),
    path("sessions/<uuid:pk>/voice/<uuid:membership_pk>/rules/", views.session_aloud, name="session-aloud"),
    path("sessions/<uuid:pk>/answer/", views.session_answer, name="session-answer"),
    path("visits/<uuid:pk>/", views.session_join, name="session-join"),
    path("visits/<uuid:pk>/room/", views.session_room, name="session-room"),
    path("visits/<uuid:pk>/place/", views.session_place, name="session-place"),
    path("sessions/<uuid:pk>/emergency/", views.emergency_sheet, name="emergency-sheet"),
    path("sessions/<uuid:pk>/emergency/<uuid:membership_pk>/", views.emergency_take_down, name="emergency-take-down"),
    path("sessions/<uuid:pk>/pack/", views.session_pack, name="session-pack"),
    path("sessions/<uuid:pk>/attendance/", views.session_attendance, name="session-attendance"),
    path("sessions/<uuid:pk>/notes/", views.session_notes, name="session-notes"),
    path("sessions/<uuid:pk>/notes/process/", views.process_note_create, name="process-note-create"),
    path("sessions/<uuid:pk>/notes/progress/", views.progress_note_choose, name="progress-note-choose"),
    path(
        "sessions/<uuid:pk>/notes/progress/<uuid:membership_pk>/",
        views.progress_note_create,
        name="progress-note-create",
    ),
    path("notes/<uuid:note_pk>/move/", views.progress_note_move, name="progress-note-move"),
    path("notes/<uuid:note_pk>/sealed/", views.note_sealed, name="note-sealed"),
]
