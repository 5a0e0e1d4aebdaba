from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin import sites


class BackofficeConfig(AppConfig):
    name = "apps.backoffice"
    label = "backoffice"

    def ready(self) -> None:
        """The operators' site takes the place of Django's, as unfold's own would: nothing else registers."""
        from apps.backoffice import pages, words
        from apps.backoffice.site import site

        assert pages  # importing them registers them
        words.name_models(site._registry)
        admin.site = sites.site = site
