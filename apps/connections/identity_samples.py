"""What a business's own programs run so that its customers are known in the web chat.

Two ways to sign who somebody is, and the page that hands the proof over (docs/protocol-widget.md, "Known
customers"). The secret is never part of a sample: each reads it from the environment, as the business's
server should.
"""

from __future__ import annotations

from dataclasses import dataclass

from apps.connections.models import EntryPoint

ENVIRONMENT = "COMPTOIR_IDENTITY_SECRET"

HMAC_PYTHON = """\
import hmac, os, time

def proof_of(customer_id):
    expires = int(time.time()) + 3600
    secret = os.environ["COMPTOIR_IDENTITY_SECRET"].encode()
    signed = f"{customer_id}.{expires}".encode()
    signature = hmac.new(secret, signed, "sha256").hexdigest()
    return {"external_id": customer_id, "expires": expires,
            "signature": signature}
"""

HMAC_NODE = """\
import { createHmac } from "node:crypto";

export function proofOf(customerId) {
  const expires = Math.floor(Date.now() / 1000) + 3600;
  const secret = process.env.COMPTOIR_IDENTITY_SECRET;
  const signature = createHmac("sha256", secret)
    .update(`${customerId}.${expires}`).digest("hex");
  return { external_id: customerId, expires, signature };
}
"""

JWT_PYTHON = """\
import os, time
import jwt  # pip install pyjwt

def proof_of(customer_id):
    secret = os.environ["COMPTOIR_IDENTITY_SECRET"]
    claims = {"aud": "KEY", "sub": customer_id,
              "exp": int(time.time()) + 3600}
    return {"jwt": jwt.encode(claims, secret, algorithm="HS256")}
"""

# Waits for the page's load event because the loader is asynchronous; `identify` may be called at any time.
ON_THE_PAGE = """\
addEventListener("load", async () => {
  const answer = await fetch("/chat-identity");
  if (!answer.ok) return;  // nobody is signed in
  const proof = await answer.json();
  window.Comptoir?.identify(proof, "KEY");
});
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """`name` is for an element's id, `title` what a programmer calls it; the words are no one's language."""

    name: str
    title: str
    code: str


def on_the_server(point: EntryPoint) -> list[Sample]:
    """Ways to make a proof that `point` accepts; any one will do."""
    return [
        Sample("hmac-python", "HMAC, Python", HMAC_PYTHON),
        Sample("hmac-node", "HMAC, Node.js", HMAC_NODE),
        Sample("jwt-python", "JWT, Python", JWT_PYTHON.replace("KEY", point.key)),
    ]


def on_the_page(point: EntryPoint) -> Sample:
    """What tells the web chat of `point`; the fetched address is the business's own."""
    return Sample("page", "JavaScript", ON_THE_PAGE.replace("KEY", point.key))
