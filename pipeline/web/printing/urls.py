"""Where the pages about printing are."""

from django.urls import path

from pipeline.web.printing import views

app_name = "printing"
urlpatterns = [path("", views.start, name="start")]
