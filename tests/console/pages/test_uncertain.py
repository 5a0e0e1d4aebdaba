"""Replies that failed, were parked or may not have arrived: the reason, and a person's decision."""

from __future__ import annotations

from apps.conversations.models import Delivery
from apps.core import tenancy
from tests.console.pages.scenes import JSON, agent, inbox, of, reply, set_delivery
from tests.worlds import World


def states(world: World) -> list[tuple[str, str]]:
    with tenancy.scope(world.filante.id):
        return list(Delivery.objects.order_by("seq").values_list("state", "settled_by"))


def test_an_uncertain_reply_is_sent_again_once(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    pk = set_delivery(side, reply(side, "Peut-être"), state="unknown")
    page = client.get(inbox(side, f"mine/{side.conversation.pk}/")).content.decode()
    answers = [client.post(of(side, f"deliveries/{pk}/resend/"), headers=JSON) for _ in range(2)]
    assert "May not have been delivered." in page
    assert f'formaction="{of(side, f"deliveries/{pk}/resend/")}"' in page
    assert [answer.status_code for answer in answers] == [200, 409]
    assert states(world) == [("unknown", "person"), ("queued", "")]


def test_a_failed_reply_is_left_as_it_is(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    pk = set_delivery(side, reply(side, "Non"), state="failed", words="the chat was not found")
    before = client.get(inbox(side, f"mine/{side.conversation.pk}/")).content.decode()
    client.post(of(side, f"deliveries/{pk}/accept/"))
    after = client.get(inbox(side, f"mine/{side.conversation.pk}/")).content.decode()
    assert "Web chat answered: “the chat was not found”." in before
    assert "Not sent. Left as it is." in after
    assert "the chat was not found" not in after
    assert states(world) == [("failed", "person")]


def test_another_conversations_delivery_is_not_found(world: World) -> None:
    side, other = world.filante, world.garance
    pk = set_delivery(other, reply(other, "Ailleurs"), state="unknown")
    for verb in ("resend", "accept"):
        assert agent(side).post(of(side, f"deliveries/{pk}/{verb}/")).status_code == 404
