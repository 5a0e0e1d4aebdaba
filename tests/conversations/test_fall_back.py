"""What RCS cannot bring goes as SMS: once, in the same conversation, not to who wants no more (I2, I5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.connections import stand_in
from apps.connections.models import Channel, ChannelState
from apps.conversations import files, outcomes, resend
from apps.conversations.models import (
    Attachment,
    AuthorKind,
    ContactAddress,
    Conversation,
    ConversationStatus,
    Delivery,
    DeliveryAttempt,
    Message,
)
from apps.conversations.receive import receive
from apps.conversations.result import Result
from apps.conversations.send import Author, Draft, Refused, decide, send_message
from apps.core import tenancy
from apps.core.ids import new_id
from apps.platforms import base, cards
from apps.platforms.events import ContactLeft, DeliveryState, DeliveryUpdated, Facts, MessageReceived
from tests.worlds import Side, World

NUMBER = "+33600000001"
NOT_RCS = base.OutOfReach("RCS does not reach this number (Not found)", code="not_rcs")
MORNING, EVENING = cards.Option(id="a", title="Matin"), cards.Option(id="b", title="Soir")
LIST = cards.ListPicker(
    id="l",
    title="Quel créneau ?",
    sections=(cards.Section(title="", options=(MORNING, EVENING)),),
)


@dataclass
class Line:
    """One customer with a number, an RCS channel and an SMS channel that stands in for it."""

    here: Side
    rcs: Channel
    sms: Channel

    def says(self, channel: Channel, text: str, **more: Any) -> Message:
        about = {"to": channel.address, "address": NUMBER, "ref": uuid4().hex, "at": datetime.now(UTC)}
        message = receive(channel, MessageReceived(**about, text=text, **more))
        assert message is not None
        return message

    def conversation(self) -> Conversation:
        return Conversation.objects.select_related("channel", "address").get(channel=self.rcs)

    def answers(self, text: str = "", **draft: Any) -> Message:
        author = Author(kind=AuthorKind.MEMBER, membership=self.here.agent_membership)
        return send_message(self.conversation().pk, author, Draft(text=text, **draft), client_id=uuid4())

    def tried(self, delivery: Delivery, answer: str | base.SendError) -> None:
        """One try of the delivery, with this answer."""
        token = new_id()
        rows = Delivery.objects.filter(pk=delivery.pk)
        rows.update(state="sending", lease_token=token, attempt=delivery.attempt + 1)
        result = Result(self.here.id, delivery.pk, token, answer, timezone.now(), timezone.now())
        assert outcomes.write_all([result]) == []

    def refused(self, message: Message) -> None:
        """RCS does not reach the customer with any part that it was given."""
        for delivery in message.deliveries.filter(channel=self.rcs, state="queued").order_by("seq"):
            self.tried(delivery, NOT_RCS)

    def goes_by_sms(self, text: str = "Bonjour") -> Message:
        message = self.answers(text)
        self.refused(message)
        return message

    def by_sms(self) -> list[tuple[str, str]]:
        rows = Delivery.objects.filter(channel=self.sms).order_by("seq")
        return list(rows.values_list("part__text", "state"))

    def leaves(self, channel: Channel) -> None:
        about = {"to": channel.address, "address": NUMBER, "ref": uuid4().hex, "at": datetime.now(UTC)}
        receive(channel, ContactLeft(**about, reason="opted_out"))

    def told(self, delivery: Delivery, state: DeliveryState, **more: Any) -> None:
        about = {"to": self.rcs.address, "address": NUMBER, "ref": uuid4().hex, "at": datetime.now(UTC)}
        receive(self.rcs, DeliveryUpdated(**about, target=str(delivery.pk), state=state, **more))


def channel_on(platform: str, address: str) -> Channel:
    return Channel.objects.create(platform=platform, name=platform, address=address, state=ChannelState.LIVE)


@pytest.fixture
def line(world: World) -> Any:
    here = world.filante
    with tenancy.scope(here.id):
        rcs, sms = channel_on("rcs", "filante@rbm.goog"), channel_on("sms", "+33644600000")
        stand_in.choose(rcs, sms, actor="alice")
        found = Line(here, rcs, sms)
        found.says(rcs, "Bonjour", facts=Facts(locale="fr-FR"))
        yield found


def test_the_same_message_goes_by_the_stand_in(line: Line) -> None:
    message = line.goes_by_sms("Un technicien passe à 10 h")
    old, new = message.deliveries.order_by("seq")
    assert (old.state, old.code, old.settled_by) == ("failed", "not_rcs", "stand_in")
    assert (new.state, new.channel_id, new.retry_class) == ("queued", line.sms.pk, "R")
    assert new.part["text"] == "Un technicien passe à 10 h" and new.decision["allow"]
    assert [attempt.outcome for attempt in old.attempts.all()] == ["OutOfReach"]


def test_what_was_taken_back_goes_too_and_once(line: Line) -> None:
    message = line.answers("Êtes-vous là ?")
    (delivery,) = message.deliveries.all()
    line.tried(delivery, str(delivery.pk))
    for _ in range(2):  # told twice
        line.told(delivery, DeliveryState.FAILED, code="TTL_EXPIRATION_REVOKED", out_of_reach=True)
    assert line.by_sms() == [("Êtes-vous là ?", "queued")]


@pytest.mark.parametrize("state", ["delivered", "read"])
def test_what_arrived_is_not_sent_again(line: Line, state: str) -> None:
    (delivery,) = line.answers("Bonjour").deliveries.all()
    line.tried(delivery, str(delivery.pk))
    line.told(delivery, DeliveryState(state))
    line.told(delivery, DeliveryState.FAILED, out_of_reach=True)
    assert line.by_sms() == []


def test_what_a_person_has_sent_again_is_not_sent_a_third_time(line: Line) -> None:
    (delivery,) = line.answers("Bonjour").deliveries.all()
    Delivery.objects.update(state="unknown")
    author = Author(kind=AuthorKind.MEMBER, membership=line.here.agent_membership)
    resend.resend(delivery.pk, author)
    line.told(delivery, DeliveryState.FAILED, out_of_reach=True)
    assert line.by_sms() == []


REFUSALS = {
    "not certainly absent": base.Rejected("no", code="X"),
    "may have been taken": base.Unknown("no answer", repeatable=False),
    "comes again": base.Unreachable("away"),
}


@pytest.mark.parametrize("error", REFUSALS.values(), ids=REFUSALS)
def test_only_what_certainly_did_not_arrive(line: Line, error: base.SendError) -> None:
    (delivery,) = line.answers("Bonjour").deliveries.all()
    line.tried(delivery, error)
    assert line.by_sms() == []


def test_not_after_a_try_that_may_have_been_accepted(line: Line) -> None:
    (delivery,) = line.answers("Bonjour").deliveries.all()
    line.tried(delivery, base.Unknown("no answer"))
    line.tried(Delivery.objects.get(pk=delivery.pk), NOT_RCS)
    assert DeliveryAttempt.objects.filter(delivery=delivery).count() == 2
    assert (Delivery.objects.get(pk=delivery.pk).state, line.by_sms()) == ("failed", [])


def nobody_stands_in(line: Line) -> None:
    stand_in.choose(line.rcs, None, actor="alice")


def the_stand_in_is_paused(line: Line) -> None:
    Channel.objects.filter(pk=line.sms.pk).update(state=ChannelState.DISABLED)


def they_want_no_sms(line: Line) -> None:
    line.leaves(line.sms)


def they_left(line: Line) -> None:
    line.leaves(line.rcs)


OBSTACLES = {
    nobody_stands_in: "not_rcs",
    the_stand_in_is_paused: "not_rcs",
    they_want_no_sms: "no_stand_in",
    they_left: "no_stand_in",
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_what_may_not_go_stays_failed(line: Line, obstacle: Any) -> None:
    message = line.answers("Bonjour")
    (delivery,) = message.deliveries.all()
    obstacle(line)
    line.tried(delivery, NOT_RCS)
    failed = Delivery.objects.get(pk=delivery.pk)
    assert (failed.state, failed.code, failed.settled_by) == ("failed", OBSTACLES[obstacle], "")
    assert line.by_sms() == []


def test_a_file_that_is_too_large_stays_failed(line: Line) -> None:
    file = files.upload(line.conversation(), BytesIO(b"%PDF-1.4 plan"), name="plan.pdf")
    Attachment.objects.filter(pk=file.pk).update(size=6 * 2**20)
    message = line.answers(attachments=(file.pk,))
    line.refused(message)
    assert [row.code for row in message.deliveries.all()] == ["too_large"]


def test_a_card_goes_as_numbers_and_is_answered_with_one(line: Line) -> None:
    message = line.answers(card=LIST)
    line.refused(message)
    ((text, state),) = line.by_sms()
    assert (state, "2. Soir" in text) == ("queued", True)
    heard = line.says(line.sms, "2")
    assert heard.conversation_id == line.conversation().pk
    assert [each["id"] for each in heard.content["answer"]["selected"]] == ["b"]


def test_parts_keep_their_place_before_what_follows(line: Line) -> None:
    long = line.answers("a" * 4000)  # two parts of RCS, each of several SMS
    after = line.answers("Et voilà")
    line.refused(long)
    line.refused(after)
    texts = [text for text, _state in line.by_sms()]
    assert "".join(texts[:-1]) == "a" * 4000 and texts[-1] == "Et voilà"
    assert all(len(text) <= 1600 for text in texts)


def test_their_answer_comes_into_the_same_conversation_and_is_answered_by_sms(line: Line) -> None:
    line.goes_by_sms()
    heard = line.says(line.sms, "Oui ?")
    assert (heard.conversation_id, heard.channel_id) == (line.conversation().pk, line.sms.pk)
    reply = line.answers("Merci")
    assert [row.channel_id for row in reply.deliveries.all()] == [line.sms.pk]
    line.says(line.rcs, "Me revoilà")
    assert [row.channel_id for row in line.answers("Bien").deliveries.all()] == [line.rcs.pk]


def test_both_addresses_are_one_person(line: Line) -> None:
    line.goes_by_sms()
    line.says(line.sms, "Oui ?")
    assert len(set(ContactAddress.objects.filter(value=NUMBER).values_list("contact", flat=True))) == 1


def test_a_link_of_the_stand_in_opens_a_conversation_of_its_own(line: Line) -> None:
    line.goes_by_sms()
    assert line.says(line.sms, "Bonjour", tag="adsl").conversation.channel_id == line.sms.pk


def test_so_does_who_writes_long_after_the_end(line: Line) -> None:
    line.goes_by_sms()
    ended = timezone.now() - timedelta(days=3)
    Conversation.objects.filter(channel=line.rcs).update(status=ConversationStatus.CLOSED, closed_at=ended)
    assert line.says(line.sms, "Bonjour").conversation.channel_id == line.sms.pk


def test_who_answers_soon_after_the_end_opens_it_again(line: Line) -> None:
    line.goes_by_sms()
    Conversation.objects.filter(channel=line.rcs).update(
        status=ConversationStatus.CLOSED, closed_at=timezone.now()
    )
    assert line.says(line.sms, "Encore une chose").conversation_id == line.conversation().pk
    assert line.conversation().status != ConversationStatus.CLOSED


def test_a_conversation_by_sms_of_its_own_stays_so(line: Line) -> None:
    own = line.says(line.sms, "Bonjour").conversation
    assert own.channel_id == line.sms.pk
    line.goes_by_sms()
    assert line.says(line.sms, "Oui").conversation_id == line.conversation().pk
    author = Author(kind=AuthorKind.MEMBER, membership=line.here.agent_membership)
    send_message(own.pk, author, Draft(text="Et ici ?"), client_id=uuid4())
    assert line.says(line.sms, "Ici aussi").conversation_id == own.pk


def test_stop_by_sms_ends_both_and_parks_what_waits(line: Line) -> None:
    line.goes_by_sms()
    line.says(line.sms, "STOP")
    line.leaves(line.sms)
    assert line.by_sms() == [("Bonjour", "parked")]
    assert set(ContactAddress.objects.filter(value=NUMBER).values_list("reachable", "gone_reason")) == {
        (False, "opted_out")
    }
    assert decide(line.conversation()).rule == "customer_opted_out"
    with pytest.raises(Refused):
        line.answers("Êtes-vous là ?")
    line.says(line.rcs, "En fait, si")
    assert decide(line.conversation()).allow
    line.refused(line.answers("Parfait"))
    assert line.by_sms() == [("Bonjour", "parked")]


def test_who_has_opted_out_with_the_carrier_is_gone(line: Line) -> None:
    """Twilio's 21610, of which we had not heard."""
    line.goes_by_sms()
    sms = Delivery.objects.get(channel=line.sms)
    line.tried(sms, base.ContactGone("unsubscribed", reason="opted_out", code="21610"))
    assert line.by_sms() == [("Bonjour", "parked")]
    assert not ContactAddress.objects.get(channel=line.sms).reachable
    assert decide(line.conversation()).rule == "customer_opted_out"


def test_a_failed_sms_is_resent_as_sms(line: Line) -> None:
    line.goes_by_sms()
    sms = Delivery.objects.get(channel=line.sms)
    line.tried(sms, base.Rejected("spam", code="30007"))
    author = Author(kind=AuthorKind.MEMBER, membership=line.here.agent_membership)
    assert resend.resend(sms.pk, author).channel_id == line.sms.pk


@pytest.fixture
def theirs(world: World) -> Channel:
    """Of another business."""
    with tenancy.scope(world.garance.id):
        return channel_on("sms", "+33644600001")


def test_another_business_channel_cannot_stand_in(theirs: Channel, line: Line) -> None:
    assert theirs not in stand_in.candidates(line.rcs)
    with pytest.raises(ValueError, match=str(theirs.pk)):
        stand_in.choose(line.rcs, theirs, actor="alice")


def test_nor_does_the_database_let_it(theirs: Channel, line: Line) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Channel.objects.filter(pk=line.rcs.pk).update(stand_in=theirs.pk)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_only_a_channel_with_the_same_addresses_can(line: Line) -> None:
    assert stand_in.candidates(line.rcs) == [line.sms]
    assert stand_in.candidates(line.here.channel) == []
    with pytest.raises(ValueError, match=str(line.rcs.pk)):
        stand_in.choose(line.sms, line.rcs, actor="alice")
