"""What can come of dealing with a platform: a closed set of errors."""

from __future__ import annotations


class BadSignature(Exception):
    """The request does not come from the platform. Nothing of it may be stored; the door answers 403."""


class Unproven(Exception):
    """Whether the request comes from the platform cannot be told now: its keys cannot be had. Nothing of it
    may be stored; the door answers 503, and the platform may come again."""


class Malformed(Exception):
    """The request cannot be understood; the words say why. Kept and shown when its id could be read."""


class SendError(Exception):
    """Base of everything that can come of a call to a platform. `words` are the platform's own."""

    def __init__(self, words: str = "", *, code: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.code = code


class Unreachable(SendError):
    """Certainly not accepted: no connection, or the platform said to come again (5xx with that meaning)."""


class Throttled(SendError):
    """Certainly not accepted; nothing on this channel before `retry_after` seconds, or, with
    `only_this_address`, nothing to this customer (a limit of the pair, WhatsApp's 131056)."""

    def __init__(
        self, words: str = "", *, retry_after: float, code: str = "429", only_this_address: bool = False
    ) -> None:
        super().__init__(words, code=code)
        self.retry_after = retry_after
        self.only_this_address = only_this_address


class Unknown(SendError):
    """May or may not have been accepted: no answer, a broken one, a 5xx after the request was read.

    `repeatable` False: this call carried no key, though others of the platform do; a person has to decide.
    """

    def __init__(self, words: str = "", *, code: str = "", repeatable: bool = True) -> None:
        super().__init__(words, code=code)
        self.repeatable = repeatable


class BadCredentials(SendError):
    """`field` is the name of the credential that is wrong or lacks a permission, "" when not known."""

    def __init__(self, words: str = "", *, field: str = "", code: str = "") -> None:
        super().__init__(words, code=code)
        self.field = field


class ContactGone(SendError):
    """The customer left or blocked us: terminal until they write again. `reason` as in ContactLeft."""

    def __init__(self, words: str = "", *, reason: str = "blocked", code: str = "") -> None:
        super().__init__(words, code=code)
        self.reason = reason


class WindowClosed(SendError):
    """The platform's time for answering is over."""


NOT_ALLOWED = "egress"  # code of a Rejected: our own outbound door does not call that address


class Rejected(SendError):
    """This message will never be accepted as it is; others may."""


class Exhausted(Rejected):
    """The account has used up what it may send, or pay for: this message fails, what is free still goes, and
    the channel says so."""


class MarketingStopped(Rejected):
    """The customer takes no marketing messages from us any more, of which this was one; others may go."""


class OutOfReach(Rejected):
    """The platform does not reach this customer at all and has nothing of this message, so that it may go
    another way (`Platform.stands_in_for`)."""
