"""Building a card in the console: how it will look, what keeps it from being shown, and what is sent."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, expect

from apps.connections.models import Channel
from apps.core import tenancy
from tests.browser import inspection
from tests.browser.desk import Desk
from tests.browser.people import People
from tests.isolation.rich import PNG
from tests.worlds import Side

pytestmark = pytest.mark.browser


def test_a_card_is_seen_before_it_is_sent(side: Side, people: People) -> None:
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug)
    bob.opens("plus d’internet")
    page = bob.page
    page.locator("[data-opens=cards]").click()
    page.locator("#cards dialog").get_by_role("button", name="Link").click()
    dialog = page.locator("#link dialog")
    dialog.get_by_label("Text", exact=True).fill("Le suivi de votre panne")
    dialog.get_by_label("Button text").fill("Ouvrir")
    expect(dialog.locator(".card-preview")).to_be_hidden()
    dialog.get_by_label("Address").fill("https://shop.example/suivi")
    expect(dialog.locator(".card-preview")).to_contain_text("Le suivi de votre panne")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_be_hidden()
    expect(bob.card("Le suivi de votre panne").get_by_role("link", name="Ouvrir")).to_be_visible()


def test_a_list_is_built_with_the_keyboard_and_survives_a_reload(side: Side, people: People) -> None:
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug)
    bob.opens("plus d’internet")
    page = bob.page
    page.locator("#composer [data-opens=list-picker]").press("Enter")
    dialog = page.locator("#list-picker dialog")
    expect(dialog.get_by_label("Title", exact=True)).to_be_focused()
    dialog.get_by_label("Title", exact=True).fill("Quelle box ?")
    choices = dialog.get_by_label("Choice", exact=True)
    choices.first.fill("Mini")
    choices.first.press("Enter")
    expect(choices.nth(1)).to_be_focused()
    choices.nth(1).fill("Maxi")
    choices.nth(1).press("Enter")
    expect(choices.nth(2)).to_be_focused()
    choices.nth(2).press("Backspace")
    expect(choices).to_have_count(2)
    choices.nth(1).press("Alt+ArrowUp")
    expect(choices.first).to_have_value("Maxi")
    dialog.get_by_role("button", name="Add a section").press("Enter")
    expect(choices.nth(2)).to_be_focused()
    choices.nth(2).fill("Télé")
    dialog.get_by_label("Heading of these choices").nth(1).fill("Services")
    expect(dialog.locator(".card-preview")).to_contain_text("Services")

    page.reload()
    bob.is_live()
    page.locator("#composer [data-opens=cards]").click()
    expect(page.locator("#cards [data-opens=list-picker]")).to_contain_text("draft")
    page.locator("#cards [data-opens=list-picker]").click()
    expect(choices).to_have_count(4)
    values = [choices.nth(n).input_value() for n in range(4)]
    assert values == ["Maxi", "Mini", "Télé", ""]
    choices.first.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(bob.card("Quelle box ?")).to_contain_text("Services")
    page.locator("#composer [data-opens=list-picker]").click()
    expect(choices).to_have_count(2)
    expect(dialog.get_by_label("Title", exact=True)).to_have_value("")


def test_a_picture_stands_beside_its_choice(side: Side, people: People) -> None:
    """Where the platform shows pictures in lists; taken away again by one press. All of it has a name, and a
    focus that is seen."""
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform="custom")
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug)
    bob.opens("plus d’internet")
    bob.page.locator("#composer [data-opens=list-picker]").click()
    dialog = bob.page.locator("#list-picker dialog")
    slot = dialog.locator(".option-row .card-picture").first
    box: FilePayload = {"name": "box.png", "mimeType": "image/png", "buffer": PNG}
    slot.locator("input[type=file]").set_input_files(box)
    expect(slot.get_by_role("button", name="Remove the picture")).to_be_focused()
    expect(slot.locator("img")).to_have_js_property("complete", True)
    kept = slot.locator("input[type=hidden]").input_value()
    assert len(kept) == 36
    slot.get_by_role("button", name="Remove the picture").press("Enter")
    expect(slot.locator("input[type=hidden]")).to_have_value("")
    dialog.get_by_role("button", name="Add a section").click()
    assert (inspection.nameless(bob.page), inspection.unseen_focus(bob.page)) == ([], [])


def test_an_album_is_seen_with_its_pictures_and_survives_a_reload(side: Side, people: People) -> None:
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform="custom")
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug)
    bob.opens("plus d’internet")
    dialog = bob.page.locator("#media-group dialog")
    places, preview = dialog.locator(".card-gallery .card-picture"), dialog.locator(".card-preview")
    bob.page.locator("#composer [data-opens=cards]").click()
    bob.page.locator("#cards [data-opens=media-group]").click()
    boxes: list[FilePayload] = [
        {"name": f"{n}.png", "mimeType": "image/png", "buffer": PNG} for n in ("a", "b", "c")
    ]
    places.first.locator("input[type=file]").set_input_files(boxes)
    expect(places).to_have_count(4)
    places.nth(1).get_by_role("button", name="Remove the picture").press("Enter")
    expect(places).to_have_count(3)
    dialog.get_by_label("Text optional").fill("La box")
    expect(preview.locator("img")).to_have_count(2)
    expect(preview.locator("img").first).to_have_js_property("complete", True)
    assert (inspection.nameless(bob.page), inspection.unseen_focus(bob.page)) == ([], [])
    bob.page.reload()
    bob.is_live()
    bob.page.locator("#composer [data-opens=cards]").click()
    bob.page.locator("#cards [data-opens=media-group]").click()
    expect(places).to_have_count(3)
    expect(preview.locator("img")).to_have_count(2)
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_be_hidden()
    expect(bob.card("La box").locator("img")).to_have_count(2)
    bob.page.locator("#composer [data-opens=cards]").click()
    bob.page.locator("#cards [data-opens=media-group]").click()
    expect(places).to_have_count(1)


def test_what_the_platform_makes_of_a_file_stands_at_it(side: Side, people: People) -> None:
    """Kept with the draft; what it cannot be sent at all is marked as such."""
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform="line")
    visit = people.comes("bob", user=side.agent)
    visit.expects("status of 422")
    bob = Desk.of(visit, side.slug)
    bob.opens("plus d’internet")
    terms: FilePayload = {"name": "devis.txt", "mimeType": "text/plain", "buffer": b"words"}
    bob.page.set_input_files("#composer input[type=file]", terms)
    remark = bob.page.locator("#composer .att .remark")
    expect(remark).to_have_text("LINE takes no such files: the customer gets a link to it.")
    bob.page.reload()
    bob.is_live()
    expect(remark).to_have_text("LINE takes no such files: the customer gets a link to it.")
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform="qq")
    bob.page.set_input_files("#composer input[type=file]", terms)
    expect(bob.page.locator("#composer .att.is-failed .remark")).to_contain_text(
        "QQ takes only PNG, JPEG, MP4"
    )


def test_what_is_wrong_stands_beside_its_field(side: Side, people: People) -> None:
    visit = people.comes("bob", user=side.agent)
    visit.expects("status of 422")
    bob = Desk.of(visit, side.slug)
    bob.opens("plus d’internet")
    bob.page.locator("[data-opens=cards]").click()
    bob.page.locator("#cards dialog").get_by_role("button", name="Form").click()
    dialog = bob.page.locator("#form dialog")
    dialog.get_by_label("Title", exact=True).fill("Vous")
    dialog.get_by_label("Question").first.fill("Box")
    dialog.get_by_label("Kind of answer").first.select_option("choice")
    dialog.get_by_label("Choices, with commas").first.fill("Mini")
    dialog.get_by_label("Choices, with commas").first.press("Control+Enter")
    wrong = dialog.locator(".option-row--form + .remark")
    expect(wrong).to_have_text("Write at least two choices, with commas between them.")
    expect(dialog.get_by_label("Choices, with commas").first).to_be_focused()
    expect(dialog.get_by_label("Choices, with commas").first).to_have_attribute("aria-invalid", "true")


def test_a_remark_stands_under_the_picture_that_it_is_about(side: Side, people: People) -> None:
    """Not in its small place; and the pictures that do not stand in the card are seen before it."""
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform="messenger")
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug)
    bob.opens("plus d’internet")
    bob.page.locator("#composer [data-opens=list-picker]").click()
    dialog = bob.page.locator("#list-picker dialog")
    dialog.get_by_label("Title", exact=True).fill("Quelle box ?")
    dialog.get_by_label("Choice", exact=True).first.fill("Mini")
    for place in (".with-picture", ".section-head + .option-row"):
        dialog.locator(place).locator("input[type=file]").first.set_input_files(drawn("WEBP"))
        remark = dialog.locator(f"{place} + .remark")
        expect(remark).to_contain_text("Messenger shows only JPEG, PNG, GIF in a card")
        button = dialog.locator(place).get_by_role("button", name="Remove the picture")
        told = button.get_attribute("aria-describedby")
        assert told == remark.get_attribute("id")
    expect(dialog.locator(".card-picture .remark")).to_have_count(0)
    expect(dialog.locator(".card-preview .turn > .pic-card img")).to_have_count(2)
    expect(dialog.locator(".card-preview .rich")).to_contain_text("Quelle box ?")


def test_what_holds_for_several_pictures_of_an_album_is_said_once(side: Side, people: People) -> None:
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform="telegram")
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug)
    bob.opens("plus d’internet")
    bob.page.locator("#composer [data-opens=cards]").click()
    bob.page.locator("#cards [data-opens=media-group]").click()
    dialog = bob.page.locator("#media-group dialog")
    chosen = [drawn("PNG"), drawn("BMP"), drawn("BMP")]
    dialog.locator(".card-picture input[type=file]").first.set_input_files(chosen)
    expect(dialog.locator(".card-gallery + .remark")).to_contain_text("Telegram shows only")
    expect(dialog.locator(".remark")).to_have_count(1)
    expect(dialog.locator(".card-picture:has([aria-invalid])")).to_have_count(2)
    expect(dialog.locator(".as-text")).to_have_text("The pictures go one by one on Telegram.")
    expect(dialog.locator(".card-preview .turn > .pic-card img")).to_have_count(3)


def drawn(kind: str) -> FilePayload:
    sink = BytesIO()
    Image.new("RGB", (30, 20), "teal").save(sink, kind)
    name = f"box.{kind.lower()}"
    return {"name": name, "mimeType": f"image/{kind.lower()}", "buffer": sink.getvalue()}


def test_remarks_of_one_row_name_their_fields(side: Side, people: People) -> None:
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform="whatsapp")
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug)
    bob.opens("plus d’internet")
    bob.page.locator("#composer [data-opens=list-picker]").click()
    dialog = bob.page.locator("#list-picker dialog")
    dialog.get_by_label("Title", exact=True).fill("Quelle box ?")
    dialog.get_by_label("Choice", exact=True).first.fill("M" * 25)
    remarks = dialog.locator(".option-row ~ .remark")
    expect(remarks).to_have_text(["WhatsApp takes at most 24 characters: shorten it by 1."])
    dialog.get_by_label("Line below", exact=True).first.fill("m" * 74)
    both = [
        "Choice WhatsApp takes at most 24 characters: shorten it by 1.",
        "Line below WhatsApp takes at most 72 characters: shorten it by 2.",
    ]
    expect(remarks).to_have_text(both)


def test_enter_leads_from_line_to_line(side: Side, people: People) -> None:
    """Past the place for a picture, which is not written in; what concerns the whole card stands under it."""
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform="custom")
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug)
    bob.opens("plus d’internet")
    bob.page.locator("#composer [data-opens=list-picker]").press("Enter")
    keys = bob.page.keyboard
    dialog = bob.page.locator("#list-picker dialog")
    for words in ("Quelle box ?", "La vôtre", "Modèles", "Mini", "Maxi"):
        keys.type(words)
        keys.press("Enter")
    said = {"title": "Quelle box ?", "subtitle": "La vôtre", "s0-title": "Modèles"}
    for name, words in said.items():
        expect(dialog.locator(f"[name={name}]")).to_have_value(words)
    values = [dialog.get_by_label("Choice", exact=True).nth(n).input_value() for n in range(3)]
    assert values == ["Mini", "Maxi", ""]
    keys.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(bob.card("Quelle box ?")).to_contain_text("Maxi")


def test_what_concerns_the_whole_card_stands_with_its_preview(side: Side, people: People) -> None:
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform="sms")
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug)
    bob.opens("plus d’internet")
    bob.page.locator("#composer [data-opens=cards]").click()
    bob.page.locator("#cards dialog").get_by_role("button", name="Form").click()
    dialog = bob.page.locator("#form dialog")
    dialog.get_by_label("Title", exact=True).fill("Vous")
    dialog.get_by_label("Question").first.fill("Votre nom")
    expect(dialog.locator(".card-preview .as-text")).to_be_visible()
    expect(dialog.locator(".card-preview .remark")).to_have_count(1)
    expect(dialog.locator(".remark")).to_have_count(1)
