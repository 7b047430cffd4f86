"""Routes of the recovery sheet."""

from django.urls import path

from groupcare.backup import views

app_name = "backup"
urlpatterns = [
    # practice/recovery/
    path("", views.recovery_page, name="recovery"),
    path("confirm/", views.recovery_confirm, name="recovery-confirm"),
]
