"""Where the pages of merging are."""

from django.urls import path

from pipeline.web.merging import questions, views

app_name = "merging"
urlpatterns = [
    path("", views.start, name="start"),
    path("run/", views.run, name="run"),
    path("progress/", views.progress, name="progress"),
    path("<int:run>/", views.merge, name="merge"),
    path("<int:run>/undo/", views.undo, name="undo"),
    path("questions/", questions.questions, name="questions"),
    path("questions/<int:one>/<int:other>/", questions.question, name="question"),
    path("questions/<int:one>/<int:other>/picture/<int:side>/", questions.picture, name="picture"),
]
