"""Where the pages of importing are."""

from django.urls import path

from pipeline.web.importing import history, views

app_name = "importing"
urlpatterns = [
    path("", views.start, name="start"),
    path("upload/<slug:token>/", views.mapping, name="mapping"),
    path("upload/<slug:token>/readings/", views.readings, name="readings"),
    path("upload/<slug:token>/discard/", views.discard, name="discard"),
    path("file/<int:pk>/", history.run, name="run"),
    path("file/<int:pk>/refused.csv", history.refused, name="refused"),
    path("form/<int:pk>/", history.form, name="form"),
    path("readings/", history.sites, name="sites"),
    path("submission/<int:pk>/", history.submission, name="submission"),
]
