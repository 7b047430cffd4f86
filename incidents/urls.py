"""Routes of concerns. Those under /concern/ are the reporter's: no session touch, no access log."""

from django.urls import path

from incidents import views

app_name = "incidents"
urlpatterns = [
    path("concern/", views.concern_create, name="concern-create"),
    path("concern/mine/", views.concern_mine, name="concern-mine"),
    path("concern/mine/<uuid:pk>/", views.concern_kept, name="concern-kept"),
    path("desk/", views.desk, name="desk"),
    path("concerns/", views.concern_list, name="concern-list"),
    path("concerns/<uuid:pk>/", views.concern_detail, name="concern-detail"),
    path("concerns/<uuid:pk>/acknowledge/", views.concern_acknowledge, name="concern-acknowledge"),
    path("concerns/<uuid:pk>/assess/", views.concern_assess, name="concern-assess"),
    path("concerns/<uuid:pk>/close/", views.concern_close, name="concern-close"),
    path("concerns/<uuid:pk>/conflict/", views.concern_conflict, name="concern-conflict"),
]
