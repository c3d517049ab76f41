"""Tells Django of the store."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The app `store`."""

    name = "pipeline.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
