"""Seven conversations, one for each thing that a first look at the inbox should show."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from apps.connections import health
from apps.conversations import assign
from apps.conversations.notes import write_note
from apps.conversations.receive import receive
from apps.platforms.cards import ListPicker, Option, QuickReplies, Section
from apps.platforms.events import Facts, MessageReceived
from apps.sandbox.seed.business import Business
from apps.sandbox.seed.clock import put_back
from apps.sandbox.seed.photo import box_photo
from apps.sandbox.seed.play import Customer

LIGHTS = ListPicker(
    id="voyant",
    title="Le voyant de votre box",
    subtitle="Touchez pour choisir",
    reply_title="Voyant",
    sections=(
        Section(
            title="Votre box",
            options=(
                Option(id="orange-fixe", title="Orange fixe", subtitle="synchronisation"),
                Option(id="orange-clignotant", title="Orange clignotant", subtitle="pas de synchronisation"),
                Option(id="aucun", title="Aucun voyant", subtitle="alimentation"),
            ),
        ),
        Section(title="Autre chose", options=(Option(id="conseiller", title="Un conseiller"),)),
    ),
)
DEVICES = QuickReplies(
    id="appareil",
    prompt="Sur quel appareil ?",
    options=(
        Option(id="iphone", title="iPhone"),
        Option(id="android", title="Android"),
        Option(id="autre", title="Autre"),
    ),
)


def tell_all(business: Business) -> None:
    """In the open scope; the newest last."""
    for minutes, story in ((190, _closed), (95, _left), (58, _abroad), (34, _quick), (17, _photo), (9, _web)):
        put_back(story(business), minutes=minutes)
    put_back(_picker(business), minutes=3)


def _picker(business: Business) -> Customer:
    """A list picker, answered, and a note."""
    lea = business.people["lea"]
    customer = Customer("apple_messages", business.points["adsl"], locale="fr-FR", name="Camille")
    customer.says("Bonjour, plus d’internet depuis ce matin.")
    customer.hears(lea, "Bonjour, je regarde votre ligne. Que voyez-vous sur la box ?")
    customer.hears(lea, card=LIGHTS)
    customer.picks("orange-clignotant")
    note = "Coupure annoncée au répartiteur jusqu’à 18 h. Proposer une clé 4G si ça dure."
    write_note(customer.conversation.pk, lea, note, client_id=uuid4())
    customer.says("Et le téléphone fixe ne marche plus non plus")
    return customer


def _photo(business: Business) -> Customer:
    """A picture that waits for an answer."""
    customer = Customer("telegram", business.points["adsl"], locale="fr-FR", name="Jules")
    customer.says("Bonsoir, ma box reste éteinte. Je vous montre :")
    customer.shows(box_photo(), "box.jpg")
    return customer


def _quick(business: Business) -> Customer:
    """Quick replies that the customer has not tapped yet."""
    ines = business.people["ines"]
    customer = Customer("apple_messages", business.points["mobile"], locale="fr-FR", name="Nour")
    customer.says("Bonjour, je n’ai plus de réseau dans le train, c’est normal ?")
    customer.hears(ines, "Bonjour ! Voyons cela ensemble.")
    customer.hears(ines, card=DEVICES)
    return customer


def _abroad(business: Business) -> Customer:
    """English, in nobody's hands."""
    customer = Customer("telegram", business.points["mobile"], locale="en-GB", name="Sam")
    customer.says("Hi, I land in Lisbon tomorrow. Does my plan work there?")
    customer.says("And is there anything I should switch on first?")
    return customer


def _left(business: Business) -> Customer:
    """Somebody who deleted the conversation."""
    customer = Customer("apple_messages", business.points["adsl"], locale="en-GB", name="Ana")
    customer.says("Hello, my line is very slow in the evening")
    customer.hears(business.people["lea"], "Hello! I am running a test on your line, one moment please.")
    customer.says("OK, forget it, it is back")
    customer.leaves()
    return customer


def _closed(business: Business) -> Customer:
    ines = business.people["ines"]
    customer = Customer("telegram", business.points["mobile"], locale="fr-FR", name="Mehdi")
    customer.says("Bonjour, où trouver mon code PUK ?")
    customer.hears(ines, "Bonjour ! Il est dans votre espace client, sous « Ma carte SIM ».")
    customer.says("Trouvé, merci beaucoup")
    customer.hears(ines, "Avec plaisir, bonne journée.")
    assign.close(customer.conversation.pk, by=ines)
    return customer


def _web(business: Business) -> str:
    """A visitor of the site; the address under which the web chat knows them."""
    channel, address = business.channels["webchat"], f"demo-{uuid4().hex}"
    words = "Bonjour, peut-on résilier en ligne ou faut-il écrire une lettre ?"
    event = MessageReceived(
        to=channel.address,
        address=address,
        ref=uuid4().hex,
        at=datetime.now(UTC),
        text=words,
        tag="adsl",
        facts=Facts(locale="fr-FR"),
    )
    receive(channel, event, entry_point=business.points["adsl"])
    health.received(channel)
    return address
