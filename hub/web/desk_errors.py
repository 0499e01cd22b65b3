"""What the desk refuses becomes what the web answers: one place, so that each has one status."""

from collections.abc import Iterator
from contextlib import contextmanager

from hub.people.errors import Nobody, PeopleError
from hub.web.errors import BadInput, NotFound


@contextmanager
def said_by_the_desk() -> Iterator[None]:
    """Answer 404 for who is not there, 422 for what cannot be meant."""
    try:
        yield
    except Nobody as error:
        raise NotFound(str(error)) from error
    except PeopleError as error:
        raise BadInput(str(error)) from error
