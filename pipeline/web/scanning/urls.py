"""Where the pages about scans are."""

from django.urls import path

from pipeline.web.scanning import batch_views, page_views, views

app_name = "scanning"
urlpatterns = [
    path("", views.start, name="start"),
    path("upload/", views.upload, name="upload"),
    path("upload/<int:pk>/", views.job, name="job"),
    path("upload/<int:pk>/progress/", views.progress, name="progress"),
    path("upload/<int:pk>/again/", views.again, name="again"),
    path("upload/<int:pk>/give-up/", views.leave, name="give-up"),
    path("unclaimed/", batch_views.unclaimed, name="unclaimed"),
    path("batch/<slug:batch>/", batch_views.batch, name="batch"),
    path("batch/<slug:batch>/close/", batch_views.close, name="close"),
    path("batch/<slug:batch>/open/", batch_views.open_, name="open"),
    path("batch/<slug:batch>/<slug:outcome>/", page_views.pages, name="pages"),
    path("page/<int:pk>/", page_views.page, name="page"),
    path("page/<int:pk>/picture/", page_views.picture, name="picture"),
    path("page/<int:pk>/small/", page_views.small, name="small"),
]
