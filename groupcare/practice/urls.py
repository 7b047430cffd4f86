"""Routes of the practice: settings, sites, first run."""

from django.urls import path

from groupcare.practice import law_views, mail_views, views

app_name = "practice"
urlpatterns = [
    # practice/
    path("settings/", views.settings_page, name="settings"),
    path("sites/new/", views.site_create, name="site-create"),
    path("mail/", mail_views.mail_page, name="mail"),
    path("mail/test/", mail_views.mail_test, name="mail-test"),
    path("mail/<uuid:message_id>/again/", mail_views.mail_again, name="mail-again"),
    path("mail/<uuid:message_id>/phone/", mail_views.mail_phone, name="mail-phone"),
    path("people/<uuid:person_id>/address/", mail_views.address_clear, name="address-clear"),
    path("setup/", views.setup, name="setup"),
    # practice/law/
    path("law/", law_views.law_list, name="law-list"),
    path("law/<str:code>/", law_views.law_detail, name="law-detail"),
    path("law/<str:code>/<str:path>/", law_views.law_value, name="law-value"),
]
