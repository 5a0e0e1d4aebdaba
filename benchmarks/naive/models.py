"""The tables that everybody draws first."""

from __future__ import annotations

from django.db import models


class Tenant(models.Model):
    name = models.CharField(max_length=80)

    class Meta:
        app_label = "naive"


class Agent(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    token = models.CharField(max_length=64, unique=True)

    class Meta:
        app_label = "naive"


class Channel(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    platform = models.CharField(max_length=32)
    key = models.CharField(max_length=64, unique=True)
    account = models.CharField(max_length=128)
    secret = models.CharField(max_length=256)

    class Meta:
        app_label = "naive"


class Webhook(models.Model):
    """One body as it came; a repetition finds the first."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)
    event_id = models.CharField(max_length=200)
    body = models.JSONField()
    received_at = models.DateTimeField(auto_now_add=True)
    processed = models.BooleanField(default=False)

    class Meta:
        app_label = "naive"
        constraints = [models.UniqueConstraint(fields=["channel", "event_id"], name="naive_webhook_once")]


class Contact(models.Model):
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)
    address = models.CharField(max_length=255)
    name = models.CharField(max_length=255, blank=True)

    class Meta:
        app_label = "naive"
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="naive_contact_once")]


class Conversation(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE)
    assignee = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL)
    state = models.CharField(max_length=12, default="open")
    last_message_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "naive"
        indexes = [models.Index(fields=["tenant", "state", "-last_message_at"], name="naive_inbox")]


class Message(models.Model):
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE)
    direction = models.CharField(max_length=3)
    text = models.TextField()
    ref = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, default="received")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "naive"
        indexes = [models.Index(fields=["conversation", "created_at"], name="naive_thread")]
