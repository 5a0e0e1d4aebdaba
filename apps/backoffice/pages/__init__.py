"""Importing this registers every page with the operators' site."""

from apps.backoffice.pages import businesses, people, queues

__all__ = ["businesses", "people", "queues"]
