"""Where the pages about exceptions are."""

from django.urls import path

from pipeline.web.placing import pictures, views

app_name = "placing"
urlpatterns = [
    path("", views.start, name="start"),
    path("number/", views.number, name="number"),
    path("<int:pk>/", views.page, name="page"),
    path("<int:pk>/aside/", views.aside, name="aside"),
    path("<int:pk>/state/", views.state, name="state"),
    path("<int:pk>/picture/<int:turn>/", pictures.picture, name="picture"),
    path("<int:pk>/number/", pictures.printed_number, name="printed-number"),
]
