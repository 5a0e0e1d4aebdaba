"""The picker of templates: what it shows, to whom, and what comes back when something is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.connections.models import Channel, MessageTemplate
from apps.conversations.models import ContactAddress, Conversation
from apps.core import tenancy
from tests.console.pages import scenes
from tests.worlds import Side, World


@pytest.fixture
def here(world: World) -> Side:
    side = world.filante
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform="whatsapp")
        Conversation.objects.update(locale="fr_FR")
        approve(side, "order", "en", body="Order {{1}} for {{name}}", parameters=["1", "name"])
        approve(side, "rappel", "fr", body="Bonjour <b>", footer="Filante")
        approve(side, "solde", "fr", body="Soldes", usable=False)
        old = timezone.now() - timedelta(hours=30)
        ContactAddress.objects.update(openings={"message": old.isoformat()}, last_inbound_at=old)
    return side


def approve(side: Side, name: str, language: str, **fields: Any) -> MessageTemplate:
    now, known = timezone.now(), {"usable": True, "state": "APPROVED", **fields}
    return MessageTemplate.objects.create(
        channel=side.channel, name=name, language=language, synced_at=now, **known
    )


def template(side: Side, name: str) -> MessageTemplate:
    with tenancy.scope(side.id):
        return MessageTemplate.objects.get(name=name)


def picker(side: Side, query: str = "", **headers: str) -> str:
    answer = scenes.agent(side).get(scenes.of(side, f"templates/{query}"), headers=headers)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_reply_box_offers_the_picker_and_nothing_else(here: Side) -> None:
    page = scenes.agent(here).get(scenes.inbox(here, f"all/{here.conversation.pk}/")).content.decode()
    assert "WhatsApp’s time for free words is over" in page and 'data-opens="templates"' in page
    assert 'class="btn btn--primary send-reply"' not in page


def test_the_customers_language_first_and_only_what_may_be_sent(here: Side) -> None:
    page = picker(here)
    assert 0 < page.index("rappel") < page.index("order")
    assert "solde" not in page and "Bonjour &lt;b&gt;" in page


def test_what_it_is_for_in_the_readers_language(here: Side) -> None:
    with tenancy.scope(here.id):
        MessageTemplate.objects.update(category="UTILITY")
    assert "utilitaire" in picker(here, **{"Accept-Language": "fr"})


@pytest.mark.parametrize(
    ("words", "found"), [("ORDER", ["order"]), ("bonjour", ["rappel"]), ("solde", []), ("%", [])]
)
def test_a_search_in_names_and_words(here: Side, words: str, found: list[str]) -> None:
    part = picker(
        here, f"?q={words.replace('%', '%25')}", **{"HX-Request": "true", "HX-Target": "template-list"}
    )
    assert part.lstrip().startswith('<div id="template-list"')
    assert [name for name in ("order", "rappel", "solde") if f"<b>{name}</b>" in part] == found


def test_one_to_fill_in(here: Side) -> None:
    page = picker(here, f"?template={template(here, 'order').pk}")
    assert 'name="value.1"' in page and 'name="value.name"' in page
    assert '<mark data-value="1">{{1}}</mark>' in page


@pytest.mark.parametrize("name", ["solde", "theirs"])
def test_what_may_not_be_sent_is_not_there(here: Side, world: World, name: str) -> None:
    there = world.garance
    with tenancy.scope(there.id):
        approve(there, "theirs", "fr", body="x")
    pk = template(there if name == "theirs" else here, name).pk
    answer = scenes.agent(here).get(scenes.of(here, f"templates/?template={pk}"))
    missing = scenes.agent(here).get(scenes.of(here, f"templates/?template={uuid4()}"))
    assert (answer.status_code, missing.status_code) == (404, 404)


def test_who_stopped_marketing_is_offered_none_and_it_says_why(here: Side) -> None:
    with tenancy.scope(here.id):
        MessageTemplate.objects.filter(name="order").update(category="MARKETING")
    offer, path = template(here, "order"), scenes.of(here, "templates/")
    link, why = f"?template={offer.pk}", "This customer stopped marketing messages on WhatsApp"
    assert link in picker(here) and why not in picker(here)
    with tenancy.scope(here.id):
        ContactAddress.objects.update(marketing_stopped=True)
    page = picker(here)
    assert link not in page and page.count(why) == 1
    assert f"?template={template(here, 'rappel').pk}" in page
    assert "Ce client ne veut plus de messages marketing" in picker(here, **{"Accept-Language": "fr"})
    assert scenes.agent(here).get(path + link).status_code == 404
    values = {"template": "order", "language": "en", "value.1": "1", "value.name": "Ana"}
    refused = scenes.send(scenes.agent(here), here, "", **values)
    assert (refused.status_code, refused.json()["code"]) == (409, "marketing_stopped")
    assert why in refused.json()["words"]
    fine = scenes.send(scenes.agent(here), here, "", template="rappel", language="fr")
    assert fine.status_code == 200


def test_a_channel_without_templates_has_nothing_to_pick(world: World) -> None:
    side = world.garance
    assert "This channel has no approved template yet." in picker(side)
    page = scenes.agent(side).get(scenes.inbox(side, f"all/{side.conversation.pk}/")).content.decode()
    assert 'data-opens="templates"' not in page


def test_what_is_filled_in_is_sent(here: Side) -> None:
    values = {"template": "order", "language": "en", "value.1": "4711"}
    wrong = scenes.send(scenes.agent(here), here, "", **values)
    assert (wrong.status_code, wrong.json()["field"]) == (422, "template.values.name")
    sent = scenes.send(scenes.agent(here), here, "", **values, **{"value.name": " Ana "})
    assert sent.status_code == 200
    assert "Order 4711 for Ana" in sent.json()["html"] and "Template order (en)" in sent.json()["html"]
    assert scenes.messages_of(here)[-1] == "Order 4711 for Ana"


LOCKS = {
    "quota_used": "takes no more answers for now",
    "people_only": "lets only people answer now",
    "thread_elsewhere": "Another program answers this customer on WhatsApp",
}


@pytest.mark.parametrize(("rule", "words"), LOCKS.items(), ids=LOCKS)
def test_every_rule_has_words(here: Side, rule: str, words: str) -> None:
    from apps.console.wording import lock_for
    from apps.conversations.policy import Decision

    decision = Decision(allow=False, rule=rule)
    with tenancy.scope(here.id):
        channel = Channel.objects.get(pk=here.channel.pk)
        lock = lock_for(decision, channel=channel, holder="", closed=False)
    assert lock is not None and words in lock.title
