"""What web and worker do beside their work: say that they live, serve /metrics and the sandbox's mail."""

from __future__ import annotations

from django.conf import settings

from apps.backoffice import metrics, signs_of_life
from apps.sandbox.email import server
from config import garbage, turns

PORTS = {"web": 0, "worker": 1}  # after METRICS_PORT, so that both may run on one machine


def begin(role: str) -> None:
    """Once per process, when Django is ready and everything imported."""
    garbage.look_rarely()
    if role == "web":
        turns.take_short_ones()
    signs_of_life.begin(role)
    if settings.METRICS_PORT:
        metrics.serve(settings.METRICS_PORT + PORTS[role])
    if role == "web" and settings.SANDBOX_SMTP_PORT:
        server.serve(settings.SANDBOX_SMTP_PORT)
