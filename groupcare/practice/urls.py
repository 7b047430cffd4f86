"""Routes of the practice: settings, sites, first run."""

from django.urls import path

from groupcare.practice import views

app_name = "practice"
urlpatterns = [
    # practice/
    path("settings/", views.settings_page, name="settings"),
    path("sites/new/", views.site_create, name="site-create"),
    path("setup/", views.setup, name="setup"),
]
