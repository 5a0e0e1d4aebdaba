"""SMS and MMS through a number at Twilio (REST API 2010-04-01)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import BinaryIO, ClassVar
from urllib.parse import quote

from apps.core.http import Http, HttpError
from apps.platforms import compose
from apps.platforms.base import (
    NOT_ALLOWED,
    Answer,
    BadCredentials,
    Capabilities,
    Connection,
    Content,
    Credential,
    Credentials,
    Inbound,
    Outgoing,
    Part,
    Platform,
    Rejected,
    RetryClass,
)
from apps.platforms.bodies import read_form
from apps.platforms.cards import Unit
from apps.platforms.events import Event, MediaRef
from apps.platforms.shared import servers, tags
from apps.platforms.shared.answers import stranger, unfetched
from apps.platforms.sms import calls, inbound, numbers, outbound, segments, signature
from apps.platforms.windows import Price, Window

MB = 1024 * 1024
TEXT_LIMIT = 1600  # not documented: in which unit; the smaller reading is taken


class Sms(Platform):
    """Our address is our number, customers' are theirs, both as +E.164."""

    slug: ClassVar[str] = "sms"
    name: ClassVar[str] = "SMS"
    docs_url: ClassVar[str] = "https://www.twilio.com/docs/api/errors"
    credentials: ClassVar[Sequence[Credential]] = (
        Credential(
            name="account_sid",
            label="Account SID",
            pattern=calls.ACCOUNT,
            help="From the start page of Twilio's console: AC and 32 digits.",
        ),
        Credential(
            name="auth_token",
            label="Auth token",
            secret=True,
            pattern=r"\S{8,}",
            help="Beside the account SID. With it Twilio also proves who it is.",
        ),
        Credential(
            name="second_token",
            label="Secondary auth token",
            secret=True,
            required=False,
            help="Only while you change the auth token: requests signed with either are taken.",
        ),
        Credential(
            name="number",
            label="Your number",
            pattern=outbound.NUMBER,
            help="A number of the account that takes SMS, such as +33644600000.",
        ),
        servers.base_url(
            "Twilio API server", help=f"Only for another region of Twilio; {calls.BASE_URL} when left empty."
        ),
    )
    stands_in_for: ClassVar[frozenset[str]] = frozenset({"rcs"})
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=TEXT_LIMIT,
        text_unit=Unit.UTF16,
        caption_limit=TEXT_LIMIT,
        media_limit=5 * MB,
        fetches_media=True,
        delivery_receipts=True,
        entry_tag=True,
        can_find=True,
        retry_class=RetryClass.RECONCILED,
        windows=(Window(rule="customer_wrote", price=Price.BILLED),),
    )

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """As the contract; what customers send is led here. Other settings of the number stay."""
        number = await numbers.ours(creds, http)
        await numbers.lead(number, webhook_url, creds, http)
        return Connection(address=number.number, name=number.name or number.number)

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        number = await numbers.ours(creds, http)
        if number.webhook != webhook_url:
            raise Rejected("Twilio delivers to another address: connect again", code="webhook_elsewhere")
        return f"{number.number} leads here"

    def verify(self, request: Inbound, creds: Credentials) -> None:
        signature.check(request, calls.secrets(creds))

    def taken(self, request: Inbound, creds: Credentials) -> Answer:
        """An empty TwiML document: say nothing by yourself."""
        return Answer(body="<Response/>", content_type="text/xml")

    def dedup_key(self, request: Inbound) -> str:
        return inbound.dedup_key(read_form(request.body))

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        """As the contract; Twilio's requests have no time and get the present one."""
        return inbound.events(read_form(request.body), path=request.path, now=datetime.now(UTC))

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        return compose.plan(content, self.capabilities, device)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        return await outbound.send(outgoing, creds, http)

    async def find(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str | None:
        return await outbound.find(outgoing, creds, http)

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        """As the contract; the token goes to Twilio only, and not to the store that it redirects to."""
        url = str(media.locator.get("url", ""))
        if not calls.is_twilios(url, creds):
            raise Rejected("this file does not lie with Twilio", code=NOT_ALLOWED)
        try:
            answer = await http.fetch(url, sink, headers=calls.authorization(creds))
        except HttpError as error:
            raise unfetched(error, calls.secrets(creds)) from None
        if answer.status in (404, 410):
            raise Rejected("the file is no longer there", code="expired")
        if answer.status == 401:
            raise BadCredentials("Twilio does not give the file out", field="auth_token")
        if answer.status >= 300:
            raise stranger(answer, "Twilio")
        return answer.headers.get("content-type", "").partition(";")[0].strip() or media.mime

    def counted(self, part: Part) -> int:
        return 1 if part.kind == "media" else segments.segments(part.text).messages

    def entry_link(self, address: str, tag: str, *, group: str = "", text: str = "") -> str:
        """sms:+33644600000?body=… (RFC 5724), with the tag at the end of the words."""
        number = "+" + "".join(character for character in address if character in "0123456789")
        words = tags.prefilled(tag, group=group, text=text)
        return f"sms:{number}" + (f"?body={quote(words, safe='')}" if words else "")


PLATFORM = Sms()
