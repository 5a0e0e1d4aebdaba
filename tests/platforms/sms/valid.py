"""What Messages.json takes (https://www.twilio.com/docs/messaging/api/message-resource)."""

from __future__ import annotations

from tests.platforms import facts
from tests.platforms.handset import Asked


def check(asked: Asked) -> None:
    form = dict(asked.form)
    facts.keys(form, "To", may="From MessagingServiceSid Body MediaUrl StatusCallback ValidityPeriod")
    assert ("From" in form) != ("MessagingServiceSid" in form)
    assert "Body" in form or "MediaUrl" in form
    facts.perhaps(form, "Body", 1600)
    for name in ("MediaUrl", "StatusCallback"):
        if name in form:
            facts.address(form[name])
