"""E-mail: whole mails (RFC 5322), posted to us with a signature over time and mail (docs/email.md), and
handed in by us at a mail server with a name and a password (provider/mail_server.py).

Class K is the mail gateway's, which is not played: a mail server does not know a mail again, so there is no
key here, and an outcome that nobody knows stays a person's to decide. A reply's status and body are SMTP's.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

from tests.chaos.dialects.contract import Account, Hook, Reply, Taken

RECIPIENT = "RCPT TO"  # the one of the envelope, among the headers of `take`


class Mail:
    retry_class = "K"

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        """The mail server listens beside the providers' address; the run fills in its port."""
        ours = f"help{number}@chaos.example"
        return {
            "signing_secret": f"chaos-mail-{number:032x}",
            "smtp_host": "127.0.0.1",
            "smtp_port": "1",
            "smtp_security": "none",
            "smtp_user": ours,
            "smtp_password": password_of(ours),
            "address": ours,
        }

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        ref = f"{customer}.{number}.{account.channel}@customers.example"
        mail = EmailMessage(policy=SMTP)
        mail.set_content(text)
        mail["From"] = f"Customer {customer} <customer{customer}@customers.example>"
        mail["To"] = account.credentials["address"]
        mail["Subject"] = "A question"
        mail["Message-ID"] = f"<{ref}>"
        return _signed(account, ref, mail.as_bytes())

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        """A mail that is handed in; nothing comes by HTTP."""
        if RECIPIENT not in headers:
            return None
        mail = message_from_bytes(body, policy=default)
        words = mail.get_body(("plain",))
        text = words.get_content() if isinstance(words, EmailMessage) else ""
        return Taken(text.strip(), to=headers[RECIPIENT], ours=str(mail["Message-ID"]))

    def accepted(self, number: int) -> Reply:
        return Reply(250, f"2.0.0 Ok: queued as {number:010X}")

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        return Reply(404)

    def throttled(self, seconds: int) -> Reply:
        """Servers name no time, and this one does not say either whose fault it is (RFC 3463, 3.4)."""
        return Reply(451, "4.3.0 Temporary failure, try again later")


def password_of(user: str) -> str:
    return f"password of {user}"


def _signed(account: Account, ref: str, mail: bytes) -> Hook:
    stamp, given = str(int(time.time())), account.credentials
    digest = hmac.new(
        given["signing_secret"].encode(), f"{stamp}.".encode() + mail, hashlib.sha256
    ).hexdigest()
    proof = {"X-Comptoir-Address": given["address"], "X-Comptoir-Signature": f"t={stamp},v1={digest}"}
    return Hook(ref, {"Content-Type": "message/rfc822", **proof}, mail)


DIALECT = Mail()
