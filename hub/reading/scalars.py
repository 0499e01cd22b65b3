"""What a plain word of YAML is read as, and which words are read as something nobody meant.

YAML 1.1, which most programs read, takes ``off`` for false, ``10:30`` for 630, ``010`` for 8 and
``2026-10-08`` for a date. Here ``yes``, ``no``, ``on`` and ``off`` are what they are there, and
that is said where text is meant; the others are refused: who means the text writes quotes.
"""

import re
from dataclasses import dataclass
from math import isfinite
from typing import Final

Scalar = str | int | float | bool | None

NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
PLAIN_BOOLEANS: Final = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
WORDS: Final = {"yes": True, "on": True, "no": False, "off": False}
"""Words that YAML 1.1 takes for true and false, in small letters."""

INTEGER_MAX: Final = 2**63 - 1
"""Largest whole number that is taken in."""

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9_]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF|nan|NaN|NAN)")
_OCTAL = re.compile(r"[-+]?0[0-7_]+", re.ASCII)
_OTHER_BASE = re.compile(r"[-+]?0(x[0-9a-fA-F_]+|b[01_]+|o[0-7_]+)", re.ASCII)
_CLOCK = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?", re.ASCII)
_CLOCK_TEXT = re.compile(r"0\d(:\d\d)+", re.ASCII)
_DATE = re.compile(
    r"\d{4}-\d\d?-\d\d?([Tt ]+\d\d?:\d\d:\d\d(\.\d*)?([ \t]*(Z|[-+]\d\d?(:\d\d)?))?)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Plain:
    """What a plain word is read as; ``surprise`` says what it would be taken for, if that matters.

    ``refused`` words are nothing that can be meant without quotes.
    """

    value: Scalar
    surprise: str = ""
    refused: bool = False
    hint: str = ""


def read_plain(text: str) -> Plain:
    """Read a word that stands without quotes."""
    if text in NULLS:
        return Plain(None)
    if text in PLAIN_BOOLEANS:
        return Plain(PLAIN_BOOLEANS[text])
    if text.lower() in WORDS:
        value = WORDS[text.lower()]
        return Plain(value, f"{text} is read as {'true' if value else 'false'}")
    if text[0] not in "-+.0123456789":
        return Plain(text)
    return _figure(text)


def _figure(text: str) -> Plain:
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _OCTAL.fullmatch(text) or _OTHER_BASE.fullmatch(text):
        said = f"{text} is read as a number that is not decimal"
        return Plain(text, said, refused=True, hint=f'write it without 0, or "{text}" for the text')
    if _FLOAT.fullmatch(text):
        value = float(text.replace("_", ""))
        return Plain(value) if isfinite(value) else _too_large(text)
    if _INFINITE.fullmatch(text):
        return Plain(text, f"{text} is no number that can be meant", refused=True)
    if _CLOCK.fullmatch(text) and not _CLOCK_TEXT.fullmatch(text):
        return Plain(text, f"{text} is read as a number to the base of 60", refused=True)
    if _DATE.fullmatch(text):
        return Plain(text, f"{text} is read as a date", refused=True)
    return Plain(text)


def _integer(text: str) -> Plain:
    digits = text.replace("_", "")
    if len(digits) > len(str(INTEGER_MAX)) + 1 or abs(int(digits)) > INTEGER_MAX:
        return _too_large(text)
    return Plain(int(digits))


def _too_large(text: str) -> Plain:
    return Plain(text, f"{text[:24]} is too large a number", refused=True)
