"""Where the pages of the register are."""

from django.urls import path

from pipeline.web.register import change_views, export_views, views

app_name = "register"
urlpatterns = [
    path("", views.start, name="start"),
    path("export/", export_views.export, name="export"),
    path("<str:nomination>/", views.nomination, name="nomination"),
    path("<str:nomination>/change/<slug:field>/", change_views.change, name="change"),
    path("<str:nomination>/withdraw/", change_views.withdraw, name="withdraw"),
    path("<str:nomination>/picture/<str:card>/<int:copy>/", views.picture, name="picture"),
]
