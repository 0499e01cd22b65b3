"""Answers are lists of successes and errors inside HTTP 200, as the bridge gives them."""

from typing import Any, NamedTuple

UNAUTHORISED = 1
INVALID_JSON = 2
NO_SUCH_RESOURCE = 3
NO_SUCH_METHOD = 4
MISSING_PARAMETERS = 5
NO_SUCH_PARAMETER = 6
INVALID_VALUE = 7
BUTTON_NOT_PRESSED = 101
DEVICE_IS_OFF = 201
GROUP_TABLE_FULL = 301
INTERNAL_ERROR = 901

TEXTS = {
    UNAUTHORISED: "unauthorized user",
    INVALID_JSON: "body contains invalid json",
    NO_SUCH_RESOURCE: "resource, {0}, not available",
    NO_SUCH_METHOD: "method, {1}, not available for resource, {0}",
    MISSING_PARAMETERS: "invalid/missing parameters in body",
    NO_SUCH_PARAMETER: "parameter, {1}, not available",
    INVALID_VALUE: "invalid value, {2} , for parameter, {1}",
    BUTTON_NOT_PRESSED: "link button not pressed",
    DEVICE_IS_OFF: "parameter, {1}, is not modifiable. Device is set to off.",
    GROUP_TABLE_FULL: "group could not be created. Group table is full.",
    INTERNAL_ERROR: "Internal error, 503",
}


class Reply(NamedTuple):
    """What goes over the wire: an HTTP status and a JSON value; None is no answer at all."""

    status: int
    value: Any
    lost: bool = False


class Refused(Exception):  # noqa: N818 - the bridge's answer, on its way out
    """The whole request is answered with one error."""

    def __init__(self, kind: int, address: str, *details: Any) -> None:
        super().__init__(kind, address)
        self.reply = refuse(kind, address, *details)


def error(kind: int, address: str, *details: Any) -> dict[str, Any]:
    """One error line; ``details`` go into the text after the address."""
    text = TEXTS[kind].format(address, *details)
    return {"error": {"type": kind, "address": address, "description": text}}


def success(value: Any) -> dict[str, Any]:
    """One success line."""
    return {"success": value}


def ok(value: Any) -> Reply:
    """HTTP 200, whatever the value says."""
    return Reply(200, value)


def refuse(kind: int, address: str, *details: Any) -> Reply:
    """One error inside HTTP 200."""
    return ok([error(kind, address, *details)])
