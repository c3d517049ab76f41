"""Where the pages about people are."""

from django.urls import path

from pipeline.web.people import log, views

app_name = "people"
urlpatterns = [
    path("", views.start, name="start"),
    path("add/", views.add, name="add"),
    path("<int:pk>/", views.edit, name="edit"),
    path("<int:pk>/link/", views.link, name="link"),
    path("log/", log.log, name="log"),
]
