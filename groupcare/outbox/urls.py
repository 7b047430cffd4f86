"""Routes of the demo's mail tray."""

from django.urls import path

from groupcare.outbox import views

app_name = "outbox"
# below demo/mail/
urlpatterns = [
    path("", views.mail_list, name="mail-list"),
    path("<slug:name>/", views.mail_detail, name="mail-detail"),
]
