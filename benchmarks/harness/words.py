"""Sentences as customers and agents write them, in French and in English, a few words far more often."""

from __future__ import annotations

from random import Random

_OPENINGS = (
    *("Bonjour,",) * 6,
    *("Hello,",) * 4,
    "Bonsoir,",
    "Merci,",
    "Thank you,",
    "Désolé,",
    "Excusez-moi,",
    "Good morning,",
    "Salut,",
    "",
    "",
)
_SUBJECTS_FR = (
    "ma commande", "le colis", "la facture", "mon abonnement", "la livraison", "l’internet à la maison",
    "le remboursement", "ma réservation", "le numéro de téléphone", "la garantie", "l’échéance du prêt",
    "mon élève", "le rendez-vous de samedi", "la clé du casier", "le modèle été", "le contrat d’énergie",
)  # fmt: skip
_SAYS_FR = (
    "n’est pas arrivé hier", "est bloqué depuis mardi", "a été débité deux fois", "ne fonctionne plus",
    "doit être modifié avant Noël", "est trop petit, où puis-je l’échanger ?", "s’est cassé à la réception",
    "reste en préparation", "sera prêt quand ?", "a changé d’adresse", "est arrivé abîmé", "me convient",
    "est déjà réglé par chèque", "n’apparaît pas dans mon espace", "a été envoyé à mon frère François",
)  # fmt: skip
_SUBJECTS_EN = (
    "my order", "the parcel", "the invoice", "my subscription", "the delivery", "my internet at home",
    "the refund", "our booking", "the phone number", "the warranty", "the loan", "the café voucher",
    "Saturday’s appointment", "the locker key", "the summer model", "the résumé I uploaded",
)  # fmt: skip
_SAYS_EN = (
    "has not arrived yet", "has been stuck since Tuesday", "was charged twice", "stopped working",
    "must be changed before Christmas", "is too small, where can I swap it?", "broke when I opened it",
    "is still being prepared", "will be ready when?", "has a new address", "arrived damaged", "is fine",
    "is already paid by cheque", "does not show in my account", "was sent to my brother instead",
)  # fmt: skip
_SYLLABLES = (
    "ba",
    "dé",
    "lo",
    "mi",
    "nu",
    "rê",
    "so",
    "ti",
    "vau",
    "zo",
    "chel",
    "fran",
    "gar",
    "pel",
    "quin",
)
_FIRST = ("Zoé", "François", "Inès", "Jérôme", "Amélie", "John", "Siobhán", "Björn", "María", "Léa", "Noël")
_LAST = ("Lefèvre", "Gérard", "Müller", "O’Brien", "Dupont", "Smith", "Núñez", "Bélanger", "Łukasz", "Çelik")


def sentences(count: int, *, seed: int = 7) -> list[str]:
    """`count` sentences, the same every time: "bonjour" in a fifth of them, surnames in one each."""
    chance = Random(seed)
    return [_sentence(chance) for _ in range(count)]


def names() -> list[str]:
    return [f"{first} {last}" for first in _FIRST for last in _LAST]


def _sentence(chance: Random) -> str:
    french = chance.random() < 0.6
    subjects, says = (_SUBJECTS_FR, _SAYS_FR) if french else (_SUBJECTS_EN, _SAYS_EN)
    words = [chance.choice(_OPENINGS), chance.choice(subjects), chance.choice(says)]
    if chance.random() < 0.5:
        words.append(f"— {_surname(chance)}")
    return " ".join(filter(None, words))


def _surname(chance: Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(3)).capitalize()
