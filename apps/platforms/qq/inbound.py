"""What QQ tells as events. Groups and guilds are no conversations with one person: nothing comes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from apps.platforms.base import Inbound, Malformed
from apps.platforms.bodies import read_object
from apps.platforms.events import (
    ContactLeft,
    ContactReturned,
    EntryPointTapped,
    Event,
    MediaKind,
    MediaRef,
    MessageReceived,
)
from apps.platforms.shared.contents import readable

Raw = Mapping[str, Any]
DISPATCH = 0
# Not documented: of a voice message the address of a WAV and what QQ understood of it; where the words of the
# link that led here stand, in a message and in a new friendship.
VOICE_WAV, VOICE_WORDS = "voice_wav_url", "asr_refer_text"
LINK_WORDS, FRIEND_WORDS = "callback_data", "scene_param"
KINDS = {"image": MediaKind.IMAGE, "video": MediaKind.VIDEO, "audio": MediaKind.AUDIO}


@dataclass(frozen=True, slots=True)
class Received:
    """One dispatch: its kind, data and id, our address, and when it came."""

    kind: str
    data: Raw
    id: str
    to: str
    now: datetime

    def about(self, openid: Any) -> dict[str, Any]:
        """The fields of every event; `openid` is who did it. Raises Malformed without one."""
        if not isinstance(openid, str) or not openid:
            raise Malformed("the event names nobody")
        return {"to": self.to, "address": openid, "ref": self.id, "at": _time(self.data, self.now)}


def dedup_key(request: Inbound) -> str:
    """A message's own id, else the dispatch's: both are the same for a repetition. Raises Malformed."""
    body = read_object(request.body)
    data = body.get("d")
    message = data.get("id") if isinstance(data, dict) and body.get("t") == MESSAGE else ""
    found = message or body.get("id")
    if not isinstance(found, str) or not found:
        raise Malformed("the dispatch has no id")
    return found[:200]


def events(request: Inbound, *, to: str, now: datetime) -> Sequence[Event]:
    """Raises Malformed, and what bad types raise."""
    body = read_object(request.body)
    data, kind = body.get("d"), body.get("t")
    if body.get("op") != DISPATCH or not isinstance(data, dict) or not isinstance(kind, str):
        return []
    received = Received(kind=kind, data=data, id=dedup_key(request), to=to, now=now)
    return READERS.get(kind, _unknown)(received)


def _message(received: Received) -> Sequence[Event]:
    data = received.data
    scene = data.get("message_scene")
    tag = scene.get(LINK_WORDS) if isinstance(scene, dict) else ""
    about = received.about(data["author"].get("user_openid"))
    said = readable(_said, data, "message")
    return [MessageReceived(**about, **said, tag=str(tag or ""), handle={"msg_id": received.id})]


def _said(data: Raw) -> dict[str, Any]:
    files = [file for file in data.get("attachments") or () if isinstance(file, dict)]
    said: dict[str, Any] = {"text": str(data.get("content") or "").strip()}
    said["media"] = tuple(media for file in files if (media := _media(file)))
    said["details"] = tuple(("QQ", str(file[VOICE_WORDS])) for file in files if file.get(VOICE_WORDS))
    if not said["text"] and not said["media"]:
        said["unsupported"] = "empty"
    return said


def _media(file: Raw) -> MediaRef | None:
    """A file by its address, which QQ may give without a scheme. "voice" is no MIME type, and SILK no sound
    that others play: where there is a WAV of it, that."""
    mime, url = str(file.get("content_type") or ""), str(file.get("url") or "")
    voice = mime == "voice"
    if voice:
        url, mime = (str(file[VOICE_WAV]), "audio/wav") if file.get(VOICE_WAV) else (url, "")
    if not url:
        return None
    size = file.get("size")
    return MediaRef(
        kind=MediaKind.VOICE if voice else KINDS.get(mime.partition("/")[0], MediaKind.FILE),
        locator={"url": url if "://" in url else f"https://{url.lstrip('/')}"},
        name=str(file.get("filename") or ""),
        mime=mime if "/" in mime else "",
        size=size if type(size) is int and size > 0 else 0,
    )


def _tapped(received: Received) -> Sequence[Event]:
    """A button of other software; we send none, since QQ lets only some bots. Its data is what it says."""
    data = received.data
    if not data.get("user_openid"):
        return []
    resolved = (data.get("data") or {}).get("resolved") or {}
    words = str(resolved.get("button_data") or "").strip()
    said: dict[str, Any] = {"text": words} if words else {"unsupported": received.kind}
    ack = {"interaction": str(data.get("id") or "")}
    about = received.about(data["user_openid"])
    return [MessageReceived(**about, **said, ack=ack, handle={"event_id": received.id})]


def _befriended(received: Received) -> Sequence[Event]:
    about, tag = received.about(received.data.get("openid")), received.data.get(FRIEND_WORDS)
    return [EntryPointTapped(**about, tag=str(tag))] if tag else [ContactReturned(**about)]


def _unfriended(received: Received) -> Sequence[Event]:
    return [ContactLeft(**received.about(received.data.get("openid")), reason="deleted")]


def _rejecting(received: Received) -> Sequence[Event]:
    return [ContactLeft(**received.about(received.data.get("openid")), reason="opted_out")]


def _accepting(received: Received) -> Sequence[Event]:
    return [ContactReturned(**received.about(received.data.get("openid")))]


def _unknown(received: Received) -> Sequence[Event]:
    """Kept when it is from one person to us."""
    author = received.data.get("author")
    if not received.kind.startswith("C2C_") or not isinstance(author, dict):
        return []
    return [MessageReceived(**received.about(author.get("user_openid")), unsupported=received.kind[:64])]


def _time(data: Raw, otherwise: datetime) -> datetime:
    """RFC 3339, or Unix seconds as a number or digits."""
    given = data.get("timestamp")
    try:
        if isinstance(given, str) and not given.isdigit():
            at = datetime.fromisoformat(given)
            return at.astimezone(UTC) if at.tzinfo else otherwise
        return datetime.fromtimestamp(int(given), UTC) if given else otherwise
    except (ValueError, TypeError, OverflowError, OSError):
        return otherwise


MESSAGE = "C2C_MESSAGE_CREATE"
READERS: dict[str, Callable[[Received], Sequence[Event]]] = {
    MESSAGE: _message,
    "INTERACTION_CREATE": _tapped,
    "FRIEND_ADD": _befriended,
    "FRIEND_DEL": _unfriended,
    "C2C_MSG_REJECT": _rejecting,
    "C2C_MSG_RECEIVE": _accepting,
}
