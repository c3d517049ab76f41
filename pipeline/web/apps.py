"""Tells Django of the web application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The app `web`."""

    name = "pipeline.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
