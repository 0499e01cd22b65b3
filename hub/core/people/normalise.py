"""Two spellings of one id are the same text after this, and nothing else is."""

import re
from typing import Final, Literal

from hub.core.document.people import IdKind
from hub.core.people.faults import IdFault

ID_CHARACTERS_MAX: Final = 200
"""Most characters of one id."""

PHONE_DIGITS_MIN: Final = 7
PHONE_DIGITS_MAX: Final = 15
"""Most digits of a phone number with its country (ITU-T E.164)."""

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE_SIGNS: Final = re.compile(r"[\s().\-/]")


def email(text: str) -> str | None:
    """Lower case without blanks around; None without one ``@`` and a dot in the domain."""
    found = text.strip().lower()
    return found if _EMAIL.fullmatch(found) else None


def phone(text: str) -> str | None:
    """``+`` and digits; None without the country (``+`` or ``00``), or for any other sign."""
    found = _PHONE_SIGNS.sub("", text.replace("(0)", ""))
    if found.startswith("00"):
        found = f"+{found[2:]}"
    digits = found.removeprefix("+")
    if not found.startswith("+") or not (digits.isascii() and digits.isdigit()):
        return None
    return found if PHONE_DIGITS_MIN <= len(digits) <= PHONE_DIGITS_MAX else None


def text(said: str) -> str | None:
    """Lower case without blanks around; None when nothing is left."""
    return said.strip().lower() or None


_HOW: Final = {"email": email, "phone": phone, "text": text}
_RIGHT: Final = {
    "email": "write name@example.org",
    "phone": f"write it with its country, {PHONE_DIGITS_MAX} digits at most: +49 30 1234567",
    "text": "it is empty",
}


def normalise(how: Literal["text", "email", "phone"], kind: str, value: str) -> str:
    """An id of a kind in the one spelling in which ids are compared.

    Raises:
        IdFault: it is no such id, or longer than :data:`ID_CHARACTERS_MAX`.
    """
    found = _HOW[how](value)
    if found is None:
        raise IdFault(kind, _RIGHT[how])
    if len(found) > ID_CHARACTERS_MAX:
        raise IdFault(kind, f"it is longer than {ID_CHARACTERS_MAX} characters")
    return found


def normalised(kind: IdKind, value: str) -> str:
    """As :func:`normalise`, for a declared kind.

    Raises:
        IdFault: it is no such id, or one that is blocked.
    """
    found = normalise(kind.normalise, kind.name, value)
    if found in kind.blocked:
        raise IdFault(kind.name, "it is blocked: it stands for nobody")
    return found


def id_key(kind: str, value: str) -> str:
    """The key under which the holder of a normalised id is kept."""
    return f"{kind}:{value}"
