"""Files to Slack in three calls (https://docs.slack.dev/messaging/working-with-files): a place, the bytes,
the sharing. Only the last one can leave a doubt: until then nobody sees anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from apps.core.http import FilePart, Http, HttpError
from apps.platforms.base import Credentials, MediaFile, Rejected, Unreachable
from apps.platforms.shared.answers import certain, stranger, unfetched
from apps.platforms.slack import api, mrkdwn
from apps.platforms.slack.places import Place

UPLOAD_SECONDS = 120.0


async def share(media: MediaFile, caption: str, place: Place, creds: Credentials, http: Http) -> str:
    """The id of the file, shared with the conversation. Raises SendError."""
    asked = {"filename": media.name, "length": str(media.size)}
    promised = await api.certainly("files.getUploadURLExternal", creds, http, asked)
    url, file_id = promised.get("upload_url"), promised.get("file_id")
    if not isinstance(url, str) or not isinstance(file_id, str):
        raise Unreachable("Slack names no place for the file", code="no_upload_url")
    await _put(media, url, creds, http)
    shared: dict[str, Any] = {"files": [{"id": file_id, "title": media.name}], "channel_id": place.channel}
    shared |= {"thread_ts": place.thread} if place.thread else {}
    shared |= {"initial_comment": mrkdwn.escaped(caption)} if caption else {}
    await api.call("files.completeUploadExternal", creds, http, shared)
    return file_id


def same_files(message: Mapping[str, Any], media: MediaFile) -> list[str]:
    """Ids of files in a message that have our file's name and size."""
    rows = message.get("files")
    files = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    same = [row for row in files if (row.get("name"), row.get("size")) == (media.name, media.size)]
    return [str(row.get("id", "")) for row in same]


async def _put(media: MediaFile, url: str, creds: Credentials, http: Http) -> None:
    """Into the place that Slack named; its address is a secret, and wants no token."""
    secrets = (*api.secrets(creds), urlsplit(url).path)
    file = FilePart(field="filename", name=media.name, mime=media.mime, path=media.path)
    try:
        answer = await http.request("POST", url, files=[file], form={}, timeout=UPLOAD_SECONDS)
    except HttpError as error:
        raise unfetched(error, secrets) from None
    except FileNotFoundError:
        raise Rejected("the file is no longer on our disk", code="file_missing") from None
    if answer.status >= 300:
        raise certain(stranger(answer, "Slack's file server"))  # a file that nobody shared is as good as none
