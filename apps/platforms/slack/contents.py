"""What stands in one Slack message, as the fields of `MessageReceived`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.slack import mrkdwn

Fields = dict[str, Any]
Raw = Mapping[str, Any]

KINDS = {"image": MediaKind.IMAGE, "video": MediaKind.VIDEO, "audio": MediaKind.AUDIO}
CLIPS = {"slack_audio": MediaKind.VOICE, "slack_video": MediaKind.VIDEO}  # recorded in Slack
GONE = ("tombstone", "hidden_by_limit")


def fields(message: Raw, bot: str) -> Fields:
    """Words and files; never all of them empty. `bot` is our user in the workspace."""
    text = mrkdwn.plain(mrkdwn.without_mention(str(message.get("text") or ""), bot))
    rows = message.get("files")
    files = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    links = [str(row["url_private"]) for row in files if row.get("is_external") and row.get("url_private")]
    media = tuple(_media(row) for row in files if _has_bytes(row))
    said = "\n".join(line for line in (text, *links) if line)
    if said or media:
        return {"text": said, "media": media}
    return {"unsupported": _kind(message, files)}


def _has_bytes(row: Raw) -> bool:
    return isinstance(row.get("id"), str) and not row.get("is_external") and row.get("mode") not in GONE


def _media(row: Raw) -> MediaRef:
    """Of a file in a channel shared with another workspace Slack tells the id only."""
    mime, size = str(row.get("mimetype") or ""), row.get("size")
    kind = CLIPS.get(str(row.get("subtype"))) or KINDS.get(mime.partition("/")[0], MediaKind.FILE)
    url = row.get("url_private_download") or row.get("url_private") or ""
    return MediaRef(
        kind=kind,
        locator={"id": row["id"], "url": str(url)},
        name=str(row.get("name") or ""),
        mime=mime,
        size=size if isinstance(size, int) and not isinstance(size, bool) and size > 0 else 0,
    )


def _kind(message: Raw, files: Sequence[Raw]) -> str:
    if files:
        return str(files[0].get("mode") or "file")
    if message.get("blocks") or message.get("attachments"):
        return "blocks"
    return "empty"
