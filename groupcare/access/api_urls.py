"""Routes of the API: its description, and what the other rooms registered."""

from django.urls import include, path

from groupcare.access import api

urlpatterns = [
    path("schema", api.SchemaView.as_view(), name="api-schema"),
    *[path("", include(module)) for module in api.registered_routes()],
]
