"""One card of every kind, with everything that its kind can hold, as a business would send it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from apps.platforms.cards import (
    FIELD_TYPES,
    Card,
    ContactCard,
    Field,
    Form,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    MediaGroup,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
)

LABELS = {
    "text": "Votre nom",
    "long_text": "Que se passe-t-il ?",
    "email": "Votre e-mail",
    "phone": "Votre téléphone",
    "number": "Débit mesuré",
    "date": "Depuis quel jour ?",
    "choice": "Votre box",
    "choices": "Ce qui ne marche pas",
}
MINI = Option(id="mini", title="Box Mini")
MAXI = Option(id="maxi", title="Box Maxi")


def every_card() -> dict[str, Card]:
    """By kind. Those with pictures want two files in their message."""
    cards: list[Card] = [
        QuickReplies(
            id="qr", prompt="La box est-elle allumée ?", options=(_yes(), Option(id="n", title="Non"))
        ),
        _list(),
        _times(),
        form(),
        Link(
            id="li",
            text="Suivez votre colis en direct.",
            button="Suivre le colis",
            url="https://shop.example/suivi?c=42",
            image=0,
        ),
        LocationRequest(id="lr", prompt="Où se trouve la box ?"),
        Location(
            id="lo",
            latitude=48.85837,
            longitude=2.294481,
            title="Boutique Filante",
            address="5, avenue Anatole",
        ),
        ContactCard(id="co", name="Atelier Filante", phone="+33102030405"),
        MediaGroup(id="mg", images=(0, 1), text="Vos deux modèles"),
    ]
    return {card.kind: card for card in cards}


def form() -> Form:
    """A question of every type; what is longest may be left out."""
    return Form(
        id="fo",
        title="Parlons de votre panne",
        fields=tuple(
            Field(
                id=kind,
                label=label,
                type=kind,
                required=kind not in ("long_text", "choices"),
                options=(MINI, MAXI) if kind in ("choice", "choices") else (),
            )
            for kind, label in LABELS.items()
        ),
        submit="Envoyer le dossier",
    )


FILLED = {
    "text": ["Ana Lopez"],
    "long_text": ["Elle clignote\nen rouge."],
    "email": ["ana@example.com"],
    "phone": ["01 02 03 04 05"],
    "number": ["12,5"],
    "date": ["2026-02-28"],
    "choice": ["maxi"],
    "choices": ["mini", "maxi"],
}
assert set(LABELS) == set(FILLED) == set(FIELD_TYPES)


def _yes() -> Option:
    return Option(id="y", title="Oui", image=1)


def _list() -> ListPicker:
    return ListPicker(
        id="lp",
        title="Choisissez votre offre",
        subtitle="Sans engagement, livrée sous trois jours",
        image=0,
        sections=(
            Section(
                title="Box",
                options=(
                    Option(id="mini", title="Box Mini", subtitle="100 Mb/s, 19,99 € par mois", image=0),
                    Option(id="maxi", title="Box Maxi", subtitle="1 Gb/s, 29,99 € par mois", image=1),
                ),
            ),
            Section(
                title="Options",
                multiple=True,
                options=(Option(id="tv", title="Télévision"), Option(id="tel", title="Téléphone")),
            ),
        ),
    )


def _times() -> TimeSlots:
    """From tomorrow on, over three days; one lasts longer."""
    tomorrow = datetime.now(UTC).replace(hour=8, minute=30, second=0, microsecond=0) + timedelta(days=1)
    starts = [tomorrow + timedelta(days=day, hours=hours) for day in range(3) for hours in (0, 1, 5)]
    slots = tuple(Slot(id=f"s{n}", start=start, minutes=30) for n, start in enumerate(starts, 1))
    return TimeSlots(
        id="ts",
        title="Quand peut-on passer ?",
        slots=slots,
        timezone="Europe/Paris",
        place="12, rue du Port, Nantes",
    )
