from apps.connections.models.channel import Channel, ChannelSecret, ChannelState, Health, TenantKey
from apps.connections.models.entry_point import EntryPoint, EntryPointChannel, EntryPointDay
from apps.connections.models.identity_secret import IdentitySecret
from apps.connections.models.tag_code import TagCode
from apps.connections.models.template import MessageTemplate
from apps.connections.models.traffic import PlatformCall, ReceivedWebhook, WebhookState

__all__ = [
    "Channel",
    "ChannelSecret",
    "ChannelState",
    "EntryPoint",
    "EntryPointChannel",
    "EntryPointDay",
    "Health",
    "IdentitySecret",
    "MessageTemplate",
    "PlatformCall",
    "ReceivedWebhook",
    "TagCode",
    "TenantKey",
    "WebhookState",
]
