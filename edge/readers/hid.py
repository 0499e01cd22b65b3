"""A USB reader that types, read without a keyboard layout: the kernel's key events, decoded.

Layout and codes: ``linux/input.h`` and ``linux/input-event-codes.h``.
"""

import fcntl
import struct
from typing import Final

EVENT: Final = struct.Struct("llHHi")
"""``struct input_event``: seconds, microseconds, type, code, value."""

EV_KEY: Final = 1
RELEASED: Final = 0
PRESSED: Final = 1
KEY_ENTER: Final = frozenset({28, 96})
KEY_SHIFT: Final = frozenset({42, 54})
EVIOCGRAB: Final = 0x40044590
CHARACTERS_MAX: Final = 1_024

_ROWS: Final = ((2, "1234567890-="), (16, "qwertyuiop[]"), (30, "asdfghjkl;'"), (44, "zxcvbnm,./"))
_KEYPAD: Final = {71: "7", 72: "8", 73: "9", 75: "4", 76: "5", 77: "6", 79: "1", 80: "2", 81: "3"}
_PLAIN: Final[dict[int, str]] = {
    **{first + i: key for first, row in _ROWS for i, key in enumerate(row)},
    **_KEYPAD,
    82: "0",
    57: " ",
}
_SHIFTED: Final[dict[str, str]] = dict(
    zip("1234567890-=;'[],./", '!@#$%^&*()_+:"{}<>?', strict=True)
)


class Keys:
    """Turns key events into lines, each ended by Enter; keys without a character are ignored."""

    def __init__(self) -> None:
        """Begin with an empty line."""
        self._bytes = b""
        self._line = ""
        self._shift = False

    def feed(self, data: bytes) -> list[str]:
        """Return the lines that are complete now."""
        self._bytes += data
        whole = len(self._bytes) // EVENT.size * EVENT.size
        events, self._bytes = self._bytes[:whole], self._bytes[whole:]
        lines: list[str] = []
        for _, _, kind, code, value in EVENT.iter_unpack(events):
            if kind == EV_KEY:
                self._key(code, value, lines)
        return lines

    def _key(self, code: int, value: int, lines: list[str]) -> None:
        if code in KEY_SHIFT:
            self._shift = value != RELEASED
        elif value == PRESSED and code in KEY_ENTER:
            if self._line.strip():
                lines.append(self._line.strip())
            self._line = ""
        elif value == PRESSED and len(self._line) < CHARACTERS_MAX:
            self._line += self._character(code)

    def _character(self, code: int) -> str:
        plain = _PLAIN.get(code, "")
        return _SHIFTED.get(plain, plain.upper()) if self._shift else plain


def grab(device: int) -> None:
    """Keep what is typed from reaching the console as well.

    Raises:
        OSError: somebody else has grabbed it, or it is no input device.
    """
    fcntl.ioctl(device, EVIOCGRAB, 1)
