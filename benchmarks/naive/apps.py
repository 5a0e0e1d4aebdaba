from django.apps import AppConfig


class NaiveConfig(AppConfig):
    name = "benchmarks.naive"
    label = "naive"

    def ready(self) -> None:
        """`delay` in the web process must know the broker."""
        from benchmarks.naive import celery  # noqa: F401
