"""What the platform has approved beforehand for a channel."""

from __future__ import annotations

from django.db import models

from apps.core.models import TenantModel, same_tenant_key
from apps.platforms import base


class MessageTemplate(TenantModel):
    """One template in one language, as the platform last listed it (`synced_at`).

    `state` is the platform's own word and `reason` why it says so; only what is `usable` may be sent. The
    fields from `header` to `unsendable` are as in `platforms.base.Template`, `raw` is what was listed.
    """

    channel = same_tenant_key("connections.Channel", related_name="templates", db_index=False)
    ref = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=20)
    category = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    usable = models.BooleanField(default=False)
    header = models.TextField(blank=True)
    header_media = models.CharField(max_length=12, blank=True)
    body = models.TextField(blank=True)
    footer = models.TextField(blank=True)
    buttons = models.JSONField(default=list)
    parameters = models.JSONField(default=list)
    slides = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    unsendable = models.CharField(max_length=20, blank=True, db_default="")
    raw = models.JSONField(default=dict)
    synced_at = models.DateTimeField()

    class Meta:
        base_manager_name = "objects"
        ordering = ["name", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "channel", "name", "language"], name="message_template_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"

    @property
    def facts(self) -> base.Template:
        """As adapters know it."""
        return base.Template(
            ref=self.ref,
            name=self.name,
            language=self.language,
            category=self.category,
            state=self.state,
            usable=self.usable,
            header=self.header,
            header_media=self.header_media,
            body=self.body,
            footer=self.footer,
            buttons=tuple(self.buttons),
            parameters=tuple(self.parameters),
            slides=tuple(base.Slide(**slide) for slide in self.slides),
            unsendable=self.unsendable,
        )
