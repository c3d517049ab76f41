"""Where the pages about review are."""

from django.urls import path

from pipeline.web.reviewing import answer_views, field_views, grid_views, picture_views, typing_views, views

app_name = "reviewing"
urlpatterns = [
    path("", views.start, name="start"),
    path("next/", field_views.next_field, name="next"),
    path("decide/<int:card>/<slug:field>/", field_views.decide, name="decide"),
    path("back/", field_views.back, name="back"),
    path("keep/", typing_views.keep, name="keep"),
    path("leave/", typing_views.leave, name="leave"),
    path("suggest/<int:card>/<slug:field>/", typing_views.suggest, name="suggest"),
    path("crop/<int:card>/<slug:field>/", picture_views.crop, name="crop"),
    path("around/<int:card>/<slug:field>/", picture_views.around, name="around"),
    path("card/<int:card>/", picture_views.card_picture, name="card"),
    path("alike/", grid_views.grid, name="grid"),
    path("alike/accept/", grid_views.accept, name="accept"),
    path("alike/crop/<int:card>/<slug:field>/", picture_views.grid_crop, name="grid-crop"),
    path("answers/", answer_views.answers, name="answers"),
    path("answers/decide/", answer_views.decide_missing, name="decide-answer"),
]
