"""Templates all the way: the platform's list, a closed window, a template, the phone, its answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.connections import templates, vault
from apps.connections.models import Channel, Health, MessageTemplate
from apps.conversations import templated
from apps.conversations.models import ContactAddress
from apps.conversations.send import BadDraft, Draft, Refused
from apps.core import tenancy
from apps.platforms.base import BadCredentials
from apps.platforms.windows import Opener
from apps.sandbox.models import SandboxThread
from tests.isolation.rich import PNG
from tests.sandbox.player import Player

PLATFORM = "whatsapp"

USABLE = ("order_update", "rappel", "bonjour", "rendez_vous", "facture", "remise", "vitrine")

pytestmark = pytest.mark.usefixtures("base_url")


def known(player: Player) -> dict[str, bool]:
    with tenancy.scope(player.side.id):
        return dict(MessageTemplate.objects.values_list("name", "usable"))


def a_day_later(player: Player) -> None:
    """For the product and for WhatsApp."""
    old = timezone.now() - timedelta(hours=25)
    with tenancy.scope(player.side.id):
        ContactAddress.objects.update(openings={Opener.MESSAGE: old.isoformat()}, last_inbound_at=old)
        SandboxThread.objects.filter(pk=player.thread.pk).update(data={"heard_at": old.isoformat()})


def test_a_template_reaches_a_customer_whose_window_is_over(player: Player) -> None:
    player.taps_the_button()
    player.says("Bonjour")
    assert (templates.sweep(), templates.sweep()) == (1, 0)
    assert known(player) == {**dict.fromkeys(USABLE, True), "solde": False, "connexion": False}
    a_day_later(player)
    with pytest.raises(Refused):
        player.answers(Draft(text="Toujours là ?"))
    choice = templated.Choice(name="order_update", language="en_US", values={"1": "Ana", "2": "4711"})
    (delivery,) = player.answers(Draft(template=choice))
    assert (delivery.state, player.heard()) == ("sent", ["Hello Ana, your order 4711 is on its way."])
    named = templated.Choice(name="rappel", language="fr", values={"name": "Ana"})
    (delivery,) = player.answers(Draft(template=named))
    assert (delivery.state, player.heard()[-1]) == ("sent", "Bonjour Ana, votre technicien passe demain.")


def test_the_list_is_the_truth(player: Player) -> None:
    with tenancy.scope(player.side.id):
        assert templates.sync(player.channel) == 9
        first = MessageTemplate.objects.get(name="rappel").pk
        rows = player.account.data["templates"]
        player.account.data = {
            **player.account.data,
            "templates": [rows[1], {**rows[3], "status": "APPROVED"}],
        }
        player.account.save()
    with tenancy.scope(player.side.id):
        assert templates.sync(player.channel) == 2
        assert MessageTemplate.objects.get(name="rappel").pk == first
    assert known(player) == {"rappel": True, "solde": True}


def test_a_refused_token_stops_the_channel_and_keeps_what_is_known(player: Player) -> None:
    with tenancy.scope(player.side.id):
        templates.sync(player.channel)
        vault.store(player.channel, "token", "another")
    assert (templates.sweep(), templates.sweep()) == (0, 0)
    with tenancy.scope(player.side.id):
        channel = Channel.objects.get(pk=player.channel.pk)
        assert channel.health == Health.BROKEN
        with pytest.raises(BadCredentials):
            templates.sync(channel)
    assert len(known(player)) == 9


def test_places_files_codes_and_slides_reach_the_phone(player: Player) -> None:
    player.taps_the_button()
    player.says("Bonjour")
    templates.sweep()
    place = {"title": "Boutique", "address": "1 rue Neuve", "latitude": "48.85", "longitude": "2.35"}
    picture, paper = player.uploads("box.png", PNG), player.uploads("facture.pdf", b"%PDF-1.7")
    second = player.uploads("maxi.png", PNG)
    first = player.uploads("mini.png", PNG)
    prices = {
        "slide.0.1": "12 €",
        "slide.0.button.0": "mini",
        "slide.1.1": "20 €",
        "slide.1.button.0": "maxi",
    }
    sent = [
        ("rendez_vous", {f"header.place.{n}": v for n, v in place.items()} | {"1": "Ana", "2": "3 mai"}, ()),
        ("facture", {"1": "mai", "button.0": "4711"}, (paper,)),
        ("remise", {"1": "10 %", "button.0.code": "FIBRE10"}, (picture,)),
        ("vitrine", {"1": "Ana", **prices}, (first, second)),
    ]
    for name, values, attached in sent:
        choice = templated.Choice(name=name, language="fr", values=values)
        (delivery,) = player.answers(Draft(template=choice, attachments=attached))
        assert (delivery.state, delivery.words) == ("sent", "")
    assert player.heard() == [
        "Boutique, 1 rue Neuve (48.85, 2.35)\nBonjour Ana, nous vous attendons ici le 3 mai.",
        "Voici votre facture de mai.\nPayer: https://shop.example/pay/4711",
        "Une remise de 10 % vous attend jusqu’à dimanche.\nCopier le code: FIBRE10",
        "Nos box du mois, Ana\u00a0:"
        "\nMini, à 12 € par mois\nVoir: https://shop.example/box/mini"
        "\nMaxi, à 20 € par mois\nVoir: https://shop.example/box/maxi",
    ]
    assert player.stored(player.screen()[-3]) == b"%PDF-1.7"


def test_a_one_time_code_is_not_for_us_to_send(player: Player) -> None:
    player.says("Bonjour")
    templates.sweep()
    with pytest.raises(BadDraft, match="one-time code"):
        player.answers(Draft(template=templated.Choice(name="connexion", language="fr", values={"1": "42"})))


def test_who_stops_offers_gets_none_until_they_want_them_again(player: Player) -> None:
    """Neither from the product nor, should it try, from WhatsApp."""
    player.says("Bonjour")
    with tenancy.scope(player.side.id):
        templates.sync(player.channel)
        MessageTemplate.objects.filter(name="bonjour").update(category="MARKETING")
        rows = player.account.data["templates"]
        rows = [{**row, "category": "MARKETING"} if row["name"] == "bonjour" else row for row in rows]
        player.account.data = {**player.account.data, "templates": rows}
        player.account.save()
    offer = Draft(template=templated.Choice(name="bonjour", language="fr", values={}))
    assert "Stop offers" in player.does("marketing", on="on")  # as it was: nobody is told
    assert "Resume offers" in player.does("marketing", on="off")
    player.settle()
    assert player.conversation().address.marketing_stopped
    with pytest.raises(Refused, match="marketing_stopped"):
        player.answers(offer)
    assert [delivery.state for delivery in player.answers(Draft(text="Une question ?"))] == ["sent"]

    with tenancy.scope(player.side.id):  # as if we had not been told
        ContactAddress.objects.update(marketing_stopped=False)
    (delivery,) = player.answers(offer)
    player.settle()
    with tenancy.scope(player.side.id):
        delivery.refresh_from_db()
    assert (delivery.state, delivery.code) == ("failed", "131050")
    assert player.heard() == ["Une question ?"]
    assert player.conversation().address.marketing_stopped  # learnt from the refusal
    with pytest.raises(Refused, match="marketing_stopped"):
        player.answers(offer)

    player.does("marketing", on="on")
    player.settle()
    (delivery,) = player.answers(offer)
    assert (delivery.state, len(player.heard())) == ("sent", 2)
