"""Routes of what changed in the law, at an address that names nothing: it stands in mail."""

from django.urls import path

from groupcare.practice import law_views

app_name = "changes"
urlpatterns = [
    # changes/
    path("", law_views.change_list, name="list"),
    path("<uuid:notice_id>/read/", law_views.change_read, name="read"),
]
