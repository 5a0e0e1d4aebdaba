from apps.conversations.models.contact import Contact, ContactAddress
from apps.conversations.models.conversation import Conversation, ConversationStatus, HolderKind, ReadMark
from apps.conversations.models.delivery import Delivery, DeliveryAttempt, DeliveryStatus, EarlyStatus
from apps.conversations.models.message import (
    Attachment,
    AttachmentState,
    AuthorKind,
    Direction,
    EarlyWithdrawal,
    Message,
    Note,
)
from apps.conversations.models.stream import StreamCounter, StreamEvent

__all__ = [
    "Attachment",
    "AttachmentState",
    "AuthorKind",
    "Contact",
    "ContactAddress",
    "Conversation",
    "ConversationStatus",
    "Delivery",
    "DeliveryAttempt",
    "DeliveryStatus",
    "Direction",
    "EarlyStatus",
    "EarlyWithdrawal",
    "HolderKind",
    "Message",
    "Note",
    "ReadMark",
    "StreamCounter",
    "StreamEvent",
]
