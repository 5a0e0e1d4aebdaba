"""What programs are told: the same facts as the console, as plain JSON. No credentials, no notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.contents import Content
from apps.connections.models import Channel, ChannelState, EntryPoint, Health, MessageTemplate
from apps.conversations.models import (
    Attachment,
    AttachmentState,
    AuthorKind,
    Contact,
    Conversation,
    ConversationStatus,
    Delivery,
    DeliveryStatus,
    Direction,
    Message,
)
from apps.platforms.cards import Limit


class ChannelRef(serializers.ModelSerializer[Channel]):
    class Meta:
        model = Channel
        fields = ["id", "platform", "name"]


class ChannelFacts(serializers.ModelSerializer[Channel]):
    """A connected account. `health_words` are the platform's own and shown to admins' tokens only."""

    state = serializers.ChoiceField(ChannelState.choices, read_only=True)
    health = serializers.ChoiceField(Health.choices, read_only=True)
    health_words = serializers.SerializerMethodField()

    class Meta:
        model = Channel
        fields = [
            "id",
            "platform",
            "name",
            "address",
            "state",
            "health",
            "health_words",
            "paused_until",
            "last_received_at",
            "last_sent_at",
            "created_at",
        ]

    def get_health_words(self, channel: Channel) -> str | None:
        return channel.health_words if self.context["request"].auth.may("admin") else None


class TemplateFacts(serializers.ModelSerializer[MessageTemplate]):
    """A message that the platform has approved beforehand, or not: `state` is its own word, only `usable`
    ones may be sent. `parameters` names what to fill in; `slides` are pictures side by side, each with words
    and buttons of its own. `unsendable` says why an approved one cannot be sent from here, "" otherwise."""

    buttons = serializers.ListField(child=serializers.CharField(), read_only=True)
    parameters = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = MessageTemplate
        fields = [
            "id",
            "name",
            "language",
            "category",
            "state",
            "reason",
            "usable",
            "header",
            "header_media",
            "body",
            "footer",
            "buttons",
            "parameters",
            "slides",
            "unsendable",
            "synced_at",
        ]


class EntryPointFacts(serializers.ModelSerializer[EntryPoint]):
    """A Message button, link or QR code; `channels` in order of preference."""

    url = serializers.SerializerMethodField(help_text="Where its button leads.")
    channels = serializers.SerializerMethodField()

    class Meta:
        model = EntryPoint
        fields = ["id", "key", "name", "tag", "group", "locale", "active", "url", "channels", "created_at"]

    def get_url(self, entry_point: EntryPoint) -> str:
        return str(self.context["request"].build_absolute_uri(f"/e/{entry_point.key}/"))

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_channels(self, entry_point: EntryPoint) -> list[str]:
        return [str(place.channel_id) for place in entry_point.places.all()]


class ContactFacts(serializers.ModelSerializer[Contact]):
    class Meta:
        model = Contact
        fields = ["id", "name", "locale", "external_id"]


class TeamRef(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class MemberRef(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField(source="user.display_name")


class ConversationFacts(serializers.ModelSerializer[Conversation]):
    """One period of contact about one enquiry on one channel."""

    status = serializers.ChoiceField(ConversationStatus.choices, read_only=True)
    channel = ChannelRef(read_only=True)
    contact = ContactFacts(read_only=True)
    address = serializers.CharField(source="address.value", read_only=True)
    reachable = serializers.BooleanField(source="address.reachable", read_only=True)
    team = TeamRef(read_only=True, allow_null=True)
    assignee = MemberRef(read_only=True, allow_null=True)
    entry_point = serializers.UUIDField(source="entry_point_id", read_only=True, allow_null=True)

    class Meta:
        model = Conversation
        fields = [
            "id",
            "status",
            "channel",
            "contact",
            "address",
            "reachable",
            "team",
            "assignee",
            "tag",
            "group",
            "entry_point",
            "locale",
            "opened_at",
            "closed_at",
            "last_message_at",
            "last_inbound_at",
            "needs_answer_since",
            "preview",
        ]


class MaySend(serializers.Serializer[Any]):
    """Whether anything may be sent now; `rule` says why, `until` how long it is allowed, `left` how many
    messages still are (null: not counted). `instead` is "template" when only a template may go. `price` is
    "free", "billed" or "unknown"; amounts come with each delivery, as the platform says them."""

    allow = serializers.BooleanField()
    rule = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)
    left = serializers.IntegerField(allow_null=True)
    instead = serializers.CharField(allow_blank=True)
    price = serializers.CharField(allow_blank=True)


class ConversationWhole(ConversationFacts):
    may_send = MaySend(read_only=True)

    class Meta(ConversationFacts.Meta):
        fields = [*ConversationFacts.Meta.fields, "may_send"]


class AttachmentFacts(serializers.ModelSerializer[Any]):
    state = serializers.ChoiceField(AttachmentState.choices, read_only=True)
    url = serializers.SerializerMethodField(help_text="The bytes; null until they are stored and sent.")

    class Meta:
        model = Attachment
        fields = ["id", "kind", "name", "mime", "size", "width", "height", "state", "url"]

    def get_url(self, attachment: Attachment) -> str | None:
        if attachment.state != AttachmentState.STORED or attachment.message_id is None:
            return None
        path = reverse("api:attachment", args=[attachment.pk])
        return str(self.context["request"].build_absolute_uri(path))


class DeliveryFacts(serializers.ModelSerializer[Delivery]):
    """One sending to the platform. `unknown`: it may or may not have arrived; it is not repeated. `channel`
    is the one that it goes by, another than the conversation's where that stands in. `settled_by` is set once
    nothing is left to do about it: "person", or "stand_in" for what goes by another channel. `price` is what
    the platform says of it, verbatim; null before it has said anything."""

    channel = serializers.UUIDField(source="channel_id", read_only=True)
    state = serializers.ChoiceField(DeliveryStatus.choices, read_only=True)
    price = serializers.DictField(read_only=True, allow_null=True)

    class Meta:
        model = Delivery
        fields = [
            "id",
            "channel",
            "state",
            "attempt",
            "code",
            "words",
            "settled_by",
            "price",
            "sent_at",
            "updated_at",
        ]


class AuthorFacts(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(AuthorKind.choices, source="author_kind")
    name = serializers.CharField(source="author_name")


class MessageFacts(serializers.ModelSerializer[Message]):
    """What was said. `content` holds what is not text: a card, an answer, a place, a person, reactions."""

    conversation = serializers.UUIDField(source="conversation_id", read_only=True)
    direction = serializers.ChoiceField(Direction.choices, read_only=True)
    author = AuthorFacts(source="*", read_only=True)
    content = Content(read_only=True)
    reply_to = serializers.UUIDField(source="reply_to_id", read_only=True, allow_null=True)
    attachments = AttachmentFacts(many=True, read_only=True)
    deliveries = DeliveryFacts(many=True, read_only=True)

    class Meta:
        model = Message
        fields = [
            "id",
            "conversation",
            "seq",
            "direction",
            "author",
            "text",
            "content",
            "unsupported",
            "reply_to",
            "attachments",
            "deliveries",
            "said_at",
            "created_at",
            "edited_at",
            "withdrawn_at",
        ]


class FindingFacts(serializers.Serializer[Any]):
    """One limit that a card or a file breaks for this customer. One that `blocks` keeps a card from being
    shown, and a file from being sent; other findings only say what becomes of the file. Of files `now` and
    `limit` are bytes."""

    code = serializers.ChoiceField([str(limit) for limit in Limit], help_text="Stable, for programs.")
    message = serializers.CharField(help_text="The limit and the fix, in the language asked for.")
    field = serializers.CharField(help_text="The way to it in the body.")
    now = serializers.IntegerField(help_text="How much it is; 0 where nothing is counted.")
    limit = serializers.IntegerField(help_text="How much it may be; 0 where nothing is counted.")
    blocks = serializers.BooleanField()
    becomes = serializers.ChoiceField(
        ["", "file", "link", "beside"],
        required=False,
        help_text='What the file goes as: one to open, a link, a picture beside its card; "" it cannot go.',
    )
    types = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="MIME types that would do."
    )


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was taken in and what would not be shown of it, as FindingFacts has it."""

    file: Attachment
    findings: Sequence[Mapping[str, Any]]


class UploadFacts(AttachmentFacts):
    """A file for a message to come. `findings` say what the platform would not show of it as it is."""

    findings = serializers.ListField(child=FindingFacts(), read_only=True)

    class Meta(AttachmentFacts.Meta):
        fields = [*AttachmentFacts.Meta.fields, "findings"]

    def to_representation(self, instance: Upload) -> dict[str, Any]:
        file = AttachmentFacts(instance.file, context=self.context)
        findings = self.fields["findings"].to_representation(instance.findings)
        return {**file.data, "findings": findings}


class ErrorBody(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Stable, for programs.")
    message = serializers.CharField(help_text="For people, in the language asked for.")
    field = serializers.CharField(required=False, help_text="What is wrong, as a path into the body.")
    findings = serializers.ListField(
        child=FindingFacts(),
        required=False,
        help_text="What keeps a card from being shown, or from being sent.",
    )


class Problem(serializers.Serializer[Any]):
    error = ErrorBody()
