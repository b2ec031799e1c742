"""Every error that Paperboy raises on purpose. `str(error)` says what happened and what to do next, safe to show a user.

PaperboyError
├── ConfigurationError      settings are wrong; nothing was started            (exit 78)
│   └── CannotWriteError    a path of the settings cannot be written, or not now: no permission, a full disk
├── BadInputError           the person's input cannot be used; says what can   (exit 64)
│   ├── QueryError          a query cannot be read; `position` points at the place
│   ├── OldControlError     a button, select or form of another time, or a forged one
│   └── NotFoundError       what was asked for is not known here
├── BadDataError            a file or a stored row is damaged                  (exit 65)
│   └── DamagedError        the database itself is damaged or gone: the process ends
├── BusyError               another process holds the database                 (exit 75)
├── SourceError             an upstream gave no usable answer                  (exit 69)
│   ├── SourceUnavailableError   it did not answer or asked us to wait; `retry_after` in seconds, if it said
│   │   └── UsedUpError          our own requests of the day are used up: nobody was asked
│   └── SourceUnhealthyError     it answered with something that is not what it should be
└── DeliveryError           Discord refused or did not take a message
    ├── RecipientClosedError     a person's DMs are closed to us: pause, do not retry
    ├── TargetGoneError          the channel is gone or no longer allows us: stop, tell the admin
    ├── MessageRefusedError      this body will never be accepted: rebuild or park
    └── DeliveryDelayedError     not now; `retry_after` in seconds, if Discord said
"""

from __future__ import annotations


class PaperboyError(Exception):
    """Root of the tree."""

    exit_code = 70


class ConfigurationError(PaperboyError):
    exit_code = 78


class CannotWriteError(ConfigurationError):
    pass


class BadInputError(PaperboyError):
    exit_code = 64


class QueryError(BadInputError):
    """`position` is the 0-based offset in the query `text` where reading failed, or None; `suggestion` is what may be meant: the
    whole text as it would be read, or empty. It is `meant` when the text is surely one of the language, and no title or sentence."""

    def __init__(self, message: str, position: int | None = None, *, suggestion: str = "") -> None:
        super().__init__(message)
        self.position = position
        self.suggestion = suggestion
        self.text = ""
        self.meant = False


class NotFoundError(BadInputError):
    exit_code = 66


class OldControlError(BadInputError):
    """What a control says is read by nobody any more."""

    def __init__(self) -> None:
        super().__init__(
            "That button is from an older Paperboy and does nothing any more. `/help` shows what works now."
        )


class BadDataError(PaperboyError):
    exit_code = 65


class DamagedError(BadDataError):
    """`problem` is what SQLite said, or what is missing."""

    def __init__(self, message: str, problem: str = "") -> None:
        super().__init__(message)
        self.problem = problem


class BusyError(PaperboyError):
    exit_code = 75


class SourceError(PaperboyError):
    exit_code = 69


class SourceUnavailableError(SourceError):
    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UsedUpError(SourceUnavailableError):
    pass


class SourceUnhealthyError(SourceError):
    """The answer was not the expected document: HTML, empty, cut, stale, an error page."""


class DeliveryError(PaperboyError):
    """`code` is Discord's JSON error code, 0 where there is none."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code


class RecipientClosedError(DeliveryError):
    pass


class TargetGoneError(DeliveryError):
    pass


class MessageRefusedError(DeliveryError):
    pass


class DeliveryDelayedError(DeliveryError):
    """`everywhere` when the pause holds every channel, not this one alone."""

    def __init__(
        self, message: str, code: int = 0, retry_after: float | None = None, *, everywhere: bool = False
    ) -> None:
        super().__init__(message, code)
        self.retry_after = retry_after
        self.everywhere = everywhere
