"""Attachments, up and down, sealed with other people's cryptography."""

from __future__ import annotations

import base64
from io import BytesIO

from django.test import Client

from apps.sandbox.apple import hand
from apps.sandbox.models import SandboxMessage
from tests.sandbox.apple.msp import Msp, ctr, path_of, posted


def test_a_file_goes_up_and_opens_on_the_phone(msp: Msp) -> None:
    key, plain = "00" + bytes(range(32)).hex(), b"a plan of the house"
    secret, browser = ctr(key, plain), Client(SERVER_NAME="localhost")
    grant = browser.get(
        "/sandbox/apple/v1/preUpload", headers=msp.headers(**{"mmcs-size": str(len(secret))})
    ).json()
    put = browser.post(path_of(grant["upload-url"]), secret, content_type="application/octet-stream").json()
    reference = {
        "name": "plan.txt",
        "mimeType": "text/plain",
        "size": str(len(secret)),
        "signature-base64": put["singleFile"]["fileChecksum"],
        "url": grant["mmcs-url"],
        "owner": grant["mmcs-owner"],
        "key": key,
    }
    assert msp.send(type="text", body="Voici \ufffc", attachments=[reference]) == (200, "")
    words, file = SandboxMessage.objects.filter(mine=False)
    assert (words.text, file.file.name, file.file.size) == ("Voici", "plan.txt", len(plain))
    for wrong in ({"size": len(secret)}, {"size": "1"}, {"key": key[2:]}, {"signature-base64": "AA=="}):
        assert msp.send(type="text", body="\ufffc", attachments=[{**reference, **wrong}])[0] == 400


def test_links_are_for_one_thing_only(msp: Msp) -> None:
    browser = Client(SERVER_NAME="localhost")
    grant = browser.get("/sandbox/apple/v1/preUpload", headers=msp.headers(**{"mmcs-size": "3"})).json()
    octets = {"content_type": "application/octet-stream"}
    assert browser.post(path_of(grant["mmcs-url"]), b"abc", **octets).status_code == 403
    assert browser.get(path_of(grant["upload-url"])).status_code == 403
    assert browser.post(path_of(grant["upload-url"]), b"abc", **octets).status_code == 200
    assert browser.post(path_of(grant["upload-url"]), b"abc", **octets).status_code == 409


def test_a_phones_picture_comes_encrypted(msp: Msp) -> None:
    hand.send_file(msp.thread, BytesIO(b"picture"), name="a.png", mime="image/png")
    (_headers, body), browser = posted()[-1], Client(SERVER_NAME="localhost")
    (named,) = body["attachments"]
    asked = {"mmcs-url": named["url"], "mmcs-owner": named["owner"]}
    asked["mmcs-signature"] = base64.b64encode(bytes.fromhex(named["signature"])).decode()
    grant = browser.get("/sandbox/apple/v1/preDownload", headers=msp.headers(**asked)).json()
    secret = b"".join(browser.get(path_of(grant["download-url"])))
    assert (body["body"], len(secret), ctr(named["key"], secret)) == ("\ufffc", named["size"], b"picture")
    refused = {**asked, "mmcs-signature": named["signature"]}  # hex where Base64 is asked for
    assert browser.get("/sandbox/apple/v1/preDownload", headers=msp.headers(**refused)).status_code == 400
