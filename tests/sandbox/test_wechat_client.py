"""wechatpy, which nobody here wrote, talks to the WeChat simulator and reads what it posts."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from wechatpy import WeChatClient, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatClientException
from wechatpy.utils import check_signature

from apps.core import tenancy
from apps.sandbox import accounts, threads
from apps.sandbox.models import SandboxPost
from apps.sandbox.wechat import hand
from tests.sandbox.player import Player
from tests.sandbox.said import picture
from tests.worlds import World


@pytest.fixture
def player(committed_world: World, base_url: str) -> Player:
    player = Player(committed_world.filante, "wechat", base_url)
    player.says("Bonjour")
    return player


@pytest.fixture
def client(player: Player) -> WeChatClient:
    return of(player, player.account.secret)


def of(player: Player, secret: str) -> WeChatClient:
    found = WeChatClient(player.account.key, secret)
    found.API_BASE_URL = f"{accounts.base_url('wechat')}/cgi-bin/"
    # The library knows one address for tokens only.
    fetch = found._fetch_access_token
    found._fetch_access_token = lambda url, params: fetch(f"{found.API_BASE_URL}token", params)
    return found


def test_words_articles_files_and_typing(player: Player, client: WeChatClient) -> None:
    to, photo = player.thread.address, picture()
    client.message.send_text(to, "你好")
    article = {"title": "Suivi", "description": "Le colis", "url": "https://shop.example/", "image": ""}
    client.message.send_articles(to, [article])
    kept = client.media.upload("image", ("plan.png", BytesIO(photo), "image/png"))
    client.message.send_image(to, kept["media_id"])
    text, link, file = (message for message in player.screen() if not message.mine)
    assert (text.text, link.data["url"], player.stored(file)) == ("你好", "https://shop.example/", photo)
    assert client.media.download(kept["media_id"]).content == photo


def test_people_and_codes(player: Player, client: WeChatClient) -> None:
    told = client.user.get(player.thread.address)
    assert (told["subscribe"], told["language"], "nickname" in told) == (1, "fr_FR", False)
    action = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "adsl"}}}
    code = client.qrcode.create(action)
    assert urlsplit(code["url"]).netloc == "weixin.qq.com"
    assert parse_qs(urlsplit(client.qrcode.get_url(code)).query)["ticket"] == [code["ticket"]]
    assert client.misc.get_wechat_ips()[0] == "127.0.0.1"


def refused(call: Any, *given: Any) -> int:
    with pytest.raises(WeChatClientException) as error:
        call(*given)
    return int(error.value.errcode)


def test_what_it_refuses(player: Player, client: WeChatClient) -> None:
    to = player.thread.address
    assert refused(client.message.send_text, "oNobody", "x") == 40003
    assert refused(client.message.send_text, to, "好" * 683) == 45002
    assert refused(client.message.send_text, to, " ") == 44004
    assert refused(client.message.send_image, to, "nothing") == 40007
    assert refused(of(player, "wrong").message.send_text, to, "x") == 40125
    # Five answers, and the three that following gave.
    for number in range(8):
        client.message.send_text(to, str(number))
    assert refused(client.message.send_text, to, "9") == 45047
    player.does("leave")
    assert refused(client.message.send_text, to, "x") == 43004


@pytest.mark.parametrize("mode", ["plain", "compatible", "secure"])
def test_what_it_posts_is_what_wechatpy_reads(player: Player, mode: str) -> None:
    with tenancy.scope(player.side.id):
        account = player.account
        account.refresh_from_db()
        account.data = {**account.data, "mode": mode}
        thread = threads.locked(player.thread.pk)
        thread.account = account
        SandboxPost.objects.all().delete()
        hand.say(thread, "Ça ]]> & <b> 你好")
        body = bytes(SandboxPost.objects.get().body)
        url = hand.proof(account, "https://us.example/hook", body).url
    query = {name: value[0] for name, value in parse_qs(urlsplit(url).query).items()}
    token = account.data["token"]
    check_signature(token, query["signature"], query["timestamp"], query["nonce"])
    if mode != "plain":
        crypto = WeChatCrypto(token, account.data["aes_key"], account.key)
        body = crypto.decrypt_message(
            body, query["msg_signature"], query["timestamp"], query["nonce"]
        ).encode()
    message = parse_message(body.decode())
    assert (message.type, message.content) == ("text", "Ça ]]> & <b> 你好")
    assert (message.source, message.target) == (thread.address, account.address)
