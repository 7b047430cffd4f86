"""Routes of the consent app. ``open/`` stands in mail, so it carries no word about what it opens."""

from django.urls import path

from consent import views

app_name = "consent"
urlpatterns = [
    path("open/<uuid:document_id>/", views.agreement_open, name="agreement-open"),
    path("agreements/", views.agreement_list, name="agreement-list"),
    path("agreements/<uuid:version_id>/", views.agreement_read, name="agreement-read"),
    path("agreements/<uuid:version_id>/go-on/", views.agreement_present, name="agreement-present"),
    path("agreements/<uuid:version_id>/decide/", views.agreement_decide, name="agreement-decide"),
    path("agreements/<uuid:version_id>/sign/", views.agreement_sign, name="agreement-sign"),
    path("agreements/<uuid:version_id>/talk/", views.agreement_talk, name="agreement-talk"),
    path("agreements/<uuid:version_id>/decline/", views.agreement_decline, name="agreement-decline"),
    path("agreements/kept/<uuid:act_id>/", views.act_detail, name="act-detail"),
    path("agreements/kept/<uuid:act_id>/copy/", views.act_copy, name="act-copy"),
    path("agreements/kept/<uuid:act_id>/take-back/", views.act_withdraw, name="act-withdraw"),
    path("agreements/kept/<uuid:act_id>/scan/", views.paper_scan, name="paper-scan"),
    path("groups/<uuid:group_id>/promises/", views.coverage_board, name="coverage-board"),
    path("groups/<uuid:group_id>/promises/publish/", views.version_create, name="version-create"),
    path("groups/<uuid:group_id>/promises/grace/", views.grace_edit, name="grace-edit"),
    path("groups/<uuid:group_id>/promises/grace/end/", views.grace_end, name="grace-end"),
    # /groups/<group>/promises/of/<place>/: one member, served on paper and by voice
    path("groups/<uuid:group_id>/promises/of/<uuid:membership_id>/", views.member_answers, name="member-answers"),
    path("groups/<uuid:group_id>/promises/of/<uuid:membership_id>/paper/", views.paper_record, name="paper-record"),
    path("groups/<uuid:group_id>/promises/of/<uuid:membership_id>/aloud/", views.aloud_record, name="aloud-record"),
    path("groups/<uuid:group_id>/promises/of/<uuid:membership_id>/told/", views.told_record, name="told-record"),
    path(
        "groups/<uuid:group_id>/promises/of/<uuid:membership_id>/print/", views.agreement_print, name="agreement-print"
    ),
]
