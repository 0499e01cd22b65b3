"""One tree for what the web refuses, each with its HTTP status and a code that programs can read.

WebError
├── NotSignedIn       401
├── NotAllowed        403
├── ForeignOrigin     403
├── NotFound          404
├── AlreadyDone       409
├── Outdated          409
├── BodyTooLarge      413
├── BadInput          422
└── TooManyTries      429
"""

from typing import ClassVar


class WebError(Exception):
    """The web refuses; the text is one clear sentence for a person."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "failed"


class NotSignedIn(WebError):  # noqa: N818 - named after the thing that is wrong
    """Nobody is signed in, or the session has ended."""

    status = 401
    code = "not_signed_in"


class NotAllowed(WebError):  # noqa: N818 - named after the thing that is wrong
    """This account's role does not go there."""

    status = 403
    code = "not_allowed"


class ForeignOrigin(WebError):  # noqa: N818 - named after the thing that is wrong
    """A change was asked for by a page of another site."""

    status = 403
    code = "foreign_origin"


class NotFound(WebError):  # noqa: N818 - named after the thing that is wrong
    """There is no such thing."""

    status = 404
    code = "not_found"


class AlreadyDone(WebError):  # noqa: N818 - named after the thing that is wrong
    """It was done before, or something else stands where it would go."""

    status = 409
    code = "already_done"


class Outdated(WebError):  # noqa: N818 - named after the thing that is wrong
    """What is asked for is based on a version that is in force no longer."""

    status = 409
    code = "outdated"


class BodyTooLarge(WebError):  # noqa: N818 - named after the thing that is wrong
    """The request's body is over ``BODY_BYTES_MAX``."""

    status = 413
    code = "body_too_large"


class BadInput(WebError):  # noqa: N818 - named after the thing that is wrong
    """What was sent cannot be meant; the text names the field."""

    status = 422
    code = "bad_input"


class TooManyTries(WebError):  # noqa: N818 - named after the thing that is wrong
    """Too many tries from one place within a minute."""

    status = 429
    code = "too_many_tries"
