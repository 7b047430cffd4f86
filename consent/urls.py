"""Routes of the consent app. ``open/`` stands in mail, so it carries no word about what it opens."""

from django.urls import path

from consent import views

app_name = "consent"
OF = "groups/<uuid:group_id>/promises/of/<uuid:membership_id>/"
urlpatterns = [
    path("open/<uuid:document_id>/", views.agreement_open, name="agreement-open"),
    path("agreements/", views.agreement_list, name="agreement-list"),
    path("agreements/papers/", views.paper_mine, name="paper-mine"),
    path("agreements/screen/", views.screen_agree, name="screen-agree"),
    path("agreements/screen/paper/", views.screen_refuse, name="screen-refuse"),
    path("agreements/<uuid:version_id>/whom/", views.agreement_whom, name="agreement-whom"),
    path("agreements/<uuid:version_id>/ask/", views.agreement_ask, name="agreement-ask"),
    path("agreements/<uuid:version_id>/understood/", views.agreement_understood, name="agreement-understood"),
    path("agreements/<uuid:version_id>/review/", views.agreement_review, name="agreement-review"),
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
    path("promises/to-do/", views.follow_up_list, name="follow-up-list"),
    path("promises/to-do/<uuid:prompt_id>/told/", views.prompt_told, name="prompt-told"),
    path("promises/aloud/<uuid:spoken_id>/in-writing/", views.follow_up_close, name="follow-up-close"),
    path("promises/papers/<uuid:document_id>/end/", views.paper_end, name="paper-end"),
    path("agreements/<uuid:version_id>/read-it/", views.notice_read, name="notice-read"),
    path("groups/<uuid:group_id>/promises/of/<uuid:membership_id>/papers/", views.paper_list, name="paper-list"),
    path(
        "groups/<uuid:group_id>/promises/of/<uuid:membership_id>/papers/<slug:paper_kind>/",
        views.paper_create,
        name="paper-create",
    ),
    path("promises/answers/<uuid:act_id>/not-valid/", views.act_invalidate, name="act-invalidate"),
    path("groups/<uuid:group_id>/promises/", views.coverage_board, name="coverage-board"),
    path("groups/<uuid:group_id>/promises/publish/", views.version_create, name="version-create"),
    path("groups/<uuid:group_id>/promises/publish/<slug:kind_key>/", views.version_create, name="version-create"),
    path("groups/<uuid:group_id>/promises/publish/<slug:kind_key>/check/", views.version_check, name="version-check"),
    path("groups/<uuid:group_id>/promises/documents/", views.document_list, name="document-list"),
    path("groups/<uuid:group_id>/promises/<uuid:document_id>/versions/", views.version_list, name="version-list"),
    path("groups/<uuid:group_id>/promises/<uuid:document_id>/retire/", views.document_retire, name="document-retire"),
    # /promises/: what holds for the whole practice
    path("promises/", views.practice_document_list, name="practice-document-list"),
    path("promises/publish/<slug:kind_key>/", views.practice_version_create, name="practice-version-create"),
    path("promises/publish/<slug:kind_key>/check/", views.practice_version_check, name="practice-version-check"),
    path("promises/<uuid:document_id>/versions/", views.practice_version_list, name="practice-version-list"),
    path("promises/<uuid:document_id>/retire/", views.practice_document_retire, name="practice-document-retire"),
    path("promises/translations/", views.translation_list, name="translation-list"),
    path("promises/translations/<slug:kind_key>/<slug:language>/", views.translation_review, name="translation-review"),
    path("groups/<uuid:group_id>/promises/grace/", views.grace_edit, name="grace-edit"),
    path("groups/<uuid:group_id>/promises/grace/end/", views.grace_end, name="grace-end"),
    path("groups/<uuid:group_id>/promises/questions/", views.question_list, name="question-list"),
    path("groups/<uuid:group_id>/promises/questions/<uuid:question_id>/", views.question_reply, name="question-reply"),
    # /here/: a device of the practice in a member's hands
    path("here/", views.kiosk_home, name="kiosk-home"),
    path("here/back/", views.kiosk_leave, name="kiosk-leave"),
    path("here/over/", views.kiosk_over, name="kiosk-over"),
    # /groups/<group>/promises/of/<place>/: one member, served on paper and by voice
    path("groups/<uuid:group_id>/promises/of/<uuid:membership_id>/", views.member_answers, name="member-answers"),
    path("groups/<uuid:group_id>/promises/of/<uuid:membership_id>/paper/", views.paper_record, name="paper-record"),
    path("groups/<uuid:group_id>/promises/of/<uuid:membership_id>/aloud/", views.aloud_record, name="aloud-record"),
    path("groups/<uuid:group_id>/promises/of/<uuid:membership_id>/told/", views.told_record, name="told-record"),
    path("groups/<uuid:group_id>/promises/of/<uuid:membership_id>/hand-over/", views.kiosk_begin, name="kiosk-begin"),
    path(
        "groups/<uuid:group_id>/promises/of/<uuid:membership_id>/print/", views.agreement_print, name="agreement-print"
    ),
    path(f"{OF}remind/<uuid:document_id>/", views.member_remind, name="member-remind"),
    path(f"{OF}deciders/", views.member_deciders, name="member-deciders"),
    path(f"{OF}deciders/guardian/", views.guardian_add, name="guardian-add"),
    path(f"{OF}deciders/<uuid:link_id>/end/", views.guardian_end, name="guardian-end"),
    path(f"{OF}let-in/", views.override_give, name="override-give"),
    path(f"{OF}let-in/end/", views.override_end, name="override-end"),
    path("agreements/everyone/", views.everyone_signs, name="everyone-signs"),
    path("agreements/let-in/", views.override_list, name="override-list"),
]
