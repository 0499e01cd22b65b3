"""One tree for all that can be wrong between Foyer and a Hue bridge; each text is for a person.

LightsError
├── BodyInvalid
├── ColourInvalid
├── BoardFull
├── KeyFileInvalid
├── PairingFailed
│   └── ButtonNotPressed
└── BridgeError
    ├── BridgeAway        worth trying again: no answer, or none that can be read
    ├── BridgeBusy        worth trying again: it refused for want of time
    ├── KeyRefused        a person must pair again
    ├── LampUnknown       will never work
    └── CommandRefused    will never work
"""


class LightsError(Exception):
    """Something about the lights is not as it should be."""


class BodyInvalid(LightsError):  # noqa: N818 - named after the thing that is wrong
    """A delivery's body is none of claim, release and mood."""


class ColourInvalid(LightsError):  # noqa: N818 - named after the thing that is wrong
    """A colour is not written as ``#rrggbb``."""


class BoardFull(LightsError):  # noqa: N818 - named after the thing that is wrong
    """A lamp is claimed by ``CLAIMS_PER_LAMP_MAX`` sources already."""


class KeyFileInvalid(LightsError):  # noqa: N818 - named after the thing that is wrong
    """There is no key for the bridge in the key file."""


class PairingFailed(LightsError):  # noqa: N818 - named after what happened
    """The bridge gave no key."""


class ButtonNotPressed(PairingFailed):
    """Nobody pressed the button on the bridge in time."""


class BridgeError(LightsError):
    """A command did not reach its lamp."""


class BridgeAway(BridgeError):  # noqa: N818 - named after what happened
    """No connection, no answer in time, or an answer that cannot be read."""


class BridgeBusy(BridgeError):  # noqa: N818 - named after what happened
    """The bridge answered that it has too much to do."""


class KeyRefused(BridgeError):  # noqa: N818 - named after what happened
    """The bridge does not know our key (error 1)."""


class LampUnknown(BridgeError):  # noqa: N818 - named after what happened
    """The bridge has no lamp or group with that number (error 3)."""


class CommandRefused(BridgeError):  # noqa: N818 - named after what happened
    """The bridge took nothing of the command (errors 2, 4, 5, 6, 7, 8, 201)."""
