"""What the phone posts to the business: words, answers, gestures."""

from __future__ import annotations

import gzip
from typing import Any

from django.test import Client

from apps.sandbox import faults, threads
from apps.sandbox.apple import attachments, hand
from apps.sandbox.apple.checks import BID
from apps.sandbox.models import FaultKind, SandboxMessage
from tests.sandbox.apple.balloons import TOPICS, event, form, picker, quick
from tests.sandbox.apple.msp import Msp, ctr, path_of, posted


def last_reply() -> dict[str, Any]:
    given: dict[str, Any] = posted()[-1][1]["interactiveData"]["data"]
    return given


def balloon_on(msp: Msp) -> SandboxMessage:
    return SandboxMessage.objects.select_related("thread__account", "thread__phone").get(mine=False)


def test_the_first_words_carry_where_they_came_from(msp: Msp) -> None:
    hand.say(threads.locked(msp.thread.pk), "Encore")
    (first, typing), (head, words), (_again, more) = posted()
    assert (typing["type"], words["type"], words["intent"], words["group"]) == (
        "typing_start",
        "text",
        "adsl",
        "fibre",
    )
    assert (words["body"], words["locale"], "intent" in more) == ("Bonjour", "fr_FR", False)
    assert (head["id"], head["source-id"], head["destination-id"]) == (
        words["id"],
        words["sourceId"],
        words["destinationId"],
    )
    assert (head["content-encoding"], head["capability-list"], first["id"] == head["id"]) == (
        "gzip",
        "LIST,TIME,QUICK",
        False,
    )
    assert words["sourceId"].startswith("urn:mbid:") and len(words["sourceId"]) > 150


def test_a_choice_names_what_it_answers(msp: Msp) -> None:
    msp.send(type="interactive", interactiveData={**picker(), "sessionIdentifier": "s-1"})
    hand.answer(balloon_on(msp), ["b", "?"])
    given = posted()[-1][1]["interactiveData"]
    (section,) = given["data"]["listPicker"]["sections"]
    assert (given["bid"], given["sessionIdentifier"], given["data"]["requestIdentifier"]) == (
        BID,
        "s-1",
        "r-1",
    )
    assert ([item["identifier"] for item in section["items"]], given["data"]["replyMessage"]["title"]) == (
        ["b"],
        "B",
    )


def test_a_quick_choice_names_its_place(msp: Msp) -> None:
    msp.send(type="interactive", interactiveData=quick(3))
    hand.answer(balloon_on(msp), ["2"])
    reply = posted()[-1][1]["interactiveData"]["data"]["quick-reply"]
    assert (reply["selectedIndex"], reply["selectedIdentifier"], len(reply["items"])) == (2, "2", 3)


def test_a_chosen_time_comes_back_alone(msp: Msp) -> None:
    msp.send(type="interactive", interactiveData=event())
    hand.answer(balloon_on(msp), ["b", "a"])
    reply = last_reply()["event"]
    assert (reply["identifier"], [slot["identifier"] for slot in reply["timeslots"]]) == ("e-1", ["a"])


def test_a_form_comes_back_with_its_selections(msp: Msp) -> None:
    msp.send(type="interactive", interactiveData=form())
    hand.answer(balloon_on(msp), ["topic=billing", "mail=ana@example.org", "x=y"])
    reply = last_reply()["dynamic"]
    assert (reply["template"], reply["private"]) == ("messageForms", False)
    assert reply["selections"] == [
        {"pageIdentifier": "topic", "title": "Topic", "items": [{**TOPICS[0], "type": "select"}]},
        {
            "pageIdentifier": "mail",
            "title": "E-mail",
            "items": [
                {"identifier": "0", "title": "ana@example.org", "value": "ana@example.org", "type": "input"}
            ],
        },
    ]


def test_a_form_without_what_it_needs_is_not_sent(msp: Msp) -> None:
    msp.send(type="interactive", interactiveData=form())
    before = len(posted())
    hand.answer(balloon_on(msp), ["topic=billing"])
    assert len(posted()) == before


def test_a_vcard_is_somebody_to_call(msp: Msp) -> None:
    lines = ("BEGIN:VCARD", "VERSION:3.0", "FN;X=y:Zoé\\, SAV", "TEL;TYPE=VOICE:+331", "END:VCARD")
    card = "\r\n".join(lines).encode()
    reference = attachments.wrapped(msp.account, card, name="a.vcf", mime="text/vcard")
    outgoing = {name: str(reference[name]) for name in reference if name != "signature"}
    assert msp.send(type="text", body="\ufffc", attachments=[outgoing]) == (200, "")
    shown = balloon_on(msp)
    assert (shown.kind, shown.text, shown.data) == ("contact", "Zoé, SAV", {"phone": "+331"})


def test_a_large_choice_comes_by_reference(msp: Msp) -> None:
    msp.send(type="interactive", interactiveData=picker())
    faults.switch(msp.account, FaultKind.LARGE, on=True)
    hand.answer(balloon_on(msp), ["a"])
    body, browser = posted()[-1][1], Client(SERVER_NAME="localhost")
    named = body["interactiveDataRef"]
    asked = {
        "mmcs-url": named["url"],
        "mmcs-owner": named["owner"],
        "mmcs-signature": named["signature-base64"],
    }
    grant = browser.get("/sandbox/apple/v1/preDownload", headers=msp.headers(**asked)).json()
    blob = ctr(named["key"], b"".join(browser.get(path_of(grant["download-url"]))))
    for whole in (blob, gzip.decompress(blob)):
        decoded = browser.post(
            "/sandbox/apple/v1/decodePayload",
            whole,
            content_type="application/octet-stream",
            headers=msp.headers(bid=BID),
        ).json()
        assert decoded["data"]["listPicker"]["sections"][0]["items"][0]["identifier"] == "a"
    assert "interactiveData" not in body


def test_repetitions_have_the_same_id_but_answers_another(msp: Msp) -> None:
    faults.switch(msp.account, FaultKind.DUPLICATE, on=True)
    hand.say(msp.thread, "deux fois")
    first, second = (body for _head, body in posted()[-2:])
    assert first == second
    msp.send(type="interactive", interactiveData=quick(2))
    hand.answer(balloon_on(msp), ["1"])
    one, two = (body for _head, body in posted()[-2:])
    assert one["id"] != two["id"]
    assert one["interactiveData"] == two["interactiveData"]


def test_tapback_typing_and_leaving(msp: Msp) -> None:
    msp.send(type="text", body="Bonjour !")
    heard = balloon_on(msp)
    hand.react(heard, "like")
    hand.typing(msp.thread, True)
    hand.leave(threads.locked(msp.thread.pk))
    told = [(body["type"], body.get("body")) for _head, body in posted()[-3:]]
    assert told == [("text", 'Liked "Bonjour !"'), ("typing_start", None), ("close", None)]
